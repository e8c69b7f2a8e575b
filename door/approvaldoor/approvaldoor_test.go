package approvaldoor_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rollcall/approval"
	"rollcall/caller"
	"rollcall/door/approvaldoor"
	"rollcall/fault"
	"rollcall/journal"
	"rollcall/keyring"
	"rollcall/plan"
	"rollcall/sqldb"
)

// staff are operators whose token is their name and whose role stands in it.
type staff map[string]caller.Role

func (s staff) CheckToken(_ context.Context, text string) (caller.Operator, error) {
	if s[text] == "" {
		return caller.Operator{}, fault.Text(fault.Unauthenticated, "authenticate", "", "no")
	}
	return caller.Operator{Name: text, Role: s[text]}, nil
}

func (s staff) CheckPassword(ctx context.Context, name, password, _ string) (caller.Operator, error) {
	if password != "right" {
		return caller.Operator{}, fault.Text(fault.Unauthenticated, "authenticate", "", "no")
	}
	return s.CheckToken(ctx, name)
}

// office is a door with one request behind it, asked for by eve.
type office struct {
	mux *http.ServeMux
	id  plan.ID
}

func open(t *testing.T) *office {
	t.Helper()
	db, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "state.db"), journal.Migrations, approval.Migrations)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	keys, err := keyring.Open(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	j := journal.Open(db, keys)
	store := approval.New(db, j, time.Now)
	p := &plan.Plan{
		Header: plan.Header{Origin: plan.FromCommand, Directory: "local", Store: "d-1234567890", Title: "create <b>ann</b>"},
		Changes: []plan.Change{
			{Number: 1, Kind: plan.UserCreate, Subject: plan.New(1), Name: "<script>ann", Reason: "by command"},
			{Number: 2, Kind: plan.GroupMembers, Subject: plan.Existing("g1"), Name: "devs", Add: []plan.Member{{User: plan.Existing("u1"), Name: "bob"}, {User: plan.Existing("u2"), Name: "cleo"}, {User: plan.Existing("u3"), Name: "dan"}, {User: plan.Existing("u4"), Name: "eve"}}, Reason: "by command"},
		},
	}
	file, id, err := plan.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := j.SavePlan(t.Context(), file, p); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Ask(t.Context(), p, id, plan.Actor{Name: "eve", Door: "cli"}, approval.Needs{Approvers: 1, Why: []string{"all: one of its changes counts"}}, ""); err != nil {
		t.Fatal(err)
	}
	o := &office{http.NewServeMux(), id}
	approvaldoor.New(approvaldoor.Options{
		Operators: staff{"ann": caller.Approver, "eve": caller.Admin, "rea": caller.Reader}, Requests: store,
		Show: func(context.Context, plan.ID) (*plan.Plan, []string, error) {
			return p, []string{"ann gains a way into prod"}, nil
		},
	}).Mount(o.mux)
	return o
}

// ask makes a request as ann for a page, after change.
func (o *office) ask(method, path, body string, change func(r *http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer ann")
	r.Header.Set("Accept", "text/html")
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	o.mux.ServeHTTP(w, r)
	return w
}

func (o *office) form(verdict, comment string) string {
	return url.Values{"verdict": {verdict}, "digest": {string(o.id)}, "comment": {comment}}.Encode()
}

func as(who string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+who) }
}

func TestPagesShowWhatWaitsAndLoadNothing(t *testing.T) {
	o := open(t)
	list := o.ask(http.MethodGet, "/approvals", "", nil)
	one := o.ask(http.MethodGet, "/approvals/"+o.id.Short(), "", nil)
	for what, w := range map[string]*httptest.ResponseRecorder{"the list": list, "one": one} {
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "create &lt;b&gt;ann&lt;/b&gt;") {
			t.Errorf("%s: %d %s", what, w.Code, w.Body)
		}
		if policy := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-") || !strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("%s: %s", what, policy)
		}
		if strings.Contains(w.Body.String(), "<script") || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s has a script, or may be kept", what)
		}
	}
	for _, want := range []string{"0 of 1 approvals", "create user &lt;script&gt;ann", "group devs: add bob, cleo, dan, eve", "ann gains a way into prod", `value="approve"`, string(o.id)} {
		if !strings.Contains(one.Body.String(), want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if w := o.ask(http.MethodGet, "/approvals/"+o.id.Short(), "", as("rea")); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "<form") {
		t.Errorf("a reader gets a form: %d", w.Code)
	}
	if w := o.ask(http.MethodGet, "/approvals", "", func(r *http.Request) { r.SetBasicAuth("ann", "right") }); w.Code != http.StatusOK {
		t.Errorf("by password: %d", w.Code)
	}
}

func TestProgramsGetJSON(t *testing.T) {
	o := open(t)
	json1 := func(r *http.Request) { r.Header.Set("Accept", "application/json") }
	var list []approval.Request
	if err := json.Unmarshal(o.ask(http.MethodGet, "/approvals", "", json1).Body.Bytes(), &list); err != nil || len(list) != 1 || list[0].Plan != o.id {
		t.Errorf("%+v, %v", list, err)
	}
	w := o.ask(http.MethodPost, "/approvals/"+string(o.id), `{"verdict":"approve","digest":"`+string(o.id)+`","comment":"ok"}`, func(r *http.Request) {
		json1(r)
		r.Header.Set("Content-Type", "application/json")
	})
	var decided approval.Request
	if err := json.Unmarshal(w.Body.Bytes(), &decided); err != nil || w.Code != http.StatusOK || decided.Status != approval.Approved || decided.Decisions[0].Door != "approvals" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestWhoMayNotDecideDoesNot(t *testing.T) {
	o := open(t)
	at := "/approvals/" + string(o.id)
	for name, c := range map[string]struct {
		body   string
		change func(*http.Request)
		want   int
	}{
		"nobody":            {o.form("approve", ""), func(r *http.Request) { r.Header.Del("Authorization") }, 401},
		"a wrong password":  {o.form("approve", ""), func(r *http.Request) { r.SetBasicAuth("ann", "wrong") }, 401},
		"a reader":          {o.form("approve", ""), as("rea"), 403},
		"who asked":         {o.form("approve", ""), as("eve"), 403},
		"from another site": {o.form("approve", ""), func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, 403},
		"another origin":    {o.form("approve", ""), func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }, 403},
		"another plan":      {"verdict=approve&digest=" + strings.Repeat("0", 64), nil, 400},
		"no digest":         {"verdict=approve", nil, 400},
		"no verdict":        {"digest=" + string(o.id), nil, 400},
		"no reason":         {o.form("reject", " "), nil, 400},
		"too large":         {o.form("approve", strings.Repeat("x", approvaldoor.MaxBody)), nil, 400},
		"no JSON":           {"{", func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }, 400},
	} {
		if w := o.ask(http.MethodPost, at, c.body, c.change); w.Code != c.want {
			t.Errorf("%s: %d %s, want %d", name, w.Code, w.Body, c.want)
		}
	}
	if w := o.ask(http.MethodGet, "/approvals/"+strings.Repeat("0", 64), "", nil); w.Code != http.StatusNotFound {
		t.Errorf("of no plan: %d", w.Code)
	}
	w := o.ask(http.MethodPost, at, o.form("reject", "not now"), func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-origin") })
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != at {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if w := o.ask(http.MethodPost, at, o.form("approve", ""), nil); w.Code != http.StatusConflict {
		t.Errorf("twice: %d", w.Code)
	}
	if w := o.ask(http.MethodGet, at, "", nil); !strings.Contains(w.Body.String(), "not now") || strings.Contains(w.Body.String(), "<form") {
		t.Errorf("afterwards: %s", w.Body)
	}
}
