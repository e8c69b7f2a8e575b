package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"rollcall/identity"
)

// renamed gives n users, numbered from first, another userName.
func renamed(first, n int) []Change {
	all := off(UserUpdate, first, n)
	for i := range all {
		all[i].Edits = []identity.Edit{{Path: "title", New: identity.Value(`"Lead"`)}, userName(all[i].Name, all[i].Name+"@corp")}
	}
	return all
}

func userName(from, to string) identity.Edit {
	return identity.Edit{Path: "userName", Old: identity.Value(`"` + from + `"`), New: identity.Value(`"` + to + `"`)}
}

func TestTooManyWhoWouldSignInByAnotherNameStopASync(t *testing.T) {
	inCase := off(UserUpdate, 0, 11)
	for i := range inCase {
		inCase[i].Edits = []identity.Edit{userName(inCase[i].Name, strings.ToUpper(inCase[i].Name))}
	}
	titled := off(UserUpdate, 0, 200)
	for i := range titled {
		titled[i].Edits = []identity.Edit{{Path: "title", New: identity.Value(`"Lead"`)}}
	}
	made := off(UserCreate, 0, 200)
	for i := range made {
		made[i].Edits = []identity.Edit{{Path: "userName", New: identity.Value(`"x"`)}}
	}
	// Each of ten lets go of their name first, and takes another one's then.
	traded := slices.Concat(renamed(0, 10), renamed(0, 10))
	of := func(users, out int, changes ...Change) *Plan {
		p := sync(changes...)
		p.Basis.ManagedUsers, p.Basis.OutUsers = users, out
		return p
	}
	for name, c := range map[string]struct {
		plan    *Plan
		earlier []Change
		want    string
	}{
		"ten of few":                       {plan: of(12, 0, renamed(0, 10)...)},
		"eleven of few":                    {plan: of(12, 0, renamed(0, 11)...), want: "11 of 12 users would get another userName; at most 10 may be (the larger of 10 and 5 %)"},
		"5 % of many":                      {plan: of(1000, 0, renamed(0, 50)...)},
		"one more of many":                 {plan: of(1000, 0, renamed(0, 51)...), want: "51 of 1000 users"},
		"5 % of those in service":          {plan: of(1000, 600, renamed(0, 20)...)},
		"one more of those in service":     {plan: of(1000, 600, renamed(0, 21)...), want: "21 of 400 users"},
		"more than are in service":         {plan: of(1000, 995, renamed(0, 11)...), want: "11 of 11 users"},
		"in case alone":                    {plan: sync(inCase...), want: "11 of 200 users"},
		"with earlier ones":                {plan: sync(renamed(0, 4)...), earlier: renamed(50, 6)},
		"with one earlier more":            {plan: sync(renamed(0, 4)...), earlier: renamed(50, 7), want: "11 of 200 users would get another userName, 7 of them in the last 24 hours"},
		"the same ones back":               {plan: sync(renamed(0, 10)...), earlier: renamed(0, 10)},
		"earlier ones alone":               {plan: sync(), earlier: renamed(0, 30)},
		"earlier ones, then others titles": {plan: sync(titled...), earlier: renamed(300, 30)},
		"ten who trade their names":        {plan: sync(traded...)},
		"ten who trade, and one":           {plan: sync(append(traded, renamed(90, 1)...)...), want: "11 of 200 users"},
		"who is made":                      {plan: sync(made...)},
		"a single command is not counted":  {plan: &Plan{Header: Header{Origin: FromCommand}, Changes: renamed(0, 50)}},
		"an earlier one whose data are gone": {
			plan: sync(renamed(0, 10)...), earlier: []Change{{Kind: UserUpdate, Subject: "u9", Name: "(erased)", Edits: []identity.Edit{{Path: "userName"}}}}, want: "11 of 200 users",
		},
	} {
		t.Run(name, func(t *testing.T) { wantRenamed(t, c.plan, Evidence{Earlier: c.earlier}, c.want) })
	}
}

func TestAnUndoIsStoppedByWhomItRenames(t *testing.T) {
	for n, want := range map[int]string{10: "", 11: "11 of 200 users would get another userName"} {
		p := sync(renamed(0, n)...)
		p.Origin = FromUndo
		wantRenamed(t, p, Evidence{}, want)
	}
}

func wantRenamed(t *testing.T, p *Plan, e Evidence, want string) {
	t.Helper()
	brakes := DefaultLimits().Apply(p, e)
	switch {
	case want == "" && len(brakes) > 0:
		t.Errorf("stopped by %+v", brakes)
	case want != "" && (len(brakes) != 1 || brakes[0].Rule != RuleUsersRenamed || !strings.HasPrefix(brakes[0].Text, want)):
		t.Errorf("%+v, want one that says %s", brakes, want)
	}
}

// The names of a brake are kept apart from its text, so that they can be erased.
func TestABrakeOfRenamesNamesTheFirstWithBothNames(t *testing.T) {
	changes := renamed(0, 30)
	aside := Change{Kind: UserUpdate, Subject: changes[3].Subject, Name: changes[3].Name, Edits: []identity.Edit{userName("user003", "rollcall-swap-user003")}}
	b := DefaultLimits().Apply(sync(append([]Change{aside}, changes...)...), Evidence{Earlier: renamed(100, 3)})[0]
	var want []string
	for i := range shownNames {
		want = append(want, fmt.Sprintf("user%03d → user%03d@corp", i, i))
	}
	if !slices.Equal(b.Names, want) {
		t.Errorf("names %q, want %q", b.Names, want)
	}
	if b.Count != 33 || b.Limit != 10 || strings.Contains(b.Text, "user00") {
		t.Errorf("%+v", b)
	}
}
