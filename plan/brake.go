package plan

import "slices"

// Brake is a rule that a plan broke. A braked plan is stored and not carried
// out, until somebody overrides that one plan with a reason.
type Brake struct {
	Rule  string   `json:"rule"`  // one of the Rule… names
	Text  string   `json:"text"`  // what tripped it, with the numbers, and what most likely happened; no person's name
	Count int      `json:"count"` // how many there are
	Limit int      `json:"limit"` // how many there may be
	Names []string `json:"names,omitempty"`
	// Later says that it stops only what may wait: holding, disabling and taking
	// away go ahead.
	Later bool `json:"later,omitempty"`
}

// The rules.
const (
	RuleEmptySource   = "empty-source"      // the source has none of a kind that the sync manages
	RuleUsersOff      = "users-off"         // too many users disabled or deleted
	RuleUsersRenamed  = "users-renamed"     // too many users get another userName
	RuleGroupsDeleted = "groups-deleted"    // too many groups deleted
	RuleEmptied       = "emptied"           // an OU or a group that held people holds nobody now
	RuleGroupLeavers  = "group-leavers"     // too many leave a group who are still in the source
	RuleMissing       = "missing-on-target" // too many linked accounts are gone from the target
	RuleAttributeLost = "attribute-lost"    // an attribute that many had is set for few now
	RuleProtected     = "protected"         // a protected object, one as member, or access that is protected
	RuleLockOut       = "lock-out"          // nobody, or not who asks, would keep what must be kept (a rule of the configuration)

	RuleAssignmentsEnded = "assignments-ended" // too many assignments go with what is deleted
	RuleAssignmentsGiven = "assignments-given" // too many assignments come back with who comes back
)

const shownNames = 20 // names kept with a brake

// Threshold is the larger of a number and a share.
type Threshold struct {
	Floor   int `yaml:"floor" json:"floor"`     // always allowed
	Percent int `yaml:"percent" json:"percent"` // of what the sync manages, rounded down
}

// Of returns how many of base the threshold allows.
func (t Threshold) Of(base int) int { return max(t.Floor, base*t.Percent/100) }

// Leaving says when too many leave a group at once who are still in the
// source: more than Percent of its people if it has Of or more, or all of them
// if it has All or more.
type Leaving struct {
	Percent int
	Of      int
	All     int
}

// trips reports whether it is too much that left of base leave.
func (l Leaving) trips(left, base int) bool {
	return left > 0 && (base >= l.Of && left*100 > base*l.Percent || base >= l.All && left >= base)
}

// Losing says when an attribute is lost: it was set for at least Share percent
// of the people and at least People of them, and the share of those who have
// it is below Left percent of what it was.
type Losing struct {
	Share  int
	People int
	Left   int
}

// Limits are the settings of the brakes.
type Limits struct {
	UsersOff      Threshold
	UsersRenamed  Threshold
	GroupsDeleted Threshold
	Missing       Threshold
	Emptied       int // an OU or group that held so many people, and holds nobody now
	GroupLeavers  Leaving
	AttributeLost Losing

	AssignmentsEnded int // so many may go with what is deleted
	AssignmentsGiven int // so many may come back with who comes back

	Protected  []string // globs over userNames and displayNames, without case; added to the built-in ones
	BreakGlass []string // userNames, e-mail addresses or ids of people nobody's plan touches by itself
	Caller     string   // whom we act as, by userName, e-mail or id, where that is known

	ProtectedSets     []string // globs over the names of permission sets, without case
	ProtectedAccounts []string // globs over the names and ids of accounts, without case
}

// DefaultLimits returns what holds where the configuration says nothing.
func DefaultLimits() Limits {
	return Limits{
		UsersOff:      Threshold{Floor: 5, Percent: 5},
		UsersRenamed:  Threshold{Floor: 10, Percent: 5},
		GroupsDeleted: Threshold{Floor: 2, Percent: 5},
		Missing:       Threshold{Floor: 10, Percent: 5},
		Emptied:       2,
		GroupLeavers:  Leaving{Percent: 50, Of: 4, All: 2},
		AttributeLost: Losing{Share: 20, People: 5, Left: 50},

		AssignmentsEnded: 100, AssignmentsGiven: 1000,
	}
}

// Evidence is what the brakes of a sync look at beside the plan: what was done
// before, and what the last complete read that was accepted had found.
type Evidence struct {
	Earlier  []Change // made by earlier runs of this sync within [Window], those under an override left out
	Linked   int      // accounts that are linked to the source
	Missing  []string // names of those that are gone from the target
	Emptied  []Emptied
	Leavers  []Leavers
	Presence []Presence // of the attributes that the mapping sets, for people in scope
	Source   []Presence // of the source's own attributes, for everybody; they only explain
}

// Emptied is an OU or a group that held people in the last complete read and
// holds nobody now.
type Emptied struct {
	What string // "OU" or "group"
	Name string
	Held int
}

// Leavers are the people who leave a group and are still in the source.
type Leavers struct {
	Group string
	Left  int // by this plan and by earlier runs within the window
	Of    int // who were in it before, and are still in the source; for an undo, all who are in it
}

// Presence says for how many people an attribute was set, and for how many it
// is now.
type Presence struct {
	Attribute  string
	Before, Of int
	Now, NowOf int
}

// Apply returns the brakes that p trips. An undo is stopped by what it takes
// away and by whom it renames, like a sync: the run that it takes back may have
// let everybody in. Any
// other plan is one that somebody asked for by name, and trips none but the
// protected names.
func (l Limits) Apply(p *Plan, e Evidence) []Brake {
	var rules []func(*Plan, Evidence) []Brake
	switch p.Origin {
	case FromSync:
		rules = append(rules, l.emptySource, l.attributeLost, l.emptied, l.usersOff, l.usersRenamed, l.groupsDeleted, l.groupLeavers, l.missing,
			l.assignmentsEnded, l.assignmentsGiven)
	case FromUndo:
		rules = append(rules, l.usersOff, l.usersRenamed, l.groupsDeleted, l.groupLeavers, l.assignmentsEnded)
	}
	var tripped []Brake
	for _, rule := range rules {
		tripped = append(tripped, rule(p, e)...)
	}
	return slices.Concat(tripped, l.protected(p), l.protectedAccess(p))
}
