package scimclient

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"rollcall/fault"
	"rollcall/scim"
)

// Page asks for a part of a listing.
type Page struct {
	Query  scim.Query // what to search for; the zero value lists everything
	Cursor string     // NextCursor of the page before; empty asks for the first
	Count  int        // 1 to [scim.MaxResults]; 0 leaves it to AWS
}

// ListUsers returns a page of users. It may be short, or empty, with a
// NextCursor all the same; only an empty NextCursor ends the listing.
//
// An answer that is no page, such as a plain list of an endpoint that knows no
// cursors and ends at 100 without a word, is fault.Incomplete.
func (c *Client) ListUsers(ctx context.Context, p Page) (scim.List[scim.User], error) {
	return paged(exchange[scim.List[scim.User]](ctx, c, p.request("ListUsers", users)))
}

// ListGroups is [Client.ListUsers] for groups.
func (c *Client) ListGroups(ctx context.Context, p Page) (scim.List[scim.Group], error) {
	return paged(exchange[scim.List[scim.Group]](ctx, c, p.request("ListGroups", groups)))
}

// FindUsers returns the few users that a query for a unique value finds.
func (c *Client) FindUsers(ctx context.Context, q scim.Query) ([]scim.User, error) {
	return found(exchange[scim.List[scim.User]](ctx, c, find("ListUsers", users, q)))
}

// FindGroups is [Client.FindUsers] for groups. A member in the query who is not
// there is fault.NotFound.
func (c *Client) FindGroups(ctx context.Context, q scim.Query) ([]scim.Group, error) {
	return found(exchange[scim.List[scim.Group]](ctx, c, find("ListGroups", groups, q)))
}

// request writes the query by hand: AWS wants the first cursor as a bare key,
// and url.Values would write "cursor=".
func (p Page) request(operation, path string) request {
	query := "cursor"
	if p.Cursor != "" {
		query += "=" + url.QueryEscape(p.Cursor)
	}
	if p.Count > 0 {
		query += "&count=" + strconv.Itoa(min(p.Count, scim.MaxResults))
	}
	if f := p.Query.String(); f != "" {
		query += "&filter=" + escape(f)
	}
	return request{operation: operation, method: http.MethodGet, path: path, query: query}
}

func find(operation, path string, q scim.Query) request {
	return request{operation: operation, method: http.MethodGet, path: path, query: "filter=" + escape(q.String())}
}

// escape writes blanks as %20, as AWS's samples do.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

func paged[T any](l scim.List[T], err error) (scim.List[T], error) {
	switch {
	case err != nil:
	case l.Resources == nil:
		err = notAPage("the answer has no Resources: is this the SCIM endpoint?")
	case l.TotalResults != nil || l.StartIndex != nil:
		err = notAPage("the endpoint does not page by cursor, so that nobody can tell whether it listed everything")
	}
	return l, err
}

func found[T any](l scim.List[T], err error) ([]T, error) {
	if err == nil && l.Resources == nil {
		err = notAPage("the answer has no Resources: is this the SCIM endpoint?")
	}
	return l.Resources, err
}

func notAPage(why string) error { return fault.Text(fault.Incomplete, "SCIM list", "", why) }
