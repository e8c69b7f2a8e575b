package awsdir

import (
	"context"
	"slices"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/scim"
)

// AddMember puts a user into a group. SCIM takes it again without a word, so
// that it is asked for first; who adds at the same time is not seen.
func (d *endpoint) AddMember(ctx context.Context, group, user identity.ID) (identity.Membership, error) {
	const op = "add member"
	_, err := d.FindMembership(ctx, group, user)
	switch {
	case err == nil:
		return identity.Membership{}, fault.Text(fault.Conflict, op, "group "+string(group)+", user "+string(user), "the user is in the group already")
	case !fault.Is(err, fault.NotFound):
		return identity.Membership{}, err
	}
	if err := d.ChangeMembers(ctx, group, []identity.ID{user}, nil); err != nil {
		return identity.Membership{}, err
	}
	return paired(group, user), nil
}

// RemoveMember takes the user out of the group that the id is made of.
func (d *endpoint) RemoveMember(ctx context.Context, id identity.ID) error {
	m, err := d.Membership(ctx, id)
	if err != nil {
		return err
	}
	return d.ChangeMembers(ctx, m.GroupID, nil, []identity.ID{m.UserID})
}

// ChangeMembers is one PATCH that names everybody (aws-contract 7.9: never a
// replacement, which AWS treated in three ways over the years). Who is in both
// lists is taken out.
func (d *endpoint) ChangeMembers(ctx context.Context, group identity.ID, add, remove []identity.ID) error {
	const op = "change members"
	if err := known(op, identity.KindGroup, group); err != nil {
		return err
	}
	remove = slices.DeleteFunc(distinct(remove), func(id identity.ID) bool { return !identity.IsID(string(id)) })
	add = slices.DeleteFunc(distinct(add), func(id identity.ID) bool { return slices.Contains(remove, id) })
	for _, user := range add {
		if err := known(op, identity.KindUser, user); err != nil {
			return err
		}
	}
	switch n := len(add) + len(remove); {
	case n > scim.MaxMembers:
		return fault.New(fault.Invalid, op, "group "+string(group), errTooManyMembers)
	case n == 0:
		_, err := d.Group(ctx, group)
		return err
	}
	var operations []scim.Operation
	if len(add) > 0 {
		operations = append(operations, scim.Operation{Op: scim.OpAdd, Path: "members", Value: memberList(add)})
	}
	if len(remove) > 0 {
		operations = append(operations, scim.Operation{Op: scim.OpRemove, Path: "members", Value: memberList(remove)})
	}
	return d.client.PatchGroup(ctx, string(group), scim.NewPatch(operations...))
}
