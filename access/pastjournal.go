package access

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
)

// SinceByJournal reads what has changed after a moment from the journal of a
// directory that keeps no log of its own: what Rollcall did, and what its complete
// reads found changed. It cannot know of assignments, permission sets and accounts
// that others changed, nor of what nobody has looked at since; what others did to
// people and groups counts from when it was seen. Facts are those of now: their
// permission sets are known by them.
//
// It fails with fault.NotFound for a moment before the journal begins.
func SinceByJournal(ctx context.Context, j *journal.Journal, f *Facts, t time.Time) (*Past, error) {
	if err := begunBy(ctx, j, f.Directory, t); err != nil {
		return nil, err
	}
	b := lookingBack{journal: j, past: newPast(), facts: f, at: t, sets: map[identity.ID]string{}, plans: map[plan.ID]*plan.Plan{}, users: map[identity.ID]User{}}
	for _, u := range f.Users {
		b.users[u.ID] = u
	}
	for _, s := range f.Sets {
		b.sets[identity.LastPart(s.ARN)] = s.ARN
	}
	for _, a := range f.Assignments {
		b.sets[identity.LastPart(a.PermissionSet)] = a.PermissionSet
	}
	since := journal.Filter{Types: []journal.Type{journal.TypeOutcome, journal.TypeObservation}, Since: t.Truncate(time.Millisecond).Add(time.Millisecond)}
	for e, err := range j.Entries(ctx, f.Directory, since) {
		if err == nil && e.Erased {
			err = b.erased(ctx, &e)
		}
		for i := 0; err == nil && i < len(e.Effects); i++ {
			err = b.undo(ctx, &e, &e.Effects[i])
		}
		if err != nil {
			return nil, err
		}
	}
	return b.past, nil
}

// begunBy fails if the journal knows nothing of a moment.
func begunBy(ctx context.Context, j *journal.Journal, target string, t time.Time) error {
	for e, err := range j.Entries(ctx, target, journal.Filter{}) {
		if err != nil {
			return err
		}
		if e.At.After(t) {
			return fault.Text(fault.NotFound, "look back", "directory "+target,
				"its journal begins at "+e.At.Format(time.RFC3339)+"; how it was before is not known")
		}
		return nil
	}
	return fault.Text(fault.NotFound, "look back", "directory "+target, "it has no journal yet; how it was is not known")
}

// lookingBack is one look through a journal.
type lookingBack struct {
	journal *journal.Journal
	past    *Past
	facts   *Facts
	at      time.Time
	sets    map[identity.ID]string // ARNs by their last part
	plans   map[plan.ID]*plan.Plan
	users   map[identity.ID]User // of now
	seen    int                  // 1 once it is known whether somebody had looked before; 2: they had
}

// undo notes how it was before an effect, unless an older one has said so.
func (b *lookingBack) undo(ctx context.Context, e *journal.Entry, f *journal.Effect) error {
	switch f.Kind {
	case identity.KindAssignment:
		b.undoAssignment(f)
		return nil
	case identity.KindUser, identity.KindGroup:
	default:
		return nil
	}
	if f.Body != nil || f.Deleted {
		if err := b.object(ctx, e, f); err != nil {
			return err
		}
	}
	if b.past.Unknown[f.Object] && e.Type == journal.TypeObservation {
		return nil // who was found in it may have been in it for long
	}
	for _, id := range f.Joined {
		firstSaid(b.past.Members, Membership{f.Object, id}, false)
	}
	for _, id := range f.Left {
		firstSaid(b.past.Members, Membership{f.Object, id}, true)
	}
	return nil
}

// undoAssignment reads an assignment from what the journal calls it.
func (b *lookingBack) undoAssignment(f *journal.Effect) {
	parts := strings.SplitN(string(f.Object), ":", 3)
	if len(parts) != 3 {
		return // of an application
	}
	set := identity.ID(parts[1])
	arn, known := b.sets[set]
	if !known {
		arn = string(set)
		if name, _, named := strings.Cut(f.Name, " in "); named {
			b.past.Sets[arn] = Set{ARN: arn, Name: name}
		}
		b.sets[set] = arn
	}
	// Whose kind of principal it is, its id does not say; it has one only.
	for _, kind := range []identity.Kind{identity.KindUser, identity.KindGroup} {
		p := identity.Principal{Store: b.facts.Store, Kind: kind, ID: identity.ID(parts[2])}
		firstSaid(b.past.Assignments, identity.Assignment{Principal: p, PermissionSet: arn, Account: parts[0]}, f.Deleted)
	}
}

// object notes how a user or group was at the moment.
func (b *lookingBack) object(ctx context.Context, e *journal.Entry, f *journal.Effect) error {
	if f.Deleted {
		if err := b.memberships(ctx, f); err != nil {
			return err
		}
	}
	if b.said(f.Kind, f.Object) {
		return nil
	}
	s, err := b.journal.AsOf(ctx, b.facts.Directory, f.Kind, f.Object, b.at)
	switch {
	case fault.Is(err, fault.NotFound):
		return b.heardFirst(ctx, e, f)
	case err != nil:
		return err
	}
	return b.was(&s)
}

func (b *lookingBack) said(kind identity.Kind, id identity.ID) bool {
	_, user := b.past.Users[id]
	_, group := b.past.Groups[id]
	return kind == identity.KindUser && user || kind == identity.KindGroup && group || b.past.Unknown[id]
}

// was notes a state.
func (b *lookingBack) was(s *journal.State) error {
	there := !s.Deleted
	name, active, display := s.Name, true, ""
	if s.Erased {
		name = "(erased)"
	}
	if s.Body != nil {
		var a struct {
			DisplayName string `json:"displayName"`
			Active      *bool  `json:"active"`
		}
		if err := json.Unmarshal(s.Body, &a); err != nil {
			return fault.New(fault.Internal, "look back", "", err)
		}
		active, display = a.Active == nil || *a.Active, a.DisplayName
	}
	switch {
	case s.Kind == identity.KindUser && there:
		b.past.Users[s.Object] = &User{ID: s.Object, Name: name, Display: display, Disabled: !active}
	case s.Kind == identity.KindUser:
		b.past.Users[s.Object] = nil
	case there:
		b.past.Groups[s.Object] = &Group{ID: s.Object, Name: name}
	default:
		b.past.Groups[s.Object] = nil
	}
	return nil
}

// memberships notes those that ended with an object.
func (b *lookingBack) memberships(ctx context.Context, f *journal.Effect) error {
	of := b.journal.GroupsAsOf
	if f.Kind == identity.KindGroup {
		of = b.journal.MembersAsOf
	}
	all, err := of(ctx, b.facts.Directory, f.Object, b.at)
	for _, m := range all {
		b.tied(f, m.Object)
	}
	return err
}

// tied notes a membership that a deletion ended.
func (b *lookingBack) tied(f *journal.Effect, other identity.ID) {
	if f.Kind == identity.KindGroup {
		firstSaid(b.past.Members, Membership{f.Object, other}, true)
	} else {
		firstSaid(b.past.Members, Membership{other, f.Object}, true)
	}
}

// heardFirst notes what can be told of an object of which the journal first heard
// after the moment.
func (b *lookingBack) heardFirst(ctx context.Context, e *journal.Entry, f *journal.Effect) error {
	gone := journal.State{Kind: f.Kind, Object: f.Object, Deleted: true}
	if e.Type == journal.TypeObservation {
		before, err := b.lookedBefore(ctx)
		if err != nil {
			return err
		}
		if before && !f.Deleted {
			return b.was(&gone) // it was not there when somebody looked
		}
		b.past.Unknown[f.Object] = true
		return nil
	}
	c, err := b.change(ctx, e)
	switch {
	case err != nil:
		return err
	case c != nil && c.Kind.Creates():
		return b.was(&gone)
	case c != nil && b.wasBefore(c, f):
		return nil
	}
	b.past.Unknown[f.Object] = true
	return nil
}

// wasBefore notes how an object was before a change of ours, as its plan says.
func (b *lookingBack) wasBefore(c *plan.Change, f *journal.Effect) bool {
	switch {
	case f.Kind == identity.KindGroup:
		b.past.Groups[f.Object] = &Group{ID: f.Object, Name: c.Name}
	case c.Kind == plan.UserDisable, c.Kind == plan.UserEnable:
		b.past.Users[f.Object] = &User{ID: f.Object, Name: c.Name, Disabled: c.Kind == plan.UserEnable}
	case c.Kind.Deletes():
		u := &User{ID: f.Object, Name: c.Name}
		for _, e := range c.Edits {
			u.Disabled = u.Disabled || e.Path == identity.PathActive && string(e.Old) == "false"
		}
		b.past.Users[f.Object] = u
	default:
		u, there := b.users[f.Object]
		if !there {
			return false
		}
		u.Name = c.Name
		b.past.Users[f.Object] = &u
	}
	if c.Kind.Deletes() {
		for _, tie := range c.Ends {
			b.tied(f, tie.Object)
		}
	}
	return true
}

// change is the change of a plan whose outcome an entry is; nil if the plan is
// not kept any more.
func (b *lookingBack) change(ctx context.Context, e *journal.Entry) (*plan.Change, error) {
	p, read := b.plans[e.Plan]
	if !read {
		stored, err := b.journal.Plan(ctx, string(e.Plan))
		if err == nil {
			p, err = plan.Decode(stored.File)
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		b.plans[e.Plan] = p
	}
	if p == nil || len(e.Changes) == 0 || e.Changes[0] > len(p.Changes) {
		return nil, nil
	}
	return &p.Changes[e.Changes[0]-1], nil
}

// lookedBefore reports whether a complete read was journalled by the moment.
func (b *lookingBack) lookedBefore(ctx context.Context) (bool, error) {
	if b.seen == 0 {
		b.seen = 1
		looks := journal.Filter{Types: []journal.Type{journal.TypeObservation}, Until: b.at.Truncate(time.Millisecond).Add(time.Millisecond)}
		for _, err := range b.journal.Entries(ctx, b.facts.Directory, looks) {
			if err != nil {
				return false, err
			}
			b.seen = 2
			break
		}
	}
	return b.seen == 2, nil
}

// erased marks the object of an entry that can no longer be read.
func (b *lookingBack) erased(ctx context.Context, e *journal.Entry) error {
	for _, kind := range []identity.Kind{identity.KindUser, identity.KindGroup} {
		if e.Object == "" || b.said(kind, e.Object) {
			continue
		}
		s, err := b.journal.AsOf(ctx, b.facts.Directory, kind, e.Object, b.at)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if err := b.was(&s); err != nil {
			return err
		}
		if err := b.memberships(ctx, &journal.Effect{Kind: kind, Object: e.Object}); err != nil {
			return err
		}
	}
	return nil
}

// UnknownIn are those of whom a look back could not tell how they were, by name
// where they are still there.
func (p *Past) UnknownIn(f *Facts) []string {
	var all []string
	for _, u := range f.Users {
		if p.Unknown[u.ID] {
			all = append(all, u.Name)
		}
	}
	for _, g := range f.Groups {
		if p.Unknown[g.ID] {
			all = append(all, g.Name)
		}
	}
	slices.Sort(all)
	return all
}
