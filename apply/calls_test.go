package apply_test

import (
	"fmt"
	"testing"

	"rollcall/identity"
	"rollcall/identitycentertest"
	"rollcall/reconcile"
	"rollcall/source"
)

// big is a company of that size, whose people are in as many groups each, with
// one in a hundred of them changed if asked.
func big(people, groups, perGroup int, changed bool) *reconcile.Wanted {
	w := &reconcile.Wanted{Source: "corp"}
	anchor := func(i int) identity.Anchor { return identity.Anchor(fmt.Sprintf("p%06d", i)) }
	for i := range people {
		name := fmt.Sprintf("user%06d", i)
		u := identity.User{
			UserName: name, DisplayName: name, Name: identity.Name{GivenName: "G", FamilyName: name}, Active: true, Title: "Engineer",
			Emails: []identity.Email{{Value: name + "@example.com", Type: "work", Primary: true}},
		}
		if changed && i%100 == 0 {
			u.Title = "Lead"
		}
		w.Users = append(w.Users, reconcile.User{Anchor: anchor(i), In: true, Name: name, User: u})
	}
	for g := range groups {
		name := fmt.Sprintf("group%05d", g)
		group := reconcile.Group{Anchor: identity.Anchor("g" + name), In: true, Name: name, Group: identity.Group{DisplayName: name, Description: "A group"}}
		for k := range perGroup {
			group.Members = append(group.Members, source.Member{Anchor: anchor((g*perGroup + k) % people)})
		}
		w.Groups = append(w.Groups, group)
	}
	return w
}

func pages(n int) int { return max(1, (n+99)/100) }

// Exactly as many calls as there must be. The least are: for a first load one
// for each user and each group with its description in a second, and one for
// each hundred members beyond the first; for a comparison one for each page of
// users, of groups, and of the members of each group.
func TestEveryCallOfASyncIsNeeded(t *testing.T) {
	for name, size := range map[string]struct{ people, groups, perGroup int }{
		"a company of 1,000":     {1000, 50, 60},
		"groups of 250":          {500, 4, 250},
		"more groups than users": {10, 40, 3},
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && size.people > 500 {
				size.people, size.groups = 200, 10
			}
			count := new(wire)
			w := newWorld(t, t.TempDir(), overTheWire(t, identitycentertest.New(t), count, ways["both"]))
			defer w.close()
			w.x.InFlight = 32
			load := big(size.people, size.groups, size.perGroup, false)
			listed := pages(size.people) + pages(size.groups) + min(size.people, size.groups*pages(size.perGroup))
			for _, step := range []struct {
				name          string
				wanted        *reconcile.Wanted
				reads, writes int
			}{
				{"first load", load, 2, size.people + size.groups*(2+pages(size.perGroup)-1)},
				{"no change", load, listed, 0},
				// A change is read back, so that the journal has what is there.
				{"one of a hundred changed", big(size.people, size.groups, size.perGroup, true), listed + pages(size.people), pages(size.people)},
			} {
				count.take()
				w.sync(t, step.wanted)
				reads, writes := count.take()
				t.Logf("%s: %d reads (bound %d), %d writes (bound %d)", step.name, reads, step.reads, writes, step.writes)
				if reads != step.reads || writes != step.writes {
					t.Errorf("%s: %d reads, %d writes; want %d and %d", step.name, reads, writes, step.reads, step.writes)
				}
			}
		})
	}
}
