package awsdir

import (
	"context"
	"sync"
	"time"

	"rollcall/fault"
	"rollcall/identity"
)

// A SCIM endpoint whose token has expired must not stop what the API can do.
// While it is shut, people and groups are made without their external ids,
// members go in and out one by one, and what only SCIM can do waits.

// askAgain is how long a token that was refused is not shown again: it may be
// replaced while the program runs.
const askAgain = time.Minute

// latch knows whether SCIM lets us in.
type latch struct {
	now   func() time.Time
	alert func(cause error) // may be nil

	mu    sync.Mutex
	cause error // why it is shut; nil while it is open
	until time.Time
}

func newLatch(o Options) *latch {
	l := &latch{now: o.SCIM.Now, alert: o.SCIM.Alert}
	if l.now == nil {
		l.now = time.Now
	}
	return l
}

// shut is why SCIM need not be asked now, or nil.
func (l *latch) shut() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.now().Before(l.until) {
		return l.cause
	}
	return nil
}

// learn takes in how SCIM answered, and reports whether it has shut us out: for
// a while if our token is refused, from this one call if it may not be made.
// Somebody is told as it shuts, and not again while it stays so.
func (l *latch) learn(err error) bool {
	token := fault.Is(err, fault.Unauthenticated)
	l.mu.Lock()
	tell := token && l.cause == nil
	switch {
	case token:
		l.cause, l.until = err, l.now().Add(askAgain)
	case err == nil:
		l.cause = nil
	}
	l.mu.Unlock()
	if tell && l.alert != nil {
		l.alert(err)
	}
	return token || fault.Is(err, fault.Denied)
}

// bySCIM asks SCIM, unless it is shut. shut is why it is, if so; then nothing was
// changed.
func bySCIM[T any](d both, call func() (T, error)) (got T, shut, err error) {
	if shut = d.latch.shut(); shut != nil {
		return got, shut, nil
	}
	got, err = call()
	if d.latch.learn(err) {
		var none T
		return none, err, nil
	}
	return got, nil, err
}

// onlySCIM makes a change that only SCIM can make, if the object is at that
// revision. While SCIM is shut it waits.
func (d both) onlySCIM(ctx context.Context, op string, kind identity.Kind, id identity.ID, revision string, change func(context.Context) error) error {
	if shut := d.latch.shut(); shut != nil {
		return waits(op, kind, id, shut)
	}
	if err := d.unchanged(ctx, op, kind, id, revision); err != nil {
		return err
	}
	_, shut, err := bySCIM(d, func() (none struct{}, err error) { return none, change(ctx) })
	if shut != nil {
		return waits(op, kind, id, shut)
	}
	return err
}

// waits is what cannot be done before SCIM is open again.
func waits(op string, kind identity.Kind, id identity.ID, shut error) error {
	on := string(kind)
	if id != "" {
		on += " " + string(id)
	}
	return fault.New(fault.Denied, op, on, &shutOut{shut})
}

// shutOut says in a few words what everybody has been told of in many.
type shutOut struct{ cause error }

func (s *shutOut) Error() string {
	if fault.Is(s.cause, fault.Unauthenticated) {
		return "it waits until SCIM takes our token"
	}
	return "it waits until SCIM lets us in: " + s.cause.Error()
}

func (s *shutOut) Unwrap() error { return s.cause }

// changeOneByOne changes memberships by the API, a call each. Like SCIM it takes
// no notice of those that are as they shall be, and begins with none unless
// the group and everybody to be added are there.
func (d *api) changeOneByOne(ctx context.Context, group identity.ID, add, remove []identity.ID) error {
	if _, err := d.Group(ctx, group); err != nil {
		return err
	}
	for _, user := range add {
		if _, err := d.User(ctx, user); err != nil {
			return err
		}
	}
	for _, user := range add {
		if _, err := d.AddMember(ctx, group, user); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	for _, user := range remove {
		m, err := d.FindMembership(ctx, group, user)
		if err == nil {
			err = d.RemoveMember(ctx, m.ID)
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}
