package opsdoor_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rollcall/emulate"
)

const faultsPath = "/_rollcall/faults"

// ask is a request of eve's from this machine, unless change says otherwise.
func (s *site) ask(t *testing.T, method, body string, change func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, faultsPath, strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:4000"
	r.Header.Set("Authorization", "Bearer "+s.admin)
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

func TestFaultsAreReplacedShownAndEnded(t *testing.T) {
	s := open(t)
	if w := s.ask(t, http.MethodGet, "", nil); w.Code != 200 || strings.Join(strings.Fields(w.Body.String()), "") != `{"plan":{"faults":[]},"counts":[]}` {
		t.Errorf("none: %d %s", w.Code, w.Body)
	}
	for form, body := range map[string]string{
		"YAML": "seed: 7\nfaults:\n  - {operation: CreateUser, fault: slow, delay: 2s, call: 3}\n",
		"JSON": `{"seed": 7, "faults": [{"operation": "CreateUser", "fault": "slow", "delay": "2s", "call": 3}]}`,
	} {
		t.Run(form, func(t *testing.T) {
			if w := s.ask(t, http.MethodPut, body, nil); w.Code != 200 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			if err := s.gate.Admit(t.Context(), emulate.Call{Service: emulate.IdentityStore, Operation: "CreateUser"}); err != nil {
				t.Fatal(err)
			}
			var got struct {
				Plan   json.RawMessage
				Counts []emulate.Count
			}
			w := s.ask(t, http.MethodGet, "", nil)
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || len(got.Counts) != 1 || got.Counts[0] != (emulate.Count{Calls: 1}) {
				t.Errorf("%s, %v", w.Body, err)
			}
			if w := s.ask(t, http.MethodPut, string(got.Plan), nil); w.Code != 200 {
				t.Errorf("what is shown cannot be sent back: %d %s", w.Code, w.Body)
			}
		})
	}
	if w := s.ask(t, http.MethodDelete, "", nil); w.Code != 204 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if plan, _ := s.gate.Faults(); len(plan.Faults) > 0 {
		t.Errorf("still there: %+v", plan)
	}
}

func TestAPlanThatCannotBeLeavesTheOldOne(t *testing.T) {
	s := open(t)
	const plan = `{"faults": [{"operation": "*", "fault": "error"}]}`
	s.ask(t, http.MethodPut, plan, nil)
	for name, c := range map[string]struct {
		body, says string
		code       int
	}{
		"a slip":         {"faults:\n  - {operation: CreateUser, fault: trottle}", `body:2: invalid: there is no fault "trottle"; did you mean`, 400},
		"another key":    {`{"fault": []}`, "fault", 400},
		"no YAML":        {"{", "body", 400},
		"just too large": {"#" + strings.Repeat("x", 1<<20), "at most 1048576 bytes", 413},
	} {
		t.Run(name, func(t *testing.T) {
			if w := s.ask(t, http.MethodPut, c.body, nil); w.Code != c.code || !strings.Contains(w.Body.String(), c.says) {
				t.Errorf("%d %s, want %d and %q", w.Code, w.Body, c.code, c.says)
			}
			if plan, _ := s.gate.Faults(); len(plan.Faults) != 1 {
				t.Errorf("now it is %+v", plan)
			}
		})
	}
	if w := s.ask(t, http.MethodPut, plan+strings.Repeat(" ", 1<<20-len(plan)), nil); w.Code != 200 {
		t.Errorf("as large as may be: %d %s", w.Code, w.Body)
	}
}

func TestFaultsAreForAdminsOnThisMachine(t *testing.T) {
	s := open(t)
	for name, c := range map[string]struct {
		change func(*http.Request)
		want   int
	}{
		"an admin here":            {nil, 200},
		"by IPv6":                  {func(r *http.Request) { r.RemoteAddr = "[::1]:4000" }, 200},
		"by password":              {func(r *http.Request) { r.SetBasicAuth("eve", password) }, 200},
		"a reader":                 {func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+s.token) }, 403},
		"nobody":                   {func(r *http.Request) { r.Header.Del("Authorization") }, 401},
		"an admin elsewhere":       {func(r *http.Request) { r.RemoteAddr = "192.0.2.1:4000" }, 403},
		"an admin behind a proxy":  {func(r *http.Request) { r.Header.Set("X-Forwarded-For", "127.0.0.1") }, 403},
		"behind a standard proxy":  {func(r *http.Request) { r.Header.Set("Forwarded", "for=127.0.0.1") }, 403},
		"from nowhere":             {func(r *http.Request) { r.RemoteAddr = "" }, 403},
		"from a socket of a proxy": {func(r *http.Request) { r.RemoteAddr = "@" }, 403},
	} {
		t.Run(name, func(t *testing.T) {
			for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
				want := c.want
				if want == 200 && method == http.MethodDelete {
					want = 204
				}
				if w := s.ask(t, method, "faults: []", c.change); w.Code != want {
					t.Errorf("%s: %d %s, want %d", method, w.Code, w.Body, want)
				}
			}
		})
	}
}
