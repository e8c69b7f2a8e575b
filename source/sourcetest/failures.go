package sourcetest

import (
	"context"
	"errors"
	"testing"

	"rollcall/fault"
	"rollcall/source"
)

func duplicatePersonIsIncomplete(t *testing.T, h Harness) {
	c := company()
	c.People[1].Anchor = ann
	c.Groups = nil
	mustBeIncomplete(t, h.Open(t, c))
}

func duplicateGroupIsIncomplete(t *testing.T, h Harness) {
	c := company()
	c.Groups = append(c.Groups, Group{Anchor: groupA, Name: "group-b"})
	mustBeIncomplete(t, h.Open(t, c))
}

func cutIsIncomplete(t *testing.T, h Harness) {
	if h.Cut == nil {
		t.Skip("the source tells by itself when it is cut")
	}
	mustBeIncomplete(t, h.Cut(t, company()))
}

func mustBeIncomplete(t *testing.T, d source.Driver) {
	t.Helper()
	if err := tryRead(t.Context(), d); !fault.Is(err, fault.Incomplete) {
		t.Errorf("got %v, want it incomplete", err)
	}
}

func unreadableIsAnError(t *testing.T, h Harness) {
	err := tryRead(t.Context(), h.Unreadable(t))
	switch fault.KindOf(err) {
	case fault.NotFound, fault.Denied, fault.Unauthenticated, fault.Unavailable:
	default:
		t.Errorf("got %v, want it not found, denied or unavailable", err)
	}
}

// A cancelled read never passes for a short one.
func cancelledReadStops(t *testing.T, h Harness) {
	ctx, cancel := context.WithCancel(t.Context())
	err := tryRead(ctx, stopAfterFirst{h.Open(t, company()), cancel})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled after the first person: %v", err)
	}
	if err := tryRead(ctx, h.Open(t, company())); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
}

// stopAfterFirst cancels a read at its first person, and lets the receiver
// take everything, so that only the driver can notice.
type stopAfterFirst struct {
	source.Driver
	cancel context.CancelFunc
}

func (s stopAfterFirst) Read(ctx context.Context, _ source.Receiver) (source.Report, error) {
	return s.Driver.Read(ctx, source.Receiver{
		Person: func(source.Person) error { s.cancel(); return nil },
		Group:  func(source.Group) error { return nil },
	})
}

func receiverStopsTheRead(t *testing.T, h Harness) {
	stop := errors.New("enough")
	people, groups := 0, 0
	_, err := h.Open(t, company()).Read(t.Context(), source.Receiver{
		Person: func(source.Person) error { people++; return stop },
		Group:  func(source.Group) error { groups++; return nil },
	})
	if !errors.Is(err, stop) || people != 1 {
		t.Errorf("%d people after the receiver stopped, error %v", people, err)
	}
	_, err = h.Open(t, company()).Read(t.Context(), source.Receiver{
		Person: func(source.Person) error { return nil },
		Group:  func(source.Group) error { groups++; return stop },
	})
	if !errors.Is(err, stop) || groups != 1 {
		t.Errorf("%d groups after the receiver stopped, error %v", groups, err)
	}
}
