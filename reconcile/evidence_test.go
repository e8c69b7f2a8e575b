package reconcile_test

import (
	"fmt"
	"slices"
	"testing"

	"rollcall/baseline"
	"rollcall/identity"
	"rollcall/link"
	"rollcall/plan"
	"rollcall/reconcile"
	"rollcall/source"
)

// rulesOf lists the rules that a plan trips.
func rulesOf(p *plan.Plan) []string {
	var rules []string
	for _, b := range p.Brakes {
		rules = append(rules, b.Rule)
	}
	return rules
}

// crew is a company of eight linked people, all in the group dev.
func crew() scene {
	s := scene{hasGr: []identity.Group{aGroup("G1", "dev", "g1")}, in: map[identity.ID][]identity.ID{}}
	var anchors []string
	for i := range 8 {
		name := fmt.Sprintf("p%d", i)
		s.users = append(s.users, want("a"+name, name))
		s.has = append(s.has, named(account("u"+name, name), "a"+name))
		s.links = append(s.links, linked("a"+name, "u"+name))
		s.in["G1"] = append(s.in["G1"], identity.ID("u"+name))
		anchors = append(anchors, "a"+name)
	}
	s.group = []reconcile.Group{wantGroup("g1", "dev", anchors...)}
	s.links = append(s.links, linkOf("corp", identity.KindGroup, "g1", "G1"))
	return s
}

func TestPeopleWhoLeaveAGroupButNotTheSource(t *testing.T) {
	members := func(n int) []reconcile.Group {
		g := crew().group[0]
		g.Members = g.Members[:n]
		return []reconcile.Group{g}
	}
	left := func(ids ...string) []plan.Change {
		c := plan.Change{Kind: plan.GroupMembers, Subject: "G1", Name: "dev"}
		for _, id := range ids {
			c.Remove = append(c.Remove, plan.Member{User: plan.Subject(id), Name: id})
		}
		return []plan.Change{c}
	}
	for name, c := range map[string]struct {
		alter func(s *scene)
		rules []string
	}{
		"half of them":       {func(s *scene) { s.group = members(4) }, nil},
		"more than half":     {func(s *scene) { s.group = members(3) }, []string{plan.RuleGroupLeavers}},
		"they left for good": {func(s *scene) { s.users, s.group = s.users[:3], members(3) }, nil},
		"with those before": {func(s *scene) {
			s.in["G1"] = s.in["G1"][:6] // p6 and p7 left an hour ago
			s.group = members(3)
			s.alter = func(in *reconcile.Input) { in.Known.Earlier = left("up6", "up7") }
		}, []string{plan.RuleGroupLeavers}},
		"those before came back": {func(s *scene) {
			s.group = members(4)
			s.alter = func(in *reconcile.Input) { in.Known.Earlier = left("up0", "up1", "up2") }
		}, nil},
		"those before are gone altogether": {func(s *scene) {
			s.users, s.in["G1"], s.group = s.users[:6], s.in["G1"][:6], members(3)
			s.alter = func(in *reconcile.Input) { in.Known.Earlier = left("up6", "up7") }
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := crew()
			c.alter(&s)
			if got := rulesOf(s.plan(t)); !slices.Equal(got, c.rules) {
				t.Errorf("brakes %v, want %v", got, c.rules)
			}
		})
	}
}

func TestAccountsThatAreGoneFromTheDirectory(t *testing.T) {
	for name, c := range map[string]struct {
		missing int
		rules   []string
	}{"ten": {10, nil}, "eleven": {11, []string{plan.RuleMissing}}} {
		t.Run(name, func(t *testing.T) {
			s := crew()
			for i := range c.missing {
				n := fmt.Sprintf("m%02d", i)
				s.users, s.links = append(s.users, want("a"+n, n)), append(s.links, linked("a"+n, "u"+n))
			}
			p := s.plan(t)
			if got := rulesOf(p); !slices.Equal(got, c.rules) {
				t.Errorf("brakes %v, want %v", got, c.rules)
			}
			if got := p.Count()[plan.UserCreate]; got != c.missing || !p.Changes[0].Again {
				t.Errorf("%d made again, the first marked %v", got, p.Changes[0].Again)
			}
		})
	}
}

// held is a baseline of crew with some more people in an OU or a group.
func held(ou string, people, members int) *baseline.Baseline {
	return &baseline.Baseline{Made: march.Add(-day), Counts: baseline.Counts{
		People: 8 + people, OUs: map[string]int{"ou=it": 8, ou: people},
		Groups: map[identity.Anchor]baseline.Group{"g1": {Name: "dev", Members: members}, "g2": {Name: "closed", Members: 9}},
	}}
}

func TestWhatHeldPeopleAndHoldsNobodyNow(t *testing.T) {
	leavers := func(s *scene, n int) {
		for i := range n {
			name := fmt.Sprintf("q%d", i)
			s.has = append(s.has, named(account("u"+name, name), "a"+name))
			s.links = append(s.links, linked("a"+name, "u"+name))
		}
	}
	now := func(members int) *baseline.Counts {
		return &baseline.Counts{People: 8, OUs: map[string]int{"ou=it": 8}, Groups: map[identity.Anchor]baseline.Group{"g1": {Name: "dev", Members: members}}}
	}
	for name, c := range map[string]struct {
		alter func(s *scene, in *reconcile.Input)
		rules []string
	}{
		"nothing": {func(_ *scene, in *reconcile.Input) { in.Known.Baseline, in.Counts = held("ou=x", 0, 8), now(8) }, nil},
		"an OU of two whose people are gone": {func(s *scene, in *reconcile.Input) {
			leavers(s, 2)
			in.Known.Baseline, in.Counts = held("ou=sales", 2, 8), now(8)
		}, []string{plan.RuleEmptied}},
		"an OU of one": {func(s *scene, in *reconcile.Input) {
			leavers(s, 1)
			in.Known.Baseline, in.Counts = held("ou=sales", 1, 8), now(8)
		}, nil},
		"an OU whose people moved": {func(s *scene, in *reconcile.Input) {
			leavers(s, 1)
			in.Known.Baseline, in.Counts = held("ou=sales", 2, 8), now(8)
		}, nil},
		"whose people were gone before": {func(s *scene, in *reconcile.Input) {
			leavers(s, 2)
			in.Known.Absent = map[baseline.Key]baseline.Absence{
				{Kind: identity.KindUser, Anchor: "aq0"}: {Since: march.Add(-2 * day)}, {Kind: identity.KindUser, Anchor: "aq1"}: {Since: march.Add(-2 * day)},
			}
			in.Known.Baseline, in.Counts = held("ou=sales", 2, 8), now(8)
		}, nil},
		"a group of two": {func(s *scene, in *reconcile.Input) {
			s.group, s.in = []reconcile.Group{wantGroup("g1", "dev")}, nil
			in.Known.Baseline, in.Counts = held("ou=x", 0, 2), now(0)
		}, []string{plan.RuleEmptied}},
		"a group of one": {func(s *scene, in *reconcile.Input) {
			s.group, s.in = []reconcile.Group{wantGroup("g1", "dev")}, nil
			in.Known.Baseline, in.Counts = held("ou=x", 0, 1), now(0)
		}, nil},
		"a group whose members could not be read": {func(s *scene, in *reconcile.Input) {
			g := wantGroup("g1", "dev")
			g.AddOnly, g.Why = true, "a member could not be read"
			s.group, s.in = []reconcile.Group{g}, nil
			in.Known.Baseline, in.Counts = held("ou=x", 0, 8), now(0)
		}, nil},
		"no baseline yet": {func(s *scene, in *reconcile.Input) { in.Counts = now(0) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := crew()
			var set reconcile.Input
			c.alter(&s, &set)
			s.alter = func(in *reconcile.Input) {
				in.Known.Baseline, in.Known.Absent, in.Counts = set.Known.Baseline, set.Known.Absent, set.Counts
			}
			if got := rulesOf(s.plan(t)); !slices.Equal(got, c.rules) {
				t.Errorf("brakes %v, want %v", got, c.rules)
			}
		})
	}
}

func TestAReadIsCountedByOUGroupAndAttribute(t *testing.T) {
	snap := &source.Snapshot{People: []source.Person{
		{Anchor: "a1", Name: "uid=ann,OU=Sales, dc=x", Attributes: source.Attributes{"title": {"Lead"}, "mail": {}}},
		{Anchor: "a2", Name: "uid=bob,ou=sales,dc=x", Attributes: source.Attributes{"title": {"Lead"}}},
		{Anchor: "a3", Name: "line 4 of people.csv", Attributes: source.Attributes{"ou": {"IT"}}},
	}}
	out := want("a2", "bob")
	out.In = false
	ann := want("a1", "ann")
	ann.User.Title = "Lead"
	w := &reconcile.Wanted{Source: "corp", Users: []reconcile.User{ann, out, want("a3", "cem")}, Groups: []reconcile.Group{wantGroup("g1", "dev", "a1", "a2", "a3")}}
	got := w.Count(snap, []string{"userName", "title", "emails", "active"})
	if got.People != 2 || got.Everybody != 3 || got.OUs["ou=sales,dc=x"] != 1 || got.OUs["IT"] != 1 ||
		got.Groups["g1"] != (baseline.Group{Name: "dev", Members: 2}) ||
		got.Attributes["title"] != 1 || got.Attributes["emails"] != 2 || got.Attributes["active"] != 0 ||
		got.Source["title"] != 2 || got.Source["mail"] != 0 {
		t.Errorf("%+v", got)
	}
}

func TestAdoptionPlansNothingElse(t *testing.T) {
	s := scene{
		users: []reconcile.User{want("a1", "cem"), want("a2", "dan"), want("a3", "eve"), want("a4", "new")},
		group: []reconcile.Group{wantGroup("g1", "dev", "a1")},
		has: []identity.User{
			account("u1", "CEM"),
			{ID: "u2", UserName: "dan", Active: true},
			{ID: "u22", UserName: "x", Emails: []identity.Email{{Value: "dan@example.com"}}, Active: true},
			account("u5", "leaver"),
		},
		hasGr: []identity.Group{aGroup("G1", "Dev", "")}, links: []link.Link{linked("a5", "u5")},
	}
	p, err := reconcile.PlanAdoption(s.input(t))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := sentences(p), []string{"adopt user CEM", "adopt group Dev"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if len(p.Attention) != 1 || p.Attention[0].Text != "2 objects correlate with it: user dan (u2) and user x (u22)" {
		t.Errorf("%+v", p.Attention)
	}
	if len(p.Brakes) != 0 || p.Origin != plan.FromCommand {
		t.Errorf("brakes %v, origin %s", p.Brakes, p.Origin)
	}
	s.hasGr, s.group = []identity.Group{aGroup("G1", "AWSControlTowerAdmins", "")}, []reconcile.Group{wantGroup("g1", "AWSControlTowerAdmins")}
	if p, err = reconcile.PlanAdoption(s.input(t)); err != nil || !slices.Equal(rulesOf(p), []string{plan.RuleProtected}) {
		t.Errorf("a protected group is adopted: %v, %v", p.Brakes, err)
	}
}
