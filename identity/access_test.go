package identity_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"rollcall/identity"
)

const (
	instanceARN = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
	setARN      = "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef"
	appARN      = "arn:aws:sso::111122223333:application/ssoins-1234567890abcdef/apl-1234567890abcdef"
)

// inside holds that what is just inside a limit is right, and what is just
// outside is wrong in that field only.
func inside(t *testing.T, what, field string, right, wrong error) {
	t.Helper()
	if found := problems(t, right); len(found) > 0 {
		t.Errorf("%s, just inside: %v", what, found)
	}
	if field == "" {
		return
	}
	if found := problems(t, wrong); len(found) != 1 || found[field] == "" {
		t.Errorf("%s, just outside: %v; want %s alone", what, found, field)
	}
}

func TestPermissionSetsHaveTheirLimits(t *testing.T) {
	check := func(set func(*identity.PermissionSet)) error {
		s := identity.PermissionSet{Name: "x"}
		set(&s)
		return s.Validate()
	}
	name := func(v string) error { return check(func(s *identity.PermissionSet) { s.Name = v }) }
	text := func(v string) error { return check(func(s *identity.PermissionSet) { s.Description = v }) }
	relay := func(v string) error { return check(func(s *identity.PermissionSet) { s.RelayState = v }) }
	session := func(v string) error { return check(func(s *identity.PermissionSet) { s.SessionDuration = v }) }
	for _, c := range []struct {
		what, field  string
		right, wrong error
	}{
		{"name", "name", name(strings.Repeat("x", 32)), name(strings.Repeat("x", 33))},
		{"shortest name", "name", name("x"), name("")},
		{"characters of a name", "name", name("aZ0_+=,.@-"), name("a b")},
		{"a name in Latin", "name", name("e"), name("é")},
		{"description", "description", text(strings.Repeat("ü", 700)), text(strings.Repeat("ü", 701))},
		{"printable ASCII", "description", text(" ~"), text("\x7f")},
		{"upper Latin-1", "description", text("\u00a1\u00ff"), text("\u0100")},
		{"a space that breaks not", "description", text(""), text("\u00a0")},
		{"line ends and tabs", "description", text("a\tb\r\nc"), text("a\vb")},
		{"relay state", "relayState", relay(strings.Repeat("x", 240)), relay(strings.Repeat("x", 241))},
		{"characters of a relay state", "relayState", relay(`https://a-b.c/d?e=f&g=%20#h(i)[j]{k}|~$@\;:,*+'"!_ `), relay("<")},
		{"shortest session", "sessionDuration", session("PT1H"), session("PT59M59S")},
		{"longest session", "sessionDuration", session("PT12H"), session("PT12H1S")},
		{"longest session in minutes", "sessionDuration", session("PT720M"), session("PT721M")},
		{"longest session in seconds", "sessionDuration", session("PT43200S"), session("PT43201S")},
		{"a session of no days", "sessionDuration", session("P0DT1H"), session("P1D")},
		{"an unsaid session", "sessionDuration", session(""), session("P")},
		{"a session of parts", "sessionDuration", session("PT2H30M15S"), session("PT2H30M15")},
		{"parts in order", "sessionDuration", session("PT1H1M"), session("PT1M1H")},
		{"a T with something after it", "sessionDuration", session("PT3600S"), session("P0DT")},
		{"an upper case P", "sessionDuration", session("PT60M"), session("pt60m")},
		{"no sign", "sessionDuration", session("PT2H"), session("-PT2H")},
	} {
		inside(t, c.what, c.field, c.right, c.wrong)
	}
	if found := problems(t, (&identity.PermissionSet{Description: "ł", SessionDuration: "1h", RelayState: "ü"}).Validate()); len(found) != 4 {
		t.Errorf("everything wrong at once: %v, want four problems", found)
	}
}

func TestSessionsAreReadAsTheyAreWritten(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"PT1H": time.Hour, "PT12H": 12 * time.Hour, "PT90M": 90 * time.Minute, "PT3601S": time.Hour + time.Second,
		"P0DT2H3M4S": 2*time.Hour + 3*time.Minute + 4*time.Second, "": time.Hour, "nonsense": time.Hour,
	} {
		s := identity.PermissionSet{SessionDuration: text}
		if got := s.Session(); got != want {
			t.Errorf("%q lasts %v, want %v", text, got, want)
		}
	}
}

func TestPoliciesHaveTheirForms(t *testing.T) {
	policy := func(arn, name, path string) error {
		return identity.Policy{ARN: arn, Name: name, Path: path}.Validate()
	}
	const prefix = "arn:aws:iam::aws:policy/"
	arn := func(n int) string { return prefix + strings.Repeat("x", n-len(prefix)) }
	path := func(n int) string { return "/" + strings.Repeat("x", n-2) + "/" }
	for _, c := range []struct {
		what, field  string
		right, wrong error
	}{
		{"ARN", "policy.arn", policy(arn(2048), "", ""), policy(arn(2049), "", "")},
		{"whose ARN", "policy.arn", policy(prefix+"job-function/ViewOnly", "", ""), policy("arn:aws:iam::123456789012:policy/Own", "", "")},
		{"partitions", "policy.arn", policy("arn:aws-us-gov:iam::aws:policy/x", "", ""), policy("arn:azure:iam::aws:policy/x", "", "")},
		{"name", "policy.name", policy("", strings.Repeat("x", 128), ""), policy("", strings.Repeat("x", 129), "")},
		{"characters of a name", "policy.name", policy("", "a_+=,.@-1", ""), policy("", "a/b", "")},
		{"path", "policy.path", policy("", "x", path(512)), policy("", "x", path(513))},
		{"slashes of a path", "policy.path", policy("", "x", "/a/b/"), policy("", "x", "/a/b")},
		{"the root", "policy.path", policy("", "x", "/"), policy("", "x", "//")},
		{"the one or the other", "policy", policy("", "x", "/"), policy(arn(40), "x", "")},
		{"something", "policy", policy(arn(40), "", ""), policy("", "", "/")},
	} {
		inside(t, c.what, c.field, c.right, c.wrong)
	}
}

func TestInlinePoliciesHaveTheirLimits(t *testing.T) {
	dense := func(n int) string { return `{"a":"` + strings.Repeat("x", n-8) + `"}` }
	long := func(n int) string { return "{" + strings.Repeat(" ", n-2) + "}" }
	check := identity.CheckInlinePolicy
	for _, c := range []struct {
		what         string
		right, wrong string
	}{
		{"what is no white space", dense(10240), dense(10241)},
		{"bytes", long(32768), long(32769)},
		{"an object", `{}`, `[]`},
		{"one object", ` {"Statement":[]} `, `{} {}`},
		{"JSON", `{"a":null}`, `{"a":}`},
		{"something", `{}`, ``},
		{"something to say", `{}`, `null`},
	} {
		inside(t, c.what, "inlinePolicy", check(c.right), check(c.wrong))
	}
}

func TestTagsHaveTheirLimits(t *testing.T) {
	one := func(key, value string) error { return identity.CheckTags([]identity.Tag{{Key: key, Value: value}}) }
	many := func(n int) error {
		tags := make([]identity.Tag, n)
		for i := range tags {
			tags[i].Key = fmt.Sprint(i)
		}
		return identity.CheckTags(tags)
	}
	for _, c := range []struct {
		what, field  string
		right, wrong error
	}{
		{"key", "tags.key", one(strings.Repeat("ü", 128), ""), one(strings.Repeat("ü", 129), "")},
		{"shortest key", "tags.key", one("k", ""), one("", "")},
		{"value", "tags.value", one("k", strings.Repeat("ü", 256)), one("k", strings.Repeat("ü", 257))},
		{"characters", "tags.value", one("a_.:/=+-@ Ä1", "_.:/=+-@ ł٣"), one("k", "a,b")},
		{"no symbols in a key", "tags.key", one("k", ""), one("k€", "")},
		{"how many", "tags", many(75), many(76)},
		{"each once", "tags.key", identity.CheckTags([]identity.Tag{{Key: "a"}, {Key: "A"}}), identity.CheckTags([]identity.Tag{{Key: "a"}, {Key: "a"}})},
	} {
		inside(t, c.what, c.field, c.right, c.wrong)
	}
}

func TestApplicationsAndInstancesHaveTheirLimits(t *testing.T) {
	app := func(set func(*identity.Application)) error {
		a := identity.Application{Name: "x", Provider: "arn:aws:sso::aws:applicationProvider/custom"}
		set(&a)
		return a.Validate()
	}
	name := func(v string) error { return app(func(a *identity.Application) { a.Name = v }) }
	text := func(v string) error { return app(func(a *identity.Application) { a.Description = v }) }
	provider := func(v string) error { return app(func(a *identity.Application) { a.Provider = v }) }
	portal := func(v string) error { return app(func(a *identity.Application) { a.Portal = v }) }
	for _, c := range []struct {
		what, field  string
		right, wrong error
	}{
		{"name", "name", name(strings.Repeat("ü", 100)), name(strings.Repeat("ü", 101))},
		{"shortest name", "name", name("x"), name("")},
		{"description", "description", text(strings.Repeat("ü", 128)), text(strings.Repeat("ü", 129))},
		{"provider", "provider", provider("arn:aws:sso::aws:applicationProvider/catalog/abc-1"), provider("arn:aws:sso::aws:applicationProvider/")},
		{"portal", "portal", portal(`{"a":[1]}`), portal(`{"a":[1}`)},
		{"instance name", "name", identity.CheckInstanceName(strings.Repeat("x", 255)), identity.CheckInstanceName(strings.Repeat("x", 256))},
		{"no instance name", "name", identity.CheckInstanceName(""), identity.CheckInstanceName(" ")},
	} {
		inside(t, c.what, c.field, c.right, c.wrong)
	}
}

func TestAssignmentsNameWhatCanBeNamed(t *testing.T) {
	check := func(set func(*identity.Assignment)) error {
		a := identity.Assignment{
			Principal:     identity.Principal{Kind: identity.KindUser, ID: "906771b2aa-0f000000-0000-4000-8000-000000000009"},
			PermissionSet: setARN, Account: "111122223333",
		}
		set(&a)
		return a.Validate()
	}
	account := func(v string) error { return check(func(a *identity.Assignment) { a.Account = v }) }
	set := func(v string) error { return check(func(a *identity.Assignment) { a.PermissionSet = v }) }
	kind := func(v identity.Kind) error { return check(func(a *identity.Assignment) { a.Principal.Kind = v }) }
	id := func(v identity.ID) error { return check(func(a *identity.Assignment) { a.Principal.ID = v }) }
	for _, c := range []struct {
		what, field  string
		right, wrong error
	}{
		{"fewest digits", "account", account("000000000000"), account("00000000000")},
		{"most digits", "account", account("999999999999"), account("9999999999999")},
		{"digits", "account", account("123456789012"), account("12345678901٣")},
		{"an account", "account", account("123456789012"), account("")},
		{"permission set", "permissionSet", set(setARN), set(instanceARN)},
		{"sixteen characters", "permissionSet", set(setARN), set(setARN + "0")},
		{"a group", "principal.kind", kind(identity.KindGroup), kind(identity.KindMembership)},
		{"bare id", "principal.id", id("0f000000-0000-4000-8000-000000000009"), id("0f000000-0000-4000-8000-00000000000")},
	} {
		inside(t, c.what, c.field, c.right, c.wrong)
	}
}

func TestARNsHaveTheirForms(t *testing.T) {
	for name, form := range map[string]struct {
		is    func(string) bool
		right []string
		wrong []string
	}{
		"instance": {
			identity.IsInstanceARN,
			[]string{instanceARN, "arn:aws-cn:sso:::instance/ins-1234567890abcdef", "arn:aws-us-gov:sso:::instance/ssoins-12345678.0ab-def"},
			[]string{"", instanceARN + "0", instanceARN[:len(instanceARN)-1], setARN, "arn:aws:sso:eu-west-1::instance/ssoins-1234567890abcdef", instanceARN + "\n"},
		},
		"permission set": {
			identity.IsPermissionSetARN,
			[]string{setARN, identity.PermissionSetARN(instanceARN, "ps-fedcba0987654321")},
			[]string{"", setARN + "0", setARN[:len(setARN)-1], instanceARN, strings.Replace(setARN, "permissionSet", "instance", 1)},
		},
		"application": {
			identity.IsApplicationARN,
			[]string{appARN, identity.ApplicationARN(instanceARN, "111122223333", "apl-fedcba0987654321")},
			[]string{"", appARN + "0", appARN[:len(appARN)-1], strings.Replace(appARN, "111122223333", "", 1)},
		},
		"account": {identity.IsAccountID, []string{"111122223333"}, []string{"", "11112222333", "1111222233334", "11112222333x"}},
		"region":  {identity.IsRegion, []string{"eu-west-1", "us-gov-east-1", "us-isof-east-1", "eusc-de-east-1"}, []string{"", "eu-west", "EU-west-1", "eu-west-1 "}},
		"unit":    {identity.IsUnitID, []string{"r-abcd", "ou-abcd-12345678"}, []string{"", "r-abc", "ou-abcd", "ou-abcd-1234567", "x-abcd"}},
	} {
		for _, s := range form.right {
			if !form.is(s) {
				t.Errorf("%q is no %s", s, name)
			}
		}
		for _, s := range form.wrong {
			if form.is(s) {
				t.Errorf("%q is a %s", s, name)
			}
		}
	}
	if got := identity.LastPart(setARN); got != "ps-1234567890abcdef" {
		t.Errorf("the last part of the ARN is %q", got)
	}
}
