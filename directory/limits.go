package directory

import (
	"slices"
	"strings"

	"rollcall/identity"
)

// Limits are what a directory keeps less of than the model has, because of the
// service behind it. The zero value is no limit. They are an input to planning,
// as [Abilities] are.
type Limits struct {
	// UserPaths and GroupPaths are attributes that cannot be set: a creation
	// passes them over, an update of one is fault.Unsupported.
	UserPaths, GroupPaths []string
	// Issuer is that of the only external id that an object can be given; any
	// other is fault.Unsupported. Empty is no limit.
	Issuer string
	// PrimaryEmail refuses an e-mail that is not marked primary, as
	// fault.Invalid.
	PrimaryEmail bool
	// PairIDs makes the id of a membership out of its group's and its user's:
	// it is longer than others, and one made again has it again.
	PairIDs bool
	// OtherActor leaves CreatedBy and UpdatedBy to whom the service let in;
	// they may be empty. Times may be in whole seconds.
	OtherActor bool
	// Terse answers a creation and FindMembership without Meta, or with a part
	// of it: the whole is one more read away.
	Terse bool
	// InFlight is how many writes at once are worth asking for: more would only
	// wait for each other. 0 is no limit.
	InFlight int
}

// Limiter is implemented by drivers that have limits. They never change.
type Limiter interface {
	Limits() Limits
}

// Limits returns what this directory keeps less of than others.
func (d *Directory) Limits() Limits { return LimitsOf(d.driver) }

// LimitsOf returns a driver's limits.
func LimitsOf(d Driver) Limits {
	if l, ok := d.(Limiter); ok {
		return l.Limits()
	}
	return Limits{}
}

// Sets reports whether an attribute of that kind of object can be set.
func (l Limits) Sets(kind identity.Kind, attribute string) bool {
	if kind == identity.KindGroup {
		return !slices.Contains(l.GroupPaths, attribute)
	}
	return !slices.Contains(l.UserPaths, attribute)
}

// Sentences say the limits in words, for documentation and people.
func (l Limits) Sentences() []string {
	var all []string
	say := func(limited bool, sentence string) {
		if limited {
			all = append(all, sentence)
		}
	}
	say(len(l.UserPaths) > 0, "a user has no "+strings.Join(l.UserPaths, ", ")+".")
	say(len(l.GroupPaths) > 0, "a group has no "+strings.Join(l.GroupPaths, ", ")+".")
	say(l.Issuer != "", "an object has one external id, of the issuer "+l.Issuer+".")
	say(l.PrimaryEmail, "an e-mail must be marked primary.")
	say(l.PairIDs, "a membership has no id of its own.")
	say(l.OtherActor, "who wrote is whoever the service let in.")
	return all
}
