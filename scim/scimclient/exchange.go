package scimclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"

	"rollcall/awscall"
	"rollcall/fault"
	"rollcall/scim"
)

// The collections of the endpoint.
const (
	users  = "/Users"
	groups = "/Groups"
)

// nouns are what the collections hold.
var nouns = map[string]string{users: "user", groups: "group"}

// contentType is that of bodies (RFC 7644 section 3.1).
const contentType = "application/scim+json"

// largestAnswer bounds what is read: a page of 100 users with every attribute
// at its longest stays below it.
const largestAnswer = 64 << 20

// request is one request to the endpoint.
type request struct {
	operation string // as AWS names it
	method    string
	path      string // one of the collections
	id        string // of a single resource; empty for the collection
	query     string // encoded
	body      any    // nil for none
	blind     bool   // the answer's body does not matter
}

func (r request) call() awscall.Call {
	c := awscall.Call{Family: awscall.SCIM, Operation: r.operation, Write: r.method != http.MethodGet, Op: "SCIM " + r.operation}
	if r.id != "" {
		c.On = nouns[r.path] + " " + r.id
	}
	return c
}

// exchange makes one request and reads its answer as an Out.
func exchange[Out any](ctx context.Context, c *Client, r request) (Out, error) {
	return awscall.Do(ctx, c.line, r.call(), func(ctx context.Context) (Out, error) {
		var out Out
		answer, err := c.send(ctx, r)
		if err != nil {
			return out, err
		}
		defer answer.Body.Close()
		if answer.StatusCode < 200 || answer.StatusCode > 299 {
			return out, refusal(r.call(), answer)
		}
		if r.blind {
			return out, nil // the status says it all
		}
		raw, err := io.ReadAll(io.LimitReader(answer.Body, largestAnswer))
		if err != nil {
			return out, err
		}
		if json.Unmarshal(raw, &out) != nil {
			return out, errors.New("the answer is cut short, or no SCIM: is this the SCIM endpoint?")
		}
		return out, nil
	})
}

func (c *Client) send(ctx context.Context, r request) (*http.Response, error) {
	token, err := c.token(ctx)
	if err != nil {
		return nil, fault.New(fault.Unauthenticated, "read SCIM token", "", err)
	}
	var body io.Reader
	if r.body != nil {
		raw, err := json.Marshal(r.body)
		if err != nil {
			return nil, fault.New(fault.Internal, "SCIM "+r.operation, "body", err)
		}
		if len(raw) > scim.MaxBody {
			return nil, fault.Text(fault.Invalid, "SCIM "+r.operation, "body", "it is larger than the 1 MiB that AWS takes")
		}
		body = bytes.NewReader(raw)
	}
	h, err := http.NewRequestWithContext(ctx, r.method, c.address(r), body)
	if err != nil {
		return nil, fault.New(fault.Invalid, "SCIM "+r.operation, "", errors.New("the request cannot be written"))
	}
	h.Header.Set("Authorization", "Bearer "+token)
	h.Header.Set("Accept", contentType+", application/json")
	if r.body != nil {
		h.Header.Set("Content-Type", contentType)
	}
	return c.http.Do(h)
}

func (c *Client) address(r request) string {
	u := *c.base
	u.Path += r.path
	if r.id != "" {
		u.RawPath = u.EscapedPath() + "/" + url.PathEscape(r.id)
		u.Path += "/" + r.id
	}
	u.RawQuery = r.query
	return u.String()
}
