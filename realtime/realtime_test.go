package realtime_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"rollcall/realtime"
)

func TestSleepLastsAsLongAsItIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		if err := (realtime.Clock{}).Sleep(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
		if slept := time.Since(began); slept != time.Minute {
			t.Errorf("slept %v", slept)
		}
	})
}

func TestSleepEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if err := realtime.Sleep(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Sleep: %v", err)
		}
		if slept := time.Since(began); slept != time.Second {
			t.Errorf("slept %v", slept)
		}
		if err := realtime.Sleep(ctx, 0); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("no sleep at all after the end: %v", err)
		}
	})
}
