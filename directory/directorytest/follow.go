package directorytest

import (
	"fmt"
	"sync/atomic"
	"testing"

	"rollcall/directory"
)

// followed holds that whoever reads on from the last event seen, while others
// write, has in the end read the whole log in its order: a number that becomes
// visible after a higher one would be passed over.
func followed(t *testing.T, d directory.Driver) {
	f, ok := feed(t, d)
	if !ok {
		return
	}
	var written atomic.Bool
	done := make(chan []directory.Event)
	go func() {
		var all []directory.Event
		for after := int64(0); ; {
			last := written.Load() // what is read from here on is all there is
			some, err := f.Events(ctx(t), after, 7)
			if err != nil {
				t.Errorf("read events: %v", err)
				break
			}
			if len(some) == 0 && last {
				break
			}
			for _, e := range some {
				all, after = append(all, e), e.Number
			}
		}
		done <- all
	}()
	together(func(w int) {
		for i := range 4 {
			if _, err := d.CreateUser(ctx(t), User(fmt.Sprintf("w%d-%d", w, i))); err != nil {
				t.Errorf("create user: %v", err)
			}
		}
	})
	written.Store(true)
	got := <-done
	wantSame(t, "the log as it was followed", events(t, f), got)
	if len(got) != writers*4 {
		t.Errorf("%d events, want %d", len(got), writers*4)
	}
}
