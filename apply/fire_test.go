package apply_test

import (
	"context"
	"flag"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/directory"
	"rollcall/directory/awsdir"
	"rollcall/emulate"
	"rollcall/identity"
	"rollcall/identitycentertest"
	"rollcall/reconcile"
)

// wire counts the requests that leave.
type wire struct {
	mu            sync.Mutex
	reads, writes int
	throttled     int
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	write := r.Method != http.MethodGet
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		write = slices.Contains([]string{"Create", "Update", "Delete"}, target[len("AWSIdentityStore."):][:6])
	}
	a, err := http.DefaultTransport.RoundTrip(r)
	w.mu.Lock()
	defer w.mu.Unlock()
	if write {
		w.writes++
	} else {
		w.reads++
	}
	if err == nil && a.StatusCode == http.StatusTooManyRequests {
		w.throttled++
	}
	return a, err
}

// take returns what was counted since it was last asked.
func (w *wire) take() (reads, writes int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	reads, writes = w.reads, w.writes
	w.reads, w.writes = 0, 0
	return reads, writes
}

// ways are how an Identity Center can be reached.
var ways = map[string]func(*awsdir.Options){
	"both":      func(*awsdir.Options) {},
	"API only":  func(o *awsdir.Options) { o.SCIM = nil },
	"SCIM only": func(o *awsdir.Options) { o.AWS = nil },
}

// overTheWire is a driver of an Identity Center.
func overTheWire(t tester, srv *identitycentertest.Server, w *wire, change func(*awsdir.Options)) directory.Driver {
	t.Helper()
	o := awsdir.Options{
		Store: directory.Store{ID: identity.StoreID(srv.IdentityStoreID), Instance: srv.InstanceARN}, AWS: &srv.Config, Issuer: "corp",
		SCIM: &awsdir.SCIM{URL: srv.SCIMURL, Token: func(context.Context) (string, error) { return srv.SCIMToken, nil }},
		HTTP: &http.Client{Transport: w},
	}
	change(&o)
	d, err := awsdir.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// fewer holds rapid to so many cases until the test ends, and to a short look
// for a simpler one that fails: each has a server of its own.
func fewer(t *testing.T, checks string) {
	t.Helper()
	for name, value := range map[string]string{"rapid.checks": checks, "rapid.shrinktime": "10s"} {
		before := flag.Lookup(name).Value.String()
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = flag.Set(name, before) })
	}
}

// fire is every way to go wrong, each in so many of a hundred calls.
func fire(percent float64) []emulate.Fault {
	var all []emulate.Fault
	for _, kind := range emulate.Kinds() {
		f := emulate.Fault{Operation: "*", Kind: kind, Probability: percent / 100}
		switch kind {
		case emulate.Throttle:
			f.RetryAfter = emulate.Duration(1)
		case emulate.Slow:
			f.Delay = emulate.Duration(1)
		case emulate.Fail:
			continue // of assignments
		}
		all = append(all, f)
	}
	return all
}

// insist plans and carries out until there is nothing left to do, resuming what
// was interrupted, as an operator would.
func (w *world) insist(t tester, wanted *reconcile.Wanted) {
	t.Helper()
	ctx := context.Background()
	var last error
	for range 100 {
		runs, err := w.x.Journal.Unfinished(ctx, "local")
		if err != nil {
			t.Fatal(err)
		}
		if len(runs) > 0 {
			_, last = w.x.Resume(ctx, runs[0].ID)
			continue
		}
		p, err := w.tryPlan(wanted)
		if err != nil {
			last = err
			continue
		}
		if p.Empty() {
			return
		}
		_, last = w.apply(ctx, t, p)
	}
	t.Fatalf("it never ends: %v", last)
}

// Whatever goes wrong on the wire, however often: in the end the target equals
// the source, nobody is there twice, and nothing of others was touched.
func TestUnderFireTheTargetStillEqualsTheSource(t *testing.T) {
	for name, change := range map[string]func(*awsdir.Options){"both": ways["both"], "SCIM only": ways["SCIM only"]} {
		t.Run(name, func(t *testing.T) {
			fewer(t, "2")
			rapid.Check(t, func(rt *rapid.T) {
				srv := identitycentertest.New(t)
				dir := scratch(rt)
				defer os.RemoveAll(dir)
				w := newWorld(rt, dir, overTheWire(rt, srv, new(wire), change))
				defer w.close()
				addForeign(rt, w.driver)
				_, before := w.lines(rt)
				for _, label := range []string{"a", "b"} {
					c := company(rt, label)
					if name == "SCIM only" { // it has no descriptions
						for i := range c.Groups {
							c.Groups[i].Group.Description = ""
						}
					}
					srv.Faults(fire(5)...)
					w.insist(rt, c)
					srv.Faults()
					linked, foreign := w.lines(rt)
					if diff := cmp.Diff(wantedLines(c), linked); diff != "" {
						rt.Fatalf("after company %s (-want +got):\n%s", label, diff)
					}
					if diff := cmp.Diff(before, foreign); diff != "" {
						rt.Fatalf("foreign objects (-before +after):\n%s", diff)
					}
				}
			})
		})
	}
}

// With the answer to every n-th write lost, a run needs no second one.
func TestLostAnswersAreSettledWithinTheRun(t *testing.T) {
	fewer(t, "4")
	rapid.Check(t, func(rt *rapid.T) {
		srv := identitycentertest.New(t)
		dir := scratch(rt)
		defer os.RemoveAll(dir)
		w := newWorld(rt, dir, overTheWire(rt, srv, new(wire), ways["both"]))
		defer w.close()
		addForeign(rt, w.driver)
		_, before := w.lines(rt)
		every := rapid.IntRange(2, 4).Draw(rt, "lost, one of")
		for _, label := range []string{"a", "b"} {
			c := company(rt, label)
			srv.Faults(
				emulate.Fault{Operation: "Create*", Kind: emulate.Lost, Every: every}, emulate.Fault{Operation: "Update*", Kind: emulate.Lost, Every: every},
				emulate.Fault{Operation: "Delete*", Kind: emulate.Lost, Every: every}, emulate.Fault{Operation: "Patch*", Kind: emulate.Lost, Every: every},
			)
			w.sync(rt, c)
			srv.Faults()
			linked, foreign := w.lines(rt)
			if diff := cmp.Diff(wantedLines(c), linked) + cmp.Diff(before, foreign); diff != "" {
				rt.Fatalf("after company %s:\n%s", label, diff)
			}
		}
	})
}
