package fault_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"rollcall/fault"
)

func TestEveryKindHasItsName(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range fault.Kinds() {
		if k.String() == "" || seen[k.String()] {
			t.Errorf("kind %d is called %q", int(k), k)
		}
		seen[k.String()] = true
		if got, ok := fault.KindNamed(k.String()); !ok || got != k {
			t.Errorf("%q names %v, %v", k, got, ok)
		}
	}
	if len(seen) != 12 {
		t.Errorf("%d kinds, want 12", len(seen))
	}
	if k, ok := fault.KindNamed("no such kind"); ok || k != fault.Internal {
		t.Errorf("an unknown name is %v, %v", k, ok)
	}
	for _, k := range []fault.Kind{-1, fault.Kind(len(seen))} {
		if k.String() != "internal" {
			t.Errorf("kind %d is called %q", int(k), k)
		}
	}
}

func TestOnlyWaitingHelpsATemporaryKind(t *testing.T) {
	for _, k := range fault.Kinds() {
		if want := k == fault.Throttled || k == fault.Unavailable; k.Temporary() != want {
			t.Errorf("%v: temporary %v", k, k.Temporary())
		}
	}
}

func TestTheKindOfAnError(t *testing.T) {
	taken := fault.New(fault.Conflict, "create user", "", nil)
	for name, tt := range map[string]struct {
		err  error
		want fault.Kind
	}{
		"nil":                      {nil, fault.Internal},
		"an unsorted one":          {errors.New("x"), fault.Internal},
		"one of ours":              {taken, fault.Conflict},
		"wrapped":                  {fmt.Errorf("x: %w", taken), fault.Conflict},
		"joined":                   {errors.Join(errors.New("x"), taken), fault.Conflict},
		"the outermost of two":     {fault.New(fault.Stale, "update", "", taken), fault.Stale},
		"a deadline":               {context.DeadlineExceeded, fault.Unavailable},
		"a caller who went":        {context.Canceled, fault.Internal},
		"a deadline, sorted":       {fault.New(fault.Denied, "", "", context.DeadlineExceeded), fault.Denied},
		"unsupported by a library": {fmt.Errorf("x: %w", errors.ErrUnsupported), fault.Unsupported},
	} {
		if got := fault.KindOf(tt.err); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
		if tt.err != nil && !fault.Is(tt.err, tt.want) {
			t.Errorf("%s: not %v", name, tt.want)
		}
	}
	if fault.Is(nil, fault.Internal) {
		t.Error("no error is an internal one")
	}
}

func TestAnErrorSaysWhatWhereAndWhy(t *testing.T) {
	for want, err := range map[string]*fault.Error{
		"create user: field emails: conflict: it is taken":  fault.Text(fault.Conflict, "create user", "field emails", "it is taken"),
		"create user: denied":                               fault.New(fault.Denied, "create user", "", nil),
		"field emails: invalid":                             fault.New(fault.Invalid, "", "field emails", nil),
		"internal":                                          {},
		"delete: user x: unavailable: outcome unknown: EOF": fault.Unsettled("delete", "user x", errors.New("EOF")),
	} {
		if err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
	}
}

func TestTheCauseStaysReachable(t *testing.T) {
	err := fault.New(fault.Unavailable, "read", "", context.DeadlineExceeded)
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "deadline") {
		t.Errorf("the cause is lost: %v", err)
	}
}

func TestAnUnsettledWriteIsTold(t *testing.T) {
	lost := fault.Unsettled("create user", "", errors.New("EOF"))
	if !fault.IsUnsettled(lost) || !fault.IsUnsettled(fmt.Errorf("x: %w", lost)) || !fault.Is(lost, fault.Unavailable) {
		t.Error("a lost answer is not told")
	}
	for _, err := range []error{nil, errors.New("x"), fault.New(fault.Unavailable, "", "", nil)} {
		if fault.IsUnsettled(err) {
			t.Errorf("%v is told as a lost answer", err)
		}
	}
}

func TestHowLongToWaitIsPassedOn(t *testing.T) {
	slow := &fault.Error{Kind: fault.Throttled, RetryAfter: 3 * time.Second}
	for name, tt := range map[string]struct {
		err  error
		want time.Duration
	}{
		"nil": {nil, 0}, "unsorted": {errors.New("x"), 0}, "not said": {fault.New(fault.Throttled, "", "", nil), 0},
		"said": {slow, 3 * time.Second}, "said, wrapped": {fmt.Errorf("x: %w", slow), 3 * time.Second},
	} {
		if got := fault.RetryAfter(tt.err); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestAKindIsSaidOnceWhereItIsTheCausesToo(t *testing.T) {
	cause := fault.Text(fault.NotFound, "find group", "staff", "there is none")
	if got := fault.New(fault.NotFound, "role lead", "", cause).Error(); got != "role lead: find group: staff: not found: there is none" {
		t.Errorf("the same kind: %s", got)
	}
	if got := fault.New(fault.Invalid, "role lead", "", cause).Error(); got != "role lead: invalid: find group: staff: not found: there is none" {
		t.Errorf("another kind: %s", got)
	}
}
