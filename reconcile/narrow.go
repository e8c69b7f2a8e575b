package reconcile

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
)

// Names say by name who is in scope, and what groups are called. Globs and
// names are compared without case, people by userName, groups by displayName
// as the mapping sets it.
type Names struct {
	MembersOf     []string // globs: people in scope are in one of these groups, directly or by others; empty: everybody
	IncludePeople []string // globs; empty: everybody
	ExcludePeople []string // go over the included
	IncludeGroups []string
	ExcludeGroups []string
	RenameGroups  map[string]string // from what the mapping calls a group to what the target shall
}

// Narrow puts out of scope whom the names leave out, and renames groups. A
// person or group who cannot be mapped stays: nothing may be concluded about
// them. It returns notes for a person, and fails with fault.Invalid if two
// groups would have one name because of a renaming: neither is right.
//
// A group that MembersOf asks for and that is not there is fault.Incomplete:
// it may have been renamed, or be hidden, and nobody left it for that.
func (w *Wanted) Narrow(n Names) (notes []string, err error) {
	if err := w.onlyMembersOf(n.MembersOf); err != nil {
		return nil, err
	}
	for i := range w.Users {
		if u := &w.Users[i]; u.In && u.User.UserName != "" && !admitted(u.User.UserName, n.IncludePeople, n.ExcludePeople) {
			w.Users[i] = User{Anchor: u.Anchor, Name: u.Name}
		}
	}
	for i := range w.Groups {
		if g := &w.Groups[i]; g.In && g.Group.DisplayName != "" && !admitted(g.Group.DisplayName, n.IncludeGroups, n.ExcludeGroups) {
			g.In, g.Group, g.Problem = false, identity.Group{}, nil
		}
	}
	return w.rename(n.RenameGroups)
}

// scopes reports whether people are in scope for being in a group.
func (n Names) scopes(g *Group) bool {
	return plan.MatchesAny(n.MembersOf, g.Group.DisplayName) || plan.MatchesAny(n.MembersOf, g.Name)
}

func admitted(name string, include, exclude []string) bool {
	return (len(include) == 0 || plan.MatchesAny(include, name)) && !plan.MatchesAny(exclude, name)
}

func (w *Wanted) rename(names map[string]string) (notes []string, err error) {
	if len(names) == 0 || len(w.Groups) == 0 {
		return nil, nil
	}
	to := map[string]string{}
	for old, name := range names {
		to[identity.Fold(old)] = name
	}
	used, renamed := map[string]bool{}, map[int]string{}
	for i := range w.Groups {
		g := &w.Groups[i]
		name, found := to[identity.Fold(g.Group.DisplayName)]
		if !g.In || !found {
			continue
		}
		used[identity.Fold(g.Group.DisplayName)] = true
		renamed[i], g.Group.DisplayName = g.Group.DisplayName, name
		g.Problem = g.Group.Validate()
	}
	for _, old := range slices.Sorted(maps.Keys(names)) {
		if !used[identity.Fold(old)] {
			notes = append(notes, fmt.Sprintf("rename_groups has %q, and no group in scope is called that", old))
		}
	}
	return notes, w.collision(renamed)
}

// collision says which groups have one name because of a renaming.
func (w *Wanted) collision(renamed map[int]string) error {
	called := map[string][]int{}
	for i := range w.Groups {
		if g := &w.Groups[i]; g.In && g.Group.DisplayName != "" {
			called[identity.Fold(g.Group.DisplayName)] = append(called[identity.Fold(g.Group.DisplayName)], i)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(called)) {
		groups := called[name]
		if len(groups) < 2 || !slices.ContainsFunc(groups, func(i int) bool { return renamed[i] != "" }) {
			continue
		}
		texts := make([]string, len(groups))
		for k, i := range groups {
			texts[k] = w.Groups[i].Name
			if renamed[i] != "" {
				texts[k] += " (renamed from " + renamed[i] + ")"
			}
		}
		return fault.Text(fault.Invalid, "rename groups", "source "+w.Source, fmt.Sprintf(
			"%d groups would be called %s: %s; give each a name of its own in rename_groups, or exclude one",
			len(groups), w.Groups[groups[0]].Group.DisplayName, strings.Join(texts, "; ")))
	}
	return nil
}
