package apply_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"rollcall/apply"
	"rollcall/directory"
	"rollcall/directory/memdir"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/link"
	"rollcall/plan"
	"rollcall/reconcile"
	"rollcall/sqldb"
)

// rigged is a directory that answers some writes as the test says.
type rigged struct {
	*memdir.Driver
	create func(u identity.User) (identity.User, error)
	update func(id identity.ID, revision string, edits []identity.Edit) (identity.User, error)
}

func (r *rigged) CreateUser(ctx context.Context, u identity.User) (identity.User, error) {
	if r.create == nil {
		return r.Driver.CreateUser(ctx, u)
	}
	return r.create(u)
}

func (r *rigged) UpdateUser(ctx context.Context, id identity.ID, revision string, edits []identity.Edit) (identity.User, error) {
	if r.update == nil {
		return r.Driver.UpdateUser(ctx, id, revision, edits)
	}
	return r.update(id, revision, edits)
}

func annWithTitle(title string) *reconcile.Wanted {
	return &reconcile.Wanted{Source: "corp", Users: []reconcile.User{{Anchor: "1", In: true, Name: "ann", User: identity.User{
		UserName: "ann", DisplayName: "Ann", Title: title, Name: identity.Name{GivenName: "A", FamilyName: "B"}, Active: true,
	}}}}
}

// What is found after a creation whose answer was lost is ours only without a
// doubt; what of it is missing is set.
func TestWhatALostCreationLeftIsTakenOnlyWithoutADoubt(t *testing.T) {
	lost := fault.Unsettled("create user", "", nil)
	for name, c := range map[string]struct {
		left   func(u identity.User) identity.User // what is there after the lost call
		late   bool                                // what is there was there long before
		linked bool                                // to another record
		known  bool                                // the answer came: there is one already
		want   journal.Result
		text   string
	}{
		"as it was sent":                      {left: func(u identity.User) identity.User { return u }, want: journal.Settled},
		"half of it, with the anchor":         {left: func(u identity.User) identity.User { u.Title = ""; return u }, want: journal.Settled},
		"the name, and another anchor":        {left: func(u identity.User) identity.User { u.ExternalIDs = nil; return u }, want: journal.Failed, text: "other values"},
		"equal, but there before":             {left: func(u identity.User) identity.User { return u }, late: true, want: journal.Failed, text: "before"},
		"equal, but linked to another record": {left: func(u identity.User) identity.User { return u }, linked: true, want: journal.Failed, text: "linked"},
		"equal, but nothing was lost":         {left: func(u identity.User) identity.User { return u }, known: true, want: journal.Failed, text: "before anything was sent"},
	} {
		t.Run(name, func(t *testing.T) {
			d := &rigged{Driver: newDirectory()}
			w := newWorld(t, t.TempDir(), d)
			defer w.close()
			if c.late {
				w.clock.now = time.Now().Add(time.Hour)
			}
			creations := 0
			d.create = func(u identity.User) (identity.User, error) {
				creations++
				made, err := d.Driver.CreateUser(t.Context(), c.left(u))
				if err != nil {
					return made, err
				}
				if c.linked {
					other := link.Link{
						Record: identity.Record{Source: "other", Kind: identity.KindUser, Anchor: "9"}, Directory: "local", Object: made.ID, Origin: link.Created, Since: w.clock.Now(),
					}
					if err := w.db.Write(t.Context(), func(tx *sqldb.Tx) error { return link.Put(tx, other) }); err != nil {
						t.Error(err) // not Fatal: this is a worker of the executor
					}
				}
				if c.known {
					return identity.User{}, fault.Text(fault.Conflict, "create user", "", "taken")
				}
				return identity.User{}, lost
			}
			r, err := w.apply(t.Context(), t, w.plan(t, annWithTitle("Lead")))
			if err != nil {
				t.Fatal(err)
			}
			if r.Counts[c.want] != 1 || creations != 1 {
				t.Fatalf("%v after %d creations, want %s after one; %+v", r.Counts, creations, c.want, r.Failures)
			}
			_, err = w.x.Links.ByRecord(t.Context(), "local", identity.Record{Source: "corp", Kind: identity.KindUser, Anchor: "1"})
			if ours := err == nil; ours != (c.want == journal.Settled) {
				t.Errorf("linked: %v", err)
			}
			if c.want == journal.Failed {
				if !strings.Contains(r.Failures[0].Text, c.text) {
					t.Errorf("%q does not say %q", r.Failures[0].Text, c.text)
				}
				return
			}
			if u, err := w.x.Directory.ResolveUser(t.Context(), "ann"); err != nil || u.Title != "Lead" {
				t.Errorf("title %q, %v", u.Title, err)
			}
		})
	}
}

// Somebody else who writes at the same time, beside what the plan looked at, is
// no reason to stop; after three times it is.
func TestAnUpdateThatMeetsAnotherIsMadeAgainThreeTimes(t *testing.T) {
	for meetings, want := range map[int]journal.Result{3: journal.Done, 4: journal.Stale} {
		d := &rigged{Driver: newDirectory()}
		w := newWorld(t, t.TempDir(), d)
		defer w.close()
		w.sync(t, annWithTitle("Lead"))
		calls := 0
		d.update = func(id identity.ID, revision string, edits []identity.Edit) (identity.User, error) {
			if calls++; calls <= meetings { // an attribute that no rule sets
				if _, err := d.Driver.UpdateUser(t.Context(), id, "", []identity.Edit{{Path: "nickName", New: identity.Value(`"n` + strings.Repeat("x", calls) + `"`)}}); err != nil {
					t.Error(err)
				}
			}
			return d.Driver.UpdateUser(t.Context(), id, revision, edits)
		}
		r, err := w.apply(t.Context(), t, w.plan(t, annWithTitle("Boss")))
		if err != nil || r.Counts[want] != 1 || calls != 4 {
			t.Errorf("%d meetings: %v in %d calls, %v; want %s", meetings, r.Counts, calls, err, want)
		}
	}
}

// What the plan looked at and others have changed is left to them.
func TestAnUpdateLeavesWhatOthersHaveSetMeanwhile(t *testing.T) {
	for title, want := range map[string]journal.Result{"Other": journal.Stale, "Boss": journal.Already} {
		d := &rigged{Driver: newDirectory()}
		w := newWorld(t, t.TempDir(), d)
		defer w.close()
		w.sync(t, annWithTitle("Lead"))
		p := w.plan(t, annWithTitle("Boss"))
		ann, err := w.x.Directory.ResolveUser(t.Context(), "ann")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Driver.UpdateUser(t.Context(), ann.ID, "", []identity.Edit{{Path: "title", New: identity.Value(`"` + title + `"`)}}); err != nil {
			t.Fatal(err)
		}
		r, err := w.x.Run(t.Context(), p, apply.Options{Actor: plan.Actor{Name: "test", Door: "cli"}, Fresh: true})
		if err != nil || r.Counts[want] != 1 {
			t.Errorf("set to %s by others: %v, %v; want %s", title, r.Counts, err, want)
		}
		if now, err := w.x.Directory.User(t.Context(), ann.ID); err != nil || now.Title != title {
			t.Errorf("title %q, %v; want %q", now.Title, err, title)
		}
	}
}

var _ directory.Driver = (*rigged)(nil)
