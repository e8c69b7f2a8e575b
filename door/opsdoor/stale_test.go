package opsdoor_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"rollcall/fault"
)

func TestItIsNotReadyWhileASyncIsStaleAndSaysWhich(t *testing.T) {
	s := open(t)
	s.stale = &fault.Error{Kind: fault.Stale, Op: "sync corp was last complete at 2026-03-01T09:00:00Z, and may be 2h old"}
	if w := s.get(t, "/readyz", nil); w.Code != 503 || w.Body.String() != "not ready: sync corp was last complete at 2026-03-01T09:00:00Z, and may be 2h old: stale\n" {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	s.stale = fault.New(fault.Unavailable, "read baselines", "", errors.New("disk full at /secret"))
	if w := s.get(t, "/readyz", nil); w.Code != 503 || w.Body.String() != "not ready\n" {
		t.Errorf("what goes wrong here is told: %d %q", w.Code, w.Body)
	}
}

func TestMetricsHaveTheNumbersOfWhoeverWorks(t *testing.T) {
	s := open(t)
	ask := func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+s.token) }
	if w := s.get(t, "/metrics", ask); w.Code != 200 || !strings.HasSuffix(w.Body.String(), "\nrollcall_more 1\n") {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	s.numbers = fault.Text(fault.Internal, "gather metrics", "", "two of one name")
	if w := s.get(t, "/metrics", ask); w.Code != 500 {
		t.Errorf("half of the numbers: %d %q", w.Code, w.Body)
	}
}
