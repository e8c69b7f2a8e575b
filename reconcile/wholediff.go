package reconcile

import (
	"reflect"
	"slices"
	"strings"

	"rollcall/identity"
	"rollcall/source"
)

// difference is what is not the same in two snapshots of one source.
type difference struct {
	people map[identity.Anchor]bool // who came, went, changed or has another membership
	groups map[identity.Anchor]bool // whose members changed
	in     map[identity.Anchor][]int32
	out    map[identity.Anchor][]int32
	other  bool // a group came, went, or is another but for its members
}

// differ walks along two snapshots, in which what has not changed is mostly the
// very same text: what is not may be taken for changed, and costs a look.
func differ(before, now *source.Snapshot) difference {
	d := difference{people: map[identity.Anchor]bool{}, groups: map[identity.Anchor]bool{}, in: map[identity.Anchor][]int32{}, out: map[identity.Anchor][]int32{}}
	walk(before.People, now.People, func(p *source.Person) identity.Anchor { return p.Anchor }, func(a, b *source.Person) {
		switch {
		case a == nil:
			d.people[b.Anchor] = true
		case b == nil || a.Name != b.Name || !sameAttributes(a.Attributes, b.Attributes):
			d.people[a.Anchor] = true
		}
	})
	if len(before.Groups) != len(now.Groups) {
		d.other = true
		return d
	}
	for i := range now.Groups {
		a, b := &before.Groups[i], &now.Groups[i]
		if a.Anchor != b.Anchor || a.Name != b.Name || a.AddOnly != b.AddOnly || a.Why != b.Why || !sameAttributes(a.Attributes, b.Attributes) {
			d.other = true
			return d
		}
		d.members(int32(i), a, b)
	}
	return d
}

// members notes who came into a group or left it, and who is in it by another way.
func (d *difference) members(at int32, before, now *source.Group) {
	if n := len(now.Members); n == len(before.Members) && (n == 0 || &before.Members[0] == &now.Members[0]) {
		return
	}
	walk(before.Members, now.Members, func(m *source.Member) identity.Anchor { return m.Anchor }, func(a, b *source.Member) {
		switch {
		case a == nil:
			d.in[b.Anchor] = append(d.in[b.Anchor], at)
			d.people[b.Anchor] = true
		case b == nil:
			d.out[a.Anchor] = append(d.out[a.Anchor], at)
			d.people[a.Anchor] = true
		case slices.Equal(a.Path, b.Path):
			return
		default:
			d.people[a.Anchor] = true
		}
		d.groups[now.Anchor] = true
	})
}

// walk goes along two lists that are sorted by anchor; who is in one of them
// only comes with nil for the other.
func walk[T any](a, b []T, anchor func(*T) identity.Anchor, each func(a, b *T)) {
	i, k := 0, 0
	for i < len(a) || k < len(b) {
		order := 0
		switch {
		case i == len(a):
			order = 1
		case k == len(b):
			order = -1
		default:
			order = strings.Compare(string(anchor(&a[i])), string(anchor(&b[k])))
		}
		switch {
		case order < 0:
			each(&a[i], nil)
			i++
		case order > 0:
			each(nil, &b[k])
			k++
		default:
			each(&a[i], &b[k])
			i, k = i+1, k+1
		}
	}
}

// sameAttributes reports whether two entries have the very same attributes,
// which nobody changes.
func sameAttributes(a, b source.Attributes) bool {
	return reflect.ValueOf(a).Pointer() == reflect.ValueOf(b).Pointer()
}

// sorted reports whether people, groups and members stand in the order of their
// anchors, each once.
func sorted(s *source.Snapshot) bool {
	ordered := ascending(s.People, func(p *source.Person) identity.Anchor { return p.Anchor }) &&
		ascending(s.Groups, func(g *source.Group) identity.Anchor { return g.Anchor })
	for i := range s.Groups {
		ordered = ordered && ascending(s.Groups[i].Members, func(m *source.Member) identity.Anchor { return m.Anchor })
	}
	return ordered
}

func ascending[T any](list []T, anchor func(*T) identity.Anchor) bool {
	for i := 1; i < len(list); i++ {
		if anchor(&list[i-1]) >= anchor(&list[i]) {
			return false
		}
	}
	return true
}
