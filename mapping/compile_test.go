package mapping

import (
	"errors"
	"strings"
	"testing"

	"rollcall/fault"
	"rollcall/source"
)

func problemsOf(t *testing.T, rules Rules, o Options) Problems {
	t.Helper()
	_, err := Compile(rules, o)
	if err == nil {
		return nil
	}
	problems, ok := errors.AsType[Problems](err)
	if !ok || !fault.Is(err, fault.Invalid) {
		t.Fatalf("not a list of problems: %v", err)
	}
	return problems
}

func TestWhatIsWrongWithARuleIsSaidAtItsPlace(t *testing.T) {
	for expression, want := range map[string]string{
		`persn.uid`:              "user.title:1:1: undeclared reference to 'persn' (did you mean 'person'?)\n | persn.uid\n | ^",
		`(person.uid`:            "user.title:1:12: a ) is missing at the end",
		`person.uid ? "x"`:       "user.title:1:17: the expression ends where : is wanted",
		`person.uid and true`:    "user.title:1:12: and means nothing here; there is && (and), || (or) and ! (not)",
		`person.uid)`:            "user.title:1:11: the expression is complete before this: )",
		`person.uid +`:           "user.title:1:13: the expression ends where a value is wanted",
		`fist(all.mail)`:         "user.title:1:5: undeclared reference to 'fist'",
		`person.uid + 1`:         "user.title:1:12: found no matching overload for '_+_'",
		"person.uid +\n  pers.x": "user.title:2:3: undeclared reference to 'pers'",
		`has(person.uid)`:        `user.title:1:11: there is no has(): a missing attribute is ""; compare it with ""`,
		`all.mail`:               "user.title: gives list(string), and a string is wanted; write first(…) to take the first",
		`1 + 1`:                  "user.title: gives int, and a string is wanted; string(…) makes one",
		`group.cn`:               "user.title:1:1: undeclared reference to 'group'",
		`"x" == "x"`:             "user.title: gives bool, and a string is wanted; string(…) makes one",
	} {
		t.Run(expression, func(t *testing.T) {
			problems := problemsOf(t, Rules{User: map[string]string{"title": expression}}, Options{})
			if len(problems) == 0 || !strings.HasPrefix(problems[0].String(), want) {
				t.Errorf("got  %v\nwant %v", problems, want)
			}
		})
	}
}

func TestAKeyThatItemsDoNotHaveIsPointedAt(t *testing.T) {
	for expression, want := range map[string]string{
		`{"valeu": person.uid}`: `user.email:1:2: emails have no key "valeu"`,
		`person.uid == "" ? [{"value": "x"}] : [{"value": person.uid, "kind": "work"}]`: `user.email:1:62: emails have no key "kind"`,
		`[{"value": "x", "type": "work", "primary": true}]`:                             "",
	} {
		problems := problemsOf(t, Rules{User: map[string]string{"email": expression}}, Options{})
		switch {
		case want == "" && problems != nil:
			t.Error(problems)
		case want != "" && (len(problems) != 1 || !strings.HasPrefix(problems[0].String(), want)):
			t.Errorf("got %v, want %s", problems, want)
		}
	}
}

func TestEveryProblemIsReportedAtOnce(t *testing.T) {
	problems := problemsOf(t, Rules{
		User: map[string]string{
			"depatment": `""`, "externalIds": `""`, "email": `1`, "emails": `""`, "active": `"yes"`, "title": `person.`, "name.formatted": `all.cn`,
		},
		Group:       map[string]string{"displayname": `""`, "email": `""`, "description": `person.cn`},
		ScopePeople: `"x"`, ScopeGroups: `1 +`,
	}, Options{Preset: "inetorg"})
	want := []string{
		`preset.inetorg: there is no such preset`,
		`scope.people: gives string, and true or false is wanted`,
		`scope.groups:1:4: `,
		`user.emails: sets the same attribute as "email"; keep one of the two`,
		`user.name.formatted: gives list(string)`,
		`user.title:1:8: `,
		`user.email: gives int, and a string, a map like`,
		`user.active: gives string, and true or false is wanted`,
		`user.depatment: a user has no such attribute; did you mean "department"?`,
		`user.externalIds: externalIds hold the anchor and are set by reconciliation, not by a rule`,
		`group.description:1:1: undeclared reference to 'person'`,
		`group.displayname: a group has no such attribute; did you mean "displayName"?`,
		`group.email: a group has no such attribute`,
	}
	if len(problems) != len(want) {
		t.Fatalf("%d problems, want %d:\n%v", len(problems), len(want), problems)
	}
	for i, w := range want {
		if !strings.HasPrefix(problems[i].String(), w) {
			t.Errorf("got  %v\nwant %v", problems[i], w)
		}
	}
}

func TestAnExpressionThatCouldCostTooMuchIsRefused(t *testing.T) {
	for expression, ok := range map[string]bool{
		`all.a.exists(x, x.lowerAscii().contains("admins")) ? "" : ""`:             true,
		`all.a.exists(x, all.b.exists(y, x == y)) ? "" : ""`:                       false,
		`person.a.replace("a", person.b)`:                                          true,
		`person.a.replace("a", person.b).replace("b", person.c)`:                   false,
		`all.a.map(x, all.a.map(y, x + y).join()).join()`:                          false,
		`all.a.map(x, x + "-").join(",")`:                                          true,
		`clean(person.a).lowerAscii().replace(" ", ".").replace("ü", "ue").trim()`: true,
		`person.a.matches("^[a-z]+$") ? person.a : ""`:                             true,
	} {
		problems := problemsOf(t, Rules{User: map[string]string{"title": expression}}, Options{})
		if (len(problems) == 0) != ok {
			t.Errorf("%s: %v", expression, problems)
		}
		if !ok && (len(problems) != 1 || !strings.Contains(problems[0].Text, "could cost too much")) {
			t.Errorf("%s: %v", expression, problems)
		}
	}
}

func TestAnExpressionThatCostsTooMuchIsStopped(t *testing.T) {
	const expression = `all.a.exists(x, x == "needle") ? "found" : "none"`
	entry := func(n int) source.Person {
		return source.Person{Attributes: source.Attributes{"a": make([]string, n)}}
	}
	m := compiled(t, Rules{User: map[string]string{"title": expression}}, Options{CostLimit: 200})
	if got, err := m.Person(entry(20)); err != nil || got.User.Title != "none" {
		t.Errorf("%v, %v", got.User.Title, err)
	}
	if _, err := m.Person(entry(200)); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "cost more than an expression may") {
		t.Error(err)
	}
}

func TestAnEntryIsNoLargerThanItsCostWasReckonedWith(t *testing.T) {
	for name, test := range map[string]struct {
		values []string
		want   string
	}{
		"longest value":  {[]string{strings.Repeat("x", maxValue)}, ""},
		"too long":       {[]string{strings.Repeat("x", maxValue+1)}, "a has a value of 8193 bytes, and an expression reads at most 8192"},
		"most values":    {make([]string, maxValues), ""},
		"too many":       {make([]string, maxValues+1), "a has 10001 values, and an expression reads at most 10000"},
		"later too long": {[]string{"", strings.Repeat("x", maxValue+1)}, "a has a value of 8193 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := title(t, `first(all.a)`).Person(source.Person{Attributes: source.Attributes{"a": test.values}})
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Error(err)
			}
		})
	}
}

func TestAnExpressionIsOfAReasonableSize(t *testing.T) {
	fits := `"` + strings.Repeat("x", maxExpression-2) + `"`
	if problems := problemsOf(t, Rules{User: map[string]string{"title": fits}}, Options{}); problems != nil {
		t.Error(problems[0].Text)
	}
	if problems := problemsOf(t, Rules{User: map[string]string{"title": fits + " "}}, Options{}); len(problems) == 0 {
		t.Error("a longer one was taken")
	}
	deep := strings.Repeat("(", 1000) + `""` + strings.Repeat(")", 1000)
	if problems := problemsOf(t, Rules{User: map[string]string{"title": deep}}, Options{}); len(problems) == 0 {
		t.Error("a thousand brackets were taken")
	}
}
