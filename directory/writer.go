package directory

import (
	"context"
	"slices"

	"rollcall/fault"
	"rollcall/identity"
)

// Writer changes a directory. It validates before it calls, cuts what the
// directory takes only in pieces, and says fault.Unsupported for what it
// cannot do. It never retries: see [fault.IsUnsettled].
type Writer struct {
	driver Driver
	name   string
}

// WriterFor returns the writing half of d. Only the executor of plans and the
// doors of the embedded directory call it.
func WriterFor(d *Directory) *Writer { return &Writer{driver: d.driver, name: d.name} }

// CreateUser stores u and returns it with its id. It fails with fault.Invalid,
// or fault.Conflict if a unique value is taken.
func (w *Writer) CreateUser(ctx context.Context, u identity.User) (identity.User, error) {
	if err := u.Validate(); err != nil {
		return identity.User{}, err
	}
	return w.driver.CreateUser(ctx, u)
}

// UpdateUser sets the edited attributes of a user, "active" and "externalIds"
// among them where the directory can; where it cannot, nothing is written and
// the error is fault.Unsupported. Status, attributes and external ids are calls
// of their own, in this order, and each has at most identity.MaxOperations
// edits and the revision that the one before left; an error leaves those before
// it done. It returns the user as stored.
func (w *Writer) UpdateUser(ctx context.Context, id identity.ID, revision string, edits []identity.Edit) (identity.User, error) {
	plain, active, externalIDs := split(edits)
	if err := w.able(active, externalIDs); err != nil {
		return identity.User{}, err
	}
	var out identity.User
	var err error
	if active != nil {
		if out, err = w.setActive(ctx, id, revision, active); err != nil {
			return out, err
		}
		revision = keep(revision, out.Revision)
	}
	for chunk := range slices.Chunk(plain, identity.MaxOperations) {
		if out, err = w.driver.UpdateUser(ctx, id, revision, chunk); err != nil {
			return out, err
		}
		revision = keep(revision, out.Revision)
	}
	if externalIDs != nil {
		if err := w.setExternalIDs(ctx, identity.KindUser, id, revision, externalIDs); err != nil {
			return out, err
		}
	}
	if externalIDs != nil || len(edits) == 0 {
		return w.driver.User(ctx, id)
	}
	return out, nil
}

// DeleteUser removes a user and its memberships.
func (w *Writer) DeleteUser(ctx context.Context, id identity.ID, revision string) error {
	return w.driver.DeleteUser(ctx, id, revision)
}

// CreateGroup stores g and returns it with its id.
func (w *Writer) CreateGroup(ctx context.Context, g identity.Group) (identity.Group, error) {
	if err := g.Validate(); err != nil {
		return identity.Group{}, err
	}
	return w.driver.CreateGroup(ctx, g)
}

// CreateGroupWith is [Writer.CreateGroup] with members, at most
// identity.MaxMembers. It is fault.Unsupported where a group begins empty, and
// fault.NotFound or fault.Invalid if one of them does not exist.
func (w *Writer) CreateGroupWith(ctx context.Context, g identity.Group, members []identity.ID) (identity.Group, error) {
	f, ok := w.driver.(Founder)
	if !ok {
		return identity.Group{}, w.cannot("create group", "its groups begin without members")
	}
	if err := g.Validate(); err != nil {
		return identity.Group{}, err
	}
	return f.CreateGroupWith(ctx, g, members)
}

// UpdateGroup is [Writer.UpdateUser] for groups, which have no status.
func (w *Writer) UpdateGroup(ctx context.Context, id identity.ID, revision string, edits []identity.Edit) (identity.Group, error) {
	plain, active, externalIDs := split(edits)
	if active != nil {
		return identity.Group{}, fault.Text(fault.Invalid, "update group", "field "+active.Path, "a group has no such attribute")
	}
	if err := w.able(nil, externalIDs); err != nil {
		return identity.Group{}, err
	}
	var out identity.Group
	var err error
	for chunk := range slices.Chunk(plain, identity.MaxOperations) {
		if out, err = w.driver.UpdateGroup(ctx, id, revision, chunk); err != nil {
			return out, err
		}
		revision = keep(revision, out.Revision)
	}
	if externalIDs != nil {
		if err := w.setExternalIDs(ctx, identity.KindGroup, id, revision, externalIDs); err != nil {
			return out, err
		}
	}
	if externalIDs != nil || len(edits) == 0 {
		return w.driver.Group(ctx, id)
	}
	return out, nil
}

// DeleteGroup removes a group and its memberships.
func (w *Writer) DeleteGroup(ctx context.Context, id identity.ID, revision string) error {
	return w.driver.DeleteGroup(ctx, id, revision)
}

// ChangeMembers adds users to a group and removes others. Who is a member
// already, or is none, is left as is, so the call can be repeated. It makes as
// many calls as the directory needs; an error leaves those before it done.
func (w *Writer) ChangeMembers(ctx context.Context, group identity.ID, add, remove []identity.ID) error {
	if bulk, ok := w.driver.(MemberChanger); ok {
		return changeInBulk(ctx, bulk, group, add, remove)
	}
	for _, user := range add {
		if _, err := w.driver.AddMember(ctx, group, user); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	for _, user := range remove {
		if err := w.removeMember(ctx, group, user); err != nil {
			return err
		}
	}
	return nil
}

// changeInBulk says as much in each call as one may hold.
func changeInBulk(ctx context.Context, bulk MemberChanger, group identity.ID, add, remove []identity.ID) error {
	for len(add)+len(remove) > 0 {
		in := min(len(add), identity.MaxMembers)
		out := min(len(remove), identity.MaxMembers-in)
		if err := bulk.ChangeMembers(ctx, group, add[:in], remove[:out]); err != nil {
			return err
		}
		add, remove = add[in:], remove[out:]
	}
	return nil
}

func (w *Writer) removeMember(ctx context.Context, group, user identity.ID) error {
	m, err := w.driver.FindMembership(ctx, group, user)
	if err == nil {
		err = w.driver.RemoveMember(ctx, m.ID)
	}
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// AddMember puts one user into a group; fault.Conflict if it is there.
func (w *Writer) AddMember(ctx context.Context, group, user identity.ID) (identity.Membership, error) {
	return w.driver.AddMember(ctx, group, user)
}

// RemoveMember deletes the membership with that id.
func (w *Writer) RemoveMember(ctx context.Context, membership identity.ID) error {
	return w.driver.RemoveMember(ctx, membership)
}

// able says fault.Unsupported for what the directory cannot do, before
// anything is written.
func (w *Writer) able(active, externalIDs *identity.Edit) error {
	if _, ok := w.driver.(StatusSetter); active != nil && !ok {
		return w.cannot("set status", "it cannot enable or disable users; on AWS that takes the SCIM endpoint")
	}
	if _, ok := w.driver.(ExternalIDSetter); externalIDs != nil && !ok {
		return w.cannot("set externalIds", "it cannot store external ids; on AWS that takes the SCIM endpoint")
	}
	return nil
}

func (w *Writer) cannot(op, why string) error {
	return fault.Text(fault.Unsupported, op, "directory "+w.name, why)
}

func (w *Writer) setActive(ctx context.Context, id identity.ID, revision string, e *identity.Edit) (identity.User, error) {
	var u identity.User
	if err := u.Apply([]identity.Edit{*e}); err != nil {
		return u, err
	}
	return w.driver.(StatusSetter).SetActive(ctx, id, revision, u.Active)
}

func (w *Writer) setExternalIDs(ctx context.Context, kind identity.Kind, id identity.ID, revision string, e *identity.Edit) error {
	var u identity.User
	if err := u.Apply([]identity.Edit{*e}); err != nil {
		return err
	}
	return w.driver.(ExternalIDSetter).SetExternalIDs(ctx, kind, id, revision, u.ExternalIDs)
}

func split(edits []identity.Edit) (plain []identity.Edit, active, externalIDs *identity.Edit) {
	for i, e := range edits {
		switch e.Path {
		case identity.PathActive:
			active = &edits[i]
		case identity.PathExternalIDs:
			externalIDs = &edits[i]
		default:
			plain = append(plain, e)
		}
	}
	return plain, active, externalIDs
}

// keep carries a conditional write on to the next call: without a condition at
// the start there is none later either.
func keep(before, after string) string {
	if before == "" {
		return ""
	}
	return after
}
