package reconcile

import (
	"rollcall/baseline"
	"rollcall/dn"
	"rollcall/identity"
	"rollcall/source"
)

// Count says what a read came to, for the baseline: people by OU, members by
// group, and how many have which attribute. Snap is the read that w was made
// from, paths are the attributes that the mapping sets.
func (w *Wanted) Count(snap *source.Snapshot, paths []string) *baseline.Counts {
	c := &baseline.Counts{
		OUs: map[string]int{}, Groups: map[identity.Anchor]baseline.Group{},
		Attributes: map[string]int{}, Source: map[string]int{}, Everybody: len(snap.People), Replica: snap.Report.Replica,
	}
	in := make(map[identity.Anchor]bool, len(w.Users))
	for i := range snap.People {
		for name, values := range snap.People[i].Attributes {
			if len(values) > 0 {
				c.Source[name]++
			}
		}
		if !w.Users[i].In {
			continue
		}
		in[w.Users[i].Anchor] = true
		c.People++
		if ou := unitOf(&snap.People[i]); ou != "" {
			c.OUs[ou]++
		}
		for _, path := range paths {
			if isSet(&w.Users[i].User, path) {
				c.Attributes[path]++
			}
		}
	}
	for i := range w.Groups {
		if g := &w.Groups[i]; g.In {
			c.Groups[g.Anchor] = baseline.Group{Name: g.label(), Members: countIn(g.Members, in)}
		}
	}
	return c
}

func countIn(members []source.Member, in map[identity.Anchor]bool) int {
	n := 0
	for i := range members {
		if in[members[i].Anchor] {
			n++
		}
	}
	return n
}

// label is what people call a group.
func (g *Group) label() string {
	if g.Group.DisplayName != "" {
		return g.Group.DisplayName
	}
	return g.Name
}

// unitOf is where a person stands: the entry's parent, or where a source has
// no names like that, its attribute ou.
func unitOf(p *source.Person) string {
	if name, err := dn.Parse(p.Name); err == nil && name != "" {
		return string(name.Parent())
	}
	return p.Attributes.First("ou")
}

// isSet reports whether a user has an attribute. The status is no attribute
// that anybody lacks.
func isSet(u *identity.User, path string) bool {
	if at, ok := identity.UserText(path); ok {
		return *at(u) != ""
	}
	switch path {
	case "emails":
		return len(u.Emails) > 0
	case "addresses":
		return len(u.Addresses) > 0
	case "phoneNumbers":
		return len(u.PhoneNumbers) > 0
	case "photos":
		return len(u.Photos) > 0
	case "roles":
		return len(u.Roles) > 0
	}
	return false
}
