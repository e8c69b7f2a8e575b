// Package command makes one request of a caller, who names the objects they
// mean, into a plan, and has it carried out: what the command line does for a
// person at the keyboard, and a door for whoever calls it.
//
// It writes nothing itself and decides nothing that a caller has not asked for.
package command

import (
	"context"

	"rollcall/apply"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/link"
	"rollcall/plan"
	"rollcall/reconcile"
)

// Desk is where requests about one directory become plans. Its fields are set
// once; its methods are safe for concurrent use.
type Desk struct {
	// Executor carries the plans out; its directory is the desk's.
	Executor *apply.Executor
	// Limits are the brakes that hold for by's requests in this directory.
	Limits func(ctx context.Context, by plan.Actor) (plan.Limits, error)
	// Rules are the brakes that a plan trips by what it means for who reaches
	// what; nil holds it to none.
	Rules func(ctx context.Context, p *plan.Plan) ([]plan.Brake, error)
}

// Draft is the plan of one request in the making.
type Draft struct {
	desk      *Desk
	Directory *directory.Directory
	Plan      *plan.Plan
	// Deny has whoever is put out denied everything in the permission sets they
	// reach; nil denies nobody.
	Deny *Denying
	// Denied says which denials of somebody are to be taken out when they are let
	// in again; it may be nil.
	Denied func(ctx context.Context, user identity.ID) ([]plan.Denial, error)
	// Held is told of somebody the plan is about who is held: carrying it out
	// refuses whatever lets them in. It may be nil.
	Held func(name string, hold link.Hold)
	// Foreign is told of an object the plan changes that has an external id and
	// is linked to nobody here: somebody else provisions it. It may be nil.
	Foreign func(kind identity.Kind, name string, external []identity.ExternalID)
}

// Begin begins a plan for by. Whatever is written after this moment makes the
// plan stale.
func (d *Desk) Begin(ctx context.Context, by plan.Actor) (*Draft, error) {
	target, made := d.Executor.Directory, d.Executor.Clock.Now().UTC()
	store, err := target.Store(ctx)
	if err != nil {
		return nil, err
	}
	return &Draft{desk: d, Directory: target, Plan: &plan.Plan{Header: plan.Header{
		Format: plan.Format, Origin: plan.FromCommand, Directory: target.Name(), Store: store.ID, Instance: store.Instance,
		Made: made, By: by,
	}}}, nil
}

// Add appends a change and returns its number.
func (d *Draft) Add(c plan.Change) int {
	c.Number = len(d.Plan.Changes) + 1
	if c.Kind.Creates() {
		c.Subject = plan.New(c.Number)
	}
	d.Plan.Changes = append(d.Plan.Changes, c)
	return c.Number
}

// Finish gives the plan its title, notes what goes with whatever it deletes, and
// holds it against the brakes.
func (d *Draft) Finish(ctx context.Context, title string) error {
	d.Plan.Title = title
	if err := reconcile.NoteAssigned(ctx, d.desk.Executor.Access, d.Plan); err != nil {
		return err
	}
	limits, err := d.desk.Limits(ctx, d.Plan.By)
	if err != nil {
		return err
	}
	d.Plan.Brakes = limits.Apply(d.Plan, plan.Evidence{})
	if d.desk.Rules == nil {
		return nil
	}
	broken, err := d.desk.Rules(ctx, d.Plan)
	d.Plan.Brakes = append(d.Plan.Brakes, broken...)
	return err
}

// CarryOut carries a finished plan out, as [apply.Executor.Run] does: a braked
// plan is stored and refused with an apply.BrakedError, and what failed is in
// the result.
func (d *Draft) CarryOut(ctx context.Context) (*apply.Result, error) {
	return d.desk.Executor.Run(ctx, d.Plan, apply.Options{Fresh: true, Actor: d.Plan.By})
}

// Directory is where the desk's plans are carried out.
func (d *Desk) Directory() *directory.Directory { return d.Executor.Directory }

// Record returns whose record an object is linked to, or nil.
func (d *Desk) Record(ctx context.Context, kind identity.Kind, id identity.ID) (*identity.Record, error) {
	l, err := d.Executor.Links.ByObject(ctx, d.Directory().Name(), kind, id)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return &l.Record, err
}

// sayForeign tells whoever listens that an object is provisioned by others.
func (d *Draft) sayForeign(kind identity.Kind, name string, r *identity.Record, external []identity.ExternalID) {
	if r == nil && len(external) > 0 && d.Foreign != nil {
		d.Foreign(kind, name, external)
	}
}

// sayHeld tells whoever listens that a person is held.
func (d *Draft) sayHeld(ctx context.Context, name string, r *identity.Record) error {
	if r == nil || d.Held == nil {
		return nil
	}
	hold, held, err := d.desk.Executor.Links.Held(ctx, r.Source, r.Anchor)
	if held {
		d.Held(name, hold)
	}
	return err
}
