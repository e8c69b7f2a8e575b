package apply_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/apply"
	"rollcall/directory"
	"rollcall/directory/awsdir"
	"rollcall/emulate"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/identitycentertest"
	"rollcall/journal"
	"rollcall/plan"
	"rollcall/reconcile"
	"rollcall/source"
)

// firm is a company of these people, whose first two are in a group.
func firm(title string, groups []string, people ...string) *reconcile.Wanted {
	w := &reconcile.Wanted{Source: "corp"}
	for _, name := range people {
		w.Users = append(w.Users, reconcile.User{Anchor: identity.Anchor(name), In: true, Name: name, User: identity.User{
			UserName: name, DisplayName: name, Name: identity.Name{GivenName: name, FamilyName: "F"}, Title: title, Active: true,
		}})
	}
	for _, name := range groups {
		w.Groups = append(w.Groups, reconcile.Group{
			Anchor: identity.Anchor(name), In: true, Name: name, Group: identity.Group{DisplayName: name, Description: "of " + name},
			Members: []source.Member{{Anchor: identity.Anchor(people[0])}, {Anchor: identity.Anchor(people[1])}},
		})
	}
	return w
}

// outcomes says what became of each change, by its kind and name.
func outcomes(t *testing.T, w *world, r *apply.Result, p *plan.Plan) map[string]journal.Result {
	t.Helper()
	all := map[string]journal.Result{}
	for e, err := range w.x.Journal.Entries(t.Context(), "local", journal.Filter{Run: r.Run, Types: []journal.Type{journal.TypeOutcome}}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range e.Changes {
			all[string(p.Changes[n-1].Kind)+" "+p.Changes[n-1].Name] = e.Result
		}
	}
	return all
}

// Without a token that SCIM takes, what only SCIM can do waits, all else goes
// on, and somebody is told, once. With a new one the next run catches up.
func TestADeadSCIMTokenStopsNothingThatTheAPICanDo(t *testing.T) {
	srv, count := identitycentertest.New(t), new(wire)
	var alerts []error
	w := newWorld(t, t.TempDir(), nil)
	defer w.close()
	w.driver = overTheWire(t, srv, count, func(o *awsdir.Options) {
		o.SCIM.Alert, o.SCIM.Now = func(cause error) { alerts = append(alerts, cause) }, w.clock.Now
	})
	w.x.Directory = directory.New("local", w.driver)
	w.table, _ = reconcile.TableNamed(reconcile.Default)
	w.sync(t, firm("", []string{"staff"}, "ann", "bob", "cem", "dov"))

	srv.Faults(emulate.Fault{Service: emulate.SCIM, Operation: "*", Kind: emulate.Expired})
	next := firm("Lead", []string{"staff", "night"}, "bob", "eve", "cem")
	p := w.plan(t, next)
	r, err := w.apply(t.Context(), t, p)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]journal.Result{
		"user.create eve": journal.Partial, "group.create night": journal.Partial,
		"user.update bob": journal.Done, "user.update cem": journal.Done, "group.members staff": journal.Done, "group.members night": journal.Done,
		"user.disable ann": journal.Failed, "user.disable dov": journal.Failed,
	}
	if diff := cmp.Diff(want, outcomes(t, w, r, p)); diff != "" {
		t.Errorf("what became of it (-want +got):\n%s", diff)
	}
	if r.Status() != journal.Partly || len(r.Failures) != 4 {
		t.Errorf("the run ended %s with %d failures", r.Status(), len(r.Failures))
	}
	for _, f := range r.Failures {
		if !strings.Contains(f.Text, "waits until") || strings.Contains(f.Text, "console") {
			t.Errorf("%s: %s", f.Change.Sentence(), f.Text)
		}
	}
	if len(alerts) != 1 || !strings.Contains(alerts[0].Error(), "make a token in the console") {
		t.Errorf("alerts: %v", alerts)
	}

	srv.Faults()
	w.clock.Sleep(t.Context(), time.Minute) //nolint:errcheck // the test's context does not end
	w.sync(t, next)
	if again := w.plan(t, next); !again.Empty() {
		t.Errorf("something is left to do: %s", again.Changes[0].Sentence())
	}
	for _, name := range []string{"bob", "eve", "cem"} {
		u, err := w.x.Directory.FindUser(t.Context(), directory.Key{Attribute: directory.KeyUserName, Value: name})
		if err != nil || len(u.ExternalIDs) != 1 || u.ExternalIDs[0].ID != name {
			t.Errorf("%s has %v, %v", name, u.ExternalIDs, err)
		}
	}
}

// Nothing can be done with credentials that the API does not take: the run
// ends at once, and goes on with others where it was.
func TestExpiredCredentialsEndTheRunAndNothingIsLost(t *testing.T) {
	for name, way := range map[string]struct {
		service emulate.Service
		change  func(*awsdir.Options)
		says    []string
	}{
		"API":  {emulate.IdentityStore, ways["API only"], []string{"access key AKIA", "renew them", "no further call was made"}},
		"SCIM": {emulate.SCIM, ways["SCIM only"], []string{"the SCIM token", "make a token in the console", "no further call was made"}},
	} {
		t.Run(name, func(t *testing.T) {
			srv, count := identitycentertest.New(t), new(wire)
			w := newWorld(t, t.TempDir(), overTheWire(t, srv, count, way.change))
			defer w.close()
			c := big(40, 0, 0, false)
			p := w.plan(t, c)
			srv.Faults(emulate.Fault{Service: way.service, Operation: "CreateUser", Kind: emulate.Expired, Probability: 0.2, Times: 1})
			r, err := w.apply(t.Context(), t, p)
			if !fault.Is(err, fault.Unauthenticated) {
				t.Fatalf("the run ended with %v", err)
			}
			for _, text := range way.says {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("%q does not say %q", err, text)
				}
			}
			if r.Counts[journal.Failed] > 0 || r.Counts[journal.Done] == len(p.Changes) {
				t.Errorf("it came to %v", r.Counts)
			}
			srv.Faults()
			if r, err = w.x.Resume(context.Background(), r.Run); err != nil || r.Status() != journal.Complete {
				t.Fatalf("resumed: %v, %v", r.Counts, err)
			}
			if again := w.plan(t, c); !again.Empty() {
				t.Errorf("something is left to do: %s", again.Changes[0].Sentence())
			}
		})
	}
}
