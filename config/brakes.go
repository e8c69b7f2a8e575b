package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"rollcall/identity"
	"rollcall/plan"
	"rollcall/reconcile"
)

// Brakes are the settings of the brakes. None can be turned off: what one
// stops is let through by overriding that one plan.
type Brakes struct {
	UsersOff        Threshold     `yaml:"users_off" doc:"How many users may be disabled or deleted within 24 hours: the larger of the two."`
	UsersRenamed    Threshold     `yaml:"users_renamed" doc:"How many users may get another userName within 24 hours, be it in case alone: the larger of the two."`
	GroupsDeleted   Threshold     `yaml:"groups_deleted" doc:"How many groups may be deleted within 24 hours: the larger of the two."`
	MissingOnTarget Threshold     `yaml:"missing_on_target" doc:"How many linked accounts may be gone from the directory: the larger of the two."`
	Emptied         int           `yaml:"emptied" doc:"An OU or a group that held so many people in the last complete read, and holds nobody now, stops a plan."`
	GroupLeavers    GroupLeavers  `yaml:"group_leavers" doc:"When too many leave a group within 24 hours who are still in the source."`
	AttributeLost   AttributeLost `yaml:"attribute_lost" doc:"When an attribute that many people had is set for few now."`
	Protected       Strings       `yaml:"protected" doc:"User and group names that no plan may change; * and ? stand for anything. Added to the built-in ones."`

	AssignmentsEnded        int     `yaml:"assignments_ended" doc:"How many assignments may go, within 24 hours, with what is deleted."`
	AssignmentsGiven        int     `yaml:"assignments_given" doc:"How many assignments may be given back at once to whoever is in the source again."`
	ProtectedPermissionSets Strings `yaml:"protected_permission_sets" doc:"Names of permission sets that no plan may give or take; * and ? stand for anything."`
	ProtectedAccounts       Strings `yaml:"protected_accounts" doc:"Names or ids of accounts in which no plan may give or take access; * and ? stand for anything."`

	BreakGlass Strings `yaml:"break_glass" doc:"People no plan may change or put into groups: by userName, e-mail address or id."`
}

// GroupLeavers says when too many leave a group.
type GroupLeavers struct {
	Percent int `yaml:"percent" doc:"More than so many in a hundred, of a group of at least..."`
	Of      int `yaml:"of" doc:"...so many people."`
	All     int `yaml:"all" doc:"Everybody, of a group of at least so many people."`
}

// AttributeLost says when an attribute is lost.
type AttributeLost struct {
	Share  int `yaml:"share" doc:"It was set for at least so many people in a hundred,"`
	People int `yaml:"people" doc:"and for at least so many people,"`
	Left   int `yaml:"left" doc:"and less than so many in a hundred of that share have it now."`
}

// Limits returns the brakes' settings as planning takes them.
func (b Brakes) Limits() plan.Limits {
	return plan.Limits{
		UsersOff: plan.Threshold(b.UsersOff), UsersRenamed: plan.Threshold(b.UsersRenamed),
		GroupsDeleted: plan.Threshold(b.GroupsDeleted), Missing: plan.Threshold(b.MissingOnTarget),
		Emptied: b.Emptied, GroupLeavers: plan.Leaving(b.GroupLeavers), AttributeLost: plan.Losing(b.AttributeLost),
		Protected: b.Protected, BreakGlass: b.BreakGlass,
		AssignmentsEnded: b.AssignmentsEnded, AssignmentsGiven: b.AssignmentsGiven,
		ProtectedSets: b.ProtectedPermissionSets, ProtectedAccounts: b.ProtectedAccounts,
	}
}

func defaultBrakes() Brakes {
	l := plan.DefaultLimits()
	return Brakes{
		UsersOff: Threshold(l.UsersOff), UsersRenamed: Threshold(l.UsersRenamed),
		GroupsDeleted: Threshold(l.GroupsDeleted), MissingOnTarget: Threshold(l.Missing),
		Emptied: l.Emptied, GroupLeavers: GroupLeavers(l.GroupLeavers), AttributeLost: AttributeLost(l.AttributeLost),
		AssignmentsEnded: l.AssignmentsEnded, AssignmentsGiven: l.AssignmentsGiven,
	}
}

// Threshold is the larger of a number and a share.
type Threshold struct {
	Floor   int `yaml:"floor" doc:"So many are always allowed."`
	Percent int `yaml:"percent" doc:"So many in a hundred of what the sync manages, 0 to 100."`
}

const (
	graceLeftOut = Duration(-1)
	defaultGrace = Duration(30 * 24 * time.Hour)

	defaultRetention = Duration(90 * 24 * time.Hour)
)

func (s *Sync) prefill() {
	s.Brakes, s.Grace, s.Retention = defaultBrakes(), graceLeftOut, defaultRetention
}

// gracePeriod is how long somebody is kept before a table may delete them.
// Who writes mirror and nothing else means at once.
func (s Sync) gracePeriod() Duration {
	switch {
	case s.Grace != graceLeftOut:
		return s.Grace
	case s.Actions.Table == "mirror":
		return 0
	}
	return defaultGrace
}

// Names are what the sync says about who is in scope by name.
func (s Sync) Names() reconcile.Names {
	return reconcile.Names{
		MembersOf:     s.Scope.MembersOf,
		IncludePeople: s.Scope.IncludePeople, ExcludePeople: s.Scope.ExcludePeople,
		IncludeGroups: s.Scope.IncludeGroups, ExcludeGroups: s.Scope.ExcludeGroups,
		RenameGroups: s.RenameGroups,
	}
}

func (d *decoder) checkBrakes(at path, b Brakes) {
	for key, t := range map[string]Threshold{
		"users_off": b.UsersOff, "users_renamed": b.UsersRenamed, "groups_deleted": b.GroupsDeleted, "missing_on_target": b.MissingOnTarget,
	} {
		d.atLeast(at.with(key, "floor"), t.Floor, 0)
		d.percent(at.with(key, "percent"), t.Percent)
	}
	d.atLeast(at.with("emptied"), b.Emptied, 1)
	d.percent(at.with("group_leavers", "percent"), b.GroupLeavers.Percent)
	d.atLeast(at.with("group_leavers", "of"), b.GroupLeavers.Of, 1)
	d.atLeast(at.with("group_leavers", "all"), b.GroupLeavers.All, 1)
	d.percent(at.with("attribute_lost", "share"), b.AttributeLost.Share)
	d.atLeast(at.with("attribute_lost", "people"), b.AttributeLost.People, 1)
	d.percent(at.with("attribute_lost", "left"), b.AttributeLost.Left)
	d.checkGlobs(at.with("protected"), b.Protected)
	d.atLeast(at.with("assignments_ended"), b.AssignmentsEnded, 0)
	d.atLeast(at.with("assignments_given"), b.AssignmentsGiven, 0)
	d.checkGlobs(at.with("protected_permission_sets"), b.ProtectedPermissionSets)
	d.checkGlobs(at.with("protected_accounts"), b.ProtectedAccounts)
	for i, name := range b.BreakGlass {
		if strings.ContainsAny(name, "*?[") {
			d.complainAt(at.with("break_glass", itoa(i)), "names one person; patterns stand under protected")
		}
	}
}

func (d *decoder) atLeast(at path, n, least int) {
	if n < least {
		d.complainAt(at, fmt.Sprintf("want %d or more", least))
	}
}

func (d *decoder) percent(at path, n int) {
	if n < 0 || n > 100 {
		d.complainAt(at, "want 0 to 100")
	}
}

func (d *decoder) checkGlobs(at path, globs Strings) {
	for i, glob := range globs {
		if err := plan.CheckGlob(glob); err != nil {
			d.complainAt(at.with(itoa(i)), err.Error())
		}
	}
}

func (d *decoder) checkScope(at path, s Scope) {
	for key, globs := range map[string]Strings{
		"members_of": s.MembersOf, "include_people": s.IncludePeople, "exclude_people": s.ExcludePeople,
		"include_groups": s.IncludeGroups, "exclude_groups": s.ExcludeGroups,
	} {
		d.checkGlobs(at.with(key), globs)
	}
}

// checkRenames refuses names that cannot be, and two groups that get one.
func (d *decoder) checkRenames(at path, names map[string]string) {
	taken, olds := map[string]string{}, map[string]string{}
	for _, old := range slices.Sorted(maps.Keys(names)) {
		to := names[old]
		if err := (&identity.Group{DisplayName: to}).Validate(); err != nil {
			d.complainAt(at.with(old), "not a name that a group may have: "+err.Error())
			continue
		}
		if other, twice := olds[identity.Fold(old)]; twice {
			d.complainKey(at.with(old), fmt.Sprintf("is %q already: names are compared without case", other))
		}
		if other, twice := taken[identity.Fold(to)]; twice {
			d.complainAt(at.with(old), fmt.Sprintf("%q gets this name too; give each group one of its own", other))
		}
		taken[identity.Fold(to)], olds[identity.Fold(old)] = old, old
	}
}
