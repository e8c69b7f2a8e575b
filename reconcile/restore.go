package reconcile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
)

// Who comes back within the retention time gets back what a sync's deletion
// took along, and what a sync took from them because they had left. What a
// person or a flow took stays taken: only a sync's own doing counts.

// giveBack plans what is still to be given back to those who are in the source
// again: with the account that this plan makes, or with the one they have got
// meanwhile.
func (p *planner) giveBack() {
	made := map[identity.Record]*node{}
	for _, n := range p.nodes {
		if n.change.Kind.Creates() && n.change.Record != nil {
			made[*n.change.Record] = n
		}
	}
	for _, t := range p.taken() {
		r := *t.Change.Record
		if n := made[r]; n != nil {
			p.giveBackTo(t, n, n.change.Subject, n.change.Name, p.wantedOf(r))
			continue
		}
		id, name, ok := p.present(r)
		if !ok || p.in.Settings.Table.of(r.Kind, Confirmed) != Update {
			continue // the table leaves alone who is there
		}
		if first := p.enabling(id); first != nil || !p.staysOff(id) {
			p.giveBackTo(t, first, plan.Existing(id), name, p.wantedOf(r))
		}
	}
}

// enabling is the change that enables an existing user, or nil.
func (p *planner) enabling(id identity.ID) *node {
	for _, n := range p.nodes {
		if n.change.Kind == plan.UserEnable && n.change.Subject == plan.Existing(id) {
			return n
		}
	}
	return nil
}

// staysOff reports whether an object is a user who is disabled. Whom this plan
// does not enable, though the source has them as active, it gives nothing.
func (p *planner) staysOff(id identity.ID) bool {
	at, user := p.people.at[id]
	return user && p.in.Current.Abilities.Status && !p.in.Current.Users[at].Active
}

// taken are the deletions that count, in the order of their names.
func (p *planner) taken() []journal.Taken {
	var all []journal.Taken
	since := p.in.Made.Add(-p.in.Settings.Retention)
	for r, t := range p.in.Known.Taken {
		managed := r.Kind == identity.KindUser || p.in.Settings.ManageGroups
		if r.Source == p.in.Wanted.Source && t.Sync != "" && !t.At.Before(since) && managed && p.in.Settings.Retention > 0 {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b journal.Taken) int {
		return cmp.Or(compareNames(a.Change.Name, b.Change.Name), strings.Compare(string(a.Change.Record.Anchor), string(b.Change.Record.Anchor)))
	})
	return all
}

// claimant is somebody of the source, as far as it matters whether they are who
// they were.
type claimant struct {
	name, email string
	in          bool // in scope, mapped, let in and not disabled
}

// wantedOf finds a record in what is wanted.
func (p *planner) wantedOf(r identity.Record) claimant {
	w := p.in.Wanted
	if r.Kind == identity.KindGroup {
		i, there := slices.BinarySearchFunc(w.Groups, r.Anchor, func(g Group, a identity.Anchor) int { return cmp.Compare(g.Anchor, a) })
		if !there {
			return claimant{}
		}
		g := &w.Groups[i]
		return claimant{name: g.Group.DisplayName, in: g.In && g.Problem == nil}
	}
	i, there := slices.BinarySearchFunc(w.Users, r.Anchor, func(u User, a identity.Anchor) int { return cmp.Compare(u.Anchor, a) })
	if !there {
		return claimant{}
	}
	u := &w.Users[i]
	return claimant{u.User.UserName, u.User.Email(), u.In && u.Problem == nil && u.User.Active && !p.held[r.Anchor]}
}

// present returns the object that is linked to a record and there.
func (p *planner) present(r identity.Record) (identity.ID, string, bool) {
	for i := range p.in.Known.Links {
		l := &p.in.Known.Links[i]
		if l.Record != r || l.Directory != p.in.Settings.Directory {
			continue
		}
		if at, there := p.people.at[l.Object]; there && r.Kind == identity.KindUser {
			return l.Object, p.in.Current.Users[at].UserName, true
		}
		for k := range p.in.Current.Groups {
			if g := &p.in.Current.Groups[k]; g.ID == l.Object && r.Kind == identity.KindGroup {
				return l.Object, g.DisplayName, true
			}
		}
	}
	return "", "", false
}

// giveBackTo plans what is given back to somebody, after the change that lets
// them in, if there is one.
func (p *planner) giveBackTo(t journal.Taken, first *node, subject plan.Subject, name string, who claimant) {
	if !who.in {
		return
	}
	c := t.Change
	if other := otherThan(&c, who); other != "" {
		if first != nil { // said once
			p.attend(string(Ambiguous), c.Record.Kind, name, c.Record, "", fmt.Sprintf(
				"%s had %s when run %s "+done(&c)+" it; %s: it may be somebody else by the same anchor, and is not given that back. To give it: rollcall assignment create",
				c.Name, plural(len(c.Assigned), "assignment"), t.Run, other))
		}
		return
	}
	for i := range c.Assigned {
		n := &node{object: none, record: none, change: plan.Change{
			Kind: plan.AssignmentCreate, Subject: subject, Name: name, Record: c.Record, Assignment: &c.Assigned[i],
			Reason: "ended when run " + t.Run + " " + done(&c) + " " + c.Name + " on " + t.At.Format(time.DateOnly) + "; in the source again",
		}}
		if first != nil && first.change.Kind.Creates() {
			n.makes = first
		}
		n.waitFor(first)
		p.add(n)
	}
}

// done says what a sync did to somebody when it ended what they had.
func done(c *plan.Change) string {
	if c.Kind.Deletes() {
		return "deleted"
	}
	return "put out"
}

// otherThan says why whoever has the anchor now may be somebody else than who
// was deleted, or nothing: an employee number that is given again has neither
// the name nor the e-mail address of before. Groups have no address.
func otherThan(deleted *plan.Change, now claimant) string {
	var was claimant
	if !deleted.Kind.Deletes() { // the account is there still, under the address of whoever has it now
		if identity.SameName(deleted.Name, now.name) {
			return ""
		}
		return "its name is another now"
	}
	if deleted.Record.Kind == identity.KindGroup {
		var g identity.Group
		if g.Apply(undone(deleted.Edits)) != nil {
			return "what it was like is not known"
		}
		was.name = g.DisplayName
	} else {
		var u identity.User
		if u.Apply(undone(deleted.Edits)) != nil {
			return "what it was like is not known"
		}
		was.name, was.email = u.UserName, u.Email()
	}
	sameMail := was.email != "" && identity.Fold(was.email) == identity.Fold(now.email)
	if identity.SameName(was.name, now.name) || sameMail {
		return ""
	}
	if deleted.Record.Kind == identity.KindGroup {
		return "its name is another now"
	}
	return "its name and its e-mail address are others now"
}

// undone turns the edits of a deletion round.
func undone(edits []identity.Edit) []identity.Edit {
	back := make([]identity.Edit, len(edits))
	for i, e := range edits {
		back[i] = identity.Edit{Path: e.Path, New: e.Old}
	}
	return back
}
