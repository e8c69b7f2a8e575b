package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"rollcall/identity"
)

// off are n changes of one kind, of objects numbered from first.
func off(kind Kind, first, n int) []Change {
	var all []Change
	for i := range n {
		name := fmt.Sprintf("%s%03d", kind.Object(), first+i)
		all = append(all, Change{Number: len(all) + 1, Kind: kind, Subject: Subject(name), Name: name})
	}
	return all
}

// sync is a plan of a sync that manages 200 users and 100 groups.
func sync(changes ...Change) *Plan {
	return &Plan{
		Header:  Header{Origin: FromSync, Basis: Basis{SourcePeople: 200, SourceGroups: 100, ManagedUsers: 200, ManagedGroups: 100, ManagesGroups: true}},
		Changes: changes,
	}
}

func gone(n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprintf("gone%03d", i))
	}
	return names
}

func TestBrakesJustInsideAndJustOutside(t *testing.T) {
	again := func(n int) (all []Change) {
		for i := range n {
			all = append(all, Change{Kind: UserCreate, Subject: New(i + 1), Name: fmt.Sprintf("again%03d", i), Again: true})
		}
		return all
	}
	presence := func(before, of, now, nowOf int) Evidence {
		return Evidence{Presence: []Presence{{Attribute: "title", Before: before, Of: of, Now: now, NowOf: nowOf}}}
	}
	leavers := func(left, of int) Evidence { return Evidence{Leavers: []Leavers{{Group: "dev", Left: left, Of: of}}} }
	emptied := func(held int) Evidence { return Evidence{Emptied: []Emptied{{What: "OU", Name: "ou=x", Held: held}}} }
	for name, c := range map[string]struct {
		plan *Plan
		e    Evidence
		rule string
	}{
		"5 % of users":                    {sync(off(UserDisable, 0, 10)...), Evidence{}, ""},
		"one user more":                   {sync(off(UserDisable, 0, 11)...), Evidence{}, RuleUsersOff},
		"disabled and deleted is once":    {sync(append(off(UserDisable, 0, 10), off(UserDelete, 0, 10)...)...), Evidence{}, ""},
		"with earlier ones":               {sync(off(UserDisable, 0, 4)...), Evidence{Earlier: off(UserDisable, 50, 6)}, ""},
		"with one earlier more":           {sync(off(UserDisable, 0, 4)...), Evidence{Earlier: off(UserDelete, 50, 7)}, RuleUsersOff},
		"the same once more":              {sync(off(UserDelete, 0, 10)...), Evidence{Earlier: off(UserDisable, 0, 10)}, ""},
		"earlier ones alone":              {sync(), Evidence{Earlier: off(UserDisable, 0, 30)}, ""},
		"5 % of groups":                   {sync(off(GroupDelete, 0, 5)...), Evidence{}, ""},
		"one group more":                  {sync(off(GroupDelete, 0, 6)...), Evidence{}, RuleGroupsDeleted},
		"groups with earlier ones":        {sync(off(GroupDelete, 0, 1)...), Evidence{Earlier: off(GroupDelete, 9, 5)}, RuleGroupsDeleted},
		"5 % missing":                     {sync(), Evidence{Linked: 400, Missing: gone(20)}, ""},
		"one missing more":                {sync(), Evidence{Linked: 400, Missing: gone(21)}, RuleMissing},
		"ten missing of few":              {sync(), Evidence{Linked: 11, Missing: gone(10)}, ""},
		"all eleven missing":              {sync(), Evidence{Linked: 11, Missing: gone(11)}, RuleMissing},
		"missing with those made again":   {sync(), Evidence{Linked: 100, Missing: gone(1), Earlier: again(10)}, RuleMissing},
		"an OU of one emptied":            {sync(), emptied(1), ""},
		"an OU of two emptied":            {sync(), emptied(2), RuleEmptied},
		"half of four leave":              {sync(), leavers(2, 4), ""},
		"more than half of four":          {sync(), leavers(3, 4), RuleGroupLeavers},
		"two of three":                    {sync(), leavers(2, 3), ""},
		"all of three":                    {sync(), leavers(3, 3), RuleGroupLeavers},
		"both of two":                     {sync(), leavers(2, 2), RuleGroupLeavers},
		"the only one":                    {sync(), leavers(1, 1), ""},
		"an attribute of half the share":  {sync(), presence(40, 200, 20, 200), ""},
		"an attribute of less":            {sync(), presence(40, 200, 19, 200), RuleAttributeLost},
		"an attribute that few had":       {sync(), presence(39, 200, 0, 200), ""},
		"an attribute that four had":      {sync(), presence(4, 10, 0, 10), ""},
		"an attribute that five had":      {sync(), presence(5, 10, 0, 10), RuleAttributeLost},
		"the same share of fewer people":  {sync(), presence(200, 200, 20, 20), ""},
		"a single command is not counted": {&Plan{Header: Header{Origin: FromCommand}, Changes: off(UserDisable, 0, 50)}, Evidence{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var rules []string
			for _, b := range DefaultLimits().Apply(c.plan, c.e) {
				rules = append(rules, b.Rule)
			}
			if got := strings.Join(rules, " "); got != c.rule {
				t.Errorf("brakes %q, want %q", got, c.rule)
			}
		})
	}
}

func TestFewAreAlwaysAllowed(t *testing.T) {
	small := func(n int) *Plan {
		p := sync(off(UserDisable, 0, n)...)
		p.Basis.ManagedUsers = 8
		return p
	}
	for n, want := range map[int]int{5: 0, 6: 1} {
		if got := len(DefaultLimits().Apply(small(n), Evidence{})); got != want {
			t.Errorf("%d of 8 users: %d brakes, want %d", n, got, want)
		}
	}
}

// Accounts that are disabled already are nobody whom a plan could put out, but
// for those whom it deletes or who went within the window.
func TestTheShareOfLeaversIsOneOfThoseInService(t *testing.T) {
	cases := map[string]struct {
		plan    []Change
		earlier []Change
		base    int
	}{
		"people are disabled":                 {plan: off(UserDisable, 0, 20), base: 100},
		"people are disabled and deleted":     {plan: slices.Concat(off(UserDisable, 0, 20), off(UserDelete, 0, 20)), base: 100},
		"who was disabled is deleted":         {plan: off(UserDelete, 0, 20), base: 120},
		"some were disabled within the day":   {plan: off(UserDisable, 0, 20), earlier: off(UserDisable, 20, 10), base: 110},
		"some went twice within the day":      {plan: off(UserDelete, 0, 20), earlier: off(UserDisable, 0, 20), base: 120},
		"some were deleted within the window": {plan: off(UserDisable, 0, 20), earlier: off(UserDelete, 20, 10), base: 110},
	}
	for name, c := range cases {
		p := sync(c.plan...)
		p.Basis.ManagedUsers, p.Basis.OutUsers = 1000, 900
		brakes := DefaultLimits().Apply(p, Evidence{Earlier: c.earlier})
		want := fmt.Sprintf(" of %d users would be disabled or deleted", c.base)
		if len(brakes) != 1 || !strings.Contains(brakes[0].Text, want) {
			t.Errorf("%s: %+v, want one that says%s", name, brakes, want)
		}
	}
}

func TestAnUndoIsStoppedByWhatItTakesAway(t *testing.T) {
	cases := map[string]struct {
		changes []Change
		leavers []Leavers
		want    string
	}{
		"as many as may go": {changes: off(UserDelete, 0, 10)},
		"one more":          {changes: off(UserDelete, 0, 11), want: RuleUsersOff},
		"half of a group":   {leavers: []Leavers{{"dev", 10, 20}}},
		"more than half":    {leavers: []Leavers{{"dev", 11, 20}}, want: RuleGroupLeavers},
		"as many groups":    {changes: off(GroupDelete, 0, 2)},
		"one group more":    {changes: off(GroupDelete, 0, 3), want: RuleGroupsDeleted},
		"people are let in": {changes: off(UserEnable, 0, 200)},
	}
	for name, c := range cases {
		p := sync(c.changes...)
		p.Origin = FromUndo
		p.Basis = Basis{ManagedUsers: 200, ManagedGroups: 20}
		got := ""
		for _, b := range DefaultLimits().Apply(p, Evidence{Leavers: c.leavers}) {
			got += b.Rule
			if strings.Contains(b.Text, "source") {
				t.Errorf("%s: an undo has no source: %s", name, b.Text)
			}
		}
		if got != c.want {
			t.Errorf("%s: stopped by %q, want %q", name, got, c.want)
		}
	}
}

// A brake's text is kept when a person is erased, so it holds nobody's name.
func TestABrakeSaysWhatHappenedAndNobodysName(t *testing.T) {
	e := Evidence{
		Linked: 40, Missing: gone(30), Emptied: []Emptied{{"group", "dev", 7}},
		Presence: []Presence{{"aws:identitystore:enterprise.department", 100, 100, 0, 90}},
		Source:   []Presence{{"department", 100, 100, 0, 90}, {"dept", 0, 100, 88, 90}},
	}
	var texts []string
	for _, b := range DefaultLimits().Apply(sync(off(UserDisable, 0, 60)...), e) {
		texts = append(texts, b.Text)
		if b.Rule == RuleUsersOff && (len(b.Names) != shownNames || b.Count != 60 || b.Limit != 10) {
			t.Errorf("%+v", b)
		}
	}
	all := strings.Join(texts, "\n")
	for _, want := range []string{
		"60 of 200 users would be disabled or deleted; at most 10 may be (the larger of 5 and 5 %)",
		"30 of 40 linked accounts are gone from the directory", "group dev held 7 people",
		"department was set for 100 of 100 people in the last complete read, and is for 0 of 90 now",
		"in the source itself department had 100 of 100 and has 0 now, and dept, which is new, has 88",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing says %q in:\n%s", want, all)
		}
	}
	if strings.Contains(all, "user0") || strings.Contains(all, "gone0") {
		t.Errorf("a person is named in:\n%s", all)
	}
}

func TestProtectedObjectsAndTheirMemberships(t *testing.T) {
	limits := DefaultLimits()
	limits.Protected, limits.BreakGlass, limits.Caller = []string{"infra-*"}, []string{"glass", "Siren@example.com", "id-9"}, "ann"
	limits.Guard(&identity.User{ID: "id-7", UserName: "siren", Emails: []identity.Email{{Value: "siren@EXAMPLE.com"}}})
	limits.Guard(&identity.User{ID: "id-8", UserName: "bob", Emails: []identity.Email{{Value: "bob@example.com"}}})
	edit := func(path, value string) []identity.Edit {
		return []identity.Edit{{Path: path, New: identity.Value(value)}}
	}
	for name, c := range map[string]struct {
		change Change
		want   bool
	}{
		"somebody else":               {Change{Kind: UserDisable, Subject: "id-8", Name: "bob"}, false},
		"AWS's own":                   {Change{Kind: GroupDelete, Subject: "g", Name: "awscontroltowerAdmins"}, true},
		"of the configuration":        {Change{Kind: GroupUpdate, Subject: "g", Name: "INFRA-core"}, true},
		"the caller":                  {Change{Kind: UserDisable, Subject: "id-1", Name: "Ann"}, true},
		"break-glass by userName":     {Change{Kind: UserUpdate, Subject: "id-2", Name: "glass"}, true},
		"break-glass by e-mail":       {Change{Kind: UserUpdate, Subject: "id-7", Name: "siren"}, true},
		"break-glass by id":           {Change{Kind: UserDelete, Subject: "id-9", Name: "x"}, true},
		"a member who joins":          {Change{Kind: GroupMembers, Subject: "g", Name: "dev", Add: []Member{{User: "id-7", Name: "siren"}}}, true},
		"a member who leaves":         {Change{Kind: GroupMembers, Subject: "g", Name: "dev", Remove: []Member{{User: "id-9", Name: "x"}}}, true},
		"members of a protected one":  {Change{Kind: GroupMembers, Subject: "g", Name: "AWSLogArchiveAdmins", Add: []Member{{User: "id-8", Name: "bob"}}}, true},
		"a name that is taken":        {Change{Kind: GroupUpdate, Subject: "g", Name: "dev", Edits: edit("displayName", `"AWSReservedX"`)}, true},
		"an address that is taken":    {Change{Kind: UserUpdate, Subject: "id-8", Name: "bob", Edits: edit("emails", `[{"value":"siren@example.com"}]`)}, true},
		"a person's name is no group": {Change{Kind: UserUpdate, Subject: "id-8", Name: "bob", Edits: edit("displayName", `"AWSReservedX"`)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			brakes := limits.Apply(&Plan{Header: Header{Origin: FromCommand}, Changes: []Change{c.change}}, Evidence{})
			if braked := slices.ContainsFunc(brakes, func(b Brake) bool { return b.Rule == RuleProtected }); braked != c.want {
				t.Errorf("braked %v, want %v", braked, c.want)
			}
		})
	}
}
