package reconcile_test

import (
	"slices"
	"strings"
	"testing"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/link"
	"rollcall/plan"
	"rollcall/reconcile"
)

func TestOnlyMembersOfTheGroupsNamedAreInScope(t *testing.T) {
	for name, c := range map[string]struct {
		globs []string
		want  []string
	}{
		"nobody asks":             {nil, []string{"ann", "bob", "cem"}},
		"one group":               {[]string{"aws-users"}, []string{"ann", "bob"}},
		"in any case":             {[]string{"AWS-Users"}, []string{"ann", "bob"}},
		"several groups":          {[]string{"aws-users", "ops"}, []string{"ann", "bob", "cem"}},
		"a pattern":               {[]string{"*s"}, []string{"ann", "bob", "cem"}},
		"by the source's name":    {[]string{"cn=ops,dc=x"}, []string{"cem"}},
		"an empty group is there": {[]string{"none"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := scoped()
			if _, err := w.Narrow(reconcile.Names{MembersOf: c.globs, ExcludeGroups: []string{"aws-users"}}); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, u := range w.Users {
				if u.In {
					got = append(got, u.User.UserName)
				}
			}
			if !slices.Equal(got, c.want) || w.Keep != "" {
				t.Errorf("%q, want %q; keep: %q", got, c.want, w.Keep)
			}
		})
	}
}

func scoped() *reconcile.Wanted {
	w := &reconcile.Wanted{
		Users:  []reconcile.User{want("a1", "ann"), want("a2", "bob"), want("a3", "cem")},
		Groups: []reconcile.Group{wantGroup("g1", "aws-users", "a1", "a2"), wantGroup("g2", "ops", "a3"), wantGroup("g3", "none")},
	}
	w.Groups[1].Name = "cn=ops,dc=x"
	return w
}

// A group that is not there has not lost its members.
func TestAScopeGroupThatIsNotThereStopsThePlan(t *testing.T) {
	if _, err := scoped().Narrow(reconcile.Names{MembersOf: []string{"aws-users", "aws-user"}}); !fault.Is(err, fault.Incomplete) || !strings.Contains(err.Error(), `"aws-user"`) {
		t.Error(err)
	}
}

// Somebody who may be the member that could not be read is not put out.
func TestAScopeGroupThatWasNotReadWholePutsNobodyOut(t *testing.T) {
	w := scoped()
	w.Groups[0].AddOnly, w.Groups[0].Why = true, "a member was not found"
	if _, err := w.Narrow(reconcile.Names{MembersOf: []string{"aws-users"}}); err != nil || !strings.Contains(w.Keep, "a member was not found") {
		t.Errorf("%q, %v", w.Keep, err)
	}
}

// On the strength of a read that may be old nobody is put out, of anything;
// whoever is new comes in all the same.
func TestAReadThatMayBeOldPutsNobodyOut(t *testing.T) {
	for _, table := range []string{reconcile.Default, "mirror"} {
		t.Run(table, func(t *testing.T) {
			p := scene{
				table: table,
				users: []reconcile.User{want("a1", "ann"), want("a9", "new")}, group: []reconcile.Group{wantGroup("g1", "dev", "a1", "a9")},
				has:   []identity.User{named(account("u1", "ann"), "a1"), named(account("u2", "bob"), "a2")},
				hasGr: []identity.Group{aGroup("G1", "dev", "g1"), aGroup("G2", "old", "g2")},
				in:    map[identity.ID][]identity.ID{"G1": {"u1", "u2"}},
				links: []link.Link{linked("a1", "u1"), linked("a2", "u2"), linkOf("corp", identity.KindGroup, "g1", "G1"), linkOf("corp", identity.KindGroup, "g2", "G2")},
				alter: func(in *reconcile.Input) { in.Wanted.Keep = "dc2 does not say" },
			}.plan(t)
			var kinds []plan.Kind
			for _, c := range p.Changes {
				kinds = append(kinds, c.Kind)
				if len(c.Remove) > 0 {
					t.Errorf("planned: %s", c.Sentence())
				}
			}
			if !slices.Equal(kinds, []plan.Kind{plan.UserCreate, plan.GroupMembers}) {
				t.Errorf("planned: %q", sentences(p))
			}
		})
	}
}

// Nor does it let anybody back in who has left since: not into their account
// and not into their groups.
func TestAReadThatMayBeOldLetsNobodyBackIn(t *testing.T) {
	bob := named(account("u2", "bob"), "a2")
	bob.Active = false
	for unsure, kindsWanted := range map[string][]plan.Kind{"dc2 does not say": {plan.UserCreate, plan.GroupMembers}, "": {plan.UserCreate, plan.UserEnable, plan.GroupMembers}} {
		p := scene{
			users: []reconcile.User{want("a2", "bob"), want("a9", "new")}, group: []reconcile.Group{wantGroup("g1", "dev", "a2", "a9")},
			has: []identity.User{bob}, hasGr: []identity.Group{aGroup("G1", "dev", "g1")},
			links: []link.Link{linked("a2", "u2"), linkOf("corp", identity.KindGroup, "g1", "G1")},
			alter: func(in *reconcile.Input) { in.Wanted.Unsure = unsure },
		}.plan(t)
		var kinds []plan.Kind
		joined := 0
		for _, c := range p.Changes {
			kinds = append(kinds, c.Kind)
			joined += len(c.Add)
		}
		slices.Sort(kinds)
		slices.Sort(kindsWanted)
		told := slices.ContainsFunc(p.Attention, func(a plan.Attention) bool { return a.Situation == "unsure" && a.Name == "bob" })
		if !slices.Equal(kinds, kindsWanted) || joined != len(kindsWanted)-1 || told != (unsure != "") {
			t.Errorf("%q: planned %q, told %t", unsure, sentences(p), told)
		}
	}
}
