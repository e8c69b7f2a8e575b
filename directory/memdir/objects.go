package memdir

import (
	"slices"

	"rollcall/directory"
	"rollcall/identity"
)

var userFields = fields[identity.User]{
	kind:     identity.KindUser,
	noun:     "User",
	own:      func(u *identity.User) (*identity.ID, *identity.Meta) { return &u.ID, &u.Meta },
	validate: (*identity.User).Validate,
	finds:    []string{directory.KeyUserName, directory.KeyEmail},
	names: func(u *identity.User) []name {
		all := append(externalNames(u.ExternalIDs), name{attribute: directory.KeyUserName, value: identity.Fold(u.UserName)})
		for _, e := range u.Emails {
			all = append(all, name{attribute: directory.KeyEmail, value: identity.Fold(e.Value)})
		}
		return all
	},
	clone: func(u identity.User) identity.User {
		u.Emails = slices.Clone(u.Emails)
		u.Addresses = slices.Clone(u.Addresses)
		u.PhoneNumbers = slices.Clone(u.PhoneNumbers)
		u.Photos = slices.Clone(u.Photos)
		u.Roles = slices.Clone(u.Roles)
		u.ExternalIDs = slices.Clone(u.ExternalIDs)
		return u
	},
	last: func(u identity.User, lost []identity.Membership) any {
		var groups []identity.ID
		for _, m := range lost {
			groups = append(groups, m.GroupID)
		}
		return struct {
			identity.User
			GroupIDs []identity.ID `json:"groupIds,omitempty"`
		}{u, groups}
	},
}

var groupFields = fields[identity.Group]{
	kind:     identity.KindGroup,
	noun:     "Group",
	own:      func(g *identity.Group) (*identity.ID, *identity.Meta) { return &g.ID, &g.Meta },
	validate: (*identity.Group).Validate,
	finds:    []string{directory.KeyDisplayName},
	names: func(g *identity.Group) []name {
		return append(externalNames(g.ExternalIDs), name{attribute: directory.KeyDisplayName, value: identity.Fold(g.DisplayName)})
	},
	clone: func(g identity.Group) identity.Group {
		g.ExternalIDs = slices.Clone(g.ExternalIDs)
		return g
	},
	last: func(g identity.Group, lost []identity.Membership) any {
		var users []identity.ID
		for _, m := range lost {
			users = append(users, m.UserID)
		}
		return struct {
			identity.Group
			UserIDs []identity.ID `json:"userIds,omitempty"`
		}{g, users}
	},
}
