package undo

import (
	"rollcall/plan"
)

// holdAgain puts back the holds that the run has ended: a joiner who is taken
// back is out, as before. It comes first, so that nothing lets them in meanwhile.
func (p *planner) holdAgain() {
	for i := range p.in.Past.Outcomes {
		e := &p.in.Past.Outcomes[i]
		c := p.changeOf(e)
		if c == nil || c.Kind != plan.UserRelease || !e.Result.Made() || c.Record == nil || p.held[*c.Record] {
			continue
		}
		p.steps = append(p.steps, &step{trace: &trace{name: c.Name}, change: plan.Change{
			Kind: plan.UserHold, Subject: c.Subject, Name: c.Name, Record: c.Record, Hold: c.Hold,
			Reason: "as it was before run " + p.in.Past.Run.ID,
		}})
	}
}
