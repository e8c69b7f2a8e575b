package identity_test

import (
	"strings"
	"testing"

	"rollcall/identity"
)

func TestAccountsAndUnitsHaveTheirLimits(t *testing.T) {
	account := func(set func(*identity.Account)) error {
		a := identity.Account{ID: "111122223333", Name: "x", Email: "a@b.de", Status: identity.AccountActive, Parent: "r-abcd"}
		set(&a)
		return a.Validate()
	}
	id := func(v string) error { return account(func(a *identity.Account) { a.ID = v }) }
	name := func(v string) error { return account(func(a *identity.Account) { a.Name = v }) }
	email := func(v string) error { return account(func(a *identity.Account) { a.Email = v }) }
	status := func(v identity.AccountStatus) error { return account(func(a *identity.Account) { a.Status = v }) }
	parent := func(v string) error { return account(func(a *identity.Account) { a.Parent = v }) }
	unit := func(id, name, parent string) error {
		return (&identity.Unit{ID: id, Name: name, Parent: parent}).Validate()
	}
	ou := func(n, m int) string { return "ou-" + strings.Repeat("a", n) + "-" + strings.Repeat("b", m) }
	for _, c := range []struct {
		what, field  string
		right, wrong error
	}{
		{"account id", "id", id("000000000001"), id("1")},
		{"account name", "name", name(strings.Repeat("ü", 128)), name(strings.Repeat("ü", 129))},
		{"shortest account name", "name", name("x"), name("")},
		{"shortest e-mail", "email", email("a@b.de"), email("a@b.d")},
		{"longest e-mail", "email", email(strings.Repeat("a", 56) + "@b.de.at"), email(strings.Repeat("a", 57) + "@b.de.at")},
		{"an e-mail", "email", email("a+b@c.de"), email("a@bcdefg")},
		{"one @", "email", email("a.b@c.de"), email("a@b@c.de")},
		{"no space", "email", email("ab@c.de"), email("a b@c.de")},
		{"suspended", "status", status(identity.AccountSuspended), status("")},
		{"closing", "status", status(identity.AccountClosing), status("CLOSED")},
		{"parent", "parent", parent("ou-abcd-12345678"), parent("o-abcd")},
		{"shortest unit", "id", unit(ou(4, 8), "x", "r-abcd"), unit(ou(4, 7), "x", "r-abcd")},
		{"longest unit", "id", unit(ou(32, 32), "x", "r-abcd"), unit(ou(32, 33), "x", "r-abcd")},
		{"shortest root", "id", unit("r-abcd", "x", ""), unit("r-abc", "x", "")},
		{"longest root", "id", unit("r-"+strings.Repeat("a", 32), "x", ""), unit("r-"+strings.Repeat("a", 33), "x", "")},
		{"unit name", "name", unit("r-abcd", strings.Repeat("ü", 128), ""), unit("r-abcd", strings.Repeat("ü", 129), "")},
		{"a unit's parent", "parent", unit(ou(4, 8), "x", ou(4, 9)), unit(ou(4, 8), "x", "somewhere")},
	} {
		inside(t, c.what, c.field, c.right, c.wrong)
	}
}

func TestAnOrganizationNamesWhatIsInIt(t *testing.T) {
	o := identity.Organization{ID: "o-exampleorgid", Management: "111111111111", Email: "aws@example.com"}
	if found := problems(t, o.Validate()); len(found) > 0 {
		t.Error(found)
	}
	for want, got := range map[string]string{
		"arn:aws:organizations::111111111111:organization/o-exampleorgid":         o.ARN(),
		"arn:aws:organizations::111111111111:account/o-exampleorgid/222222222222": o.AccountARN("222222222222"),
		"arn:aws:organizations::111111111111:root/o-exampleorgid/r-abcd":          o.UnitARN(&identity.Unit{ID: "r-abcd"}),
		"arn:aws:organizations::111111111111:ou/o-exampleorgid/ou-abcd-12345678":  o.UnitARN(&identity.Unit{ID: "ou-abcd-12345678", Parent: "r-abcd"}),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if found := problems(t, identity.Organization{ID: "o-short"}.Validate()); len(found) != 3 {
		t.Errorf("%v; want id, management and email", found)
	}
}
