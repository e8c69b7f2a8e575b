package command

import (
	"context"
	"encoding/json"
	"slices"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/link"
	"rollcall/plan"
)

// User begins a change of a user who is there: whose it is, and what it is
// expected to look like.
func (d *Draft) User(ctx context.Context, u identity.User, kind plan.Kind, reason string) (plan.Change, error) {
	digest, err := identity.UserDigest(&u, nil)
	if err != nil {
		return plan.Change{}, err
	}
	r, err := d.desk.Record(ctx, identity.KindUser, u.ID)
	if err != nil {
		return plan.Change{}, err
	}
	d.sayForeign(identity.KindUser, u.UserName, r, u.ExternalIDs)
	return plan.Change{
		Kind: kind, Subject: plan.Existing(u.ID), Name: u.UserName, Record: r, Reason: reason,
		Expect: plan.Seal{Revision: u.Revision, Digest: digest},
	}, d.sayHeld(ctx, u.UserName, r)
}

// NewUser is the creation of a user, to be added to the plan. It fails with
// fault.Invalid for one who cannot be. Somebody who is held is not created:
// carrying the plan out says so.
func (d *Draft) NewUser(ctx context.Context, u identity.User, reason string) (plan.Change, error) {
	if err := u.Validate(); err != nil {
		return plan.Change{}, err
	}
	full, err := identity.UserEdits(&identity.User{}, &u, nil)
	if err != nil {
		return plan.Change{}, err
	}
	held, err := d.desk.HeldAs(ctx, &u)
	return plan.Change{Kind: plan.UserCreate, Name: u.UserName, Record: held, Edits: full, Reason: reason}, err
}

// HeldAs returns the record of the held person that a new user would be, or
// nil: the same name, or an external id with the anchor.
func (d *Desk) HeldAs(ctx context.Context, u *identity.User) (*identity.Record, error) {
	holds, err := d.Executor.Links.Holds(ctx)
	if err != nil {
		return nil, err
	}
	for _, one := range holds {
		if isHoldOf(one, u) {
			return &identity.Record{Source: one.Source, Kind: identity.KindUser, Anchor: one.Anchor}, nil
		}
	}
	return nil, nil
}

// isHoldOf reports whether somebody who is held is the person that a new user
// would be: by name, or by an external id with the anchor.
func isHoldOf(h link.Hold, u *identity.User) bool {
	same := slices.ContainsFunc(u.ExternalIDs, func(e identity.ExternalID) bool { return e.ID == string(h.Anchor) })
	return same || identity.SameName(h.Name, u.UserName)
}

// ChangeUser plans the change of a user's attributes; there is none where
// nothing differs. It fails with fault.Invalid for a user who cannot be. Check,
// if it is not nil, is shown what differs and may refuse it.
func (d *Draft) ChangeUser(ctx context.Context, u identity.User, edits []identity.Edit, reason string, check func(differ []identity.Edit) error) error {
	to := u
	if err := to.Apply(edits); err != nil {
		return err
	}
	if err := to.Validate(); err != nil {
		return err
	}
	differ, err := identity.UserEdits(&u, &to, nil)
	if err != nil || len(differ) == 0 {
		return err
	}
	if check != nil {
		if err := check(differ); err != nil {
			return err
		}
	}
	c, err := d.User(ctx, u, plan.UserUpdate, reason)
	if err != nil {
		return err
	}
	c.Edits = differ
	d.Add(c)
	return nil
}

// SwitchUser plans that a user is enabled or disabled, and returns the
// change's number. It fails with fault.Unsupported where the directory cannot.
func (d *Draft) SwitchUser(ctx context.Context, u identity.User, on bool, reason string) (int, error) {
	if !d.Directory.Abilities().Status {
		return 0, fault.Text(fault.Unsupported, "change status", "user "+u.UserName, "directory "+d.Directory.Name()+" cannot enable or disable users")
	}
	kind := plan.UserDisable
	if on {
		kind = plan.UserEnable
	}
	c, err := d.User(ctx, u, kind, reason)
	if err != nil {
		return 0, err
	}
	value := func(b bool) identity.Value { text, _ := json.Marshal(b); return text }
	c.Edits = []identity.Edit{{Path: identity.PathActive, Old: value(!on), New: value(on)}}
	return d.Add(c), nil
}

// EndUser plans that somebody whom the caller names is put out and deleted, as
// [Draft.Leave] does. A caller who may not read assignments, or cannot by SCIM
// alone, may still delete them: then nobody knows what is left behind, and the
// plan says so. It returns how many memberships end.
func (d *Draft) EndUser(ctx context.Context, u identity.User, reason string) (memberships int, err error) {
	err = d.leave(ctx, []identity.User{u}, plan.Delete, reason, func(_ *leaving, _ string, err error) error {
		if fault.Is(err, fault.Denied) || fault.Is(err, fault.Unsupported) {
			return nil
		}
		return err
	})
	for _, c := range d.Plan.Changes {
		memberships += len(c.Remove)
	}
	return memberships, err
}
