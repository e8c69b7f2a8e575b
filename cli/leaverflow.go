package cli

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"rollcall/command"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/lifecycle"
	"rollcall/plan"
	"rollcall/work"
)

// leaverRequest is what is asked for about somebody at a time to come.
func (d *draft) leaverRequest(ctx context.Context, u identity.User, mode plan.Mode, grace time.Duration) (lifecycle.LeaverRequest, error) {
	r, err := d.house.record(ctx, d.directory, identity.KindUser, u.ID)
	return lifecycle.LeaverRequest{Object: u.ID, Name: u.UserName, Record: r, Mode: mode, Grace: grace}, err
}

// askFlow writes down what is to be done about somebody who leaves.
func (h *house) askFlow(ctx context.Context, kind string, req lifecycle.LeaverRequest, due time.Time, reason string) (work.Flow, error) {
	text, err := lifecycle.EncodeRequest(req)
	if err != nil {
		return work.Flow{}, err
	}
	return h.ask(ctx, kind, req.Object, req.Name, text, due, reason)
}

func (h *house) ask(ctx context.Context, kind string, who identity.ID, name string, request json.RawMessage, due time.Time, reason string) (work.Flow, error) {
	return h.askFlowOf(ctx, work.Flow{
		Kind: kind, Directory: h.directoryName(""), Subject: string(who), Name: name, Request: request, Due: due, By: h.app.actor(), Why: reason,
	})
}

// askDeletion is askFlow for a deletion; one that waits already keeps its date,
// unless the date is what was asked for.
func (h *house) askDeletion(ctx context.Context, req lifecycle.LeaverRequest, due time.Time, reason string, dated bool) (work.Flow, error) {
	waiting, err := work.NewBook(h.state).FlowsOf(ctx, h.directoryName(""), string(req.Object))
	for _, f := range waiting {
		if f.Kind == lifecycle.FlowDeletion && f.State == work.FlowWaiting && !dated {
			return f, nil
		}
	}
	if err != nil {
		return work.Flow{}, err
	}
	return h.askFlow(ctx, lifecycle.FlowDeletion, req, due, reason)
}

// keepForGrace writes down, before somebody is put out, when they are deleted,
// and when they are no longer denied.
func keepForGrace(ctx context.Context, d *draft, f work.Flow) error {
	if err := d.house.askSessions(ctx, d.plan, nil); err != nil {
		return err
	}
	req, _, there, err := d.leaverOf(ctx, f)
	if err != nil || !there || req.Mode != plan.Delete || req.Grace <= 0 {
		return err
	}
	grace := req.Grace
	req.Grace = 0
	_, err = d.house.askDeletion(ctx, req, d.house.app.clock().Now().Add(grace), f.Why, false)
	return err
}

// leaverOf reads a flow's request, and finds who is meant, by the account or by
// whose it is. They may be gone.
func (d *draft) leaverOf(ctx context.Context, f work.Flow) (req lifecycle.LeaverRequest, u identity.User, there bool, err error) {
	if req, err = lifecycle.DecodeRequest[lifecycle.LeaverRequest](f.Request); err != nil {
		return req, u, false, err
	}
	u, err = d.directory.User(ctx, req.Object)
	if fault.Is(err, fault.NotFound) && req.Record != nil {
		l, linked := d.house.links.ByRecord(ctx, d.directory.Name(), *req.Record)
		if linked != nil {
			return req, u, false, notFoundIsNil(linked)
		}
		u, err = d.directory.User(ctx, l.Object)
	}
	return req, u, err == nil, notFoundIsNil(err)
}

func notFoundIsNil(err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// planLeaverFlow plans that somebody is put out whose last day is over.
func planLeaverFlow(ctx context.Context, d *draft, f work.Flow) (string, error) {
	req, u, there, err := d.leaverOf(ctx, f)
	if err != nil || !there {
		return "", err
	}
	d.Held, d.Deny = nil, d.house.denying(req.DenySessions)
	title := "put out " + u.UserName + " (" + string(req.Mode) + ")"
	return title, d.leaveWithGrace(ctx, []identity.User{u}, req.Mode, req.Grace, f.Why)
}

// leaveWithGrace plans that people are put out; with a grace period, their
// deletion is left to a flow.
func (d *draft) leaveWithGrace(ctx context.Context, users []identity.User, mode plan.Mode, grace time.Duration, reason string) error {
	if mode == plan.Delete && grace > 0 {
		mode = plan.Revoke
	}
	return d.Leave(ctx, users, mode, reason)
}

// planDeletionFlow plans that somebody is deleted whose grace period is over.
// Whoever was let in again meanwhile is not.
func planDeletionFlow(ctx context.Context, d *draft, f work.Flow) (string, error) {
	req, u, there, err := d.leaverOf(ctx, f)
	if err != nil || !there {
		return "", err
	}
	if req.Record != nil {
		_, held, err := d.house.links.Held(ctx, req.Record.Source, req.Record.Anchor)
		if err != nil {
			return "", err
		}
		if !held {
			return "", &work.OffError{Why: "they are not held: let in again since, or never put out"}
		}
	} else if u.Active && d.directory.Abilities().Status {
		return "", &work.OffError{Why: "they are enabled: let in again since, or never put out"}
	}
	d.Held = nil
	return "delete " + u.UserName + " after the grace period", d.Leave(ctx, []identity.User{u}, plan.Delete, f.Why)
}

// proveLeavers writes the evidence of a run that has put people out, and fails
// if it has not put them out as far as it was to.
func proveLeavers(ctx context.Context, h *house, p *plan.Plan, run string) error {
	e, err := h.evidenceOf(ctx, p, run)
	if err != nil {
		return err
	}
	if err := h.writeEvidence(e, ""); err != nil {
		return err
	}
	if err := h.askSessions(ctx, p, e); err != nil {
		return err
	}
	if sayLeft(h.app, e) {
		return notOut(quietError{exitPartial})
	}
	return unreadFault(p)
}

// notOut says for a service what a command says by its exit status.
func notOut(err error) error {
	if errors.As(err, new(quietError)) {
		return fault.Text(fault.Stale, "put out", "", "not everybody is out: rollcall leaver status")
	}
	return err
}

// unreadFault is that not all could be read that was to be taken; nil if it
// was.
func unreadFault(p *plan.Plan) error {
	var texts []string
	for _, a := range p.Attention {
		if a.Situation == command.Unread {
			texts = append(texts, a.Text)
		}
	}
	if len(texts) == 0 {
		return nil
	}
	return fault.Text(fault.Incomplete, "put out", "", strings.Join(texts, "; "))
}
