package cloudtrail

import (
	"strings"

	"rollcall/directory"
	"rollcall/identity"
)

// either is the object that an event is about: after it, or before it was
// deleted.
func either[T any](e *directory.Event) (T, error) {
	if e.After != nil {
		return read[T](e.After)
	}
	return read[T](e.Before)
}

// identityStore describes a write by the Identity Store API (aws-contract 3.1).
func (l Log) identityStore(e *directory.Event) (description, error) {
	d := description{name: e.Operation, request: l.inStore()}
	if e.Kind == identity.KindMembership {
		return d, l.membership(e, &d)
	}
	edits, err := editsOf(e)
	if err != nil {
		return d, err
	}
	name := "userId"
	if e.Kind == identity.KindGroup {
		name = "groupId"
	}
	switch {
	case e.Before == nil:
		d.response = l.inStore()
		d.response[name] = e.ID
		return d, attributes(d.request, edits)
	case e.After == nil:
		d.request[name] = e.ID
	default:
		d.request[name] = e.ID
		d.request["operations"], err = operations(edits)
		d.response = l.inStore()
		d.response[name] = e.ID
	}
	return d, err
}

func (l Log) inStore() Members { return Members{"identityStoreId": l.Store.ID} }

// membership describes what names objects by id alone, and hides nothing.
func (l Log) membership(e *directory.Event, d *description) error {
	m, err := either[identity.Membership](e)
	if err != nil || e.After == nil {
		d.request["membershipId"] = e.ID
		return err
	}
	d.request["groupId"], d.request["memberId"] = m.GroupID, Members{"userId": m.UserID}
	d.response = l.inStore()
	d.response["membershipId"] = e.ID
	return nil
}

// editsOf is what a write changed, attribute by attribute.
func editsOf(e *directory.Event) ([]identity.Edit, error) {
	if e.Kind == identity.KindGroup {
		return between(e, func(a, b *identity.Group) ([]identity.Edit, error) { return identity.GroupEdits(a, b, nil) })
	}
	return between(e, func(a, b *identity.User) ([]identity.Edit, error) { return identity.UserEdits(a, b, nil) })
}

func between[T any](e *directory.Event, edits func(a, b *T) ([]identity.Edit, error)) ([]identity.Edit, error) {
	before, err := read[T](e.Before)
	if err != nil {
		return nil, err
	}
	after, err := read[T](e.After)
	if err != nil {
		return nil, err
	}
	return edits(&before, &after)
}

// enterprise is the prefix of the extension's attributes (aws-contract 3.4).
const enterprise = "aws:identitystore:enterprise"

// attributes writes those that a creation sets, values hidden. The API sets
// neither the status nor external ids.
func attributes(into Members, edits []identity.Edit) error {
	for _, e := range edits {
		if e.Path == identity.PathActive || e.Path == identity.PathExternalIDs {
			continue
		}
		value, err := hiddenValue(e.New)
		if err != nil {
			return err
		}
		at := into
		path := e.Path
		if rest, ok := strings.CutPrefix(path, enterprise+"."); ok {
			at, path = at.within("extensions").within(enterprise), rest
		}
		parts := strings.Split(path, ".")
		for _, part := range parts[:len(parts)-1] {
			at = at.within(part)
		}
		at[parts[len(parts)-1]] = value
	}
	return nil
}

// within is the object that is a member of m, made if there is none.
func (m Members) within(name string) Members {
	if inner, ok := m[name].(Members); ok {
		return inner
	}
	inner := Members{}
	m[name] = inner
	return inner
}

// operations are those of UpdateUser and UpdateGroup: paths in clear, values
// hidden, null where an attribute was unset.
func operations(edits []identity.Edit) ([]Members, error) {
	all := make([]Members, len(edits))
	for i, e := range edits {
		value, err := hiddenValue(e.New)
		if err != nil {
			return nil, err
		}
		all[i] = Members{"attributePath": e.Path, "attributeValue": value}
	}
	return all, nil
}

func hiddenValue(v identity.Value) (any, error) {
	if v == nil {
		return nil, nil
	}
	value, err := read[any](v)
	return hide(value), err
}

// store describes a change of the store's own settings, which name nobody.
func (l Log) store(e *directory.Event) (description, error) {
	n, err := read[directory.Network](e.After)
	if err != nil {
		return description{}, err
	}
	settings := Members{"vpceAccessRequired": n.VPCERequired}
	for name, list := range map[string]any{
		"apiAllowSourceIps": n.APISources, "apiRestrictSourceVpcs": n.APIVPCs, "scimAllowSourceIps": n.SCIMSources,
	} {
		value, err := plain(list)
		if err != nil {
			return description{}, err
		}
		if value != nil {
			settings[name] = value
		}
	}
	d := description{name: e.Operation, request: l.inStore(), response: l.inStore()}
	d.request["networkConfiguration"] = settings
	return d, nil
}
