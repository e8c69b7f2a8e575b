package reconcile

import (
	"fmt"
	"slices"

	"rollcall/identity"
	"rollcall/plan"
)

// people is what planning memberships needs to know about users.
type people struct {
	at    map[identity.ID]int     // index of current users by id
	refs  map[identity.Anchor]ref // everyone of this source who has, or gets, an account
	state []standing              // of each current user
	stays []bool                  // which of them are in the source and in scope
	nodes map[int][]*node         // changes that take away, by current user: revocations come before deletion

	revoked map[int][]*node // assignments that are taken, by current user
}

// ref is a person's account.
type ref struct {
	object int   // index into current users, or none
	makes  *node // the change that creates it
	grant  bool  // may be added to groups
	// doubted: nobody knows whether it is the account of the same person. It is
	// added to no group, and stays in those that the record is in.
	doubted bool
}

// standing is what a current user is to this sync.
type standing uint8

const (
	foreign standing = iota // not linked to this source
	ours                    // follows the source
	frozen                  // linked, but the table or a problem says to leave it alone
)

func (p *planner) planUsers() error {
	w, c := p.in.Wanted, p.in.Current
	known := indexLinks(p.in.Known.Links, w.Source, p.in.Settings.Directory, identity.KindUser)
	pairs, unassigned := classify(p.userSide(known), known)
	for i := range pairs {
		pairs[i] = p.doubt(pairs[i])
	}
	p.found.users = found{pairs, unassigned, known}
	p.count(identity.KindUser, Unassigned, len(unassigned))
	p.people = &people{refs: make(map[identity.Anchor]ref, len(pairs)), state: make([]standing, len(c.Users)), stays: make([]bool, len(c.Users))}
	p.people.at = make(map[identity.ID]int, len(c.Users))
	for i := range c.Users {
		p.people.at[c.Users[i].ID] = i
	}
	p.noteMissing(known)
	for _, pr := range pairs {
		p.count(identity.KindUser, pr.situation, 1)
		if pr.follows() {
			p.users++
			if p.isOut(pr) {
				p.out++
			}
		}
		p.noteGone(pr)
		if err := p.planUser(pr); err != nil {
			return err
		}
	}
	return p.settleUnique(identity.KindUser)
}

// isOut reports whether somebody is the sync's and disabled.
func (p *planner) isOut(pr pair) bool {
	return pr.follows() && p.in.Current.Abilities.Status && !p.in.Current.Users[pr.object].Active
}

func (p *planner) userSide(known links) side {
	w, c := p.in.Wanted, p.in.Current
	anchors := make([]identity.Anchor, len(w.Users))
	for i := range w.Users {
		anchors[i] = w.Users[i].Anchor
	}
	ids := make([]identity.ID, len(c.Users))
	for i := range c.Users {
		ids[i] = c.Users[i].ID
	}
	find := &correlator{
		issuer: p.in.Settings.Issuer, attributes: p.in.Settings.Correlate, count: len(ids),
		externals: func(o int) []identity.ExternalID { return c.Users[o].ExternalIDs },
		value:     func(o int, a string) string { return userAttribute(&c.Users[o], a) },
		wanted:    func(r int, a string) string { return userAttribute(&w.Users[r].User, a) },
		anchor:    func(r int) identity.Anchor { return anchors[r] },
		linked:    func(o int) bool { return known.isOurs(ids[o]) },
	}
	return side{
		kind: identity.KindUser, anchors: anchors, ids: ids, find: find.find,
		name:   func(o int) string { return c.Users[o].UserName },
		in:     func(r int) bool { return w.Users[r].In },
		usable: func(r int) bool { return w.Users[r].Problem == nil },
	}
}

// planUser turns one pair into changes, by the table.
func (p *planner) planUser(pr pair) error {
	action := p.in.Settings.Table.of(identity.KindUser, pr.situation)
	p.stand(pr, action)
	if pr.record != none {
		if w := &p.in.Wanted.Users[pr.record]; w.Problem != nil && w.In {
			p.attend("invalid", identity.KindUser, w.Name, p.record(identity.KindUser, w.Anchor), "", w.Problem.Error())
			return nil
		}
	}
	if pr.situation == Ambiguous && pr.record != none && pr.object != none {
		p.disableDoubted(pr)
	}
	switch action {
	case Create:
		return p.createUser(pr)
	case Adopt:
		return p.adoptUser(pr)
	case Update:
		return p.updateUser(pr, nil)
	case Disable:
		p.disableUser(pr)
	case Delete:
		p.deleteUser(pr)
	case Report:
		return p.reportUser(pr)
	}
	return nil
}

// stand notes what memberships need to know about a pair.
func (p *planner) stand(pr pair, action Action) {
	if pr.object == none {
		return
	}
	acted := action == Update || action == Adopt || action == Disable || action == Delete
	linked := pr.situation != Found || action == Adopt
	invalid := pr.record != none && p.in.Wanted.Users[pr.record].Problem != nil
	doubted := pr.situation == Ambiguous && pr.record != none
	switch {
	case !linked:
		return
	case doubted && p.isDisabled(pr):
		p.people.state[pr.object] = ours // they leave as everybody does
	case invalid || (pr.situation != Confirmed && !acted) || p.keepsGroups(pr, action):
		p.people.state[pr.object] = frozen
	default:
		p.people.state[pr.object] = ours
	}
	if pr.record == none {
		return
	}
	w := &p.in.Wanted.Users[pr.record]
	if p.leavesGroups(w) {
		return
	}
	p.people.stays[pr.object] = w.In
	left := p.in.Wanted.Unsure != "" && !p.in.Current.Users[pr.object].Active // as far as the last read goes
	p.people.refs[w.Anchor] = ref{object: pr.object, grant: w.In && !invalid && !left && !doubted && !p.held[w.Anchor], doubted: w.In && doubted}
}

func (p *planner) createUser(pr pair) error {
	w := &p.in.Wanted.Users[pr.record]
	r := p.record(identity.KindUser, w.Anchor)
	if p.held[w.Anchor] {
		p.attend("held", identity.KindUser, w.User.UserName, r, "", "put out and held; not created. To let the person back in: rollcall user release")
		return nil
	}
	u := w.User
	u.ExternalIDs = p.externalIDs(nil, w.Anchor)
	if !p.in.Current.Abilities.Status {
		if !u.Active {
			p.attend("disabled", identity.KindUser, u.UserName, r, "", "disabled in the source; not created, because this directory cannot store a disabled user")
			return nil
		}
		u.Active = false // the attribute cannot be written, so it is no part of the change
	}
	edits, err := identity.UserEdits(&identity.User{}, &u, nil)
	if err != nil {
		return err
	}
	reason := "in source " + p.in.Wanted.Source + ", and not in the directory"
	if pr.situation == Missing {
		reason = "linked, but its account is gone from the directory; the new one has a new id"
	}
	n := p.add(&node{object: none, record: pr.record, change: plan.Change{
		Kind: plan.UserCreate, Name: u.UserName, Record: r, Edits: edits, Reason: reason,
		Again: pr.situation == Missing,
	}})
	if !p.leavesGroups(w) {
		p.people.refs[w.Anchor] = ref{object: none, makes: n, grant: true}
	}
	return nil
}

func (p *planner) adoptUser(pr pair) error {
	w, u := &p.in.Wanted.Users[pr.record], &p.in.Current.Users[pr.object]
	n := p.add(&node{object: pr.object, record: pr.record, change: plan.Change{
		Kind: plan.UserAdopt, Subject: plan.Existing(u.ID), Name: u.UserName, Record: p.record(identity.KindUser, w.Anchor),
		Reason: "one account correlates with it; from now on the source decides over it",
	}})
	if p.adoptOnly {
		return nil
	}
	return p.updateUser(pr, n)
}

// updateUser plans what differs. The status is a change of its own: a leaver's
// disabling must not wait for a mover's title.
func (p *planner) updateUser(pr pair, after *node) error {
	w, u := &p.in.Wanted.Users[pr.record], &p.in.Current.Users[pr.object]
	edits, err := p.userEdits(w, u)
	if err != nil {
		return err
	}
	if !w.User.Active && !u.Active {
		p.revokes(pr, nil) // what an earlier run has not taken
	}
	if len(edits) == 0 && w.User.Active == u.Active {
		return nil
	}
	r := p.record(identity.KindUser, w.Anchor)
	base := node{object: pr.object, record: pr.record, change: plan.Change{
		Subject: plan.Existing(u.ID), Name: u.UserName, Record: r,
	}}
	if w.User.Active != u.Active && !w.User.Active && p.in.Settings.Table.KeepsActive {
		p.attend("disabled", identity.KindUser, u.UserName, r, u.ID, "disabled in the source; the action table disables nobody")
	} else if w.User.Active != u.Active && !w.User.Active {
		off := p.turn(base, plan.UserDisable, "disabled in source "+p.in.Wanted.Source)
		off.waitFor(after)
		p.revokes(pr, off)
	}
	if p.held[w.Anchor] {
		p.attend("held", identity.KindUser, u.UserName, r, u.ID, "put out and held; not enabled or changed. To let the person back in: rollcall user release")
		return nil
	}
	if w.User.Active != u.Active && w.User.Active && p.in.Wanted.Unsure != "" {
		p.attend("unsure", identity.KindUser, u.UserName, r, u.ID, "enabled in the copy of the source that was read, which may be older than the last one; not enabled until a run reads one that is not")
	} else if w.User.Active != u.Active && w.User.Active {
		p.turn(base, plan.UserEnable, "enabled in source "+p.in.Wanted.Source).waitFor(after)
	}
	if len(edits) > 0 {
		n := base
		n.change.Kind, n.change.Edits = plan.UserUpdate, edits
		n.change.Reason = plural(len(edits), "attribute") + " changed in source " + p.in.Wanted.Source
		p.add(&n).waitFor(after)
	}
	return nil
}

// turn plans the change of a status. Where the directory cannot do that, a
// person is told instead, and the node returned belongs to no plan.
func (p *planner) turn(base node, kind plan.Kind, reason string) *node {
	n := base
	on := kind == plan.UserEnable
	n.change.Kind, n.change.Reason = kind, reason
	n.change.Edits = []identity.Edit{{Path: identity.PathActive, Old: boolean(!on), New: boolean(on)}}
	if !p.in.Current.Abilities.Status {
		p.attend("status", identity.KindUser, n.change.Name, n.change.Record, p.in.Current.Users[n.object].ID,
			reason+"; this directory cannot enable or disable users (on AWS that takes the SCIM endpoint)")
		return &n
	}
	return p.add(&n)
}

func boolean(b bool) identity.Value {
	if b {
		return identity.Value("true")
	}
	return identity.Value("false")
}

// userEdits compares what the mapping sets, and the external id.
func (p *planner) userEdits(w *User, u *identity.User) ([]identity.Edit, error) {
	edits, err := identity.UserEdits(u, &w.User, p.userPaths)
	if err != nil || !p.lacksExternalID(u.ExternalIDs) {
		return edits, err
	}
	with := identity.User{ExternalIDs: p.externalIDs(u.ExternalIDs, w.Anchor)}
	more, err := identity.UserEdits(&identity.User{ExternalIDs: u.ExternalIDs}, &with, []string{identity.PathExternalIDs})
	return append(edits, more...), err
}

// lacksExternalID reports whether an object should get our external id. One of
// our issuer that names another anchor is left: externalId never changes. A
// directory that knows one issuer keeps one external id.
func (p *planner) lacksExternalID(have []identity.ExternalID) bool {
	most := identity.MaxExternalIDs
	if p.in.Current.Limits.Issuer != "" {
		most = 1
	}
	return p.in.Current.Abilities.ExternalIDs && len(have) < most &&
		!slices.ContainsFunc(have, func(e identity.ExternalID) bool { return e.Issuer == p.in.Settings.Issuer })
}

// externalIDs returns an object's external ids with ours among them.
func (p *planner) externalIDs(have []identity.ExternalID, anchor identity.Anchor) []identity.ExternalID {
	if !p.lacksExternalID(have) {
		return have
	}
	return append(slices.Clone(have), identity.ExternalID{Issuer: p.in.Settings.Issuer, ID: string(anchor)})
}

func (p *planner) reportUser(pr pair) error {
	name, object := "", identity.ID("")
	var r *identity.Record
	if pr.record != none {
		w := &p.in.Wanted.Users[pr.record]
		name, r = w.User.UserName, p.record(identity.KindUser, w.Anchor)
	}
	if pr.object != none {
		u := &p.in.Current.Users[pr.object]
		name, object = u.UserName, u.ID
		if r == nil && pr.link != nil {
			r = &pr.link.Record
		}
	}
	if pr.situation == Confirmed {
		w, u := &p.in.Wanted.Users[pr.record], &p.in.Current.Users[pr.object]
		edits, err := p.userEdits(w, u)
		if err != nil || (len(edits) == 0 && w.User.Active == u.Active) {
			return err
		}
		p.attend(string(Confirmed), identity.KindUser, name, r, object, fmt.Sprintf("%s would change", plural(len(edits), "attribute")))
		return nil
	}
	p.attend(string(pr.situation), identity.KindUser, name, r, object, reportText(pr))
	return nil
}

func reportText(pr pair) string {
	if pr.why != "" {
		return pr.why
	}
	switch pr.situation {
	case Found:
		return "one object correlates with it; it is not ours until somebody adopts it"
	case Absent:
		return "not in the directory; the action table says not to create it"
	case Missing:
		return "linked, but gone from the directory; the action table says not to create it again"
	case SourceMissing:
		return "gone from the source; the action table leaves it as it is"
	case Unqualified:
		return "out of scope; the action table leaves it as it is"
	}
	return "a person must decide"
}
