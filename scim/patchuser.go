package scim

import (
	"encoding/json"
	"reflect"

	"rollcall/fault"
	"rollcall/identity"
)

// PatchUser returns u as p leaves it, for the directory to store. What SCIM
// cannot see of u stays as it is. It fails with fault.Invalid, also where AWS
// says so (aws-contract 7.9): userName or active removed, or named by two
// operations; a second item in a list.
func (d Dialect) PatchUser(u identity.User, p Patch) (identity.User, error) {
	const op = "patch user"
	steps, err := userKind.steps(p)
	if err != nil {
		return identity.User{}, err
	}
	if err := onceEach(steps); err != nil {
		return identity.User{}, err
	}
	r := reader{Dialect: d}
	t, err := d.treeOf(&u)
	if err != nil {
		return identity.User{}, err
	}
	for _, s := range steps {
		if err := r.step(t, s); err != nil {
			return identity.User{}, err
		}
	}
	fresh, err := d.userOf(op, &r, t)
	return d.ReplaceUser(u, fresh), err
}

// onceEach holds userName and active to one operation, and to none that
// removes them.
func onceEach(steps []step) error {
	seen := map[string]bool{}
	for _, s := range steps {
		if s.target.attribute == nil || s.target.extension {
			continue
		}
		name := s.target.attribute.Name
		if name != "userName" && name != "active" {
			continue
		}
		if s.op == OpRemove || s.given && s.value == nil {
			return patchFault("the attribute " + name + " cannot be removed")
		}
		if seen[name] {
			return patchFault("several operations on " + name)
		}
		seen[name] = true
	}
	return nil
}

// treeOf is what SCIM sees of a user, as a tree.
func (d Dialect) treeOf(u *identity.User) (tree, error) {
	raw, err := json.Marshal(d.WriteUser(u))
	var t tree
	if err == nil {
		err = json.Unmarshal(raw, &t)
	}
	if err != nil {
		return nil, fault.New(fault.Internal, "patch user", string(u.ID), err)
	}
	delete(t, "schemas")
	delete(t, "meta")
	return t, nil
}

// step carries out one operation. Values that are refused are gathered in r.
func (r *reader) step(t tree, s step) error {
	if s.op != OpRemove && !s.given {
		return patchFault("Missing value in PATCH request")
	}
	at := ""
	if s.target.extension {
		if s.target.attribute == nil {
			r.wholeExtension(t, s)
			return nil
		}
		t, at = within(t, EnterpriseSchema), EnterpriseSchema+"."
	}
	a := s.target.attribute
	at += a.Name
	switch {
	case a.MultiValued:
		return r.listStep(t, at, s)
	case s.target.sub != nil:
		r.assign(within(t, a.Name), at+"."+s.target.sub.Name, s.target.sub, s)
	case a.Type == typeComplex && s.op != OpRemove && s.value != nil:
		if fresh, ok := r.complex(at, a, s.value).(tree); ok {
			merge(within(t, a.Name), fresh)
		}
	default:
		r.assign(t, at, a, s)
	}
	return nil
}

func (r *reader) assign(t tree, at string, a *Attribute, s step) {
	if s.op == OpRemove {
		delete(t, a.Name)
		return
	}
	r.set(t, at, a, s.value)
}

// wholeExtension is an operation on the enterprise extension's URN.
func (r *reader) wholeExtension(t tree, s step) {
	if s.op == OpRemove || s.value == nil {
		delete(t, EnterpriseSchema)
		return
	}
	r.extension(t, s.value)
}

// merge sets what fresh names: RFC 7644 section 3.5.2.3 replaces the
// sub-attributes that a complex value names, and no others.
func merge(into, fresh tree) {
	for name, v := range fresh {
		into[name] = v
	}
}

// listStep is an operation on a list, on items of it, or on an attribute of
// its items.
func (r *reader) listStep(t tree, at string, s step) error {
	a := s.target.attribute
	have, _ := t[a.Name].([]any)
	switch whole := s.target.filter == nil && s.target.sub == nil; {
	case whole && (s.op == OpRemove || !assigned(s.value)):
		if s.op != OpAdd { // adding nothing changes nothing
			delete(t, a.Name)
		}
		return nil
	case whole:
		fresh, ok := r.value(at, a, s.value).([]any)
		if ok && s.op == OpAdd {
			fresh = union(have, fresh)
		}
		if ok {
			t[a.Name] = fresh
		}
	case s.op == OpRemove || s.value == nil:
		t[a.Name] = removeFrom(have, s.target)
	default:
		changed, err := r.setIn(have, at, s)
		if err != nil {
			return err
		}
		t[a.Name] = changed
	}
	if list, _ := t[a.Name].([]any); len(list) > maxItems {
		r.refuse(at, "List attribute "+a.Name+" exceeds allowed limit of 1")
	}
	return nil
}

// union is have and what of more is not in it.
func union(have, more []any) []any {
	all := append([]any{}, have...)
	for _, m := range more {
		found := false
		for _, h := range have {
			found = found || reflect.DeepEqual(h, m)
		}
		if !found {
			all = append(all, m)
		}
	}
	return all
}

// removeFrom takes out the items that a target names, or one sub-attribute of
// them. An item without its value is no item.
func removeFrom(have []any, t target) []any {
	left := []any{}
	for _, item := range have {
		one := item.(tree)
		if t.filter != nil && !t.filter.Match(one) {
			left = append(left, one)
			continue
		}
		if t.sub == nil || t.sub.Name == "value" {
			continue
		}
		if delete(one, t.sub.Name); len(one) > 0 {
			left = append(left, one)
		}
	}
	return left
}

// setIn sets the items that a target names, or one sub-attribute of them.
// Where there are none it makes one of the filter's own values, which is how
// Entra sets an e-mail for the first time; as the only one it is the primary.
func (r *reader) setIn(have []any, at string, s step) ([]any, error) {
	found := false
	for _, item := range have {
		one := item.(tree)
		if s.target.filter != nil && !s.target.filter.Match(one) {
			continue
		}
		found = true
		r.setItem(one, at, s)
	}
	if found {
		return have, nil
	}
	fresh := tree{}
	if s.target.filter != nil && !r.seed(fresh, at, s.target) {
		return nil, patchFault("no item of " + s.target.attribute.Name + " fits the filter of the path")
	}
	fresh["primary"] = true
	r.setItem(fresh, at, s)
	return append(append([]any{}, have...), fresh), nil
}

func (r *reader) setItem(item tree, at string, s step) {
	if s.target.sub != nil {
		r.set(item, at+"."+s.target.sub.Name, s.target.sub, s.value)
		return
	}
	if fresh, ok := r.complex(at, s.target.attribute, s.value).(tree); ok {
		merge(item, fresh)
	}
}

// seed gives a new item the values that a filter of eq and and asks for.
func (r *reader) seed(item tree, at string, t target) bool {
	terms := []Filter{*t.filter}
	for len(terms) > 0 {
		f := terms[0]
		terms = terms[1:]
		if f.Op == opAnd {
			terms = append(terms, f.Terms...)
			continue
		}
		a, known := sub(t.attribute.SubAttributes, f.Path)
		if f.Op != "eq" || !known || f.Value == nil {
			return false
		}
		r.set(item, at+"."+a.Name, a, f.Value)
	}
	return true
}
