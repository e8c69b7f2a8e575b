package organizations_test

import (
	"errors"
	"strings"
	"testing"

	"rollcall/awsjson"
	"rollcall/awsjson/organizations"
)

// refusal is the exception that a body is answered with, nil for none.
func refusal(t *testing.T, in organizations.Input, body string) *awsjson.Exception {
	t.Helper()
	err := organizations.Decode([]byte(body), in)
	if err == nil {
		return nil
	}
	var e *awsjson.Exception
	if !errors.As(err, &e) {
		t.Fatalf("%s: %v", body, err)
	}
	return e
}

func quoted(s string) string { return `"` + s + `"` }

func TestEachConstraintHoldsFromItsLimitOn(t *testing.T) {
	list := func(member string) func(v string) (organizations.Input, string) {
		return func(v string) (organizations.Input, string) {
			return new(organizations.ListInput), `{"` + member + `":` + v + `}`
		}
	}
	parent := func(v string) (organizations.Input, string) {
		return new(organizations.ParentInput), `{"ParentId":` + v + `}`
	}
	child := func(v string) (organizations.Input, string) {
		return new(organizations.ListParentsInput), `{"ChildId":` + v + `}`
	}
	kind := func(v string) (organizations.Input, string) {
		return new(organizations.ChildrenInput), `{"ParentId":"r-abcd","ChildType":` + v + `}`
	}
	accountID := func(v string) (organizations.Input, string) {
		return new(organizations.DescribeAccountInput), `{"AccountId":` + v + `}`
	}
	unit := func(v string) (organizations.Input, string) {
		return new(organizations.DescribeUnitInput), `{"OrganizationalUnitId":` + v + `}`
	}
	principal := func(v string) (organizations.Input, string) {
		return new(organizations.AdministratorsInput), `{"ServicePrincipal":` + v + `}`
	}
	resource := func(v string) (organizations.Input, string) {
		return new(organizations.TagsInput), `{"ResourceId":` + v + `}`
	}
	ou := func(n, m int) string { return quoted("ou-" + strings.Repeat("a", n) + "-" + strings.Repeat("b", m)) }
	long := func(first string, n int) string { return quoted(first + strings.Repeat("a", n)) }
	for name, c := range map[string]struct {
		in              func(string) (organizations.Input, string)
		inside, outside string
		reason          string
	}{
		"largest page":               {list("MaxResults"), "20", "21", "MAX_VALUE_EXCEEDED"},
		"smallest page":              {list("MaxResults"), "1", "0", "MIN_VALUE_EXCEEDED"},
		"token":                      {list("NextToken"), long("", 100_000), long("", 100_001), "MAX_LENGTH_EXCEEDED"},
		"no parent":                  {parent, `"r-abcd"`, "null", "INPUT_REQUIRED"},
		"short root":                 {parent, long("r-", 4), long("r-", 3), "INVALID_PATTERN"},
		"long root":                  {parent, long("r-", 32), long("r-", 33), "INVALID_PATTERN"},
		"short unit":                 {parent, ou(4, 8), ou(3, 8), "INVALID_PATTERN"},
		"short end":                  {parent, ou(4, 8), ou(4, 7), "INVALID_PATTERN"},
		"long unit":                  {parent, ou(32, 32), ou(32, 33), "INVALID_PATTERN"},
		"an account is no parent":    {parent, `"r-abcd"`, `"111122223333"`, "INVALID_PATTERN"},
		"something before a unit":    {parent, ou(4, 8), `"x` + ou(4, 8)[1:], "INVALID_PATTERN"},
		"something behind a root":    {parent, `"r-abcd"`, `"r-abcd/x"`, "INVALID_PATTERN"},
		"longest parent":             {parent, ou(32, 32), long("r-", 99), "MAX_LENGTH_EXCEEDED"},
		"child":                      {child, `"111122223333"`, `"11112222333"`, "INVALID_PATTERN"},
		"a root is no child":         {child, ou(4, 8), `"r-abcd"`, "INVALID_PATTERN"},
		"kind of child":              {kind, `"ACCOUNT"`, `"account"`, "INVALID_ENUM"},
		"the other kind":             {kind, `"ORGANIZATIONAL_UNIT"`, "null", "INPUT_REQUIRED"},
		"account":                    {accountID, `"111122223333"`, `"11112222333x"`, "INVALID_PATTERN"},
		"account of eleven":          {accountID, `"000000000001"`, `"00000000001"`, "INVALID_PATTERN"},
		"account of thirteen":        {accountID, `"000000000001"`, `"0000000000001"`, "MAX_LENGTH_EXCEEDED"},
		"no account":                 {accountID, `"111122223333"`, "null", "INPUT_REQUIRED"},
		"unit":                       {unit, ou(4, 8), `"r-abcd"`, "INVALID_PATTERN"},
		"longest unit":               {unit, ou(32, 32), ou(32, 33), "MAX_LENGTH_EXCEEDED"},
		"principal":                  {principal, `"sso.amazonaws.com"`, `"sso amazonaws"`, "INVALID_PATTERN"},
		"longest principal":          {principal, long("", 128), long("", 129), "MAX_LENGTH_EXCEEDED"},
		"shortest principal":         {principal, `"a"`, `""`, "MIN_LENGTH_EXCEEDED"},
		"resource":                   {resource, `"r-abcd"`, `"x-abcd"`, "INVALID_PATTERN"},
		"a policy":                   {resource, long("p-", 8), long("p-", 7), "INVALID_PATTERN"},
		"longest policy":             {resource, long("p-", 128), long("p-", 129), "MAX_LENGTH_EXCEEDED"},
		"no resource":                {resource, `"111122223333"`, "null", "INPUT_REQUIRED"},
		"longest responsibility":     {resource, long("rt-", 32), long("rt-", 33), "INVALID_PATTERN"},
		"shortest resource policy":   {resource, long("rp-", 4), long("rp-", 3), "INVALID_PATTERN"},
		"an account as the resource": {resource, `"111122223333"`, `"1111222233334"`, "INVALID_PATTERN"},
	} {
		t.Run(name, func(t *testing.T) {
			in, body := c.in(c.inside)
			if e := refusal(t, in, body); e != nil {
				t.Errorf("inside: %v", e)
			}
			in, body = c.in(c.outside)
			e := refusal(t, in, body)
			if e == nil || e.Type != organizations.TypeInvalidInput || e.Reason != c.reason {
				t.Fatalf("outside: %+v, want %s", e, c.reason)
			}
			if value := strings.Trim(c.outside, `"`); len(value) > 3 && strings.Contains(e.Message, value) {
				t.Errorf("the message repeats the value: %s", e.Message)
			}
		})
	}
}

func TestEverythingWrongIsSaidAtOnceAndTheFirstIsTheReason(t *testing.T) {
	e := refusal(t, new(organizations.ChildrenInput), `{"ParentId":"x","ChildType":"POLICY","MaxResults":21}`)
	const want = "You specified an invalid value: ParentId must be the id of a root (r-…) or of an organizational unit (ou-…); MaxResults must be 20 at most; ChildType must be ACCOUNT or ORGANIZATIONAL_UNIT"
	if e == nil || e.Message != want || e.Reason != organizations.ReasonPattern {
		t.Errorf("%+v, want %s", e, want)
	}
}

func TestWhatIsNoInputIsASerializationException(t *testing.T) {
	for _, body := range []string{`{`, `[]`, `{"MaxResults":"1"}`, `{"NextToken":1}`} {
		if e := refusal(t, new(organizations.ListInput), body); e == nil || e.Type != awsjson.TypeSerialization {
			t.Errorf("%s: %+v", body, e)
		}
	}
	if e := refusal(t, new(organizations.DescribeOrganizationInput), `{"Later":[1]}`); e != nil {
		t.Errorf("a member that the model does not have: %v", e)
	}
}
