package scim

import (
	"slices"
	"strings"

	"rollcall/identity"
)

// MemberChange is what a PATCH does to a group's members: at most [MaxMembers]
// users, none of them in both lists.
type MemberChange struct {
	Add    []identity.ID
	Remove []identity.ID

	// RemoveAll and Refused are set by Members2024 alone. RemoveAll empties the
	// group before anything is added; Refused asks to answer 400 once that is
	// done, as AWS did.
	RemoveAll bool
	Refused   bool
}

// Empty reports whether no membership is asked for.
func (c *MemberChange) Empty() bool {
	return len(c.Add) == 0 && len(c.Remove) == 0 && !c.RemoveAll
}

// PatchGroup returns g as p leaves it, and what becomes of its members. It
// fails with fault.Invalid, also for what AWS refuses (aws-contract 7.9):
// attributes other than displayName, externalId and members, more than
// [MaxMembers] members, and the members replaced or removed as a whole.
//
// With Members2024 the last is as it was observed and documented then: a
// replacement without a value or by an empty list changes nothing, one by a
// member with an empty value empties the group and is refused, any other
// replaces; a removal without members removes all.
func (d Dialect) PatchGroup(g identity.Group, p Patch) (identity.Group, MemberChange, error) {
	const op = "patch group"
	var change MemberChange
	steps, err := groupKind.steps(p)
	if err != nil {
		return identity.Group{}, change, err
	}
	r := memberReader{reader: reader{Dialect: d}}
	t := tree{"displayName": g.DisplayName}
	if id := d.externalID(g.ExternalIDs); id != "" {
		t["externalId"] = id
	}
	for _, s := range steps {
		if s.target.attribute.Name == "members" {
			err = r.step(&change, s)
		} else {
			err = r.reader.step(t, s)
		}
		if err != nil {
			return identity.Group{}, change, err
		}
	}
	if err := r.err(op); err != nil {
		return identity.Group{}, change, err
	}
	g.DisplayName, _ = t["displayName"].(string)
	id, _ := t["externalId"].(string)
	g.ExternalIDs = d.externalIDs(g.ExternalIDs, id)
	return g, change, g.Validate()
}

// memberReader gathers the members that operations name, and counts them.
type memberReader struct {
	reader
	count int
}

func (r *memberReader) step(change *MemberChange, s step) error {
	if s.target.sub != nil {
		return pathFault("members are named by their value, not changed")
	}
	if s.target.filter != nil {
		return r.filtered(change, s)
	}
	switch empty := emptyMembers(s.value); {
	case empty && s.op == OpAdd:
		return patchFault("there is no member in value")
	case empty, s.op == OpReplace:
		return r.whole(change, s)
	}
	ids := r.read(s.value)
	if r.count > MaxMembers {
		return tooManyMembers()
	}
	if s.op == OpAdd {
		change.add(ids)
	} else {
		change.remove(ids)
	}
	return nil
}

func tooManyMembers() error {
	return patchFault("List attribute members exceeds allowed limit of 100 in one request")
}

// filtered removes the members that a path names: members[value eq "…"].
func (r *memberReader) filtered(change *MemberChange, s step) error {
	ids, ok := equalValues(s.target.filter)
	if !ok || s.op != OpRemove {
		return pathFault(`want members, or members[value eq "…"] to remove them`)
	}
	if r.count += len(ids); r.count > MaxMembers {
		return tooManyMembers()
	}
	for _, id := range ids {
		if !identity.IsID(string(id)) {
			r.refuse("members.value", "want the id of a user")
		}
	}
	change.remove(ids)
	return nil
}

// equalValues are the values of a filter made of value eq "…" and or.
func equalValues(f *Filter) ([]identity.ID, bool) {
	if f.Op == opOr {
		a, ok1 := equalValues(&f.Terms[0])
		b, ok2 := equalValues(&f.Terms[1])
		return append(a, b...), ok1 && ok2
	}
	id, ok := f.Value.(string)
	return []identity.ID{identity.ID(id)}, ok && f.Op == "eq" && strings.EqualFold(f.Path, "value")
}

// emptyMembers reports whether an operation names no member: no value, an
// empty list, or members without an id.
func emptyMembers(v any) bool {
	if list, ok := v.([]any); ok {
		return !slices.ContainsFunc(list, func(item any) bool { return !emptyMembers(item) })
	}
	o, ok := v.(object)
	if !ok {
		return v == nil
	}
	for _, m := range o {
		if strings.EqualFold(m.name, "value") {
			return m.value == nil || m.value == ""
		}
	}
	return false
}

// whole is an operation on all members at once, or on none that it names.
func (r *memberReader) whole(change *MemberChange, s step) error {
	named := assigned(s.value)
	switch {
	case !r.Members2024:
		return patchFault("removing or replacing all members is not supported: add and remove them by their ids")
	case s.op == OpReplace && !named:
		return nil
	case emptyMembers(s.value):
		*change = MemberChange{RemoveAll: true, Refused: s.op == OpReplace}
		return nil
	}
	ids := r.read(s.value)
	if r.count > MaxMembers {
		return tooManyMembers()
	}
	*change = MemberChange{RemoveAll: true, Add: ids}
	return nil
}

// read counts what is listed, whether or not it is listed twice.
func (r *memberReader) read(v any) []identity.ID {
	r.count += len(items(v))
	if r.count > MaxMembers {
		return nil
	}
	attribute, _ := sub(groupAttributes, "members")
	return r.memberIDs(r.value("members", attribute, v))
}

func (c *MemberChange) add(ids []identity.ID) {
	c.Add, c.Remove = move(c.Add, c.Remove, ids)
}

func (c *MemberChange) remove(ids []identity.ID) {
	c.Remove, c.Add = move(c.Remove, c.Add, ids)
}

// move puts ids into one list and takes them out of the other: the last
// operation on a member counts.
func move(into, outOf, ids []identity.ID) (in, out []identity.ID) {
	for _, id := range ids {
		if !slices.Contains(into, id) {
			into = append(into, id)
		}
		outOf = slices.DeleteFunc(outOf, func(other identity.ID) bool { return other == id })
	}
	return into, outOf
}
