package assignment_test

import (
	"context"
	"errors"
	"iter"
	"testing"
	"testing/synctest"
	"time"

	"rollcall/assignment"
	"rollcall/assignment/sqlassignment"
	"rollcall/directory/sqldir"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

const delay = 7 * time.Second

// clock is the time of an instance; it stands still until it is moved.
type clock struct{ now time.Time }

func (c *clock) time() time.Time { return c.now }

// sleep passes the time that it is asked to wait.
func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	c.now = c.now.Add(d)
	return ctx.Err()
}

// open returns an embedded instance with one permission set, and an assignment
// of it that can be made.
func open(t *testing.T) (*sqlassignment.Driver, *clock, identity.Assignment) {
	t.Helper()
	c := &clock{time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
	db, err := sqldb.Open(t.Context(), sqldbtest.SQLite(t), sqldir.Migrations(), sqlassignment.Migrations())
	must(t, err)
	t.Cleanup(func() { db.Close() })
	people, err := sqldir.New(db).Store(t.Context(), "d-1234567890", sqldir.Options{Now: c.time})
	must(t, err)
	s, err := people.Store(t.Context())
	must(t, err)
	d, err := sqlassignment.Open(t.Context(), db, s, sqlassignment.Options{Directory: people, Now: c.time, Delay: delay, Owner: "111111111111"})
	must(t, err)
	g, err := people.CreateGroup(t.Context(), identity.Group{DisplayName: "staff"})
	must(t, err)
	set, err := d.CreatePermissionSet(t.Context(), identity.PermissionSet{Name: "Admin"}, nil)
	must(t, err)
	return d, c, identity.Assignment{
		Principal:     identity.Principal{Store: "d-1234567890", Kind: identity.KindGroup, ID: g.ID},
		PermissionSet: set.ARN, Account: "111111111111",
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// bare hides what a driver can do beyond the minimum.
type bare struct{ assignment.Driver }

// flaky is a driver whose reads, and whose creations, fail a few times first.
type flaky struct {
	assignment.Driver
	fails int
	calls int
	as    error
}

func (f *flaky) fail() error {
	f.calls++
	if f.calls <= f.fails {
		return f.as
	}
	return nil
}

func (f *flaky) Request(ctx context.Context, work assignment.Work, id string) (assignment.Request, error) {
	if err := f.fail(); err != nil {
		return assignment.Request{}, err
	}
	return f.Driver.Request(ctx, work, id)
}

func (f *flaky) ListPermissionSets(ctx context.Context, page assignment.PageRequest) (assignment.Page[string], error) {
	if err := f.fail(); err != nil {
		return assignment.Page[string]{}, err
	}
	page.Limit = 1 // so that there are pages
	return f.Driver.ListPermissionSets(ctx, page)
}

func (f *flaky) CreateAssignment(ctx context.Context, a identity.Assignment) (assignment.Request, error) {
	if err := f.fail(); err != nil {
		return assignment.Request{}, err
	}
	return f.Driver.CreateAssignment(ctx, a)
}

var throttled = &fault.Error{Kind: fault.Throttled, RetryAfter: 3 * time.Second}

func TestReadsAreRetriedWhileTheFailureIsTemporary(t *testing.T) {
	d, _, _ := open(t)
	second, err := d.CreatePermissionSet(t.Context(), identity.PermissionSet{Name: "Second"}, nil)
	must(t, err)
	f := &flaky{Driver: d, fails: 2, as: throttled}
	got, err := collect(assignment.New("test", f).PermissionSets(t.Context()))
	if err != nil || len(got) != 2 || got[1] != second.ARN {
		t.Errorf("listed %v, %v; want both", got, err)
	}
	if f.calls != 4 { // two that fail, two pages
		t.Errorf("%d calls, want 4", f.calls)
	}
}

func TestAListingThatFailsYieldsTheErrorLast(t *testing.T) {
	d, _, _ := open(t)
	f := &flaky{Driver: d, fails: 1, as: fault.Text(fault.Denied, "list", "", "no")}
	got, err := collect(assignment.New("test", f).PermissionSets(t.Context()))
	if !fault.Is(err, fault.Denied) || got != nil || f.calls != 1 {
		t.Errorf("%v, %v after %d calls; want denied after one", got, err, f.calls)
	}
	for a, err := range assignment.New("test", &flaky{Driver: d, fails: 1, as: f.as}).Everything(t.Context()) {
		if !fault.Is(err, fault.Denied) {
			t.Errorf("everything: %v, %v; want denied", a, err)
		}
	}
}

func collect[T any](items iter.Seq2[T, error]) (all []T, err error) {
	for item, err := range items {
		if err != nil {
			return all, err
		}
		all = append(all, item)
	}
	return all, nil
}

func TestWritesAreNotRetried(t *testing.T) {
	d, _, a := open(t)
	f := &flaky{Driver: d, fails: 1, as: throttled}
	if _, err := assignment.WriterFor(assignment.New("test", f)).CreateAssignment(t.Context(), a); !fault.Is(err, fault.Throttled) || f.calls != 1 {
		t.Errorf("%v after %d calls; want throttled after one", err, f.calls)
	}
}

func TestInvalidWritesDoNotReachTheDriver(t *testing.T) {
	d, _, a := open(t)
	f := &flaky{Driver: d}
	a.Account = "prod"
	w := assignment.WriterFor(assignment.New("test", f))
	if _, err := w.CreateAssignment(t.Context(), a); !fault.Is(err, fault.Invalid) || f.calls != 0 {
		t.Errorf("%v after %d calls; want invalid after none", err, f.calls)
	}
	if _, err := w.DeleteAssignment(t.Context(), a); !fault.Is(err, fault.Invalid) {
		t.Errorf("%v; want invalid", err)
	}
}

func TestAbilitiesAreWhatTheDriverImplements(t *testing.T) {
	d, _, _ := open(t)
	all := assignment.Abilities{PermissionSets: true, Policies: true, Tags: true, Settings: true, Applications: true, NewApps: true, Organization: true}
	for name, c := range map[string]struct {
		driver assignment.Driver
		want   assignment.Abilities
	}{"all of them": {d, all}, "none of them": {bare{d}, assignment.Abilities{}}} {
		got := assignment.New("test", c.driver).Abilities()
		if got != c.want {
			t.Errorf("%s: %+v", name, got)
		}
		for _, line := range got.Table() {
			if line.Has != (c.want == all) || line.Name == "" || line.Does == "" {
				t.Errorf("%s: the table has %+v", name, line)
			}
		}
	}
	if n := len(all.Table()); n != 7 {
		t.Errorf("the table has %d lines, want one for each of the 7 abilities", n)
	}
}

func TestWhatAnInstanceCannotDoIsUnsupported(t *testing.T) {
	d, _, a := open(t)
	i := assignment.New("test", bare{d})
	w, ctx, p := assignment.WriterFor(i), t.Context(), identity.Policy{Name: "x"}
	app := identity.ApplicationAssignment{Principal: a.Principal}
	second := func(_ any, err error) error { return err }
	for name, err := range map[string]error{
		"Policies":                      second(i.Policies(ctx, a.PermissionSet)),
		"Tags":                          second(i.Tags(ctx, a.PermissionSet)),
		"Application":                   second(i.Application(ctx, "")),
		"ListApplications":              second(i.ListApplications(ctx, assignment.PageRequest{})),
		"ListApplicationAssignments":    second(i.ListApplicationAssignments(ctx, "", assignment.PageRequest{})),
		"ListApplicationAssignmentsFor": second(i.ListApplicationAssignmentsFor(ctx, a.Principal, "", assignment.PageRequest{})),
		"Organization":                  second(i.Organization(ctx)),
		"Account":                       second(i.Account(ctx, a.Account)),
		"ListAccounts":                  second(i.ListAccounts(ctx, "", assignment.PageRequest{})),
		"Accounts":                      second(collect(i.Accounts(ctx))),
		"Unit":                          second(i.Unit(ctx, "")),
		"ListUnits":                     second(i.ListUnits(ctx, "", assignment.PageRequest{})),
		"CreatePermissionSet":           second(w.CreatePermissionSet(ctx, identity.PermissionSet{Name: "x"}, nil)),
		"UpdatePermissionSet":           w.UpdatePermissionSet(ctx, a.PermissionSet, assignment.PermissionSetChange{}),
		"DeletePermissionSet":           w.DeletePermissionSet(ctx, a.PermissionSet),
		"ProvisionPermissionSet":        second(w.ProvisionPermissionSet(ctx, a.PermissionSet, "")),
		"SetInlinePolicy":               w.SetInlinePolicy(ctx, a.PermissionSet, ""),
		"AttachPolicy":                  w.AttachPolicy(ctx, a.PermissionSet, p),
		"DetachPolicy":                  w.DetachPolicy(ctx, a.PermissionSet, p),
		"SetBoundary":                   w.SetBoundary(ctx, a.PermissionSet, nil),
		"TagResource":                   w.TagResource(ctx, a.PermissionSet, nil),
		"UntagResource":                 w.UntagResource(ctx, a.PermissionSet, nil),
		"RenameInstance":                w.RenameInstance(ctx, "x"),
		"AddRegion":                     second(w.AddRegion(ctx, "eu-west-1")),
		"RemoveRegion":                  second(w.RemoveRegion(ctx, "eu-west-1")),
		"CreateApplication":             second(w.CreateApplication(ctx, identity.Application{}, nil, "")),
		"UpdateApplication":             w.UpdateApplication(ctx, "", assignment.ApplicationChange{}),
		"DeleteApplication":             w.DeleteApplication(ctx, ""),
		"CreateApplicationAssignment":   w.CreateApplicationAssignment(ctx, app),
		"DeleteApplicationAssignment":   w.DeleteApplicationAssignment(ctx, app),
	} {
		if !fault.Is(err, fault.Unsupported) {
			t.Errorf("%s: %v, want unsupported", name, err)
		}
	}
}

func TestTheWriterWritesWhatTheReaderReads(t *testing.T) {
	d, c, a := open(t)
	i := assignment.New("test", d)
	w, ctx := assignment.WriterFor(i), t.Context()
	set, err := w.CreatePermissionSet(ctx, identity.PermissionSet{Name: "Reader"}, nil)
	must(t, err)
	text := "reads"
	must(t, w.UpdatePermissionSet(ctx, set.ARN, assignment.PermissionSetChange{Description: &text}))
	must(t, w.SetInlinePolicy(ctx, set.ARN, `{}`))
	must(t, w.AttachPolicy(ctx, set.ARN, identity.Policy{Name: "x"}))
	must(t, w.SetBoundary(ctx, set.ARN, &identity.Policy{Name: "y"}))
	must(t, w.TagResource(ctx, set.ARN, []identity.Tag{{Key: "k"}, {Key: "l"}}))
	must(t, w.UntagResource(ctx, set.ARN, []string{"k"}))
	a.PermissionSet = set.ARN
	r, err := w.CreateAssignment(ctx, a)
	must(t, err)
	r, err = i.Wait(ctx, r.Work, r.ID, assignment.Pace{Sleep: c.sleep})
	if err != nil || r.State != assignment.Succeeded {
		t.Fatalf("%+v, %v", r, err)
	}
	got, err := i.PermissionSet(ctx, set.ARN)
	if err != nil || got.Description != text {
		t.Errorf("%+v, %v", got, err)
	}
	policies, err := i.Policies(ctx, set.ARN)
	if err != nil || policies.Inline != `{}` || len(policies.Customer) != 1 || policies.Boundary == nil {
		t.Errorf("%+v, %v", policies, err)
	}
	if tags, err := i.Tags(ctx, set.ARN); err != nil || len(tags) != 1 {
		t.Errorf("%+v, %v", tags, err)
	}
	if all, err := collect(i.Everything(ctx)); err != nil || len(all) != 1 || all[0] != a {
		t.Errorf("%+v, %v", all, err)
	}
	must(t, w.DetachPolicy(ctx, set.ARN, identity.Policy{Name: "x"}))
	if err := w.DeletePermissionSet(ctx, set.ARN); !fault.Is(err, fault.Conflict) {
		t.Errorf("%v, want conflict", err)
	}
}

func TestWaitingLooksAtTheGivenPace(t *testing.T) {
	for name, c := range map[string]struct {
		pace   assignment.Pace
		looks  int
		passed time.Duration
		want   fault.Kind
	}{
		"as Terraform does":     {assignment.Pace{}, 1, 10 * time.Second, -1},
		"every second":          {assignment.Pace{First: time.Second, Every: time.Second}, 7, 7 * time.Second, -1},
		"at once, then every 3": {assignment.Pace{First: -1, Every: 3 * time.Second}, 4, 9 * time.Second, -1},
		"just long enough":      {assignment.Pace{First: 3 * time.Second, Every: 4 * time.Second, Patience: 7 * time.Second}, 2, 7 * time.Second, -1},
		"not long enough":       {assignment.Pace{First: 3 * time.Second, Every: 4 * time.Second, Patience: 7*time.Second - 1}, 1, 3 * time.Second, fault.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			d, clock, a := open(t)
			f := &flaky{Driver: d}
			r, err := d.CreateAssignment(t.Context(), a)
			must(t, err)
			start := clock.now
			c.pace.Sleep = clock.sleep
			r, err = assignment.New("test", f).Wait(t.Context(), r.Work, r.ID, c.pace)
			if c.want < 0 && (err != nil || r.State != assignment.Succeeded) || c.want >= 0 && !fault.Is(err, c.want) {
				t.Errorf("%+v, %v", r, err)
			}
			if f.calls != c.looks || clock.now.Sub(start) != c.passed {
				t.Errorf("%d looks in %v, want %d in %v", f.calls, clock.now.Sub(start), c.looks, c.passed)
			}
		})
	}
}

func TestARequestThatFailedIsAnAnswer(t *testing.T) {
	d, clock, a := open(t)
	a.Principal.ID = "00000000-0000-4000-8000-000000000000"
	r, err := d.CreateAssignment(t.Context(), a)
	must(t, err)
	r, err = assignment.New("test", d).Wait(t.Context(), r.Work, r.ID, assignment.Pace{Sleep: clock.sleep})
	if err != nil || r.State != assignment.Failed || r.Reason == "" {
		t.Errorf("%+v, %v; want a failed request and no error", r, err)
	}
}

func TestWaitingEndsWithItsContext(t *testing.T) {
	d, _, a := open(t)
	r, err := d.CreateAssignment(t.Context(), a)
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = assignment.New("test", d).Wait(ctx, r.Work, r.ID, assignment.Pace{})
	if !fault.Is(err, fault.Unavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("%v; want unavailable, because the context was cancelled", err)
	}
}

// still is a driver whose requests are in progress until they have been read a
// number of times.
type still struct {
	assignment.Driver
	left int
}

func (s *still) Request(context.Context, assignment.Work, string) (assignment.Request, error) {
	s.left--
	if s.left > 0 {
		return assignment.Request{State: assignment.InProgress}, nil
	}
	return assignment.Request{State: assignment.Succeeded}, nil
}

func TestWithoutASleepOfItsOwnWaitingTakesTheMachines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		r, err := assignment.New("test", &still{left: 3}).Wait(t.Context(), assignment.Deletion, "", assignment.Pace{})
		if err != nil || r.State != assignment.Succeeded || time.Since(start) != 20*time.Second {
			t.Errorf("%+v, %v after %v; want it after 10 s and two times 5", r, err, time.Since(start))
		}
	})
}
