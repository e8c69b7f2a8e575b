package undo

import (
	"slices"

	"rollcall/identity"
	"rollcall/plan"
)

// sessions takes back what the run did to people's role sessions. Whoever is
// put out and held stays denied.
func (p *planner) sessions() {
	for _, c := range slices.Backward(p.denials) {
		id := identity.ID(c.Subject)
		kind := plan.SessionAllow
		if c.Kind == plan.SessionAllow {
			kind = plan.SessionDeny
		}
		o := object{identity.KindUser, id}
		t := &trace{object: o, name: c.Name}
		if kind == plan.SessionAllow && p.isHeld(id, c.Record) {
			p.attend("held", t, "the person is put out and held; role sessions stay denied. To let them back in: rollcall user release")
			continue
		}
		denial := *c.Denial
		denial.Until = nil
		back := plan.Change{
			Kind: kind, Subject: plan.Existing(id), Name: p.nameOf(t), Denial: &denial, Reason: "as it was before run " + p.in.Past.Run.ID,
		}
		if l, linked := p.byObject[o]; linked {
			back.Record = &l.Record
		}
		s := &step{trace: t, change: back}
		p.of[c.Number] = s
		p.steps = append(p.steps, s)
	}
}
