package apply_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/directory"
	"rollcall/identity"
)

// Whatever two companies look like, the plan from one to the other makes the
// target equal the other, leaves what is not ours alone, and leaves nothing to
// plan.
func TestApplyingAPlanMakesTheTargetEqualTheSource(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir := scratch(t)
		defer os.RemoveAll(dir)
		w := newWorld(t, dir, newDirectory())
		defer w.close()
		addForeign(t, w.driver)
		_, before := w.lines(t)
		for _, label := range []string{"a", "b", "c"} {
			c := company(t, label)
			w.sync(t, c)
			linked, foreign := w.lines(t)
			if diff := cmp.Diff(wantedLines(c), linked); diff != "" {
				t.Fatalf("after company %s (-want +got):\n%s", label, diff)
			}
			if !slices.Equal(before, foreign) {
				t.Fatalf("foreign objects changed: %v, before %v", foreign, before)
			}
			if again := w.plan(t, c); !again.Empty() {
				t.Fatalf("the second plan is not empty: %s", again.Changes[0].Sentence())
			}
		}
	})
}

func scratch(t tester) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "rollcall-apply-")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

var errKilled = errors.New("killed")

// mortal is a directory whose client is killed at one of its writes: before
// the write happens, or after it happened and before the answer came. The
// kill takes the state with it, so that nothing more can be journalled.
type mortal struct {
	*killer
	directory.Driver
}

type killer struct {
	left  atomic.Int64 // writes until the kill; from then on every write fails
	after bool
	kill  func()
	dead  chan struct{} // closed once nothing can be journalled any more
}

const never = 1 << 40

// strike runs a write, or dies at it.
func strike[T any](k *killer, write func() (T, error)) (T, error) {
	var zero T
	n := k.left.Add(-1)
	if n > 0 {
		return write()
	}
	if n == 0 && k.after {
		_, _ = write()
	}
	if n == 0 {
		k.kill()
		close(k.dead)
	}
	<-k.dead
	return zero, errKilled
}

func (m *mortal) CreateUser(ctx context.Context, u identity.User) (identity.User, error) {
	return strike(m.killer, func() (identity.User, error) { return m.Driver.CreateUser(ctx, u) })
}

func (m *mortal) UpdateUser(ctx context.Context, id identity.ID, rev string, e []identity.Edit) (identity.User, error) {
	return strike(m.killer, func() (identity.User, error) { return m.Driver.UpdateUser(ctx, id, rev, e) })
}

func (m *mortal) DeleteUser(ctx context.Context, id identity.ID, rev string) error {
	_, err := strike(m.killer, func() (bool, error) { return true, m.Driver.DeleteUser(ctx, id, rev) })
	return err
}

func (m *mortal) CreateGroup(ctx context.Context, g identity.Group) (identity.Group, error) {
	return strike(m.killer, func() (identity.Group, error) { return m.Driver.CreateGroup(ctx, g) })
}

func (m *mortal) UpdateGroup(ctx context.Context, id identity.ID, rev string, e []identity.Edit) (identity.Group, error) {
	return strike(m.killer, func() (identity.Group, error) { return m.Driver.UpdateGroup(ctx, id, rev, e) })
}

func (m *mortal) DeleteGroup(ctx context.Context, id identity.ID, rev string) error {
	_, err := strike(m.killer, func() (bool, error) { return true, m.Driver.DeleteGroup(ctx, id, rev) })
	return err
}

func (m *mortal) SetActive(ctx context.Context, id identity.ID, rev string, on bool) (identity.User, error) {
	return strike(m.killer, func() (identity.User, error) { return m.Driver.(directory.StatusSetter).SetActive(ctx, id, rev, on) })
}

func (m *mortal) SetExternalIDs(ctx context.Context, kind identity.Kind, id identity.ID, rev string, ids []identity.ExternalID) error {
	_, err := strike(m.killer, func() (bool, error) {
		return true, m.Driver.(directory.ExternalIDSetter).SetExternalIDs(ctx, kind, id, rev, ids)
	})
	return err
}

func (m *mortal) ChangeMembers(ctx context.Context, group identity.ID, add, remove []identity.ID) error {
	_, err := strike(m.killer, func() (bool, error) {
		return true, m.Driver.(directory.MemberChanger).ChangeMembers(ctx, group, add, remove)
	})
	return err
}

func (m *mortal) ChecksRevisions() {}

// Killed at any write of a run, before it happened or after, and run again: the
// end is the same as if nothing had happened.
func TestAKilledRunEndsTheSameWhenItIsRunAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir := scratch(t)
		defer os.RemoveAll(dir)
		k := &killer{after: rapid.Bool().Draw(t, "after the write"), dead: make(chan struct{})}
		k.left.Store(never)
		m := &mortal{k, newDirectory()}
		w := newWorld(t, dir, m)
		addForeign(t, m.Driver)
		a, b := company(t, "a"), company(t, "b")
		w.sync(t, a)

		p := w.plan(t, b)
		k.kill = w.close
		k.left.Store(int64(rapid.IntRange(1, max(1, len(p.Changes))).Draw(t, "killed at write")))
		_, died := w.apply(context.Background(), t, p)
		w.close()

		k.left.Store(never)
		w.clock.Sleep(context.Background(), time.Minute) //nolint:errcheck // ctx does not end
		w.open(t)
		defer w.close()
		if died != nil && !p.Empty() {
			resumeAll(t, w, died)
		}
		if again := w.plan(t, b); !again.Empty() {
			t.Fatalf("the plan after resuming is not empty: %s (of %d)", again.Changes[0].Sentence(), len(again.Changes))
		}
		linked, _ := w.lines(t)
		if diff := cmp.Diff(wantedLines(b), linked); diff != "" {
			t.Fatalf("after the resumed run (-want +got):\n%s", diff)
		}
	})
}

func resumeAll(t tester, w *world, died error) {
	t.Helper()
	ctx := context.Background()
	runs, err := w.x.Journal.Unfinished(ctx, "local")
	if err != nil {
		t.Fatal(err)
	}
	if len(runs) == 0 {
		t.Fatalf("no run is left to resume after: %v", died)
	}
	for _, r := range runs {
		result, err := w.x.Resume(ctx, r.ID)
		if err != nil {
			t.Fatalf("resume: %v", err)
		}
		for _, f := range result.Failures {
			t.Errorf("%s: %s: %s", f.Change.Sentence(), f.Result, f.Text)
		}
	}
}
