package icf

import (
	"html"
	"net/http"
)

// Error is CREST's error object.
type Error struct {
	Code    int    `json:"code"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
	Detail  any    `json:"detail,omitempty"`
}

func (e *Error) Error() string { return e.Message }

// NewError returns an error with the standard reason of its status.
func NewError(code int, message string) *Error {
	return &Error{Code: code, Reason: http.StatusText(code), Message: message}
}

// Escaped is the error as IDM sends it: with an HTML-escaped message.
func (e Error) Escaped() *Error {
	e.Message = html.EscapeString(e.Message)
	return &e
}
