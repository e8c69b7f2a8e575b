package directory_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"rollcall/directory"
	"rollcall/directory/directorytest"
	"rollcall/fault"
	"rollcall/identity"
)

// failures is a fail function whose first n calls of each method fail with err.
func failures(n int, err error) func(string, int) error {
	return func(_ string, call int) error {
		if call <= n {
			return err
		}
		return nil
	}
}

// reads lists every read of a directory, all of which work on an empty one.
func reads(d *directory.Directory) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"Store":      func(ctx context.Context) error { _, err := d.Store(ctx); return err },
		"ListUsers":  func(ctx context.Context) error { _, err := all(d.Users(ctx)); return err },
		"ListGroups": func(ctx context.Context) error { _, err := all(d.Groups(ctx)); return err },
		"Events":     func(ctx context.Context) error { _, err := d.Events(ctx, 0, 1); return err },
	}
}

// looks lists every read of an object, none of which finds one.
func looks(d *directory.Directory) map[string]func(context.Context) error {
	const id identity.ID = "00000000-0000-4000-8000-000000000000"
	name := directory.Key{Attribute: directory.KeyUserName, Value: "ann"}
	group := directory.Key{Attribute: directory.KeyDisplayName, Value: "staff"}
	return map[string]func(context.Context) error{
		"User":            func(ctx context.Context) error { _, err := d.User(ctx, id); return err },
		"Group":           func(ctx context.Context) error { _, err := d.Group(ctx, id); return err },
		"FindUser":        func(ctx context.Context) error { _, err := d.FindUser(ctx, name); return err },
		"FindGroup":       func(ctx context.Context) error { _, err := d.FindGroup(ctx, group); return err },
		"FindMembership":  func(ctx context.Context) error { _, err := d.FindMembership(ctx, id, id); return err },
		"ListMembers":     func(ctx context.Context) error { _, err := all(d.Members(ctx, id)); return err },
		"ListMemberships": func(ctx context.Context) error { _, err := all(d.Memberships(ctx, id)); return err },
	}
}

func all[T any](items func(func(T, error) bool)) ([]T, error) {
	var got []T
	for item, err := range items {
		if err != nil {
			return got, err
		}
		got = append(got, item)
	}
	return got, nil
}

func TestEveryReadIsMadeAgainAfterATemporaryFailure(t *testing.T) {
	for _, kind := range []fault.Kind{fault.Throttled, fault.Unavailable} {
		synctest.Test(t, func(t *testing.T) {
			f := newFlaky(failures(2, fault.New(kind, "read", "", nil)))
			d := directory.New("test", f)
			for name, read := range reads(d) {
				if err := read(t.Context()); err != nil || f.called(name) != 3 {
					t.Errorf("%s after two failures: %v in %d calls; want it to work in 3", name, err, f.called(name))
				}
			}
			for name, look := range looks(d) {
				if err := look(t.Context()); !fault.Is(err, fault.NotFound) || f.called(name) != 3 {
					t.Errorf("%s after two failures: %v in %d calls; want not found in 3", name, err, f.called(name))
				}
			}
		})
	}
}

func TestReadsWaitBeforeTheyAreMadeAgain(t *testing.T) {
	slow := func(wait time.Duration) error {
		return &fault.Error{Kind: fault.Throttled, Op: "read", RetryAfter: wait}
	}
	for name, tt := range map[string]struct {
		failures    int
		err         error
		calls       int
		least, most time.Duration
		works       bool
	}{
		"twice as long at most each time": {3, slow(0), 4, 0, 1400 * time.Millisecond, true},
		"as long as asked, and a little":  {1, slow(5 * time.Second), 2, 5 * time.Second, 5200 * time.Millisecond, true},
		"as long as asked each time":      {2, slow(time.Second), 3, 2 * time.Second, 2600 * time.Millisecond, true},
		"the longest it may be asked to":  {1, slow(30 * time.Second), 2, 30 * time.Second, 30200 * time.Millisecond, true},
		"not longer than that":            {1, slow(30*time.Second + 1), 1, 0, 0, false},
		"the last attempt works":          {5, slow(0), 6, 0, 6200 * time.Millisecond, true},
		"no attempt after the last":       {6, slow(0), 6, 0, 6200 * time.Millisecond, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFlaky(failures(tt.failures, tt.err))
				start := time.Now()
				_, err := directory.New("test", f).Store(t.Context())
				if waited := time.Since(start); f.called("Store") != tt.calls || waited < tt.least || waited > tt.most {
					t.Errorf("%d calls in %v, want %d in %v to %v", f.called("Store"), waited, tt.calls, tt.least, tt.most)
				}
				if tt.works && err != nil {
					t.Errorf("it failed: %v", err)
				}
				if !tt.works && !fault.Is(err, fault.Throttled) {
					t.Errorf("got %v, want the last failure", err)
				}
			})
		})
	}
}

// Whoever failed together does not come back together.
func TestPausesDiffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		waits := map[time.Duration]bool{}
		for range 20 {
			start := time.Now()
			_, _ = directory.New("test", newFlaky(failures(1, fault.New(fault.Throttled, "read", "", nil)))).Store(t.Context())
			waits[time.Since(start)] = true
		}
		if len(waits) < 10 {
			t.Errorf("%d different pauses of 20", len(waits))
		}
	})
}

func TestAReadThatWillNeverWorkIsMadeOnce(t *testing.T) {
	for _, kind := range fault.Kinds() {
		if kind.Temporary() {
			continue
		}
		f := newFlaky(failures(1, fault.New(kind, "read", "", nil)))
		if _, err := directory.New("test", f).Store(t.Context()); !fault.Is(err, kind) || f.called("Store") != 1 {
			t.Errorf("%v: %v in %d calls, want it in 1", kind, err, f.called("Store"))
		}
	}
}

func TestACallerWhoGoesEndsTheWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		f := newFlaky(failures(1, &fault.Error{Kind: fault.Throttled, RetryAfter: 20 * time.Second}))
		start := time.Now()
		_, err := directory.New("test", f).Store(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || !fault.Is(err, fault.Throttled) {
			t.Errorf("got %v, want both the throttling and the deadline", err)
		}
		if time.Since(start) != time.Second || f.called("Store") != 1 {
			t.Errorf("%d calls in %v, want 1 in 1s", f.called("Store"), time.Since(start))
		}
	})
}

func TestNoWriteIsMadeAgain(t *testing.T) {
	lost := fault.Unsettled("write", "", nil)
	f := newFlaky(nil)
	u, err := f.CreateUser(t.Context(), directorytest.User("ann"))
	if err != nil {
		t.Fatal(err)
	}
	g, err := f.CreateGroup(t.Context(), directorytest.Group("staff"))
	if err != nil {
		t.Fatal(err)
	}
	f.fail, f.calls = failures(1, lost), map[string]int{}
	w := directory.WriterFor(directory.New("test", f))
	title := []identity.Edit{{Path: "title", New: identity.Value(`"Clerk"`)}}
	about := []identity.Edit{{Path: "description", New: identity.Value(`"new"`)}}
	off := []identity.Edit{{Path: identity.PathActive, New: identity.Value(`false`)}}
	ids := []identity.Edit{{Path: identity.PathExternalIDs, New: identity.Value(`[{"issuer":"i","id":"1"}]`)}}
	for method, write := range map[string]func(context.Context) error{
		"CreateUser":     func(ctx context.Context) error { _, err := w.CreateUser(ctx, directorytest.User("ben")); return err },
		"UpdateUser":     func(ctx context.Context) error { _, err := w.UpdateUser(ctx, u.ID, "", title); return err },
		"DeleteUser":     func(ctx context.Context) error { return w.DeleteUser(ctx, u.ID, "") },
		"CreateGroup":    func(ctx context.Context) error { _, err := w.CreateGroup(ctx, directorytest.Group("b")); return err },
		"UpdateGroup":    func(ctx context.Context) error { _, err := w.UpdateGroup(ctx, g.ID, "", about); return err },
		"DeleteGroup":    func(ctx context.Context) error { return w.DeleteGroup(ctx, g.ID, "") },
		"AddMember":      func(ctx context.Context) error { _, err := w.AddMember(ctx, g.ID, u.ID); return err },
		"RemoveMember":   func(ctx context.Context) error { return w.RemoveMember(ctx, u.ID) },
		"ChangeMembers":  func(ctx context.Context) error { return w.ChangeMembers(ctx, g.ID, []identity.ID{u.ID}, nil) },
		"SetActive":      func(ctx context.Context) error { _, err := w.UpdateUser(ctx, u.ID, "", off); return err },
		"SetExternalIDs": func(ctx context.Context) error { _, err := w.UpdateGroup(ctx, g.ID, "", ids); return err },
	} {
		err := write(t.Context())
		if !fault.IsUnsettled(err) || f.called(method) != 1 {
			t.Errorf("%s: %v in %d calls; want the lost answer passed on after 1", method, err, f.called(method))
		}
	}
}
