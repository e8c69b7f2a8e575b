package source

import (
	"cmp"
	"slices"

	"rollcall/identity"
)

// Person finds somebody by their anchor.
func (s *Snapshot) Person(anchor identity.Anchor) (Person, bool) {
	i, there := s.personAt(anchor)
	if !there {
		return Person{}, false
	}
	return s.People[i], true
}

func (s *Snapshot) personAt(anchor identity.Anchor) (int, bool) {
	return slices.BinarySearchFunc(s.People, anchor, func(p Person, a identity.Anchor) int { return cmp.Compare(p.Anchor, a) })
}

// GroupAt finds the place of a group in Groups by its anchor.
func (s *Snapshot) GroupAt(anchor identity.Anchor) (int, bool) {
	return slices.BinarySearchFunc(s.Groups, anchor, func(g Group, a identity.Anchor) int { return cmp.Compare(g.Anchor, a) })
}

// Member finds somebody in a group whose members are sorted by anchor.
func (g *Group) Member(anchor identity.Anchor) (Member, bool) {
	i, in := slices.BinarySearchFunc(g.Members, anchor, func(m Member, a identity.Anchor) int { return cmp.Compare(m.Anchor, a) })
	if !in {
		return Member{}, false
	}
	return g.Members[i], true
}
