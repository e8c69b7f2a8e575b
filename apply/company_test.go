package apply_test

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"rollcall/identity"
	"rollcall/reconcile"
	"rollcall/source"
)

// company draws a source of truth whose people and groups share a few anchors,
// names and addresses, so that two companies trade names, join, leave and
// move a lot.
func company(t *rapid.T, label string) *reconcile.Wanted {
	w := &reconcile.Wanted{Source: "corp"}
	anchors := rapid.SliceOfDistinct(rapid.SampledFrom([]string{"p1", "p2", "p3", "p4", "p5", "p6", "p7"}), rapid.ID[string]).Draw(t, label+" people")
	slices.Sort(anchors)
	names := rapid.Permutation([]string{"ann", "BOB", "cem", "dörte", "eve", "fay", "gus", "hal"}).Draw(t, label+" names")
	mails := rapid.Permutation([]string{"", "a@x", "b@x", "c@x", "D@x", "e@x", "", "g@x"}).Draw(t, label+" mails")
	for i, a := range anchors {
		w.Users = append(w.Users, reconcile.User{Anchor: identity.Anchor(a), In: true, Name: a, User: person(t, names[i], mails[i], label+a)})
	}
	groups := rapid.SliceOfDistinct(rapid.SampledFrom([]string{"g1", "g2", "g3", "g4"}), rapid.ID[string]).Draw(t, label+" groups")
	slices.Sort(groups)
	groupNames := rapid.Permutation([]string{"admins", "Dev", "ops", "qa"}).Draw(t, label+" group names")
	for i, g := range groups {
		w.Groups = append(w.Groups, reconcile.Group{
			Anchor: identity.Anchor(g), In: true, Name: g,
			Group: identity.Group{
				DisplayName: groupNames[i],
				Description: rapid.SampledFrom([]string{"", "one", "two"}).Draw(t, label+g+" description"),
			},
			Members: members(t, anchors, label+g),
		})
	}
	return w
}

func person(t *rapid.T, name, mail, label string) identity.User {
	u := identity.User{
		UserName: name, DisplayName: strings.ToUpper(name), Name: identity.Name{GivenName: name, FamilyName: "F"},
		Title:  rapid.SampledFrom([]string{"", "Lead", "Engineer"}).Draw(t, label+" title"),
		Active: rapid.IntRange(0, 4).Draw(t, label+" active") > 0,
	}
	u.Enterprise.Department = rapid.SampledFrom([]string{"", "R&D", "Sales"}).Draw(t, label+" department")
	if mail != "" {
		u.Emails = []identity.Email{{Value: mail, Type: "work", Primary: true}}
	}
	return u
}

func members(t *rapid.T, people []string, label string) []source.Member {
	var all []source.Member
	for _, p := range people {
		if rapid.Bool().Draw(t, label+" has "+p) {
			all = append(all, source.Member{Anchor: identity.Anchor(p)})
		}
	}
	return all
}

// holds says what a directory should hold of a source: one line an object, by
// anchor, without ids and times.
func wantedLines(w *reconcile.Wanted) []string {
	names := map[identity.Anchor]string{}
	var lines []string
	for _, u := range w.Users {
		names[u.Anchor] = u.User.UserName
		lines = append(lines, userLine(string(u.Anchor), u.User))
	}
	for _, g := range w.Groups {
		var who []string
		for _, m := range g.Members {
			who = append(who, names[m.Anchor])
		}
		lines = append(lines, groupLine(string(g.Anchor), g.Group, who))
	}
	slices.Sort(lines)
	return lines
}

func userLine(anchor string, u identity.User) string {
	return fmt.Sprintf("user %s %s %q %q %q %s %v %q", anchor, u.UserName, u.DisplayName, u.Name.GivenName, u.Title, u.Email(), u.Active, u.Enterprise.Department)
}

func groupLine(anchor string, g identity.Group, members []string) string {
	slices.Sort(members)
	return fmt.Sprintf("group %s %s %q %v", anchor, g.DisplayName, g.Description, members)
}
