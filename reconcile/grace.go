package reconcile

import (
	"fmt"
	"time"

	"rollcall/baseline"
	"rollcall/identity"
	"rollcall/link"
	"rollcall/plan"
)

// Gone says which linked people and groups a complete read of the source no
// longer has in scope, each with whether its account is disabled. Groups have
// no status; they count as disabled from the beginning.
func Gone(links []link.Link, directory string, w *Wanted, c *Current) map[baseline.Key]bool {
	here := make(map[baseline.Key]bool, len(w.Users)+len(w.Groups))
	for i := range w.Users {
		here[baseline.Key{Kind: identity.KindUser, Anchor: w.Users[i].Anchor}] = w.Users[i].In
	}
	for i := range w.Groups {
		here[baseline.Key{Kind: identity.KindGroup, Anchor: w.Groups[i].Anchor}] = w.Groups[i].In
	}
	gone, accounts := map[baseline.Key]bool{}, map[identity.ID]baseline.Key{}
	for _, l := range links {
		key := baseline.Key{Kind: l.Record.Kind, Anchor: l.Record.Anchor}
		if l.Record.Source != w.Source || l.Directory != directory || here[key] || (key.Kind == identity.KindGroup && !c.WithGroups) {
			continue
		}
		gone[key] = key.Kind == identity.KindGroup
		accounts[l.Object] = key
	}
	for i := range c.Users {
		if key, ok := accounts[c.Users[i].ID]; ok && key.Kind == identity.KindUser {
			gone[key] = !c.Users[i].Active
		}
	}
	return gone
}

// absence is what is known of somebody who is gone.
func (p *planner) absence(pr pair) baseline.Absence {
	return p.in.Known.Absent[baseline.Key{Kind: pr.link.Record.Kind, Anchor: pr.link.Record.Anchor}]
}

// due says when somebody who is gone may be deleted: once they have been gone
// and, where the directory can do that, disabled for the whole of the grace
// period. It is the zero time where that has not begun.
func (p *planner) due(pr pair) time.Time {
	a := p.absence(pr)
	began := a.Since
	if pr.link.Record.Kind == identity.KindUser && p.in.Current.Abilities.Status {
		began = a.Disabled
	}
	if began.IsZero() {
		return time.Time{}
	}
	return began.Add(p.in.Settings.Grace)
}

// inGrace reports whether the grace period still keeps somebody from being
// deleted.
func (p *planner) inGrace(pr pair) bool {
	if p.in.Settings.Grace <= 0 {
		return false
	}
	due := p.due(pr)
	return due.IsZero() || p.in.Made.Before(due)
}

func (p *planner) leaverReason(pr pair) string {
	reason := "gone from source " + p.in.Wanted.Source
	if pr.situation == Unqualified {
		reason = "out of the sync's scope"
	}
	return reason
}

// sinceWhen is leaverReason with the day, where it is known.
func (p *planner) sinceWhen(pr pair) string {
	reason := p.leaverReason(pr)
	if a := p.absence(pr); !a.Since.IsZero() {
		reason += " since " + a.Since.Format(time.DateOnly)
	}
	return reason
}

func (p *planner) disableUser(pr pair) *node {
	u := &p.in.Current.Users[pr.object]
	var off *node
	if u.Active {
		r := pr.link.Record
		off = p.turn(node{object: pr.object, record: pr.record, change: plan.Change{
			Subject: plan.Existing(u.ID), Name: u.UserName, Record: &r,
		}}, plan.UserDisable, p.leaverReason(pr))
	}
	p.revokes(pr, off)
	return off
}

// deleteUser disables somebody who is gone, and deletes them when the grace
// period is over; without one at once.
func (p *planner) deleteUser(pr pair) {
	u := &p.in.Current.Users[pr.object]
	r := pr.link.Record
	if p.inGrace(pr) || p.in.Settings.Grace > 0 && u.Active && p.in.Current.Abilities.Status {
		p.disableUser(pr)
		p.counts["user in grace"]++
		return
	}
	first := p.disableUser(pr)
	n := p.add(&node{object: pr.object, record: pr.record, change: plan.Change{
		Kind: plan.UserDelete, Subject: plan.Existing(u.ID), Name: u.UserName, Record: &r, Reason: p.deletionReason(pr),
	}})
	if p.in.Current.Abilities.Status {
		n.waitFor(first)
	}
	for _, revocation := range p.people.revoked[pr.object] {
		n.waitFor(revocation)
	}
	if p.people.nodes == nil {
		p.people.nodes = map[int][]*node{}
	}
	p.people.nodes[pr.object] = append(p.people.nodes[pr.object], n)
}

// deleteGroup deletes a group that is gone when the grace period is over;
// until then it stays with its members, and is reported.
func (p *planner) deleteGroup(pr pair) {
	g, r := &p.in.Current.Groups[pr.object], pr.link.Record
	if p.inGrace(pr) {
		text := p.sinceWhen(pr) + "; it stays, with its members"
		if due := p.due(pr); !due.IsZero() {
			text += ", and is deleted after " + due.Format(time.DateTime) + " UTC"
		}
		p.attend(string(pr.situation), identity.KindGroup, g.DisplayName, &r, g.ID, text)
		p.counts["group in grace"]++
		return
	}
	p.add(&node{object: pr.object, record: pr.record, change: plan.Change{
		Kind: plan.GroupDelete, Subject: plan.Existing(g.ID), Name: g.DisplayName, Record: &r, Reason: p.deletionReason(pr),
	}})
}

func (p *planner) deletionReason(pr pair) string {
	if p.in.Settings.Grace <= 0 {
		return p.leaverReason(pr)
	}
	return fmt.Sprintf("%s; the grace period of %s is over", p.sinceWhen(pr), days(p.in.Settings.Grace))
}

// days writes a duration in days where that is exact.
func days(d time.Duration) string {
	if day := 24 * time.Hour; d%day == 0 {
		return plural(int(d/day), "day")
	}
	return d.String()
}
