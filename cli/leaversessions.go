package cli

import (
	"context"
	"slices"
	"time"

	"rollcall/command"
	"rollcall/identity"
	"rollcall/lifecycle"
	"rollcall/plan"
	"rollcall/work"
)

// denying is how role sessions are denied, or nil if they are not.
func (h *house) denying(deny bool) *command.Denying {
	if !deny {
		return nil
	}
	return &command.Denying{Elsewhere: h.config.Lifecycle.PoliciesElsewhere, Earlier: h.sessionsLeft}
}

// sessionsLeft are the ways that earlier plans have found of somebody, as far
// as a session by them can still live.
func (h *house) sessionsLeft(ctx context.Context, user identity.ID) ([]plan.Way, error) {
	past, err := h.leaverPlans(ctx)
	if err != nil {
		return nil, err
	}
	var ways []plan.Way
	for _, one := range past {
		if !slices.ContainsFunc(one.plan.Leavers, func(l plan.Leaver) bool { return l.Object == user }) {
			continue
		}
		e, err := h.evidenceAlone(ctx, one.plan, one.run, unasked)
		if err != nil {
			return nil, err
		}
		for i := range e.People {
			if left, known := e.People[i].Left(e.Written); e.People[i].Object == user && (!known || left > 0) {
				ways = append(ways, e.People[i].Ways...)
			}
		}
	}
	return ways, nil
}

// askSessions writes down when the denials that a plan brings, or found there
// already, are taken out again: when no role session can live any more. Before the
// plan is carried out that is not known, so it is as late as it can be, and no
// sooner than was written down before; afterwards the evidence says it.
func (h *house) askSessions(ctx context.Context, p *plan.Plan, e *lifecycle.Evidence) error {
	for _, l := range p.Leavers {
		req := lifecycle.SessionsRequest{Object: l.Object, Name: l.Name, Record: l.Record}
		for _, c := range p.Changes {
			if c.Kind == plan.SessionDeny && c.Subject == plan.Existing(l.Object) {
				req.Denials = append(req.Denials, *c.Denial)
			}
		}
		waiting, before, err := h.waitingSessions(ctx, l.Object)
		if err != nil {
			return err
		}
		found := func(d plan.Denial) bool { return slices.Contains(l.Denied, d.PermissionSet) }
		if len(req.Denials) == 0 && !slices.ContainsFunc(waiting, found) {
			continue
		}
		for _, d := range waiting { // they are taken out together
			if !slices.ContainsFunc(req.Denials, func(x plan.Denial) bool { return x.PermissionSet == d.PermissionSet }) {
				req.Denials = append(req.Denials, d)
			}
		}
		due := h.sessionsEnd(l, e)
		if e == nil && before.After(due) {
			due = before
		}
		for i := range req.Denials {
			req.Denials[i].Until = &due
		}
		text, err := lifecycle.EncodeRequest(req)
		if err != nil {
			return err
		}
		if _, err := h.ask(ctx, lifecycle.FlowSessions, l.Object, l.Name, text, due, "no role session is left to be denied"); err != nil {
			return err
		}
	}
	return nil
}

// longestPortal is how long a session of the access portal may last.
const longestPortal = 90 * 24 * time.Hour

// sessionsEnd is when somebody's last role session ends at the latest. Whoever
// still has what they had takes new ones for as long as their portal session lives.
func (h *house) sessionsEnd(l plan.Leaver, e *lifecycle.Evidence) time.Time {
	now := h.app.clock().Now()
	if e == nil && l.First {
		return now.Add(longestPortal + identity.MaxSession).UTC()
	}
	due := now.Add(identity.MaxSession + time.Hour).UTC()
	if e == nil {
		return due
	}
	for i := range e.People {
		switch p := &e.People[i]; {
		case p.Object != l.Object:
		case p.Open != "":
			due = e.Written.Add(longestPortal + identity.MaxSession).UTC()
		case p.Until != nil:
			due = p.Until.UTC()
		}
	}
	return due
}

// deniedSessions are the denials of somebody that wait to be taken out.
func (h *house) deniedSessions(ctx context.Context, user identity.ID) ([]plan.Denial, error) {
	denials, _, err := h.waitingSessions(ctx, user)
	return denials, err
}

// waitingSessions are the denials of somebody that wait to be taken out, and when
// they are at the latest.
func (h *house) waitingSessions(ctx context.Context, user identity.ID) (denials []plan.Denial, due time.Time, err error) {
	waiting, err := work.NewBook(h.state).FlowsOf(ctx, h.directoryName(""), string(user))
	if err != nil {
		return nil, due, err
	}
	for _, f := range waiting {
		if f.Kind != lifecycle.FlowSessions {
			continue
		}
		req, err := lifecycle.DecodeRequest[lifecycle.SessionsRequest](f.Request)
		if err != nil {
			return nil, due, err
		}
		denials = append(denials, req.Denials...)
		if f.Due.After(due) {
			due = f.Due
		}
	}
	return denials, due, nil
}

// planSessionsFlow plans that denials are taken out which are for nothing any
// more.
func planSessionsFlow(ctx context.Context, d *draft, f work.Flow) (string, error) {
	req, err := lifecycle.DecodeRequest[lifecycle.SessionsRequest](f.Request)
	if err != nil {
		return "", err
	}
	return "no longer deny the role sessions of " + req.Name, d.AllowSessions(ctx, req.Object, req.Name, req.Record, req.Denials, f.Why)
}
