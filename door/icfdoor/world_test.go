package icfdoor_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rollcall/apply"
	"rollcall/caller"
	"rollcall/command"
	"rollcall/directory"
	"rollcall/directory/memdir"
	"rollcall/door/icfdoor"
	"rollcall/fault"
	"rollcall/icf"
	"rollcall/identity"
	"rollcall/javascript"
	"rollcall/journal"
	"rollcall/keyring"
	"rollcall/link"
	"rollcall/plan"
	"rollcall/sqldb"
)

const store = identity.StoreID("d-1234567890")

// shortPages gives pages as small as a directory may: callers go on all the
// same. It counts its listings.
type shortPages struct {
	*memdir.Driver
	limit    int
	listings int
}

func (s *shortPages) ListUsers(ctx context.Context, page directory.PageRequest) (directory.Page[identity.User], error) {
	if s.listings++; s.limit > 0 {
		page.Limit = s.limit
	} else if s.listings%2 == 0 {
		page.Limit = 7 // now and then
	}
	return s.Driver.ListUsers(ctx, page)
}

// door is a door over a directory in memory, asked without a network.
type door struct {
	t      testing.TB
	driver *shortPages
	writer *directory.Writer
	one    *icfdoor.Connector
	mux    *http.ServeMux
	desk   *command.Desk
	role   caller.Role
	plans  *journal.Journal
}

// Names and Connector make door the only connector there is.
func (d *door) Names(context.Context) ([]string, error) { return []string{"awsiam"}, nil }

func (d *door) Connector(_ context.Context, name string) (*icfdoor.Connector, error) {
	if name != "awsiam" {
		return nil, fault.Text(fault.NotFound, "find connector", name, "there is none")
	}
	return d.one, nil
}

func (d *door) CheckToken(_ context.Context, text string) (caller.Operator, error) {
	if text != "token" {
		return caller.Operator{}, fault.Text(fault.Unauthenticated, "check token", "", "no")
	}
	return caller.Operator{Name: "olga", Role: d.role}, nil
}

func (d *door) CheckPassword(_ context.Context, name, password, _ string) (caller.Operator, error) {
	if name != "olga" || password != "word" {
		return caller.Operator{}, fault.Text(fault.Unauthenticated, "check password", "", "no")
	}
	return caller.Operator{Name: name, Role: d.role}, nil
}

type clock struct{}

func (clock) Now() time.Time { return time.Now() }

func (clock) After(d time.Duration) <-chan time.Time { return time.After(d) }

func (clock) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

func newDoor(t testing.TB) *door {
	t.Helper()
	folder := t.TempDir()
	db, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(folder, "state.db"), link.Migrations, journal.Migrations)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	keys, err := keyring.Open(filepath.Join(folder, "key"))
	if err != nil {
		t.Fatal(err)
	}
	d := &door{t: t, driver: &shortPages{Driver: memdir.New(store), limit: 100}, role: caller.Admin, mux: http.NewServeMux(), plans: journal.Open(db, keys)}
	target := directory.New("local", d.driver)
	d.writer = directory.WriterFor(target)
	d.desk = &command.Desk{
		Executor: &apply.Executor{Directory: target, Journal: d.plans, Links: link.New(db), Clock: clock{}},
		Limits:   func(context.Context, plan.Actor) (plan.Limits, error) { return plan.DefaultLimits(), nil },
	}
	d.one = &icfdoor.Connector{Name: "awsiam", Desk: d.desk, LiveSync: true}
	icfdoor.New(icfdoor.Options{
		Operators: d, Connectors: d, Scripts: javascript.New(javascript.DefaultLimits()), Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}).Mount(d.mux)
	return d
}

// ask asks as an operator, by token.
func (d *door) ask(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	d.t.Helper()
	r := httptest.NewRequestWithContext(d.t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer token")
	r.Header.Set("Content-Type", "application/json")
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	d.mux.ServeHTTP(w, r)
	return w
}

// answer is an envelope.
type answer struct {
	Result []map[string]any `json:"result"`
	Count  int              `json:"resultCount"`
	Cookie *string          `json:"pagedResultsCookie"`
	Error  *icf.Error       `json:"error"`
}

func (d *door) query(path string) answer {
	d.t.Helper()
	w := d.ask("GET", path, "")
	var a answer
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || w.Code != 200 {
		d.t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return a
}

// user makes a user behind the door's back.
func (d *door) user(u identity.User) identity.User {
	d.t.Helper()
	u.Active = true
	if u.DisplayName == "" {
		u.DisplayName = u.UserName
	}
	u.Name.GivenName, u.Name.FamilyName = "G", "F"
	made, err := d.writer.CreateUser(d.t.Context(), u)
	if err != nil {
		d.t.Fatal(err)
	}
	return made
}
