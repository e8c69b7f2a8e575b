package reconcile_test

import (
	"slices"
	"testing"

	"rollcall/identity"
	"rollcall/link"
	"rollcall/plan"
	"rollcall/reconcile"
)

func TestGroupPlans(t *testing.T) {
	cem, dan := named(account("u1", "cem"), "a1"), named(account("u2", "dan"), "a2")
	both := []link.Link{linked("a1", "u1"), linked("a2", "u2")}
	people := []reconcile.User{want("a1", "cem"), want("a2", "dan")}
	withGroup := func(more ...link.Link) []link.Link {
		return append(append(slices.Clone(both), linkOf("corp", identity.KindGroup, "g1", "G1")), more...)
	}
	type ids = map[identity.ID][]identity.ID
	addOnly := wantGroup("g1", "dev", "a1")
	addOnly.AddOnly, addOnly.Why = true, "a member could not be read"
	tests := map[string]struct {
		scene
		changes   []string
		attention []string
	}{
		"new group with members": {
			scene{users: people, group: []reconcile.Group{wantGroup("g1", "dev", "a1", "a2")}, has: []identity.User{cem, dan}, links: both},
			[]string{"create group dev", "group dev: add cem, dan"},
			nil,
		},
		"new group, new member": {
			scene{users: people, group: []reconcile.Group{wantGroup("g1", "dev", "a1", "a2")}, has: []identity.User{cem}, links: both[:1]},
			[]string{"create user dan", "create group dev", "group dev: add cem, dan"},
			nil,
		},
		"only what differs": {
			scene{users: people, group: []reconcile.Group{wantGroup("g1", "dev", "a2")}, has: []identity.User{cem, dan}, hasGr: []identity.Group{aGroup("G1", "dev", "g1")}, in: ids{"G1": {"u1"}}, links: withGroup()},
			[]string{"group dev: add dan; remove cem"},
			nil,
		},
		"a member who is not ours stays": {
			scene{users: people, group: []reconcile.Group{wantGroup("g1", "dev", "a1", "a2")}, has: []identity.User{cem, dan, account("u9", "guest")}, hasGr: []identity.Group{aGroup("G1", "dev", "g1")}, in: ids{"G1": {"u1", "u2", "u9"}}, links: withGroup()},
			nil, nil,
		},
		"a group that is not ours stays": {
			scene{users: people, group: []reconcile.Group{wantGroup("g1", "dev", "a1")}, has: []identity.User{cem, dan}, hasGr: []identity.Group{aGroup("G1", "dev", "g1"), aGroup("G2", "local-x", "")}, in: ids{"G1": {"u1"}, "G2": {"u1", "u2"}}, links: withGroup()},
			nil, nil,
		},
		"renamed, same group": {
			scene{users: people, group: []reconcile.Group{wantGroup("g1", "developers", "a1")}, has: []identity.User{cem, dan}, hasGr: []identity.Group{aGroup("G1", "dev", "g1")}, in: ids{"G1": {"u1"}}, links: withGroup()},
			[]string{"update group dev: displayName dev → developers"},
			nil,
		},
		"names of groups swapped": {
			scene{
				users: people, group: []reconcile.Group{wantGroup("g1", "ops"), wantGroup("g2", "dev")}, has: []identity.User{cem, dan},
				hasGr: []identity.Group{aGroup("G1", "dev", "g1"), aGroup("G2", "ops", "g2")}, links: withGroup(linkOf("corp", identity.KindGroup, "g2", "G2")),
			},
			[]string{"update group ops: displayName ops → rollcall-swap-G2", "update group dev: displayName dev → ops", "update group ops: displayName rollcall-swap-G2 → dev"},
			nil,
		},
		"gone from the source, kept with its members": {
			scene{users: people, group: []reconcile.Group{wantGroup("g2", "ops")}, has: []identity.User{cem, dan}, hasGr: []identity.Group{aGroup("G1", "dev", "g1"), aGroup("G2", "ops", "g2")}, in: ids{"G1": {"u1"}}, links: withGroup(linkOf("corp", identity.KindGroup, "g2", "G2"))},
			nil,
			[]string{"source-missing group dev"},
		},
		"gone from the source, mirrored": {
			scene{table: "mirror", users: people, group: []reconcile.Group{wantGroup("g2", "ops")}, has: []identity.User{cem, dan}, hasGr: []identity.Group{aGroup("G1", "dev", "g1"), aGroup("G2", "ops", "g2")}, in: ids{"G1": {"u1"}}, links: withGroup(linkOf("corp", identity.KindGroup, "g2", "G2"))},
			[]string{"delete group dev with its membership: cem"},
			nil,
		},
		"a leaver is disabled first": {
			scene{users: people[1:], group: []reconcile.Group{wantGroup("g1", "dev", "a2")}, has: []identity.User{cem, dan}, hasGr: []identity.Group{aGroup("G1", "dev", "g1")}, in: ids{"G1": {"u1", "u2"}}, links: withGroup()},
			[]string{"disable user cem", "group dev: remove cem"},
			nil,
		},
		"a leaver is deleted last": {
			scene{table: "mirror", users: people[1:], group: []reconcile.Group{wantGroup("g1", "dev", "a2")}, has: []identity.User{cem, dan}, hasGr: []identity.Group{aGroup("G1", "dev", "g1")}, in: ids{"G1": {"u1", "u2"}}, links: withGroup()},
			[]string{"disable user cem", "group dev: remove cem", "delete user cem"},
			nil,
		},
		"nobody leaves on a read with a hole": {
			scene{users: people, group: []reconcile.Group{addOnly}, has: []identity.User{cem, dan}, hasGr: []identity.Group{aGroup("G1", "dev", "g1")}, in: ids{"G1": {"u2"}}, links: withGroup()},
			[]string{"group dev: add cem"},
			[]string{"add-only group dev"},
		},
		"a person who cannot be mapped stays where they are": {
			scene{
				users: []reconcile.User{want("a1", "cem"), {Anchor: "a2", Name: "uid=dan", In: true, Problem: errNoMail}}, group: []reconcile.Group{wantGroup("g1", "dev", "a1")},
				has: []identity.User{cem, dan}, hasGr: []identity.Group{aGroup("G1", "dev", "g1")}, in: ids{"G1": {"u1", "u2"}}, links: withGroup(),
			},
			nil,
			[]string{"invalid user uid=dan"},
		},
		"a held person is added to nothing": {
			scene{users: people, group: []reconcile.Group{wantGroup("g1", "dev", "a1", "a2")}, has: []identity.User{cem, dan}, hasGr: []identity.Group{aGroup("G1", "dev", "g1")}, links: withGroup(), holds: []link.Hold{{Source: "corp", Anchor: "a1"}}},
			[]string{"group dev: add dan"},
			nil,
		},
		"no-delete adds and never removes": {
			scene{table: "no-delete", users: people, group: []reconcile.Group{wantGroup("g1", "dev", "a2")}, has: []identity.User{cem, dan}, hasGr: []identity.Group{aGroup("G1", "dev", "g1")}, in: ids{"G1": {"u1"}}, links: withGroup()},
			[]string{"group dev: add dan"},
			nil,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := tt.plan(t)
			if got := sentences(p); !slices.Equal(got, tt.changes) {
				t.Errorf("changes:\n got %q\nwant %q", got, tt.changes)
			}
			if got := attentions(p); !slices.Equal(got, tt.attention) {
				t.Errorf("attention:\n got %q\nwant %q", got, tt.attention)
			}
		})
	}
}

// A deletion is started only when everything that takes access away is done.
func TestADeletionNeedsDisablingAndEveryRevocation(t *testing.T) {
	p := scene{
		table: "mirror", users: []reconcile.User{want("a2", "dan")},
		group: []reconcile.Group{wantGroup("g1", "dev", "a2"), wantGroup("g2", "ops")},
		has:   []identity.User{named(account("u1", "cem"), "a1"), named(account("u2", "dan"), "a2")},
		hasGr: []identity.Group{aGroup("G1", "dev", "g1"), aGroup("G2", "ops", "g2")},
		in:    map[identity.ID][]identity.ID{"G1": {"u1", "u2"}, "G2": {"u1"}},
		links: []link.Link{
			linked("a1", "u1"), linked("a2", "u2"),
			linkOf("corp", identity.KindGroup, "g1", "G1"), linkOf("corp", identity.KindGroup, "g2", "G2"),
		},
	}.plan(t)
	last := p.Changes[len(p.Changes)-1]
	if last.Kind != plan.UserDelete || !slices.Equal(last.Needs, []int{1, 2, 3}) {
		t.Errorf("%s needs %v, want 1 2 3", last.Sentence(), last.Needs)
	}
	if last.Expect.Members != plan.MembersDigest(nil) {
		t.Error("the deletion does not expect the user to be in no group")
	}
}

func TestBrakes(t *testing.T) {
	var people []reconcile.User
	var accounts []identity.User
	var links []link.Link
	for i := range 40 {
		n := string(rune('a'+i/26)) + string(rune('a'+i%26))
		people = append(people, want("x"+n, n))
		accounts = append(accounts, named(account("u"+n, n), "x"+n))
		links = append(links, linked("x"+n, "u"+n))
	}
	group := []reconcile.Group{wantGroup("g1", "dev")}
	tests := map[string]struct {
		scene
		rules []string
	}{
		"five leavers pass":      {scene{users: people[5:], group: group, has: accounts, links: links}, nil},
		"six leavers do not":     {scene{users: people[6:], group: group, has: accounts, links: links}, []string{plan.RuleUsersOff}},
		"no people":              {scene{group: group, has: accounts, links: links}, []string{plan.RuleEmptySource, plan.RuleUsersOff}},
		"no people at all":       {scene{group: group}, []string{plan.RuleEmptySource}},
		"no groups":              {scene{users: people, has: accounts, links: links}, []string{plan.RuleEmptySource}},
		"a protected name":       {scene{users: people, group: []reconcile.Group{wantGroup("g1", "AWSControlTowerAdmins")}, has: accounts, links: links}, []string{plan.RuleProtected}},
		"protected without case": {scene{users: people, group: []reconcile.Group{wantGroup("g1", "awslogarchivex")}, has: accounts, links: links}, []string{plan.RuleProtected}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var rules []string
			for _, b := range tt.plan(t).Brakes {
				rules = append(rules, b.Rule)
			}
			if !slices.Equal(rules, tt.rules) {
				t.Errorf("brakes %v, want %v", rules, tt.rules)
			}
		})
	}
}
