package scim

import "time"

// List is one answer to a listing (aws-contract 7.5). A plain one has
// TotalResults, which says how many it holds and nothing more, and StartIndex;
// one with cursors has neither, but NextCursor until the last page.
type List[T any] struct {
	TotalResults *int     `json:"totalResults,omitempty"`
	ItemsPerPage int      `json:"itemsPerPage"`
	StartIndex   *int     `json:"startIndex,omitempty"`
	NextCursor   string   `json:"nextCursor,omitempty"`
	Schemas      []string `json:"schemas"`
	Resources    []T      `json:"Resources"`
}

// NewList is a plain list of all.
func NewList[T any](all []T) List[T] {
	l, start := NewPage(all, ""), 1
	l.TotalResults, l.StartIndex = &l.ItemsPerPage, &start
	return l
}

// NewPage is a page of a listing with cursors; next is empty on the last.
func NewPage[T any](all []T, next string) List[T] {
	if all == nil {
		all = []T{} // written as a list, never as null
	}
	return List[T]{ItemsPerPage: len(all), NextCursor: next, Schemas: []string{ListMessage}, Resources: all}
}

// timeStampLayout is how AWS writes the time of an error: no zone, UTC.
const timeStampLayout = "2006-01-02 15:04:05.000"

// Error is the body of a failure as the service was seen to write it
// (aws-contract 7.10). There is no scimType.
type Error struct {
	Schema             []string `json:"schema"`
	Schemas            []string `json:"schemas"`
	Detail             string   `json:"detail"`
	Status             string   `json:"status"` // "400"
	ExceptionRequestID string   `json:"exceptionRequestId"`
	TimeStamp          string   `json:"timeStamp"`
}

// NewError is the body of a failure that happened at the time given, in
// answer to the request with that id.
func NewError(status, detail, request string, at time.Time) Error {
	schemas := []string{ErrorMessage}
	return Error{
		Schema: schemas, Schemas: schemas, Detail: detail, Status: status,
		ExceptionRequestID: request, TimeStamp: at.UTC().Format(timeStampLayout),
	}
}
