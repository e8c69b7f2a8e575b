package reconcile

import (
	"fmt"

	"rollcall/identity"
	"rollcall/link"
)

// none is the index of a record or object that is not there.
const none = -1

// pair is a record of the source and an object of the target that belong
// together, or one of them alone.
type pair struct {
	situation Situation
	record    int        // index into the wanted side, or none
	object    int        // index into the current side, or none
	link      *link.Link // nil if there is none
	why       string     // for people, where the situation does not say it
}

// follows reports whether a pair's object is there and, without a doubt, the
// sync's.
func (pr pair) follows() bool {
	return pr.object != none && pr.situation != Found && pr.situation != Ambiguous
}

// side is one kind of object on both sides, as classification sees it.
type side struct {
	kind    identity.Kind
	anchors []identity.Anchor
	in      func(record int) bool
	usable  func(record int) bool // it could be mapped, so it can be correlated
	ids     []identity.ID
	name    func(object int) string
	find    func(record int) (objects []int, why string) // candidates of a record without a link
}

// links looks up links by either end.
type links struct {
	source   string
	byAnchor map[identity.Anchor]*link.Link // of the sync's own source
	byObject map[identity.ID]*link.Link     // of every source
}

// isOurs reports whether an object is linked to a record of the sync's source.
func (l links) isOurs(id identity.ID) bool {
	owner, linked := l.byObject[id]
	return linked && owner.Record.Source == l.source
}

func indexLinks(all []link.Link, source, directory string, kind identity.Kind) links {
	count := 0
	for i := range all {
		if all[i].Directory == directory && all[i].Record.Kind == kind {
			count++
		}
	}
	ix := links{source, make(map[identity.Anchor]*link.Link, count), make(map[identity.ID]*link.Link, count)}
	for i := range all {
		l := &all[i]
		if l.Directory != directory || l.Record.Kind != kind {
			continue
		}
		ix.byObject[l.Object] = l
		if l.Record.Source == source {
			ix.byAnchor[l.Record.Anchor] = l
		}
	}
	return ix
}

// classify puts every record, and every object that is linked to this source
// or correlates with one of its records, into a situation. Objects left over
// are unassigned.
func classify(s side, known links) (pairs []pair, unassigned []int) {
	at := make(map[identity.ID]int, len(s.ids))
	for i, id := range s.ids {
		at[id] = i
	}
	seen := make(map[identity.Anchor]bool, len(s.anchors))
	claimed := make([]bool, len(s.ids))
	pairs = make([]pair, 0, len(s.anchors))
	for i, anchor := range s.anchors {
		seen[anchor] = true
		p, ok := s.classifyRecord(i, at, known)
		if !ok {
			continue
		}
		if p.object != none {
			claimed[p.object] = true
		}
		pairs = append(pairs, p)
	}
	for object, id := range s.ids {
		l, linked := known.byObject[id]
		switch {
		case linked && l.Record.Source == known.source && !seen[l.Record.Anchor]:
			pairs = append(pairs, pair{situation: SourceMissing, record: none, object: object, link: l})
		case !linked && !claimed[object]:
			unassigned = append(unassigned, object)
		}
	}
	s.respelled(pairs)
	return s.separate(pairs), unassigned
}

// label names an object for a person who must decide.
func (s side) label(object int) string {
	return fmt.Sprintf("%s %s (%s)", s.kind, s.name(object), s.ids[object])
}

func (s side) classifyRecord(i int, at map[identity.ID]int, known links) (pair, bool) {
	if l, linked := known.byAnchor[s.anchors[i]]; linked {
		object, there := at[l.Object]
		switch {
		case there && s.in(i):
			return pair{situation: Confirmed, record: i, object: object, link: l}, true
		case there:
			return pair{situation: Unqualified, record: i, object: object, link: l}, true
		case s.in(i):
			return pair{situation: Missing, record: i, object: none, link: l}, true
		}
		return pair{}, false
	}
	if !s.in(i) {
		return pair{}, false
	}
	if !s.usable(i) {
		return pair{situation: Absent, record: i, object: none}, true
	}
	return s.correlate(i, known), true
}

func (s side) correlate(i int, known links) pair {
	objects, why := s.find(i)
	switch {
	case why != "":
		return pair{situation: Ambiguous, record: i, object: none, why: why}
	case len(objects) == 0:
		return pair{situation: Absent, record: i, object: none}
	case len(objects) > 1:
		return pair{
			situation: Ambiguous, record: i, object: none,
			why: fmt.Sprintf("%d objects correlate with it: %s and %s", len(objects), s.label(objects[0]), s.label(objects[1])),
		}
	}
	if owner, linked := known.byObject[s.ids[objects[0]]]; linked {
		return pair{
			situation: Ambiguous, record: i, object: none,
			why: fmt.Sprintf("%s correlates with it, but is linked to another record of source %s", s.label(objects[0]), owner.Record.Source),
		}
	}
	return pair{situation: Found, record: i, object: objects[0]}
}

// separate makes two records that found one object ambiguous, both of them.
func (s side) separate(pairs []pair) []pair {
	finders := map[int]int{}
	for _, p := range pairs {
		if p.situation == Found {
			finders[p.object]++
		}
	}
	for i, p := range pairs {
		if p.situation == Found && finders[p.object] > 1 {
			pairs[i].situation, pairs[i].object = Ambiguous, none
			pairs[i].why = fmt.Sprintf("%d records of the source correlate with the same object, %s", finders[p.object], s.label(p.object))
		}
	}
	return pairs
}
