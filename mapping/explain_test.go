package mapping

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/source"
)

func TestAnExplanationShowsWhatEachRuleReadAndGave(t *testing.T) {
	m := compiled(t, Rules{User: map[string]string{
		"userName": `person.UID + "@" + person.uid`, "email": `first(all.mail)`, "title": `person.mail`, "department": `ou(dn) + anchor`, "locale": `string(int(person.uid))`, "phone": `person.phone`,
	}, ScopePeople: `person.employeeType == ""`}, Options{})
	p := source.Person{Anchor: "a-1", Name: "uid=ann,ou=x", Attributes: source.Attributes{"uid": {"ann"}, "mail": {"a@x", "b@x"}}}
	both := []Input{{"mail", []string{"a@x", "b@x"}}}
	want := []Step{
		{Rule: "scope.people", Expression: `person.employeeType == ""`, Inputs: []Input{{"employeetype", nil}}, Result: "true"},
		{Rule: "user.userName", Expression: `person.UID + "@" + person.uid`, Inputs: []Input{{"uid", []string{"ann"}}}, Result: `"ann@ann"`},
		{Rule: "user.title", Expression: `person.mail`, Inputs: both, Problem: "mail has 2 values where one is wanted; write first(all.mail) to take the first"},
		{Rule: "user.locale", Expression: `string(int(person.uid))`, Inputs: []Input{{"uid", []string{"ann"}}}, Problem: "type conversion error from 'string' to 'int'"},
		{Rule: "user.email", Expression: `first(all.mail)`, Inputs: both, Result: `[{"value":"a@x","type":"work","primary":true}]`},
		{Rule: "user.phone", Expression: `person.phone`, Inputs: []Input{{"phone", nil}}},
		{Rule: "user.department", Expression: `ou(dn) + anchor`, Inputs: []Input{{"dn", []string{"uid=ann,ou=x"}}, {"anchor", []string{"a-1"}}}, Result: `"xa-1"`},
		{Rule: "check displayName", Problem: "required, and not set"},
		{Rule: "check name.givenName", Problem: "required, and not set"},
		{Rule: "check name.familyName", Problem: "required, and not set"},
	}
	if diff := cmp.Diff(want, m.Explain(p)); diff != "" {
		t.Error(diff)
	}
	p.Attributes["employeetype"] = []string{"x"}
	want = []Step{{Rule: "scope.people", Expression: `person.employeeType == ""`, Inputs: []Input{{"employeetype", []string{"x"}}}, Result: "false"}}
	if diff := cmp.Diff(want, m.Explain(p)); diff != "" {
		t.Error(diff)
	}
}

func TestAScopeThatFailsEndsTheExplanation(t *testing.T) {
	m := compiled(t, Rules{User: map[string]string{"title": `""`}, ScopePeople: `person.mail == ""`}, Options{})
	steps := m.Explain(source.Person{Attributes: source.Attributes{"mail": {"a", "b"}}})
	if len(steps) != 1 || steps[0].Problem == "" || steps[0].Result != "" {
		t.Errorf("%+v", steps)
	}
}

func TestGroupsAreExplainedToo(t *testing.T) {
	m := compiled(t, Rules{Group: map[string]string{"displayName": `group.cn`}}, Options{})
	want := []Step{
		{Rule: "group.displayName", Expression: `group.cn`, Inputs: []Input{{"cn", nil}}},
		{Rule: "check displayName", Problem: "required, and not set"},
	}
	if diff := cmp.Diff(want, m.ExplainGroup(source.Group{})); diff != "" {
		t.Error(diff)
	}
}
