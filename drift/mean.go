package drift

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"rollcall/cloudtrail"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
)

// Finding is an object that is not as Rollcall left it.
type Finding struct {
	Sync   string
	Kind   identity.Kind
	Object identity.ID
	Fields []string // attribute paths; [Members], [Gone]
	By     string   // whoever the event names; not always who made this very change
	Event  string
}

// What differs, where it is no attribute.
const (
	Members = "members"
	Gone    = "deleted"
)

// ownWithin is how long before an event Rollcall's own write of the object may
// have been journalled: AWS takes no signature of a clock that is further off.
const ownWithin = 5 * time.Minute

// mean says what an event means, by what can be read now.
func (l *Listener) mean(ctx context.Context, h *heard) (Outcome, error) {
	e := &h.event
	store, err := l.Directory.Store(ctx)
	switch {
	case err != nil:
		return Failed, err
	case l.seen.known[e.ID]:
		return Again, nil
	case !e.Wrote || e.Store != "" && e.Store != store.ID:
		return Nothing, nil
	}
	own, err := l.isOwn(ctx, e)
	if err != nil || own {
		return Own, err
	}
	if len(e.Objects) == 0 {
		return l.unnamed(h), nil
	}
	outcome := Nothing
	for _, o := range e.Objects {
		one, known := l.looked[o]
		if !known {
			if one, err = l.meanOne(ctx, h, o); err != nil {
				return Failed, err
			}
			l.looked[o] = one
		}
		if rank(one) > rank(outcome) {
			outcome = one
		}
	}
	return outcome, nil
}

// rank orders the outcomes for the objects of one event: what is left to be done
// counts.
func rank(o Outcome) int {
	return slices.Index([]Outcome{Nothing, AsLeft, Unclear, Drifted, Postponed}, o)
}

// isOwn recognises Rollcall's own writes by who made them and by the journal,
// without a read: a first load has thousands.
func (l *Listener) isOwn(ctx context.Context, e *cloudtrail.Heard) (bool, error) {
	if self := l.Self(ctx); self == "" || self != e.ARN {
		return false, nil
	}
	for _, o := range e.Objects {
		_, written, err := l.Journal.WrittenSince(ctx, l.Directory.Name(), o.Kind, o.ID, e.At.Add(-ownWithin), "")
		if err != nil || !written {
			return false, err
		}
	}
	return true, nil
}

// unnamed is an event without an object: that a membership was deleted says of
// which only by an id that is dead. Whoever owns groups looks at all of them.
func (l *Listener) unnamed(h *heard) Outcome {
	if !strings.Contains(h.event.Name, "Member") {
		return Nothing
	}
	for _, owner := range l.Owners {
		if owner.Groups {
			h.ask = append(h.ask, owner.Sync)
		}
	}
	if len(h.ask) == 0 {
		return Nothing
	}
	return Unclear
}

// meanOne says what has become of one object.
func (l *Listener) meanOne(ctx context.Context, h *heard, o cloudtrail.Object) (Outcome, error) {
	owner, owned, err := l.owner(ctx, o)
	if err != nil || !owned {
		return Nothing, err
	}
	fields, known, err := l.differs(ctx, o, owner)
	if err == nil && len(fields) > 0 {
		// A run may have written between the two reads, or be about to journal it.
		fields, known, err = l.differs(ctx, o, owner)
	}
	switch {
	case err != nil:
		return Failed, err
	case known && len(fields) == 0:
		return AsLeft, nil
	}
	busy, err := l.Journal.UnderWay(ctx, l.Directory.Name())
	switch {
	case err != nil:
		return Failed, err
	case len(busy) > 0:
		return Postponed, nil
	}
	h.ask = append(h.ask, owner.Sync)
	if !known {
		return Unclear, nil
	}
	h.findings = append(h.findings, Finding{owner.Sync, o.Kind, o.ID, fields, h.event.By, h.event.Name})
	return Drifted, nil
}

// owner is the sync that an object belongs to, by its link.
func (l *Listener) owner(ctx context.Context, o cloudtrail.Object) (Owner, bool, error) {
	known, err := l.Links.ByObject(ctx, l.Directory.Name(), o.Kind, o.ID)
	if fault.Is(err, fault.NotFound) {
		return Owner{}, false, nil
	}
	owner, has := l.Owners[known.Record.Source]
	return owner, has && (o.Kind == identity.KindUser || owner.Groups), err
}

// differs compares an object with the journal's last word on it: what a run
// wrote, or what a complete read has seen since. Known is false where the
// journal has none.
func (l *Listener) differs(ctx context.Context, o cloudtrail.Object, owner Owner) (fields []string, known bool, err error) {
	now, err := l.read(ctx, o)
	if err != nil {
		return nil, false, err
	}
	was, err := l.Journal.AsOf(ctx, l.Directory.Name(), o.Kind, o.ID, l.Clock.Now())
	switch {
	case fault.Is(err, fault.NotFound), err == nil && was.Erased:
		return nil, false, nil
	case err != nil:
		return nil, false, err
	case was.Deleted:
		return nil, now == nil, nil
	case now == nil:
		return []string{Gone}, true, nil
	}
	paths := owner.GroupPaths
	if o.Kind == identity.KindUser {
		paths = append(slices.Clone(owner.UserPaths), identity.PathActive)
	}
	if fields, err = changed(paths, was, now); err != nil || o.Kind == identity.KindUser {
		return fields, true, err
	}
	moved, err := l.membersMoved(ctx, o.ID)
	if moved {
		fields = append(fields, Members)
	}
	return fields, true, err
}

// read returns an object's attributes as the journal writes them, or nil if
// there is no such object.
func (l *Listener) read(ctx context.Context, o cloudtrail.Object) (json.RawMessage, error) {
	var body json.RawMessage
	var err error
	if o.Kind == identity.KindUser {
		var u identity.User
		if u, err = l.Directory.User(ctx, o.ID); err == nil {
			body, err = journal.UserBody(&u)
		}
	} else {
		var g identity.Group
		if g, err = l.Directory.Group(ctx, o.ID); err == nil {
			body, err = journal.GroupBody(&g)
		}
	}
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return body, err
}

func changed(paths []string, was journal.State, now json.RawMessage) ([]string, error) {
	var a, b map[string]json.RawMessage
	for body, into := range map[*json.RawMessage]*map[string]json.RawMessage{&was.Body: &a, &now: &b} {
		if err := json.Unmarshal(*body, into); err != nil {
			return nil, fault.New(fault.Internal, "compare", string(was.Kind)+" "+string(was.Object), err)
		}
	}
	var fields []string
	for _, path := range paths {
		if !bytes.Equal(a[path], b[path]) {
			fields = append(fields, path)
		}
	}
	slices.Sort(fields)
	return slices.Compact(fields), nil
}

// membersMoved reports whether somebody is in a group, or is not, against the
// journal. Only people of a source count: others are nobody's business here,
// and who was deleted is told of by an event of their own.
func (l *Listener) membersMoved(ctx context.Context, group identity.ID) (bool, error) {
	moved := map[identity.ID]bool{}
	was, err := l.Journal.MembersAsOf(ctx, l.Directory.Name(), group, l.Clock.Now())
	if err != nil {
		return false, err
	}
	for _, m := range was {
		moved[m.Object] = true
	}
	for id, err := range l.Directory.MemberIDs(ctx, group) {
		if err != nil {
			return false, err
		}
		if moved[id] {
			delete(moved, id)
		} else {
			moved[id] = true
		}
	}
	for id := range moved {
		if _, owned, err := l.owner(ctx, cloudtrail.Object{Kind: identity.KindUser, ID: id}); err != nil || owned {
			return owned, err
		}
	}
	return false, nil
}
