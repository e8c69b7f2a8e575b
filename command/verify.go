package command

import (
	"bytes"
	"context"
	"slices"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
)

// Verify reads back what a plan was to change, once it has been carried out, and
// says what is not as planned, in sentences. Created is what its creations
// became; a change that failed is left out, since that was said.
func (d *Desk) Verify(ctx context.Context, p *plan.Plan, created map[plan.Subject]identity.ID, failed map[int]bool) ([]string, error) {
	v := verification{desk: d, store: p.Store, created: created}
	for _, c := range p.Changes {
		if failed[c.Number] {
			continue
		}
		if err := v.look(ctx, c); err != nil {
			return nil, err
		}
	}
	return v.wrong, nil
}

type verification struct {
	desk    *Desk
	store   identity.StoreID
	created map[plan.Subject]identity.ID
	access  *assignment.Instance
	wrong   []string
}

func (v *verification) id(s plan.Subject) identity.ID {
	if id, exists := s.ID(); exists {
		return id
	}
	return v.created[s]
}

func (v *verification) look(ctx context.Context, c plan.Change) error {
	switch c.Kind {
	case plan.UserCreate, plan.UserUpdate, plan.UserEnable, plan.UserDisable:
		return v.user(ctx, c)
	case plan.GroupMembers:
		return v.members(ctx, c)
	case plan.AssignmentCreate, plan.AssignmentDelete:
		return v.assignment(ctx, c)
	}
	return nil
}

func (v *verification) user(ctx context.Context, c plan.Change) error {
	u, err := v.desk.Directory().User(ctx, v.id(c.Subject))
	if fault.Is(err, fault.NotFound) {
		v.wrong = append(v.wrong, "user "+c.Name+" is not there")
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range c.Edits {
		now, err := identity.UserValue(&u, e.Path)
		if err != nil {
			return err
		}
		if v.holds(e.Path) && !bytes.Equal(now, e.New) {
			v.wrong = append(v.wrong, "user "+c.Name+": "+e.Path+" is "+plan.Text(now)+", not "+plan.Text(e.New))
		}
	}
	return nil
}

// holds reports whether the directory can hold an attribute at all.
func (v *verification) holds(path string) bool {
	able := v.desk.Directory().Abilities()
	switch path {
	case identity.PathExternalIDs:
		return able.ExternalIDs
	case identity.PathActive:
		return able.Status
	}
	return v.desk.Directory().Limits().Sets(identity.KindUser, path)
}

func (v *verification) members(ctx context.Context, c plan.Change) error {
	for _, m := range slices.Concat(c.Add, c.Remove) {
		_, err := v.desk.Directory().FindMembership(ctx, v.id(c.Subject), v.id(m.User))
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		joins := slices.ContainsFunc(c.Add, func(x plan.Member) bool { return x.User == m.User })
		switch in := err == nil; {
		case joins && !in:
			v.wrong = append(v.wrong, "user "+m.Name+" is not in group "+c.Name)
		case !joins && in:
			v.wrong = append(v.wrong, "user "+m.Name+" is still in group "+c.Name)
		}
	}
	return nil
}

func (v *verification) assignment(ctx context.Context, c plan.Change) (err error) {
	if v.access == nil {
		if v.access, err = v.desk.Executor.Access.Open(ctx); err != nil || v.access == nil {
			return err
		}
	}
	who := c.Assignment.Of(v.store, v.id(c.Subject))
	var there bool
	if c.Assignment.Application != "" {
		there, err = v.access.MayUse(ctx, identity.ApplicationAssignment{Application: c.Assignment.Application, Principal: who})
	} else {
		there, err = v.access.Has(ctx, identity.Assignment{Principal: who, PermissionSet: c.Assignment.PermissionSet, Account: c.Assignment.Account})
	}
	switch gives := c.Kind == plan.AssignmentCreate; {
	case err != nil:
	case gives && !there:
		v.wrong = append(v.wrong, c.Name+" does not have "+c.Assignment.Text())
	case !gives && there:
		v.wrong = append(v.wrong, c.Name+" still has "+c.Assignment.Text())
	}
	return err
}
