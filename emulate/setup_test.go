package emulate_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"rollcall/emulate"
	"rollcall/fault"
)

// clock stands still; sleeping moves it.
type clock struct {
	now   time.Time
	slept time.Duration
}

func (c *clock) options() emulate.Options {
	return emulate.Options{
		Now: func() time.Time { return c.now },
		Sleep: func(_ context.Context, d time.Duration) error {
			c.now, c.slept = c.now.Add(d), c.slept+d
			return nil
		},
	}
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)} }

func gate(t testing.TB, o emulate.Options) *emulate.Gate {
	t.Helper()
	g, err := emulate.New(o)
	ok(t, err)
	return g
}

// failing is a gate with one fault.
func failing(t testing.TB, f emulate.Fault) *emulate.Gate {
	t.Helper()
	o := newClock().options()
	o.Faults.Faults = []emulate.Fault{f}
	return gate(t, o)
}

func call(operation string) emulate.Call {
	return emulate.Call{Service: emulate.IdentityStore, Operation: operation}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func is(t testing.TB, err error, k fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != k {
		t.Fatalf("got %v, want %v", err, k)
	}
}

// site is a door behind a gate, which counts what it has done and answers ten
// letters.
type site struct {
	*httptest.Server
	done atomic.Int32
}

func serve(t testing.TB, g *emulate.Gate) *site {
	t.Helper()
	s := new(site)
	door := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := g.Admit(r.Context(), call("CreateUser")); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		s.done.Add(1)
		w.Header().Set("Content-Length", "10")
		fmt.Fprint(w, "0123456789")
	})
	s.Server = httptest.NewServer(g.Handler(door))
	t.Cleanup(s.Close)
	return s
}

// post returns what came back before the connection ended, if it did.
func (s *site) post(t testing.TB) (status int, body string, err error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL, nil)
	ok(t, err)
	answer, err := s.Client().Do(r)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(text), err
}
