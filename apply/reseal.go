package apply

import (
	"context"
	"slices"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
)

// reseal lets the second part of a plan expect what the first has left behind:
// it is carried out later, and what was done for its own sake does not make it
// stale. An object that others have changed meanwhile keeps its old seal, which
// then does not hold.
func (x *Executor) reseal(ctx context.Context, now, later *plan.Plan) error {
	disabled, touched := map[plan.Subject]bool{}, map[plan.Subject]bool{}
	for _, c := range now.Changes {
		touched[c.Subject] = true
		disabled[c.Subject] = disabled[c.Subject] || c.Kind == plan.UserDisable
	}
	later.Made = x.Clock.Now().UTC()
	for i := range later.Changes {
		c := &later.Changes[i]
		id, exists := c.Subject.ID()
		if !exists || !touched[c.Subject] || c.Expect.Digest == "" || c.Kind.Assigns() {
			continue
		}
		if c.Kind == plan.UserDelete && disabled[c.Subject] { // so that an undo gives back whom it finds
			c.Edits = slices.DeleteFunc(slices.Clone(c.Edits), func(e identity.Edit) bool { return e.Path == identity.PathActive })
		}
		var err error
		if c.Kind.Object() == identity.KindGroup {
			err = x.resealGroup(ctx, &c.Expect, id, later.Sealed.Group)
		} else {
			err = x.resealUser(ctx, &c.Expect, id, later.Sealed.User, disabled[c.Subject])
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}

func (x *Executor) resealGroup(ctx context.Context, s *plan.Seal, id identity.ID, sealed []string) error {
	g, err := x.Directory.Group(ctx, id)
	if err != nil {
		return err
	}
	digest, err := identity.GroupDigest(&g, sealed)
	if err == nil && digest == s.Digest && s.Revision != "" {
		s.Revision = g.Revision
	}
	return err
}

func (x *Executor) resealUser(ctx context.Context, s *plan.Seal, id identity.ID, sealed []string, disabled bool) error {
	u, err := x.Directory.User(ctx, id)
	if err != nil {
		return err
	}
	before := u
	before.Active = before.Active || disabled
	was, err := identity.UserDigest(&before, sealed)
	if err != nil || was != s.Digest {
		return err
	}
	if s.Revision != "" {
		s.Revision = u.Revision
	}
	s.Digest, err = identity.UserDigest(&u, sealed)
	return err
}
