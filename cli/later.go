package cli

import (
	"context"
	"time"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/lifecycle"
	"rollcall/work"
)

// staffing is what joiners and movers are planned by.
type staffing interface {
	// plan adds what requests ask for to a draft; asked is when that was.
	plan(ctx context.Context, d *draft, rs *requests, asked time.Time) error
	// keep is a request as a flow keeps it, with the flow's kind and subject.
	keep(ctx context.Context, d *draft, r *request) (kind, subject string, req lifecycle.StaffingRequest, err error)
}

// later writes down what is asked for at a time to come, and returns the rest.
func (o *peopleOptions) later(ctx context.Context, h *house, rs *requests, s staffing) (now *requests, err error) {
	due, zone, err := o.due(ctx, h, rs)
	if err != nil {
		return nil, err
	}
	now, after := &requests{file: rs.file}, &requests{file: rs.file}
	for _, r := range rs.list {
		if due[r].IsZero() {
			now.list = append(now.list, r)
		} else {
			after.list = append(after.list, r)
		}
	}
	if len(after.list) == 0 {
		return now, nil
	}
	d, err := h.draft(ctx)
	if err != nil {
		return nil, err
	}
	if err := o.preview(ctx, d, after, s); err != nil {
		return nil, err
	}
	if o.dryRun {
		for _, r := range after.list {
			say(h.app.err, "Would do so for %s at %s.", r.name, momentIn(due[r], zone))
		}
		return now, nil
	}
	for _, r := range after.list {
		f, err := d.ask(ctx, r, due[r], o.reason, s)
		if err != nil {
			return nil, err
		}
		say(h.app.err, "%s: %s at %s, flow %d.", r.name, f.Kind, momentIn(f.Due, zone), f.Number)
	}
	say(h.app.err, "rollcall serve carries out what is due; by hand: rollcall flow run.")
	return now, nil
}

func momentIn(at time.Time, zone *time.Location) string {
	return at.In(zone).Format("2006-01-02 15:04 MST")
}

// due says when each request is to be carried out; the zero time is at once.
func (o *peopleOptions) due(ctx context.Context, h *house, rs *requests) (map[*request]time.Time, *time.Location, error) {
	name := o.zone
	if name == "" {
		name = h.config.Lifecycle.TimeZone
	}
	zone, err := lifecycle.Zone(name)
	if err != nil {
		return nil, nil, usage("--time-zone: %w", err)
	}
	due, now := map[*request]time.Time{}, h.app.clock().Now()
	err = rs.each(ctx, func(r *request) error {
		if r.start == "" {
			return nil
		}
		at, err := lifecycle.FirstDay(r.start, zone)
		if err != nil {
			return usageError{err}
		}
		if !at.After(now) {
			return usage("the start %s is past since %s; to do it now, leave it out", r.start, momentIn(at, zone))
		}
		due[r] = at
		return nil
	})
	return due, zone, invalid(err)
}

// preview sees to it that what is asked for could be planned now, and shows that
// plan; it asks what carrying it out would ask.
func (o *peopleOptions) preview(ctx context.Context, d *draft, rs *requests, s staffing) error {
	would, err := d.house.desk(d.directory).Begin(ctx, d.house.app.actor())
	if err != nil {
		return err
	}
	p := &draft{Draft: would, house: d.house, directory: d.directory, plan: would.Plan}
	if err := s.plan(ctx, p, rs, time.Time{}); err != nil || p.plan.Empty() {
		return err
	}
	if err := p.Finish(ctx, some(rs.names())+", later"); err != nil {
		return err
	}
	if o.dryRun {
		return d.house.showNew(ctx, p.plan, true, false)
	}
	if err := d.house.renderNew(ctx, d.house.app.err, p.plan, true); err != nil {
		return err
	}
	if o.yes || !rs.wide(d.house.config) && !takes(p.plan) {
		return nil
	}
	return d.house.app.ask("Do that later?")
}

// ask writes one request down.
func (d *draft) ask(ctx context.Context, r *request, due time.Time, reason string, s staffing) (work.Flow, error) {
	kind, subject, req, err := s.keep(ctx, d, r)
	if err != nil {
		return work.Flow{}, err
	}
	text, err := lifecycle.EncodeRequest(req)
	if err != nil {
		return work.Flow{}, err
	}
	h := d.house
	return h.askFlowOf(ctx, work.Flow{
		Kind: kind, Directory: d.directory.Name(), Subject: subject, Name: r.name, Request: text, Due: due, By: h.app.actor(), Why: reason,
	})
}

// kept is what a flow keeps of a request.
func (r *request) kept() lifecycle.StaffingRequest {
	k := lifecycle.StaffingRequest{
		Name: r.name, Groups: r.groups, Exact: r.exact, Add: r.add, Remove: r.remove, Give: r.give, Take: r.take, Role: r.role,
	}
	for _, t := range r.texts {
		k.Attributes = append(k.Attributes, lifecycle.Attribute{Name: t.name, Value: t.value})
	}
	return k
}

// recalled is the request that a flow has kept, with the role as it is now.
func recalled(ctx context.Context, h *house, f work.Flow, also func(*request) error) (*requests, lifecycle.StaffingRequest, error) {
	k, err := lifecycle.DecodeRequest[lifecycle.StaffingRequest](f.Request)
	if err != nil {
		return nil, k, err
	}
	r := &request{
		name: k.Name, groups: k.Groups, exact: k.Exact, add: k.Add, remove: k.Remove, give: k.Give, take: k.Take, role: k.Role,
	}
	for _, a := range k.Attributes {
		r.texts = append(r.texts, attributeText{a.Name, a.Value})
	}
	rs := &requests{list: []*request{r}}
	return rs, k, rs.check(ctx, h.config, userAttributes(), also)
}

func (o *joinerRun) keep(_ context.Context, _ *draft, r *request) (kind, subject string, req lifecycle.StaffingRequest, err error) {
	req = r.kept()
	req.IfExists, req.CreateGroups = o.ifExists, o.createGroups
	return lifecycle.FlowJoiner, "userName:" + identity.Fold(r.name), req, nil
}

func (o *moverRun) keep(ctx context.Context, d *draft, r *request) (kind, subject string, req lifecycle.StaffingRequest, err error) {
	u, err := d.directory.ResolveUser(ctx, r.name)
	req = r.kept()
	req.Object, req.ExternalIDChange = u.ID, o.outside.yes
	return lifecycle.FlowMover, string(u.ID), req, err
}

// planJoinerFlow plans that somebody comes in whose first day has begun. A hold
// that began after that was asked for stands.
func planJoinerFlow(ctx context.Context, d *draft, f work.Flow) (string, error) {
	rs, k, err := recalled(ctx, d.house, f, checkJoiner)
	if err != nil {
		return "", err
	}
	o := joinerRun{ifExists: k.IfExists, createGroups: k.CreateGroups}
	o.reason = f.Why
	if err = o.plan(ctx, d, rs, f.Asked); fault.Is(err, fault.Conflict) {
		err = fault.New(fault.Invalid, "let in", k.Name, err) // who is there differs: no run that ends changes that
	}
	return "let in " + k.Name, err
}

// planMoverFlow plans what somebody is to be and to have from now on. Whoever is
// gone or was put out meanwhile does not move.
func planMoverFlow(ctx context.Context, d *draft, f work.Flow) (string, error) {
	rs, k, err := recalled(ctx, d.house, f, checkMover)
	if err != nil {
		return "", err
	}
	u, err := d.directory.User(ctx, k.Object)
	if fault.Is(err, fault.NotFound) {
		return "", &work.OffError{Why: "they are gone"}
	}
	if err != nil {
		return "", err
	}
	record, err := d.house.record(ctx, d.directory, identity.KindUser, u.ID)
	if err != nil {
		return "", err
	}
	if record != nil {
		if _, held, err := d.house.links.Held(ctx, record.Source, record.Anchor); err != nil || held {
			return "", orOff(err, "they were put out, and are held")
		}
	}
	rs.list[0].name = "id:" + string(u.ID)
	o := moverRun{outside: allowOutside{k.ExternalIDChange}}
	o.reason = f.Why
	return "move " + u.UserName, o.plan(ctx, d, rs, f.Asked)
}

func orOff(err error, why string) error {
	if err == nil {
		return &work.OffError{Why: why}
	}
	return err
}
