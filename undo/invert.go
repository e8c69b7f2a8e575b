package undo

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rollcall/identity"
	"rollcall/link"
	"rollcall/plan"
)

// step is a change of the undo that has no number yet.
type step struct {
	trace  *trace
	change plan.Change
	makes  *step   // creates its subject, if that does not exist yet
	adds   []join  // members to add
	needs  []*step // steps to be done before; nil ones and dropped ones do not count
	number int     // once it is in the order
	open   bool    // while the steps it needs are being put in order
}

// join is a member to add, who may not exist yet.
type join struct {
	member plan.Member
	makes  *step
}

// takeBack plans the way back for the attributes, the existence and the link
// of one object; memberships come later.
func (p *planner) takeBack(t *trace) error {
	switch {
	case t.created != nil && t.deleted != nil:
		return nil
	case t.created != nil:
		return p.uncreate(t)
	case t.deleted != nil:
		return p.recreate(t)
	}
	if err := p.restore(t); err != nil {
		return err
	}
	return p.relink(t)
}

func (p *planner) add(t *trace, c plan.Change, undone ...*plan.Change) (*step, error) {
	c.Name = p.nameOf(t)
	s := &step{trace: t, change: c}
	if !c.Kind.Creates() {
		s.change.Subject = plan.Existing(t.id)
		if err := p.seal(t.object, &s.change); err != nil {
			return nil, err
		}
	}
	p.steps = append(p.steps, s)
	for _, u := range undone {
		p.of[u.Number] = s
	}
	return s, nil
}

func (p *planner) nameOf(t *trace) string {
	switch {
	case !p.exists(t.object):
		return t.name
	case t.kind == identity.KindGroup:
		return p.in.Current.Groups[p.groups[t.id]].DisplayName
	}
	return p.in.Current.Users[p.users[t.id]].UserName
}

// seal notes the state that the change expects, which is what was read just
// now: the digests of an undo cover every attribute.
func (p *planner) seal(o object, c *plan.Change) (err error) {
	if o.kind == identity.KindGroup {
		g := &p.in.Current.Groups[p.groups[o.id]]
		c.Expect.Revision = g.Revision
		c.Expect.Digest, err = identity.GroupDigest(g, nil)
		return err
	}
	u := &p.in.Current.Users[p.users[o.id]]
	c.Expect.Revision = u.Revision
	c.Expect.Digest, err = identity.UserDigest(u, nil)
	return err
}

func kindOf(k identity.Kind, user, group plan.Kind) plan.Kind {
	if k == identity.KindGroup {
		return group
	}
	return user
}

// uncreate deletes what the run created, if it is still that and nothing more.
func (p *planner) uncreate(t *trace) error {
	if !p.exists(t.object) {
		return nil
	}
	l, linked := p.byObject[t.object]
	ours := linked && t.created.Record != nil && l.Record == *t.created.Record && l.Origin == link.Created
	if linked != (t.created.Record != nil) || linked && !ours {
		p.attend("changed", t, p.text("created it, but it is linked otherwise now; it is not deleted"))
		return nil
	}
	differ, err := p.sinceThen(t)
	if err != nil {
		return err
	}
	if len(differ) > 0 {
		p.attend("changed", t, p.text("created it, but it changed since ("+versions(differ)+"); it is not deleted"))
		return nil
	}
	if gained := cmp.Or(p.gained(t), p.gainedAccess(t)); gained != "" {
		p.attend("gained", t, p.text("created it, but it has gained "+gained+" since; it is not deleted"))
		return nil
	}
	c := plan.Change{
		Kind: kindOf(t.kind, plan.UserDelete, plan.GroupDelete), Record: t.created.Record,
		Reason: "created by run " + p.in.Past.Run.ID,
		Expect: plan.Seal{Members: plan.MembersDigest(nil)},
	}
	if c.Edits, err = p.allGone(t.object); err != nil {
		return err
	}
	s, err := p.add(t, c, append(slices.Clone(t.edited), t.created)...)
	p.deletions[t.object] = s
	return err
}

func (p *planner) allGone(o object) ([]identity.Edit, error) {
	if o.kind == identity.KindGroup {
		return identity.GroupEdits(&p.in.Current.Groups[p.groups[o.id]], &identity.Group{}, nil)
	}
	return identity.UserEdits(&p.in.Current.Users[p.users[o.id]], &identity.User{}, nil)
}

// gained says which memberships a created object has that the run did not
// give it.
func (p *planner) gained(t *trace) string {
	var names []string
	if t.kind == identity.KindGroup {
		for _, id := range p.in.Current.Members[t.id] {
			if at, there := p.users[id]; there && !t.joined[id] {
				names = append(names, p.in.Current.Users[at].UserName)
			}
		}
		return list("member", names)
	}
	for _, id := range p.groupsOf[t.id] {
		if at, there := p.groups[id]; there && !p.joined[id][t.id] {
			names = append(names, p.in.Current.Groups[at].DisplayName)
		}
	}
	return list("group", names)
}

// list writes some of the names and counts the others; nothing for none.
func list(what string, names []string) string {
	const shown = 3
	slices.Sort(names)
	switch n := len(names); {
	case n == 0:
		return ""
	case n == 1:
		return what + " " + names[0]
	case n <= shown:
		return what + "s " + strings.Join(names, ", ")
	default:
		return fmt.Sprintf("%ss %s and %d more", what, strings.Join(names[:shown], ", "), n-shown)
	}
}

// recreate makes again what the run deleted.
func (p *planner) recreate(t *trace) error {
	c := t.deleted
	t.name, t.record = c.Name, c.Record
	switch l, linked := p.linkOf(c.Record); {
	case p.exists(t.object):
		return nil
	case linked && p.exists(object{t.kind, l.Object}):
		p.attend("changed", t, p.text("deleted it, and it was made again since, as "+string(l.Object)))
		return nil
	case c.Record != nil && p.held[*c.Record]:
		p.attend("held", t, p.text("deleted the account; the person is put out and held, so it is not made again. To let them back in: rollcall user release"))
		return nil
	case len(c.Edits) == 0:
		p.attend("gone", t, p.text("deleted it, and its plan does not say what it was like"))
		return nil
	}
	edits, ok, err := p.creation(t)
	if err != nil || !ok {
		return err
	}
	s, err := p.add(t, plan.Change{
		Kind: kindOf(t.kind, plan.UserCreate, plan.GroupCreate), Record: c.Record, Edits: edits,
		Reason: fmt.Sprintf("deleted by run %s; made again with a new id, it was %s", p.in.Past.Run.ID, t.id),
	}, append(slices.Clone(t.edited), c)...)
	p.again[t.id] = s
	return err
}

func (p *planner) linkOf(r *identity.Record) (link.Link, bool) {
	if r == nil {
		return link.Link{}, false
	}
	l, linked := p.byRecord[*r]
	return l, linked
}

// creation returns the edits that make a deleted object as it was before the
// run, as far as the directory can.
func (p *planner) creation(t *trace) (edits []identity.Edit, ok bool, err error) {
	back := make([]identity.Edit, len(t.deleted.Edits))
	for i, e := range t.deleted.Edits {
		back[i] = identity.Edit{Path: e.Path, New: e.Old}
	}
	can := p.in.Current.Abilities
	if t.kind == identity.KindGroup {
		var g identity.Group
		if err := g.Apply(back); err != nil {
			return nil, false, err
		}
		if !can.ExternalIDs {
			g.ExternalIDs = nil
		}
		edits, err = identity.GroupEdits(&identity.Group{}, &g, nil)
		return edits, true, err
	}
	var u identity.User
	if err := u.Apply(back); err != nil {
		return nil, false, err
	}
	if !can.ExternalIDs {
		u.ExternalIDs = nil
	}
	if !can.Status && !u.Active {
		p.attend("status", t, p.text("deleted the account, which was disabled; this directory cannot make a disabled one"))
		return nil, false, nil
	}
	u.Active = u.Active && can.Status
	edits, err = identity.UserEdits(&identity.User{}, &u, nil)
	return edits, true, err
}

// restore gives back the attributes that the run changed.
func (p *planner) restore(t *trace) error {
	if len(t.edited) == 0 {
		return nil
	}
	if !p.exists(t.object) {
		p.attend("gone", t, p.text("changed it, and it is gone since"))
		return nil
	}
	before := t.before()
	done, err := p.isAsBefore(t, before)
	if err != nil || done {
		return err
	}
	differ, err := p.sinceThen(t)
	if err != nil {
		return err
	}
	if len(differ) > 0 {
		p.attend("changed", t, p.text("changed it, and it changed since ("+versions(differ)+"); it stays as it is"))
		return nil
	}
	now := map[string]identity.Value{}
	for path := range before {
		if now[path], err = p.value(t.object, path); err != nil {
			return err
		}
	}
	held := false
	for _, c := range slices.Backward(t.edited) {
		if p.isHeld(t.id, t.record) && inverse(c.Kind) != plan.UserDisable {
			held = true
			continue
		}
		if err := p.restoreOne(t, c, now); err != nil {
			return err
		}
	}
	if held {
		p.attend("held", t, p.text("changed the account; the person is put out and held, so it is not enabled or given back what it was. To let them back in: rollcall user release"))
	}
	return nil
}

// restoreOne takes one change of attributes back; now holds the values at that
// point, and is moved on.
func (p *planner) restoreOne(t *trace, c *plan.Change, now map[string]identity.Value) error {
	var edits []identity.Edit
	for _, e := range c.Edits {
		if !bytes.Equal(now[e.Path], e.Old) {
			edits = append(edits, identity.Edit{Path: e.Path, Old: now[e.Path], New: e.Old})
			now[e.Path] = e.Old
		}
	}
	if len(edits) == 0 {
		return nil
	}
	_, err := p.add(t, plan.Change{
		Kind: inverse(c.Kind), Record: t.record, Edits: edits, Reason: "as it was before run " + p.in.Past.Run.ID,
	}, c)
	return err
}

func inverse(k plan.Kind) plan.Kind {
	switch k {
	case plan.UserEnable:
		return plan.UserDisable
	case plan.UserDisable:
		return plan.UserEnable
	}
	return k
}

// isAsBefore reports whether the attributes that the run changed are as they
// were before it already.
func (p *planner) isAsBefore(t *trace, before map[string]identity.Value) (bool, error) {
	for path, was := range before {
		now, err := p.value(t.object, path)
		if err != nil || !bytes.Equal(now, was) {
			return false, err
		}
	}
	return true, nil
}

// relink takes an adoption back, or the taking back of one.
func (p *planner) relink(t *trace) error {
	switch {
	case t.adopted != nil && t.unadopted == nil:
		return p.unadopt(t)
	case t.unadopted != nil && t.adopted == nil:
		return p.readopt(t)
	}
	return nil
}

func (p *planner) unadopt(t *trace) error {
	l, linked := p.byObject[t.object]
	switch {
	case !linked || !p.exists(t.object):
		return nil
	case t.adopted.Record == nil || l.Record != *t.adopted.Record || l.Origin != link.Adopted:
		p.attend("changed", t, p.text("adopted it, but it is linked otherwise now"))
		return nil
	case p.isHeld(t.id, nil):
		p.attend("held", t, p.text("adopted the account; the person is put out and held, and stays linked to it"))
		return nil
	}
	s, err := p.add(t, plan.Change{
		Kind: kindOf(t.kind, plan.UserUnadopt, plan.GroupUnadopt), Record: t.adopted.Record,
		Reason: "adopted by run " + p.in.Past.Run.ID + "; from then on the source decided over it",
	}, t.adopted)
	if err == nil {
		s.change.Expect = plan.Seal{} // whatever it is like: nothing of it is written
	}
	return err
}

func (p *planner) readopt(t *trace) error {
	_, linked := p.byObject[t.object]
	if other, elsewhere := p.linkOf(t.unadopted.Record); elsewhere && other.Object != t.id || linked || !p.exists(t.object) {
		p.attend("changed", t, p.text("let it go, and it, or its record, is linked otherwise now or gone"))
		return nil
	}
	if t.unadopted.Record == nil || p.held[*t.unadopted.Record] {
		p.attend("held", t, p.text("let it go; the person is put out and held, so it is not adopted again"))
		return nil
	}
	s, err := p.add(t, plan.Change{
		Kind: kindOf(t.kind, plan.UserAdopt, plan.GroupAdopt), Record: t.unadopted.Record,
		Reason: "let go by run " + p.in.Past.Run.ID + "; the source decides over it again",
	}, t.unadopted)
	if err == nil {
		s.change.Expect = plan.Seal{}
	}
	return err
}

func (p *planner) text(what string) string { return "run " + p.in.Past.Run.ID + " " + what }

// versions shows both versions of what changed since.
func versions(differ []identity.Edit) string {
	texts := make([]string, len(differ))
	for i, e := range differ {
		texts[i] = fmt.Sprintf("%s was left %s, is now %s", e.Path, plan.Text(e.Old), plan.Text(e.New))
	}
	return strings.Join(texts, "; ")
}
