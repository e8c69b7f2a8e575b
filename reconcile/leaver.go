package reconcile

import (
	"time"

	"rollcall/identity"
	"rollcall/plan"
)

// Leavers says what a sync takes from people whom it disables, because they are
// gone from the source, out of scope, disabled or expired there. The zero value
// leaves their assignments to them until they are deleted, and their
// memberships to what the source says.
type Leavers struct {
	Memberships MembershipsOf
	Assignments AssignmentsOf
}

// MembershipsOf says what becomes of a leaver's memberships in groups that are
// the sync's.
type MembershipsOf string

// What becomes of a leaver's memberships.
const (
	MembershipsAsSource MembershipsOf = ""       // who is gone is in no group; who is disabled is in those of the source
	MembershipsKept     MembershipsOf = "keep"   // all stay until the account is deleted
	MembershipsRevoked  MembershipsOf = "revoke" // all go, also of who is disabled in the source and in its groups
)

// AssignmentsOf says what becomes of a leaver's own assignments.
type AssignmentsOf string

// What becomes of a leaver's own assignments.
const (
	AssignmentsKept    AssignmentsOf = ""       // they stay until the account is deleted
	AssignmentsRevoked AssignmentsOf = "revoke" // they are taken, and given back when the person is back in time
)

// revokes notes that somebody leaves whose assignments are to be taken, and
// plans that once it is known what they have, after off has disabled them. Who
// was put out by other hands is left to those.
//
// Reading what everybody has who ever left would cost a call each in every run:
// only those are asked about who leave with this plan, and of whom an earlier
// run has not taken all.
func (p *planner) revokes(pr pair, off *node) {
	u, r := &p.in.Current.Users[pr.object], p.recordOf(pr)
	if p.in.Settings.Leavers.Assignments != AssignmentsRevoked || p.held[r.Anchor] {
		return
	}
	leaves := u.Active || pr.gone() && !p.absence(pr).Since.Before(p.in.Made.Truncate(time.Millisecond)) // as precisely as it is kept
	if !leaves && len(p.in.Known.Taken[*r].Left) == 0 {
		return
	}
	p.leaving = append(p.leaving, identity.Principal{Store: p.in.Current.Store.ID, Kind: identity.KindUser, ID: u.ID})
	reason := "disabled in source " + p.in.Wanted.Source
	if pr.gone() {
		reason = p.leaverReason(pr)
	}
	for _, a := range p.in.Current.Assigned[u.ID] {
		n := &node{object: none, record: none, change: plan.Change{
			Kind: plan.AssignmentDelete, Subject: plan.Existing(u.ID), Name: u.UserName, Record: r, Assignment: &a, Reason: reason,
		}}
		if p.in.Current.Abilities.Status {
			n.waitFor(off)
		}
		if p.people.revoked == nil {
			p.people.revoked = map[int][]*node{}
		}
		p.people.revoked[pr.object] = append(p.people.revoked[pr.object], p.add(n))
	}
}

// gone reports whether somebody is linked and no longer in the source, or not
// in its scope.
func (pr pair) gone() bool { return pr.situation == SourceMissing || pr.situation == Unqualified }

// recordOf is whom a pair's object is, or is to be, linked to.
func (p *planner) recordOf(pr pair) *identity.Record {
	if pr.link != nil {
		r := pr.link.Record
		return &r
	}
	return p.record(identity.KindUser, p.in.Wanted.Users[pr.record].Anchor)
}

// keepsGroups reports whether somebody who is gone stays in their groups for
// now.
func (p *planner) keepsGroups(pr pair, action Action) bool {
	return p.in.Settings.Leavers.Memberships == MembershipsKept && pr.gone() && (action == Disable || action == Delete && p.inGrace(pr))
}

// leavesGroups reports whether somebody who is in the source, and disabled
// there, is to be in no group.
func (p *planner) leavesGroups(w *User) bool {
	return p.in.Settings.Leavers.Memberships == MembershipsRevoked && !w.User.Active && !p.in.Settings.Table.KeepsActive
}
