package xsoardoor

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"rollcall/caller"
	"rollcall/fault"
	"rollcall/plan"
	"rollcall/xsoar"
)

// nobody lets nobody in but by one token, as a role, and has no instance that
// works.
type nobody struct{ role caller.Role }

func (n nobody) CheckToken(_ context.Context, text string) (caller.Operator, error) {
	if text == "good" {
		return caller.Operator{Name: "olga", Role: n.role}, nil
	}
	return caller.Operator{}, fault.Text(fault.Unauthenticated, "check token", "", "no")
}

func (nobody) Names() []string { return []string{"one", "two"} }

func (nobody) Instance(context.Context, string) (*Instance, error) {
	return nil, fault.Text(fault.Unavailable, "open directory", "", "down")
}

func (n nobody) serve(q *http.Request) *httptest.ResponseRecorder {
	mux := http.NewServeMux()
	New(Options{Operators: n, Instances: n, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}).Mount(mux)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, q)
	return w
}

func TestNobodyPassesWithoutCredentialsOrRole(t *testing.T) {
	if len(operations) != len(xsoar.Commands()) {
		t.Errorf("there are %d operations, and %d commands", len(operations), len(xsoar.Commands()))
	}
	ask := func(name, authorization string) *http.Request {
		q := httptest.NewRequestWithContext(t.Context(), "POST", root+name, strings.NewReader("{}"))
		q.Header.Set("Authorization", authorization)
		return q
	}
	for name, op := range operations {
		if !slices.Contains(xsoar.Commands(), name) {
			t.Errorf("%s is no command", name)
		}
		for _, credentials := range []string{"", "Bearer bad", "Bearer ", "Basic Z29vZDpnb29k", "Digest good", "good"} {
			w := nobody{caller.Admin}.serve(ask(name, credentials))
			if w.Code != http.StatusUnauthorized || w.Header().Get("WWW-Authenticate") == "" {
				t.Errorf("%s with %q: %d", name, credentials, w.Code)
			}
		}
		for _, role := range caller.Roles() {
			w := nobody{role}.serve(ask(name, "Bearer good"))
			if (w.Code == http.StatusForbidden) == role.Includes(op.role) || w.Code == http.StatusUnauthorized {
				t.Errorf("%s as %s, where %s is needed: %d", name, role, op.role, w.Code)
			}
		}
	}
}

func TestRequestsThatCannotBe(t *testing.T) {
	for name, c := range map[string]struct {
		method, path, kind, body string
		code                     int
		says                     string
	}{
		"no command":            {"POST", "/xsoar/iam-dance", "application/json", "{}", 404, "there are iam-create-user"},
		"nothing":               {"POST", "/xsoar/", "application/json", "{}", 404, "there is no command"},
		"another method":        {"GET", "/xsoar/test-module", "", "", 405, "POST"},
		"another type":          {"POST", "/xsoar/test-module", "text/xml", "", 415, "application/json"},
		"no JSON":               {"POST", "/xsoar/test-module", "application/json", "{", 400, "the arguments are not JSON"},
		"no object":             {"POST", "/xsoar/test-module", "application/json", "[]", 400, "not a JSON object"},
		"which instance":        {"POST", "/xsoar/test-module", "application/json", "", 400, "there are one, two"},
		"no such instance":      {"POST", "/xsoar/test-module", "application/json", `{"params":{"tenant_id":"three"}}`, 400, "there are one, two"},
		"a directory is down":   {"POST", "/xsoar/test-module", "application/json", `{"params":{"tenant_id":"two"}}`, 503, "does not answer"},
		"larger than it may be": {"POST", "/xsoar/test-module", "application/json", strings.Repeat(" ", MaxBody+1), 413, "1 MiB"},
		"as large as it may be": {"POST", "/xsoar/test-module", "application/json", `{"params":{"tenant_id":"two"}}` + strings.Repeat(" ", MaxBody-30), 503, ""},
	} {
		t.Run(name, func(t *testing.T) {
			q := httptest.NewRequestWithContext(t.Context(), c.method, c.path, strings.NewReader(c.body))
			q.Header.Set("Authorization", "Bearer good")
			q.Header.Set("Content-Type", c.kind)
			w := nobody{caller.Admin}.serve(q)
			if w.Code != c.code || !strings.Contains(w.Body.String(), c.says) || !strings.Contains(w.Body.String(), `"HumanReadable"`) {
				t.Errorf("%d %s; want %d %s", w.Code, w.Body, c.code, c.says)
			}
		})
	}
}

func TestEveryKindOfFailureHasItsCode(t *testing.T) {
	for _, k := range fault.Kinds() {
		if codes[k] == 0 || sentences[k] == "" {
			t.Errorf("%s has code %d and the sentence %q", k, codes[k], sentences[k])
		}
		if code, message := tell(fault.Text(k, "do", "user secret", "a cause")); code != codes[k] || strings.Contains(message, "secret") {
			t.Errorf("%s is answered with %d %s", k, code, message)
		}
	}
}

// What is switched off asks the directory nothing: here there is none.
func TestWhatIsSwitchedOffAsksTheDirectoryNothing(t *testing.T) {
	shut := &Instance{Name: "shut", Generation: xsoar.B, Out: map[string]xsoar.Mapper{xsoar.ShippedOut: xsoar.Out()}}
	args := xsoar.Arguments{{Name: argProfile, Value: `{"username":"ann"}`}}
	for _, name := range []string{"iam-create-user", "iam-update-user", "iam-disable-user"} {
		e, err := Run(t.Context(), shut, name, args, plan.Actor{})
		o, _ := e.Contents.(xsoar.Object)
		if err != nil || o.Get("skipped") != true || o.Get("reason") != "Command is disabled." || o.Get("success") != true {
			t.Errorf("%s: %v, %v", name, o, err)
		}
	}
	if _, err := Run(t.Context(), shut, "iam-dance", args, plan.Actor{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("another command: %v", err)
	}
	if _, err := Run(t.Context(), shut, "iam-get-user", append(args, xsoar.Pair{Name: "shoe"}), plan.Actor{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("another argument: %v", err)
	}
}
