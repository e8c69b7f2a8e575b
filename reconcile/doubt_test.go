package reconcile_test

import (
	"slices"
	"strings"
	"testing"

	"rollcall/identity"
	"rollcall/link"
	"rollcall/plan"
	"rollcall/reconcile"
)

func person(u identity.User, given, family, email string) identity.User {
	u.Name.GivenName, u.Name.FamilyName = given, family
	u.Emails = nil
	if email != "" {
		u.Emails = []identity.Email{{Value: email, Primary: true}}
	}
	return u
}

func mapsNames(in *reconcile.Input) {
	in.Settings.UserPaths = append(in.Settings.UserPaths, "name.givenName", "name.familyName", identity.PathActive)
}

func kinds(p *plan.Plan) (all []plan.Kind) {
	for i := range p.Changes {
		all = append(all, p.Changes[i].Kind)
	}
	return all
}

// Only who has nothing of the person that the account was made for may be
// somebody else.
func TestAnAnchorThatIsGivenAgainHandsNoAccountOver(t *testing.T) {
	was := person(account("u1", "ann"), "Ann", "Example", "ann@example.com")
	for name, c := range map[string]struct {
		now   identity.User
		alter func(*reconcile.Input)
		doubt bool
	}{
		"everything is another":           {now: person(account("", "zoe"), "Zoe", "Other", "zoe@example.com"), doubt: true},
		"the same in another case":        {now: person(account("", "zoe"), "ANN", "Other", "zoe@example.com")},
		"she has married":                 {now: person(account("", "ann.other"), "Ann", "Other", "ann.other@example.com")},
		"a company has a new domain":      {now: person(account("", "a.example"), "Ann", "Example", "ann@example.net")},
		"a new name for the same address": {now: person(account("", "zoe"), "Zoe", "Other", "ann@example.com")},
		"a new name for the same account": {now: person(account("", "ann"), "Zoe", "Other", "zoe@example.com")},
		"no address any more":             {now: person(account("", "zoe"), "Zoe", "Other", ""), doubt: true},
		"names that are not mapped": {
			now: person(account("", "zoe"), "Zoe", "Other", "zoe@example.com"),
			alter: func(in *reconcile.Input) {
				in.Settings.UserPaths = slices.DeleteFunc(in.Settings.UserPaths, func(p string) bool { return p == "name.givenName" })
			},
		},
	} {
		s := scene{
			users: []reconcile.User{{Anchor: "E1", Name: "row 1", In: true, User: c.now}},
			group: []reconcile.Group{wantGroup("G1", "dev", "E1"), wantGroup("G2", "ops")},
			has:   []identity.User{named(was, "E1")}, hasGr: []identity.Group{{ID: "g1", DisplayName: "dev"}, {ID: "g2", DisplayName: "ops"}},
			in:    map[identity.ID][]identity.ID{"g2": {"u1"}},
			links: []link.Link{linked("E1", "u1"), linkOf("corp", identity.KindGroup, "G1", "g1"), linkOf("corp", identity.KindGroup, "G2", "g2")},
			alter: func(in *reconcile.Input) {
				mapsNames(in)
				in.Settings.GroupPaths = nil
				if c.alter != nil {
					c.alter(in)
				}
			},
		}
		p := s.plan(t)
		changed := slices.ContainsFunc(p.Changes, func(ch plan.Change) bool { return ch.Subject == plan.Existing("u1") || ch.Kind == plan.GroupMembers })
		doubted := slices.ContainsFunc(p.Attention, func(a plan.Attention) bool {
			return a.Situation == "ambiguous" && a.Object == "u1" && strings.Contains(a.Text, "given to somebody else")
		})
		if changed == c.doubt || doubted != c.doubt {
			t.Errorf("%s: changes %v, attention %+v; in doubt: want %t", name, kinds(p), p.Attention, c.doubt)
		}
	}
}

func TestWhoIsInDoubtIsDisabledAndNotEnabled(t *testing.T) {
	other := person(account("", "zoe"), "Zoe", "Other", "zoe@example.com")
	for name, c := range map[string]struct {
		now, then bool // active: the record, the account
		want      []plan.Kind
	}{
		"disabled in the source": {false, true, []plan.Kind{plan.UserDisable}},
		"enabled in the source":  {true, false, nil},
		"disabled on both sides": {false, false, nil},
	} {
		was := named(person(account("u1", "ann"), "Ann", "Example", "ann@example.com"), "E1")
		was.Active, other.Active = c.then, c.now
		p := scene{
			users: []reconcile.User{{Anchor: "E1", Name: "row 1", In: true, User: other}}, has: []identity.User{was},
			links: []link.Link{linked("E1", "u1")}, alter: func(in *reconcile.Input) { mapsNames(in); in.Settings.ManageGroups = false },
		}.plan(t)
		if got := kinds(p); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// Whoever left under another name, as where names are struck out of the record,
// leaves their groups, too; whoever is still there keeps them, and joins none.
func TestWhoIsInDoubtLeavesGroupsOnlyWhereTheRecordIsDisabled(t *testing.T) {
	for name, c := range map[string]struct {
		active, status bool
		memberships    reconcile.MembershipsOf
		listed         bool // in the source's group
		out            bool
	}{
		"disabled, by policy":                   {false, true, reconcile.MembershipsRevoked, true, true},
		"disabled, and out of the group":        {false, true, "", false, true},
		"disabled, and in the group":            {false, true, "", true, false},
		"where nobody can be disabled":          {false, false, reconcile.MembershipsRevoked, true, true},
		"enabled, and out of the group":         {true, true, "", false, false},
		"enabled, where those disabled lose it": {true, true, reconcile.MembershipsRevoked, true, false},
	} {
		was := named(person(account("u1", "ann"), "Ann", "Example", "ann@example.com"), "E1")
		now := person(account("", "left-17"), "Gone", "Account", "")
		now.Active = c.active
		dev, ops := wantGroup("G1", "dev"), wantGroup("G2", "ops")
		if c.listed {
			dev, ops = wantGroup("G1", "dev", "E1"), wantGroup("G2", "ops", "E1")
		}
		p := scene{
			users: []reconcile.User{{Anchor: "E1", Name: "row 1", In: true, User: now}}, has: []identity.User{was},
			group: []reconcile.Group{dev, ops}, hasGr: []identity.Group{{ID: "g1", DisplayName: "dev"}, {ID: "g2", DisplayName: "ops"}},
			in:    map[identity.ID][]identity.ID{"g1": {"u1"}},
			links: []link.Link{linked("E1", "u1"), linkOf("corp", identity.KindGroup, "G1", "g1"), linkOf("corp", identity.KindGroup, "G2", "g2")},
			alter: func(in *reconcile.Input) {
				mapsNames(in)
				in.Settings.GroupPaths, in.Current.Abilities.Status = nil, c.status
				in.Settings.Leavers.Memberships = c.memberships
			},
		}.plan(t)
		var left, joined int
		for _, ch := range p.Changes {
			left, joined = left+len(ch.Remove), joined+len(ch.Add)
		}
		if (left > 0) != c.out || joined > 0 {
			t.Errorf("%s: leaves %d groups and joins %d, want left %t and none joined: %v", name, left, joined, c.out, kinds(p))
		}
	}
}

// What a spreadsheet does to an anchor puts nobody out, and makes no second
// account.
func TestAnAnchorThatIsWrittenOtherwiseIsNobodyWhoLeft(t *testing.T) {
	for name, c := range map[string]struct {
		before, now string
		doubt       bool
	}{
		"in another case":       {"E0f1", "e0F1", true},
		"without its zeros":     {"00123", "123", true},
		"as a fraction":         {"123", "123.0", true},
		"with blanks":           {"E1", " E1", true},
		"in braces":             {"3f2a-11", "{3F2A-11}", true},
		"another number":        {"123", "1230", false},
		"nothing but zeros":     {"0", "000", false},
		"with another hyphen":   {"12-3", "1-23", false},
		"a letter that is more": {"E1", "EE1", false},
	} {
		for _, table := range []string{reconcile.Default, "mirror"} {
			newcomer := want(c.now, "bob") // another name, so that nothing but the anchor tells
			p := scene{
				table: table, users: []reconcile.User{newcomer},
				has: []identity.User{named(account("u1", "ann"), c.before)}, links: []link.Link{linked(c.before, "u1")},
				alter: func(in *reconcile.Input) { in.Settings.ManageGroups = false },
			}.plan(t)
			if put := slices.ContainsFunc(p.Changes, func(ch plan.Change) bool { return ch.Kind == plan.UserDisable || ch.Kind == plan.UserDelete }); put == c.doubt {
				t.Errorf("%s, %s: somebody is put out %t, want %t", name, table, put, !c.doubt)
			}
			if c.doubt && (len(p.Changes) > 0 || len(p.Attention) != 2) {
				t.Errorf("%s, %s: %v, %+v; want no change and two lines for a person", name, table, kinds(p), p.Attention)
			}
		}
	}
}

func TestAGroupWhoseAnchorIsWrittenOtherwiseIsNotDeleted(t *testing.T) {
	p := scene{
		table: "mirror", group: []reconcile.Group{wantGroup("DEV", "dev")}, users: []reconcile.User{want("E1", "ann")},
		has: []identity.User{named(account("u1", "ann"), "E1")}, hasGr: []identity.Group{{ID: "g1", DisplayName: "dev"}},
		in:    map[identity.ID][]identity.ID{"g1": {"u1"}},
		links: []link.Link{linked("E1", "u1"), linkOf("corp", identity.KindGroup, "dev", "g1")},
	}.plan(t)
	if len(p.Changes) != 0 || len(p.Attention) != 2 {
		t.Errorf("%v, %+v; want no change and two lines for a person", kinds(p), p.Attention)
	}
}
