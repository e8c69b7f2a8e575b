package apply_test

import (
	"context"
	"flag"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

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

// wired is a world whose directory is an Identity Center over the wire. What
// waits for SCIM to let us in again waits by the world's own clock.
func wired(t tester, dir string, srv *identitycentertest.Server, w *wire, way string) *world {
	t.Helper()
	world := newWorld(t, dir, nil)
	world.driver = overTheWire(t, srv, w, func(o *awsdir.Options) {
		o.SCIM.Now = world.clock.Now
		ways[way](o)
	})
	world.x.Directory = directory.New("local", world.driver)
	return world
}

// fit leaves out of a company what an Identity Center that is reached this way
// cannot hold.
func fit(c *reconcile.Wanted, way string) *reconcile.Wanted {
	for i := range c.Users {
		if way == "API only" { // it disables nobody
			c.Users[i].User.Active = true
		}
	}
	for i := range c.Groups {
		if way == "SCIM only" { // it has no descriptions
			c.Groups[i].Group.Description = ""
		}
	}
	return c
}

// lost is the answer to one of so many writes lost, after the write was made.
func lost(every int) []emulate.Fault {
	var all []emulate.Fault
	for _, operation := range []string{"Create*", "Update*", "Delete*", "Patch*"} {
		all = append(all, emulate.Fault{Operation: operation, Kind: emulate.Lost, Every: every})
	}
	return all
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

// insist plans and carries out until there is nothing left to do, resuming what
// was interrupted, as an operator would.
func (w *world) insist(t tester, wanted *reconcile.Wanted) {
	t.Helper()
	ctx := context.Background()
	var last error
	for range 100 {
		w.clock.Sleep(ctx, time.Minute) //nolint:errcheck // ctx does not end
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

// burning lets a law be tried each way an Identity Center can be reached, each
// time on one of its own with foreign objects in it.
func burning(t *testing.T, checks string, law func(t *rapid.T, srv *identitycentertest.Server, w *world, way string)) {
	fewer(t, checks)
	for way := range ways {
		t.Run(way, func(t *testing.T) {
			t.Parallel() // most of the time it waits until a read may be made again
			rapid.Check(t, func(rt *rapid.T) {
				srv := identitycentertest.New(t)
				dir := scratch(rt)
				defer os.RemoveAll(dir)
				w := wired(rt, dir, srv, new(wire), way)
				defer w.close()
				addForeign(rt, w.driver)
				law(rt, srv, w, way)
			})
		})
	}
}

// equals says that the target is as the source says, nobody is there twice, and
// nothing of others was touched.
func (w *world) equals(t tester, c *reconcile.Wanted, foreign []string) {
	t.Helper()
	linked, others := w.lines(t)
	if diff := cmp.Diff(wantedLines(c), linked); diff != "" {
		t.Fatalf("what is ours (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(foreign, others); diff != "" {
		t.Fatalf("foreign objects (-before +after):\n%s", diff)
	}
}

// Whatever goes wrong on the wire, however often: in the end the target equals
// the source.
func TestUnderFireTheTargetStillEqualsTheSource(t *testing.T) {
	burning(t, "2", func(t *rapid.T, srv *identitycentertest.Server, w *world, way string) {
		_, foreign := w.lines(t)
		for _, label := range []string{"a", "b"} {
			c := fit(company(t, label), way)
			srv.Faults(emulate.Everything(0.05)...)
			w.insist(t, c)
			srv.Faults()
			w.equals(t, c, foreign)
		}
	})
}

// With the answer to every n-th write lost, a run needs no second one.
func TestLostAnswersAreSettledWithinTheRun(t *testing.T) {
	burning(t, "3", func(t *rapid.T, srv *identitycentertest.Server, w *world, way string) {
		_, foreign := w.lines(t)
		every := rapid.IntRange(2, 4).Draw(t, "lost, one of")
		for _, label := range []string{"a", "b"} {
			c := fit(company(t, label), way)
			srv.Faults(lost(every)...)
			w.sync(t, c)
			srv.Faults()
			w.equals(t, c, foreign)
			if again := w.plan(t, c); !again.Empty() {
				t.Fatalf("the second plan is not empty: %s", again.Changes[0].Sentence())
			}
		}
	})
}

// An undo brings back the state before over the wire too, with answers lost in
// the run and in its undo.
func TestAnUndoBringsBackTheStateBeforeThoughAnswersAreLost(t *testing.T) {
	burning(t, "2", func(t *rapid.T, srv *identitycentertest.Server, w *world, way string) {
		w.must(t, w.plan(t, fit(company(t, "a"), way)))
		before := w.snapshot(t)
		srv.Faults(lost(3)...)
		run := w.must(t, w.plan(t, fit(company(t, "b"), way)))
		p := w.undo(t, run)
		for _, a := range p.Attention {
			t.Errorf("%s %s (%s): %s", a.Kind, a.Name, a.Situation, a.Text)
		}
		w.must(t, p)
		srv.Faults()
		if diff := cmp.Diff(before, w.snapshot(t)); diff != "" {
			t.Fatalf("after the undo (-want +got):\n%s", diff)
		}
	})
}
