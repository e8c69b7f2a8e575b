package ldapsource

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"rollcall/dn"
	"rollcall/source/ldapentry"
)

// How an entry has changed.
const (
	added   = "added"
	altered = "changed"
	removed = "removed"
)

// takeIn reads every entry again that is to be looked at, and those that are to
// be because of what it finds. What is done stays done if it fails on the way.
func (f *followed) takeIn(ctx context.Context) error {
	seen := map[dn.DN]bool{}
	for len(f.pending) > 0 {
		for key, t := range f.pending {
			more, err := f.look(ctx, t, seen)
			if err != nil {
				return err
			}
			delete(f.pending, key)
			for _, t := range more {
				f.await(t)
			}
		}
		if len(seen) > maxTouched {
			return f.stale(fmt.Sprintf("more than %d entries have changed", maxTouched))
		}
	}
	for _, name := range f.emptied {
		if _, back := f.mirror.entries[name]; !back && f.mirror.hasBelow(name) {
			return f.stale("an entry is gone, or has another name, that others lie below")
		}
	}
	f.emptied = nil
	if marks := f.feed.marks(); marks != nil {
		f.replica.Marks = marks
	}
	return nil
}

// look reads one entry again, unless it was read in this round. More are those
// that its change has changed, too.
func (f *followed) look(ctx context.Context, t touch, seen map[dn.DN]bool) (more []touch, err error) {
	if before, known := f.mirror.byID[t.id]; known {
		text := f.mirror.entries[before].DN
		name, err := dn.Parse(t.name)
		if t.gone || err != nil || name != before { // is it there under the name that it had?
			more, err = f.lookAt(ctx, before, text, seen)
		}
		if t.gone || err != nil || name == "" {
			return more, err
		}
	} else if t.gone {
		return nil, nil
	}
	name, err := dn.Parse(t.name)
	if err != nil {
		return nil, f.stale("an entry has a name that cannot be read")
	}
	rest, err := f.lookAt(ctx, name, t.name, seen)
	return append(more, rest...), err
}

// lookAt takes in what is there under a name now.
func (f *followed) lookAt(ctx context.Context, name dn.DN, text string, seen map[dn.DN]bool) (more []touch, err error) {
	if seen[name] {
		return nil, nil
	}
	seen[name] = true
	e, matches, err := f.fetch(ctx, name, text)
	switch {
	case err != nil:
		return nil, err
	case e != nil:
		return f.replace(ctx, name, e, matches)
	}
	if one, known := f.mirror.entries[name]; known && !one.left {
		f.changed[one.id] = removed
	}
	return f.remove(name)
}

// fetch reads an entry: nil if it is not there, or outside what is read. One
// that does not match the filter is read by its id alone.
func (f *followed) fetch(ctx context.Context, name dn.DN, text string) (e *ldap.Entry, matches bool, err error) {
	if !f.under(name) {
		return nil, false, nil
	}
	filter := f.o.Filter
	if filter == "" {
		filter = everything
	}
	if e, err = f.ask(ctx, text, filter, f.names.attributes()); err != nil || e != nil || f.o.Filter == "" {
		return e, e != nil, err
	}
	e, err = f.ask(ctx, text, everything, []string{f.dialect.Anchor(), "member", "uniqueMember"})
	return e, false, err
}

// ask reads one entry by its name; nil if it is not there.
func (f *followed) ask(ctx context.Context, name, filter string, attributes []string) (*ldap.Entry, error) {
	defer f.c.watch()()
	answer, err := f.c.Search(ldap.NewSearchRequest(name, ldap.ScopeBaseObject, ldap.NeverDerefAliases, 0, 0, false, filter, attributes, nil))
	switch {
	case ldap.IsErrorWithCode(err, ldap.LDAPResultNoSuchObject):
		return nil, nil
	case err != nil:
		return nil, f.c.fault(ctx, "read entry", name, err)
	case len(answer.Entries) == 0:
		return nil, nil
	}
	e := answer.Entries[0]
	if partialOf(e) != nil {
		if err := f.names.fill(ctx, e); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// remove forgets an entry. Whoever named it is looked at again: a directory
// takes a name out of its groups, and says nothing.
func (f *followed) remove(name dn.DN) ([]touch, error) {
	one, known := f.mirror.entries[name]
	f.mirror.drop(name)
	if !known {
		return nil, nil
	}
	if slices.Contains(f.canaries, name) {
		return nil, f.stale("an entry that every read must come across is gone")
	}
	f.emptied = append(f.emptied, name)
	more := f.affected(one, nil)
	for _, group := range f.mirror.naming(name) {
		more = append(more, touch{id: group.id, name: group.DN})
	}
	return more, nil
}

// replace takes an entry in as it is now.
func (f *followed) replace(ctx context.Context, name dn.DN, e *ldap.Entry, matches bool) (more []touch, err error) {
	var entry *ldapentry.Digest
	if matches {
		if entry, err = f.digest(e); err != nil {
			return nil, err
		}
	}
	id := idOf(f.dialect, e)
	before, was := f.mirror.entries[name], f.mirror.byID[id]
	renamed := was != "" && was != name
	if renamed {
		if more, err = f.remove(was); err != nil {
			return nil, err
		}
	}
	switch {
	case !matches && (before == nil || before.left) && !renamed:
	case !matches:
		f.changed[id] = removed
	case renamed:
		f.changed[id] = altered
	case before == nil || before.left:
		f.changed[id] = added
	case before.id != id || !before.Same(entry):
		f.changed[id] = altered
	}
	if renamed || before == nil || before.id != id {
		f.arrived = append(f.arrived, e.DN)
		groups, err := f.groupsOf(ctx, e.DN)
		if err != nil {
			return nil, err
		}
		more = append(more, groups...)
	}
	if err := f.mirror.put(f.dialect, e, entry); err != nil {
		return nil, err
	}
	if !matches {
		return append(more, f.differing(e)...), nil
	}
	return append(more, f.affected(before, f.mirror.entries[name])...), nil
}

// digest is what an entry says.
func (f *followed) digest(e *ldap.Entry) (*ldapentry.Digest, error) {
	entry, err := f.names.entry(e)
	if err != nil {
		return nil, err
	}
	return f.rules.Digest(entry)
}

// differing are the entries that show a membership in a group, which the filter
// leaves out, other than the group has it. Whoever begins to match the filter
// by it is found when all names are listed.
func (f *followed) differing(group *ldap.Entry) []touch {
	if !f.showsGroups() {
		return nil
	}
	has := map[string]bool{}
	for _, a := range group.Attributes {
		for _, v := range a.Values {
			if name := strings.ToLower(a.Name); name == "member" || name == "uniquemember" {
				has[strings.ToLower(v)] = true
			}
		}
	}
	var all []touch
	for _, one := range f.mirror.entries {
		shown := slices.ContainsFunc(one.Attributes["memberof"], func(text string) bool { return strings.EqualFold(text, group.DN) })
		if !one.left && shown != has[strings.ToLower(one.DN)] {
			all = append(all, touch{id: one.id, name: one.DN})
		}
	}
	return all
}

// showsGroups reports whether memberOf is among what is read.
func (f *followed) showsGroups() bool {
	return len(f.o.Attributes) == 0 || slices.ContainsFunc(f.o.Attributes, func(a string) bool { return strings.EqualFold(a, "memberOf") })
}

// groupsOf are the groups with a name among their members. Where somebody's
// name is changed, directories change it in their groups and leave no trace of
// that in the groups.
func (f *followed) groupsOf(ctx context.Context, name string) (groups []touch, err error) {
	value := ldap.EscapeFilter(name)
	filter := fmt.Sprintf("(|(member=%s)(uniqueMember=%s))", value, value)
	err = f.list(ctx, filter, []string{f.dialect.Anchor()}, func(_ dn.DN, e *ldap.Entry) {
		groups = append(groups, touch{id: idOf(f.dialect, e), name: e.DN})
	})
	return groups, err
}

// affected are the members who came or went and may show it: in memberOf, which
// changes without a trace, or by the filter.
func (f *followed) affected(before, after *mirrored) []touch {
	if f.o.Filter == "" && !f.showsGroups() {
		return nil
	}
	var all []touch
	for _, name := range movedMembers(before, after) {
		all = append(all, touch{name: f.mirror.text(name)})
	}
	return all
}
