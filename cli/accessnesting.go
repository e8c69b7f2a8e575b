package cli

import (
	"context"
	"slices"

	"rollcall/access"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/source"
)

// addNesting adds to the groups of one user by which nested groups of the
// source the user is in them. A user or group that no source owns has none.
func (h *house) addNesting(ctx context.Context, d *directory.Directory, f *access.Facts) error {
	person, err := h.links.ByObject(ctx, d.Name(), identity.KindUser, f.Scope.User)
	if fault.Is(err, fault.NotFound) || len(f.Groups) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	snap, err := h.readSource(ctx, person.Record.Source)
	if err != nil {
		return err
	}
	called := map[identity.Anchor]string{}
	of := map[identity.Anchor]source.Group{}
	for _, g := range snap.Groups {
		called[g.Anchor], of[g.Anchor] = shortName(g), g
	}
	for i := range f.Groups {
		l, err := h.links.ByObject(ctx, d.Name(), identity.KindGroup, f.Groups[i].ID)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		members := of[l.Record.Anchor].Members
		at := slices.IndexFunc(members, func(m source.Member) bool { return m.Anchor == person.Record.Anchor })
		if at < 0 || l.Record.Source != person.Record.Source {
			continue
		}
		var nested []string
		for _, anchor := range members[at].Path {
			nested = append(nested, called[anchor])
		}
		f.Groups[i].Nested = map[identity.ID][]string{f.Scope.User: nested}
	}
	return nil
}

// shortName is what people call a group of a source.
func shortName(g source.Group) string {
	for _, attribute := range []string{"displayname", "cn"} {
		if name := g.Attributes.First(attribute); name != "" {
			return name
		}
	}
	return g.Name
}
