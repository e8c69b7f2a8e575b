package reconcile_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"golang.org/x/sync/errgroup"

	"rollcall/reconcile"
)

func TestManyWhoAskTheSameAreAnsweredByOneQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var once reconcile.Once[string, int]
		var asked atomic.Int64
		free := make(chan struct{})
		var all errgroup.Group
		for range 10 {
			all.Go(func() error {
				n, err := once.Of(t.Context(), "a", func(context.Context) (int, error) {
					<-free
					return int(asked.Add(1)), nil
				})
				if n != 1 {
					t.Errorf("answer %d", n)
				}
				return err
			})
		}
		synctest.Wait()
		close(free)
		if err := all.Wait(); err != nil || asked.Load() != 1 {
			t.Errorf("asked %d times, %v", asked.Load(), err)
		}
	})
}

func TestAFailureIsNoAnswerToKeep(t *testing.T) {
	var once reconcile.Once[string, int]
	broken := errors.New("broken")
	if _, err := once.Of(t.Context(), "a", func(context.Context) (int, error) { return 0, broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
	if n, err := once.Of(t.Context(), "a", func(context.Context) (int, error) { return 2, nil }); n != 2 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}

// Whoever goes away while they ask takes nobody's answer with them.
func TestWhoWaitsAsksWhenTheAskerHasGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var once reconcile.Once[string, int]
		asking, leave := context.WithCancel(t.Context())
		var all errgroup.Group
		all.Go(func() error {
			_, err := once.Of(asking, "a", func(ctx context.Context) (int, error) { <-ctx.Done(); return 0, ctx.Err() })
			if !errors.Is(err, context.Canceled) {
				t.Errorf("the asker: %v", err)
			}
			return nil
		})
		synctest.Wait()
		all.Go(func() error {
			n, err := once.Of(t.Context(), "a", func(context.Context) (int, error) { return 3, nil })
			if n != 3 {
				t.Errorf("whoever waited: %d", n)
			}
			return err
		})
		synctest.Wait()
		leave()
		if err := all.Wait(); err != nil {
			t.Error(err)
		}
	})
}
