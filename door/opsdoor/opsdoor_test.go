package opsdoor_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rollcall/caller"
	"rollcall/caller/sqlcaller"
	"rollcall/door/opsdoor"
	"rollcall/emulate"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

// site is a door with two operators: ann, who reads, and eve, who may everything.
type site struct {
	handler http.Handler
	token   string
	admin   string // another operator's, eve's
	gate    *emulate.Gate
	broken  error
	stale   error
	numbers error
}

const password = "correct horse battery"

func open(t *testing.T) *site {
	t.Helper()
	db, err := sqldb.Open(t.Context(), sqldbtest.SQLite(t), sqlcaller.OperatorMigrations())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	operators := caller.NewOperators(sqlcaller.NewOperators(db), caller.Options{})
	if _, err := operators.Create(t.Context(), caller.Operator{Name: "ann", Role: caller.Reader}, password); err != nil {
		t.Fatal(err)
	}
	s := &site{}
	if _, s.token, err = operators.CreateToken(t.Context(), "ann", "test", caller.MaxOperatorToken); err != nil {
		t.Fatal(err)
	}
	if _, err := operators.Create(t.Context(), caller.Operator{Name: "eve", Role: caller.Admin}, password); err != nil {
		t.Fatal(err)
	}
	if _, s.admin, err = operators.CreateToken(t.Context(), "eve", "test", caller.MaxOperatorToken); err != nil {
		t.Fatal(err)
	}
	if s.gate, err = emulate.New(emulate.Options{}); err != nil {
		t.Fatal(err)
	}
	door := opsdoor.New(opsdoor.Options{
		Operators: operators, Faults: s.gate, Log: slog.New(slog.DiscardHandler),
		Ready: func(context.Context) error { return s.broken },
		Stale: func(context.Context) error { return s.stale },
		Numbers: func(_ context.Context, w io.Writer) error {
			_, _ = io.WriteString(w, "rollcall_more 1\n") // a builder takes everything
			return s.numbers
		},
	})
	mux := http.NewServeMux()
	door.Mount(mux)
	s.handler = door.Count(mux)
	return s
}

func (s *site) get(t *testing.T, path string, change func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

func TestAnybodyMayAskWhetherItIsAliveAndReady(t *testing.T) {
	s := open(t)
	for _, path := range []string{"/healthz", "/readyz"} {
		if w := s.get(t, path, nil); w.Code != 200 || w.Body.String() != "ok\n" {
			t.Errorf("%s: %d %q", path, w.Code, w.Body)
		}
	}
	s.broken = errors.New("disk full at /secret")
	if w := s.get(t, "/readyz", nil); w.Code != 503 || w.Body.String() != "not ready\n" {
		t.Errorf("broken: %d %q", w.Code, w.Body)
	}
	if w := s.get(t, "/healthz", nil); w.Code != 200 {
		t.Errorf("broken, but alive: %d", w.Code)
	}
}

func TestNumbersAreForOperators(t *testing.T) {
	s := open(t)
	for name, c := range map[string]struct {
		change func(*http.Request)
		want   int
	}{
		"nobody":           {nil, 401},
		"a token":          {func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+s.token) }, 200},
		"another token":    {func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+s.token+"x") }, 401},
		"a password":       {func(r *http.Request) { r.SetBasicAuth("ann", password) }, 200},
		"another password": {func(r *http.Request) { r.SetBasicAuth("ann", "wrong horse battery") }, 401},
	} {
		t.Run(name, func(t *testing.T) {
			w := s.get(t, "/metrics", c.change)
			if w.Code != c.want {
				t.Errorf("%d, want %d", w.Code, c.want)
			}
			if (w.Header().Get("WWW-Authenticate") != "") != (c.want == 401) {
				t.Errorf("it says %q", w.Header())
			}
		})
	}
}

func TestRequestsAreCounted(t *testing.T) {
	s := open(t)
	s.get(t, "/healthz", nil)
	s.get(t, "/metrics", nil)
	s.get(t, "/healthz", func(r *http.Request) { r.Method = "BREW" })
	got := s.get(t, "/metrics", func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+s.token) }).Body.String()
	for _, want := range []string{
		`rollcall_http_requests_total{method="GET",status="200"} 1`, `rollcall_http_requests_total{method="GET",status="401"} 1`,
		`rollcall_http_requests_total{method="other",status="405"} 1`, "rollcall_http_requests_in_flight 1",
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("%s is not in\n%s", want, got)
		}
	}
}
