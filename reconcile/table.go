// Package reconcile compares a source of truth with a directory and says what
// must change: it correlates the two sides, puts each pair into a situation,
// looks up the action in a table, and orders the changes into a plan.
//
// Planning is a pure function of what was read. Nothing here writes.
package reconcile

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"rollcall/identity"
)

// Situation is what reconciliation finds about a record and an object.
type Situation string

// The situations.
const (
	Confirmed     Situation = "confirmed"      // linked, and both are there
	Found         Situation = "found"          // not linked; exactly one object correlates
	Absent        Situation = "absent"         // not linked; no object correlates
	Ambiguous     Situation = "ambiguous"      // more than one object correlates, or one that is somebody else's
	Missing       Situation = "missing"        // linked, but the object is gone from the target
	SourceMissing Situation = "source-missing" // linked, but the record is gone from the source
	Unqualified   Situation = "unqualified"    // linked, but the record is out of scope
	Unassigned    Situation = "unassigned"     // an object nobody of this source is linked to
)

// Situations lists them all, in the order tables are shown.
func Situations() []Situation {
	return []Situation{Confirmed, Found, Absent, Ambiguous, Missing, SourceMissing, Unqualified, Unassigned}
}

// Action is what to do in a situation.
type Action string

// The actions.
const (
	Create  Action = "create"
	Adopt   Action = "adopt" // link an existing object, as ours from then on
	Update  Action = "update"
	Disable Action = "disable" // users only
	Delete  Action = "delete"
	Report  Action = "report" // tell a person
	Ignore  Action = "ignore"
)

// allowed says which actions make sense in a situation. Ambiguous never does
// anything: a person decides. Unassigned objects are not ours.
var allowed = map[Situation][]Action{
	Confirmed:     {Update, Report, Ignore},
	Found:         {Adopt, Report, Ignore},
	Absent:        {Create, Report, Ignore},
	Ambiguous:     {Report, Ignore},
	Missing:       {Create, Report, Ignore},
	SourceMissing: {Disable, Delete, Report, Ignore},
	Unqualified:   {Disable, Delete, Report, Ignore},
	Unassigned:    {Report, Ignore},
}

// MemberPolicy says what happens to the members of a group that is ours.
type MemberPolicy string

// The member policies. None of them touches members who are not linked to the
// sync's source.
const (
	MembersExact   MemberPolicy = "exact"    // join and leave as the source says
	MembersAddOnly MemberPolicy = "add-only" // join, never leave
	MembersNone    MemberPolicy = "none"     // only groups made by the same plan get members
)

// Table says what to do in each situation.
type Table struct {
	Users   map[Situation]Action
	Groups  map[Situation]Action
	Members MemberPolicy

	KeepsActive bool // nobody is disabled, not even who is disabled in the source
}

// Default is the table of a sync that names none: joiners are created, movers
// updated, leavers disabled; groups that leave the source are reported and
// stay as they are.
const Default = "default"

// TableNames lists the shipped tables.
func TableNames() []string {
	return []string{Default, "report-only", "create-only", "no-delete", "mirror"}
}

// TableNamed returns a shipped table, a fresh copy each time.
func TableNamed(name string) (Table, bool) {
	t := Table{
		Users: map[Situation]Action{
			Confirmed: Update, Found: Report, Absent: Create, Ambiguous: Report, Missing: Create,
			SourceMissing: Disable, Unqualified: Disable, Unassigned: Ignore,
		},
		Groups: map[Situation]Action{
			Confirmed: Update, Found: Report, Absent: Create, Ambiguous: Report, Missing: Create,
			SourceMissing: Report, Unqualified: Report, Unassigned: Ignore,
		},
		Members: MembersExact,
	}
	switch name {
	case Default:
	case "report-only": // writes nothing
		t.setAll(map[Situation]Action{Confirmed: Report, Absent: Report, Missing: Report, SourceMissing: Report, Unqualified: Report})
		t.Members = MembersNone
	case "create-only": // adds what is not there, changes nothing that is
		t.setAll(map[Situation]Action{Confirmed: Ignore, Missing: Report, SourceMissing: Report, Unqualified: Report})
		t.Members = MembersNone
	case "no-delete": // creates and updates, takes nothing away
		t.setAll(map[Situation]Action{SourceMissing: Report, Unqualified: Report})
		t.Members, t.KeepsActive = MembersAddOnly, true
	case "mirror": // what is ours becomes what the source says, deletions included
		t.setAll(map[Situation]Action{Found: Adopt, SourceMissing: Delete, Unqualified: Delete})
	default:
		return Table{}, false
	}
	return t, true
}

// Keeping is the table for a read on whose strength nobody may be taken for
// gone: people and groups that it lacks are reported, and members only join.
func (t Table) Keeping() Table {
	t.Users, t.Groups = maps.Clone(t.Users), maps.Clone(t.Groups)
	for _, actions := range []map[Situation]Action{t.Users, t.Groups} {
		for _, s := range []Situation{SourceMissing, Unqualified} {
			if actions[s] != Ignore {
				actions[s] = Report
			}
		}
	}
	if t.Members == MembersExact {
		t.Members = MembersAddOnly
	}
	return t
}

func (t Table) setAll(actions map[Situation]Action) {
	maps.Copy(t.Users, actions)
	maps.Copy(t.Groups, actions)
}

// Set puts one action into a table. It says what is wrong with a situation, or
// with an action that makes no sense in it.
func (t Table) Set(kind identity.Kind, s Situation, a Action) error {
	fits, ok := allowed[s]
	if !ok {
		return fmt.Errorf("no situation is called %q; they are %s", s, join(Situations()))
	}
	if !slices.Contains(fits, a) || (a == Disable && kind == identity.KindGroup) {
		if kind == identity.KindGroup {
			fits = slices.DeleteFunc(slices.Clone(fits), func(a Action) bool { return a == Disable })
		}
		return fmt.Errorf("%q is no action for a %s that is %s; %s may be", a, kind, s, join(fits))
	}
	if kind == identity.KindGroup {
		t.Groups[s] = a
	} else {
		t.Users[s] = a
	}
	return nil
}

func (t Table) of(kind identity.Kind, s Situation) Action {
	if kind == identity.KindGroup {
		return t.Groups[s]
	}
	return t.Users[s]
}

func join[T ~string](items []T) string {
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = string(item)
	}
	return strings.Join(texts, ", ")
}
