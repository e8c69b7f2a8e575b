package command

import (
	"context"

	"rollcall/identity"
	"rollcall/plan"
)

// Holder is a user or a group as whoever has an assignment.
type Holder struct {
	Principal identity.Principal
	Name      string
	Record    *identity.Record // whose it is; nil if it is nobody's
}

// UserHolder is a user as the holder of assignments.
func (d *Draft) UserHolder(ctx context.Context, u identity.User) (Holder, error) {
	h, err := d.holder(ctx, identity.KindUser, u.ID, u.UserName)
	if err != nil {
		return h, err
	}
	return h, d.sayHeld(ctx, u.UserName, h.Record)
}

// GroupHolder is a group as the holder of assignments.
func (d *Draft) GroupHolder(ctx context.Context, g identity.Group) (Holder, error) {
	return d.holder(ctx, identity.KindGroup, g.ID, g.DisplayName)
}

func (d *Draft) holder(ctx context.Context, kind identity.Kind, id identity.ID, name string) (Holder, error) {
	r, err := d.desk.Record(ctx, kind, id)
	return Holder{Principal: identity.Principal{Store: d.Plan.Store, Kind: kind, ID: id}, Name: name, Record: r}, err
}

// Give plans that a holder gets an assignment. Somebody who is held is given
// nothing: carrying the plan out says so.
func (d *Draft) Give(h Holder, a plan.Assignment, reason string) {
	d.assign(plan.AssignmentCreate, h, a, reason)
}

// Take plans that an assignment is taken from its holder.
func (d *Draft) Take(h Holder, a plan.Assignment, reason string) {
	d.assign(plan.AssignmentDelete, h, a, reason)
}

func (d *Draft) assign(kind plan.Kind, h Holder, a plan.Assignment, reason string) {
	a.Principal = h.Principal.Kind
	d.Add(plan.Change{
		Kind: kind, Subject: plan.Existing(h.Principal.ID), Name: h.Name, Record: h.Record, Assignment: &a, Reason: reason,
	})
}
