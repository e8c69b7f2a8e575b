package main

import (
	"fmt"

	"rollcall/identity"
)

// company is a made-up company of any size, the same every time.
type company struct {
	people, groups, memberships int
}

var titles = []string{"Engineer", "Senior Engineer", "Manager", "Analyst", "Director", "Technician"}

func (c company) anchor(i int) identity.Anchor {
	return identity.Anchor(fmt.Sprintf("%08x-0000-4000-8000-%012x", i, i))
}

func (c company) groupAnchor(i int) identity.Anchor {
	return identity.Anchor(fmt.Sprintf("%08x-1111-4111-8111-%012x", i, i))
}

func (c company) user(i int) identity.User {
	given, family := fmt.Sprintf("Given%d", i%977), fmt.Sprintf("Family%d", i)
	u := identity.User{
		UserName: fmt.Sprintf("user.%d@example.com", i), DisplayName: given + " " + family,
		Name:   identity.Name{GivenName: given, FamilyName: family},
		Title:  titles[i%len(titles)],
		Emails: []identity.Email{{Value: fmt.Sprintf("user.%d@example.com", i), Type: "work", Primary: true}},
		Active: true,
	}
	u.Enterprise.Department = fmt.Sprintf("Department %d", i%40)
	u.Enterprise.EmployeeNumber = fmt.Sprint(100000 + i)
	return u
}

func (c company) group(i int) identity.Group {
	return identity.Group{DisplayName: fmt.Sprintf("group-%05d", i), Description: "A group"}
}

// member is person k of group i: everybody of a group differs, and everybody
// is in about as many groups as anybody else.
func (c company) member(i, k int) int { return (i*7919 + k*31) % c.people }

func (c company) perGroup() int { return c.memberships / c.groups }
