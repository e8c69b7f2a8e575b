package reconcile

import (
	"context"
	"maps"
	"slices"
	"time"

	"rollcall/baseline"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/link"
	"rollcall/source"
)

// Memory tells links and holds one by one, as they are now; link.Store does.
type Memory interface {
	ByRecord(ctx context.Context, directory string, r identity.Record) (link.Link, error)
	ByObject(ctx context.Context, directory string, kind identity.Kind, id identity.ID) (link.Link, error)
	Held(ctx context.Context, source string, anchor identity.Anchor) (link.Hold, bool, error)
}

// mostInPart is how many people and groups are looked at by themselves; with
// more it is everybody.
const mostInPart = 1000

// Part is what a planning has to look at because it has changed, with all that
// this may touch.
type Part struct {
	// Input is what [Whole.Plan] plans from, once it has of [Known] what is no
	// link and no hold, and Read.
	Input Input
	Gone  map[baseline.Key]bool // of everybody, as [Gone] says

	snap    *source.Snapshot
	whole   *Whole
	anchors map[identity.Kind]map[identity.Anchor]bool
	objects map[identity.Kind]map[int]bool
	change  difference
	linked  map[identity.Record]bool
}

// Part gathers what has changed in the source since the last planning, those on
// whom that planning had something to say, and whoever they have to do with.
// It returns nil where everything has to be planned: a group is another but for
// its members, a date has passed, or too much has changed. It fails as reading
// links does, or if ctx ends.
func (w *Whole) Part(ctx context.Context, snap *source.Snapshot, made time.Time, known Memory) (*Part, error) {
	if !w.next.IsZero() && !made.Before(w.next) || made.Before(w.made) {
		return nil, nil
	}
	p := &Part{
		snap: snap, whole: w, change: differ(w.snap, snap), linked: map[identity.Record]bool{},
		anchors: map[identity.Kind]map[identity.Anchor]bool{identity.KindUser: {}, identity.KindGroup: {}},
		objects: map[identity.Kind]map[int]bool{identity.KindUser: {}, identity.KindGroup: {}},
	}
	if p.change.other || len(p.change.people)+len(w.users.loose)+len(w.groups.loose) > mostInPart {
		return nil, nil
	}
	p.Input = Input{Settings: w.settings, Made: made}
	if err := p.gather(ctx, known); err != nil {
		return nil, err
	}
	wanted, err := p.want(ctx, snap, p.groupsNow)
	if err != nil || wanted.Keep != "" || p.size() > mostInPart {
		return nil, err
	}
	before, err := p.want(ctx, w.snap, p.groupsBefore)
	if err != nil {
		return nil, err
	}
	p.Input.Wanted, p.Input.Current = wanted, p.current()
	p.count(before)
	return p, nil
}

func (p *Part) size() int {
	return len(p.anchors[identity.KindUser]) + len(p.anchors[identity.KindGroup])
}

// gather finds everybody who has to be looked at.
func (p *Part) gather(ctx context.Context, known Memory) error {
	g := gatherer{Part: p, known: known}
	for _, first := range []map[identity.Anchor]bool{p.change.groups, p.whole.groups.loose, p.whole.scoping} {
		for anchor := range first {
			g.record(ctx, identity.KindGroup, anchor)
		}
	}
	for _, first := range []map[identity.Anchor]bool{p.change.people, p.whole.users.loose} {
		for anchor := range first {
			g.record(ctx, identity.KindUser, anchor)
		}
	}
	for before := -1; before < p.size() && g.err == nil && p.size() <= mostInPart; {
		before = p.size()
		wanted, err := p.want(ctx, p.snap, p.groupsNow)
		if err != nil {
			return err
		}
		g.rivals(ctx, wanted)
	}
	return g.err
}

// gatherer follows from whom to whom.
type gatherer struct {
	*Part
	known Memory
	err   error
}

// record takes in somebody of the source, with their object and their groups.
func (g *gatherer) record(ctx context.Context, kind identity.Kind, anchor identity.Anchor) {
	if g.err != nil || g.anchors[kind][anchor] {
		return
	}
	g.anchors[kind][anchor] = true
	r := identity.Record{Source: g.snap.Source, Kind: kind, Anchor: anchor}
	if l, err := g.known.ByRecord(ctx, g.whole.settings.Directory, r); g.found(err) {
		g.link(ctx, l)
	}
	for other := range g.whole.half(kind).gone[formOf(anchor)] { // who may be the same, written otherwise
		g.record(ctx, kind, other)
	}
	if kind == identity.KindGroup {
		return
	}
	if h, held, err := g.known.Held(ctx, r.Source, anchor); err != nil {
		g.err = err
	} else if held {
		g.Input.Known.Holds = append(g.Input.Known.Holds, h)
	}
	for _, groups := range [][]int32{g.groupsBefore(anchor), g.change.in[anchor]} {
		for _, at := range groups {
			g.record(ctx, identity.KindGroup, g.snap.Groups[at].Anchor)
		}
	}
}

// found reports whether there is a link; a failure is kept.
func (g *gatherer) found(err error) bool {
	if err != nil && !fault.Is(err, fault.NotFound) {
		g.err = err
	}
	return err == nil
}

// link takes in a link with its ends, as far as they are the sync's.
func (g *gatherer) link(ctx context.Context, l link.Link) {
	if g.linked[l.Record] {
		return
	}
	g.linked[l.Record] = true
	g.Input.Known.Links = append(g.Input.Known.Links, l)
	if l.Record.Source == g.snap.Source {
		g.record(ctx, l.Record.Kind, l.Record.Anchor)
	}
	if at, there := g.whole.half(l.Record.Kind).at[l.Object]; there {
		g.object(ctx, l.Record.Kind, at)
	}
}

// object takes in an object of the target, with its record and its groups.
func (g *gatherer) object(ctx context.Context, kind identity.Kind, at int) {
	if g.err != nil || g.objects[kind][at] {
		return
	}
	g.objects[kind][at] = true
	c := g.whole.current
	if kind == identity.KindGroup {
		g.owner(ctx, kind, c.Groups[at].ID)
		return
	}
	g.owner(ctx, kind, c.Users[at].ID)
	for _, group := range g.whole.memberOf[at] {
		g.owner(ctx, identity.KindGroup, c.Groups[group].ID)
	}
}

// owner takes in whoever an object is linked to, if it is.
func (g *gatherer) owner(ctx context.Context, kind identity.Kind, id identity.ID) {
	if l, err := g.known.ByObject(ctx, g.whole.settings.Directory, kind, id); g.found(err) {
		g.link(ctx, l)
	}
}

// rivals takes in the objects that may be somebody's, or have what they want.
func (g *gatherer) rivals(ctx context.Context, wanted *Wanted) {
	w := g.whole
	ours := func(a identity.Anchor) string {
		return externalKey(identity.ExternalID{Issuer: w.issuer(), ID: string(a)})
	}
	for i := range wanted.Users {
		u := &wanted.Users[i]
		w.users.values.find(append(w.keysOfUser(&u.User), ours(u.Anchor)), func(at int) { g.object(ctx, identity.KindUser, at) })
	}
	for i := range wanted.Groups {
		u := &wanted.Groups[i]
		w.groups.values.find(append(w.keysOfGroup(&u.Group), ours(u.Anchor)), func(at int) { g.object(ctx, identity.KindGroup, at) })
	}
}

// groupsBefore are the groups that somebody was in.
func (p *Part) groupsBefore(a identity.Anchor) []int32 { return p.whole.groupsOf[a] }

// groupsNow are the groups that somebody is in.
func (p *Part) groupsNow(a identity.Anchor) []int32 {
	stays := p.whole.groupsOf[a]
	if left := p.change.out[a]; len(left) > 0 {
		stays = slices.DeleteFunc(slices.Clone(stays), func(g int32) bool { return slices.Contains(left, g) })
	}
	return append(slices.Clip(stays), p.change.in[a]...)
}

// want is what is wanted of those who are gathered, by one of the two snapshots.
func (p *Part) want(ctx context.Context, whole *source.Snapshot, groupsOf func(identity.Anchor) []int32) (*Wanted, error) {
	snap := p.reduce(whole, groupsOf)
	wanted, err := Want(ctx, snap, p.whole.by.Mapping, p.whole.settings.ManageGroups)
	if err == nil {
		_, err = wanted.Narrow(p.whole.by.Names) // names that nobody has are said when everything is read
	}
	return wanted, err
}

// reduce is the part of a snapshot that is about those who are gathered.
func (p *Part) reduce(whole *source.Snapshot, groupsOf func(identity.Anchor) []int32) *source.Snapshot {
	snap := &source.Snapshot{Source: whole.Source, Report: whole.Report}
	members := map[int32][]source.Member{}
	for _, anchor := range slices.Sorted(maps.Keys(p.anchors[identity.KindUser])) {
		if person, there := whole.Person(anchor); there {
			snap.People = append(snap.People, person)
		}
		for _, at := range groupsOf(anchor) {
			if m, in := whole.Groups[at].Member(anchor); in {
				members[at] = append(members[at], m)
			}
		}
	}
	for _, anchor := range slices.Sorted(maps.Keys(p.anchors[identity.KindGroup])) {
		if at, there := whole.GroupAt(anchor); there {
			g := whole.Groups[at]
			g.Members = members[int32(at)]
			snap.Groups = append(snap.Groups, g)
		}
	}
	return snap
}

// current is the part of the directory that is about those who are gathered.
func (p *Part) current() *Current {
	all := p.whole.current
	c := &Current{Store: all.Store, Abilities: all.Abilities, Limits: all.Limits, WithGroups: all.WithGroups, Members: map[identity.ID][]identity.ID{}}
	for _, at := range slices.Sorted(maps.Keys(p.objects[identity.KindGroup])) {
		c.Groups = append(c.Groups, all.Groups[at])
		c.Members[all.Groups[at].ID] = nil
	}
	for _, at := range slices.Sorted(maps.Keys(p.objects[identity.KindUser])) {
		u := all.Users[at]
		c.Users = append(c.Users, u)
		for _, group := range p.whole.memberOf[at] {
			if id := all.Groups[group].ID; p.objects[identity.KindGroup][int(group)] {
				c.Members[id] = append(c.Members[id], u.ID)
			}
		}
	}
	return c
}
