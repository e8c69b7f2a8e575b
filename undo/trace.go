package undo

import (
	"encoding/json"
	"slices"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
)

// trace is what a run did to one object.
type trace struct {
	object
	name      string // after the run
	record    *identity.Record
	created   *plan.Change
	deleted   *plan.Change
	adopted   *plan.Change
	unadopted *plan.Change
	edited    []*plan.Change // changes of attributes, in the order of their numbers
	body      []byte         // attributes as the run left them

	joined, parted map[identity.ID]bool // of a group: users
}

// traces sorts what the run did by object, in the order of the first change.
func (p *planner) traces() ([]*trace, error) {
	var all []*trace
	known := map[object]*trace{}
	past := p.in.Past
	for i := range past.Outcomes {
		e := &past.Outcomes[i]
		c := p.changeOf(e)
		if e.Result == journal.Already || c == nil {
			continue
		}
		if e.Erased {
			return nil, fault.Text(fault.Stale, "undo", "run "+past.Run.ID, "a person's data was erased from the journal of it")
		}
		for k := range e.Effects {
			f := &e.Effects[k]
			if f.Kind == identity.KindAssignment {
				p.noteAssigned(c, f.Object)
				continue
			}
			if f.Kind == identity.KindSession {
				p.denials = append(p.denials, c)
				continue
			}
			o := object{f.Kind, f.Object}
			t := known[o]
			if t == nil {
				t = &trace{object: o, joined: map[identity.ID]bool{}, parted: map[identity.ID]bool{}}
				known[o] = t
				all = append(all, t)
			}
			t.take(c, f)
		}
	}
	for _, t := range all {
		slices.SortFunc(t.edited, func(a, b *plan.Change) int { return a.Number - b.Number })
		if t.kind == identity.KindGroup {
			p.joined[t.id] = t.joined
		}
	}
	return all, nil
}

// take notes one effect of one change.
func (t *trace) take(c *plan.Change, f *journal.Effect) {
	if f.Name != "" {
		t.name = f.Name
	}
	if f.Record != nil {
		t.record = f.Record
	}
	for _, id := range f.Left {
		t.move(id, t.joined, t.parted)
	}
	for _, id := range f.Joined {
		t.move(id, t.parted, t.joined)
	}
	switch {
	case f.Deleted:
		t.deleted = c
		return
	case f.Body == nil:
		return
	}
	t.body = f.Body
	switch {
	case c.Kind.Creates():
		t.created = c
	case c.Kind.Adopts():
		t.adopted = c
	case c.Kind.Unadopts():
		t.unadopted = c
	default:
		t.edited = append(t.edited, c)
	}
}

// move notes that somebody joined or left; who did the other before has done
// nothing.
func (t *trace) move(id identity.ID, from, to map[identity.ID]bool) {
	if from[id] {
		delete(from, id)
		return
	}
	to[id] = true
}

// before returns what the attributes that the run changed were.
func (t *trace) before() map[string]identity.Value {
	was := map[string]identity.Value{}
	for _, c := range t.edited {
		for _, e := range c.Edits {
			if _, noted := was[e.Path]; !noted {
				was[e.Path] = e.Old
			}
		}
	}
	return was
}

// bodyEdits are the edits that set every attribute of a body, which is a JSON
// object of values by path.
func bodyEdits(body []byte) ([]identity.Edit, error) {
	var values map[string]json.RawMessage
	if err := json.Unmarshal(body, &values); err != nil {
		return nil, fault.New(fault.Internal, "undo", "", err)
	}
	edits := make([]identity.Edit, 0, len(values))
	for path, v := range values {
		edits = append(edits, identity.Edit{Path: path, New: v})
	}
	return edits, nil
}

// sinceThen returns what is different about an object now from how the run
// left it: Old as it was left, New as it is.
func (p *planner) sinceThen(t *trace) ([]identity.Edit, error) {
	edits, err := bodyEdits(t.body)
	if err != nil {
		return nil, err
	}
	if t.kind == identity.KindGroup {
		var left identity.Group
		if err := left.Apply(edits); err != nil {
			return nil, err
		}
		return identity.GroupEdits(&left, &p.in.Current.Groups[p.groups[t.id]], nil)
	}
	var left identity.User
	if err := left.Apply(edits); err != nil {
		return nil, err
	}
	return identity.UserEdits(&left, &p.in.Current.Users[p.users[t.id]], nil)
}

// exists reports whether an object is there now.
func (p *planner) exists(o object) bool {
	at := p.users
	if o.kind == identity.KindGroup {
		at = p.groups
	}
	_, there := at[o.id]
	return there
}

// value is one attribute of an object as it is now.
func (p *planner) value(o object, path string) (identity.Value, error) {
	if o.kind == identity.KindGroup {
		return identity.GroupValue(&p.in.Current.Groups[p.groups[o.id]], path)
	}
	return identity.UserValue(&p.in.Current.Users[p.users[o.id]], path)
}
