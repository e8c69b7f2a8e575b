package icfdoor

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rollcall/caller"
	"rollcall/fault"
)

// nobody lets nobody in but by one token, as a role.
type nobody struct{ role caller.Role }

func (n nobody) CheckToken(_ context.Context, text string) (caller.Operator, error) {
	if text == "good" {
		return caller.Operator{Name: "olga", Role: n.role}, nil
	}
	return caller.Operator{}, fault.Text(fault.Unauthenticated, "check token", "", "no")
}

func (n nobody) CheckPassword(context.Context, string, string, string) (caller.Operator, error) {
	return caller.Operator{}, fault.Text(fault.Unauthenticated, "check password", "", "no")
}

func (nobody) Names(context.Context) ([]string, error) { return []string{"awsiam"}, nil }

func (nobody) Connector(_ context.Context, name string) (*Connector, error) {
	if name != "awsiam" {
		return nil, fault.Text(fault.NotFound, "find", name, "none")
	}
	return &Connector{Name: name, Broken: fault.Text(fault.Unavailable, "open", name, "down")}, nil
}

func TestNobodyPassesWithoutCredentialsOrRole(t *testing.T) {
	serve := func(role caller.Role, q *http.Request) int {
		mux := http.NewServeMux()
		n := nobody{role}
		New(Options{Operators: n, Connectors: n, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}).Mount(mux)
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, q)
		return w.Code
	}
	if len(paths) != len(routes) {
		t.Errorf("%d resources have a path, of %d", len(paths), len(routes))
	}
	request := func(r caller.Route) *http.Request {
		q := httptest.NewRequestWithContext(t.Context(), r.Method, strings.NewReplacer("{name}", "awsiam", "{id}", "x").Replace(r.Path), strings.NewReader(r.Body))
		q.Header.Set("Content-Type", "application/json")
		return q
	}
	for _, r := range Routes() {
		for name, credentials := range map[string]func(*http.Request){
			"none": func(*http.Request) {},
			"wrong header": func(q *http.Request) {
				q.Header.Set("X-OpenIDM-Username", "a")
				q.Header.Set("X-OpenIDM-Password", "b")
			},
			"wrong basic":    func(q *http.Request) { q.SetBasicAuth("a", "b") },
			"wrong bearer":   func(q *http.Request) { q.Header.Set("Authorization", "Bearer bad") },
			"empty bearer":   func(q *http.Request) { q.Header.Set("Authorization", "Bearer ") },
			"another scheme": func(q *http.Request) { q.Header.Set("Authorization", "Digest good") },
		} {
			q := request(r)
			credentials(q)
			if code := serve(caller.Admin, q); code != http.StatusUnauthorized {
				t.Errorf("%s %s with %s: %d", r.Method, r.Path, name, code)
			}
		}
		for _, role := range caller.Roles() {
			q := request(r)
			q.Header.Set("Authorization", "Bearer good")
			if code := serve(role, q); (code == http.StatusForbidden) == role.Includes(r.Role) || code == http.StatusUnauthorized {
				t.Errorf("%s %s as %s, where %s is needed: %d", r.Method, r.Path, role, r.Role, code)
			}
		}
	}
}

func TestEveryKindOfFailureHasItsStatus(t *testing.T) {
	for _, k := range fault.Kinds() {
		if statuses[k] == 0 || sentences[k] == "" {
			t.Errorf("%s has status %d and the sentence %q", k, statuses[k], sentences[k])
		}
		if e := errorOf(fault.Text(k, "do", "user secret", "a cause")); e.Code != statuses[k] || strings.Contains(e.Message, "secret") {
			t.Errorf("%s is answered with %d %s", k, e.Code, e.Message)
		}
	}
}

func TestRequestsThatCannotBe(t *testing.T) {
	mux := http.NewServeMux()
	n := nobody{caller.Admin}
	New(Options{Operators: n, Connectors: n, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}).Mount(mux)
	for name, c := range map[string]struct {
		method, path, header string
		code                 int
		message              string
	}{
		"an unknown parameter":        {"GET", "/system/awsiam/__ACCOUNT__/x?_x=1", "", 400, "Unrecognized request parameter '_x'"},
		"a parameter of another verb": {"GET", "/system/awsiam/__ACCOUNT__/x?_pageSize=1", "", 400, "Unrecognized request parameter '_pageSize'"},
		"one twice":                   {"GET", "/system/awsiam/__ACCOUNT__?_queryFilter=true&_PAGESIZE=1&_pageSize=2", "", 400, "Multiple values"},
		"two queries":                 {"GET", "/system/awsiam/__ACCOUNT__?_queryFilter=true&_queryId=query-all-ids", "", 400, "The parameters _queryId and _queryFilter are mutually exclusive"},
		"a query of one object":       {"GET", "/system/awsiam/__ACCOUNT__/x?_queryFilter=true", "", 400, "The resource instance system/awsiam/__ACCOUNT__/x cannot be queried"},
		"a read of a collection":      {"GET", "/system/awsiam/__ACCOUNT__", "", 400, "The resource collection system/awsiam/__ACCOUNT__ cannot be read"},
		"a deletion of a collection":  {"DELETE", "/system/awsiam/__ACCOUNT__", "", 400, "cannot be deleted"},
		"a read of a connector":       {"GET", "/system/awsiam", "", 501, "Read operations are not supported"},
		"an unknown action":           {"POST", "/system/awsiam?_action=dance", "", 400, "Unsupported actionId: dance"},
		"another type":                {"GET", "/system/awsiam/__ROLE__/x", "", 404, "not found"},
		"another connector":           {"GET", "/system/other/__ACCOUNT__/x", "", 404, "not found"},
		"a path too long":             {"GET", "/system/awsiam/__ACCOUNT__/x/y", "", 404, "not found"},
		"a version too new":           {"GET", "/system/awsiam/__ACCOUNT__/x", "Accept-API-Version: resource=2.0", 400, "Unsupported resource version: 2"},
		"a protocol too new":          {"GET", "/system/awsiam/__ACCOUNT__/x", "Accept-API-Version: protocol=3.0,resource=1.0", 400, "Unsupported protocol version: 3"},
		"no version":                  {"GET", "/system/awsiam/__ACCOUNT__/x", "Accept-API-Version: newest", 400, "could not be parsed"},
		"If-Match on read":            {"GET", "/system/awsiam/__ACCOUNT__/x", "If-Match: 1", 412, "If-Match not supported for read requests"},
		"If-None-Match on delete":     {"DELETE", "/system/awsiam/__ACCOUNT__/x", "If-None-Match: 1", 412, "If-None-Match not supported for DELETE requests"},
		"If-None-Match on patch":      {"PATCH", "/system/awsiam/__ACCOUNT__/x", "If-None-Match: 1", 412, "not supported for PATCH"},
		"If-Match on post":            {"POST", "/system/awsiam/__ACCOUNT__?_action=create", "If-Match: 1", 412, "not supported for POST"},
		"If-Modified-Since":           {"GET", "/system/awsiam/__ACCOUNT__/x", "If-Modified-Since: Sun, 01 Mar 2026 00:00:00 GMT", 409, "not supported"},
		"an unknown method":           {"OPTIONS", "/system/awsiam/__ACCOUNT__/x", "", 405, "not allowed"},
		"a connector that is down":    {"GET", "/system/awsiam/__ACCOUNT__/x", "", 503, "not ready: connector not available"},
		"an override":                 {"POST", "/system/awsiam/__ACCOUNT__", "X-HTTP-Method-Override: DELETE", 400, "cannot be deleted"},
	} {
		t.Run(name, func(t *testing.T) {
			q := httptest.NewRequestWithContext(t.Context(), c.method, c.path, nil)
			q.Header.Set("Authorization", "Bearer good")
			if header, value, there := strings.Cut(c.header, ": "); there {
				q.Header.Set(header, value)
			}
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, q)
			if w.Code != c.code || !strings.Contains(w.Body.String(), c.message) {
				t.Errorf("%d %s; want %d %s", w.Code, w.Body, c.code, c.message)
			}
		})
	}
}
