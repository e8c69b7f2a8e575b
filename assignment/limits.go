package assignment

import "time"

// Limits are what an instance does less of than the port says, because of the
// service behind it. The zero value is no limit. They are an input to planning,
// as [Abilities] are.
type Limits struct {
	// Terse answers a write without the time, and lists requests without what
	// was asked for and why it failed: the whole is one more read away.
	Terse bool
	// Unordered lists requests and the policies of a permission set in an order
	// of the service's own.
	Unordered bool
	// KeepsDescription replaces the description of a permission set or an
	// application, and never takes it away: that is fault.Unsupported.
	KeepsDescription bool
	// FixedPortal takes an application's portal only in AWS's form, and changes
	// nothing of it but how to sign in: anything else is fault.Invalid when it
	// is made, and fault.Unsupported later.
	FixedPortal bool
	// FirstLook is how long a request takes at least: before that nobody need
	// ask what has come of it.
	FirstLook time.Duration
}

// Limiter is implemented by drivers that have limits. They never change.
type Limiter interface {
	Limits() Limits
}

// Limits returns what this instance does less of than others.
func (i *Instance) Limits() Limits { return LimitsOf(i.driver) }

// LimitsOf returns a driver's limits.
func LimitsOf(d Driver) Limits {
	if l, ok := d.(Limiter); ok {
		return l.Limits()
	}
	return Limits{}
}
