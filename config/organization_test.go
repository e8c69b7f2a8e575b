package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/caller"
	"rollcall/fault"
	"rollcall/identity"
)

const organization = `
management: "999988887777"
units:
  Workloads/Production: {id: ou-abcd-11112222}
  Workloads/Test:
  Sandbox: {}
accounts:
  "999988887777": {name: Payer, email: payer@example.com}
  222233334444: {name: Shop, email: shop@example.com, unit: Workloads/Production}
  "333344445555": {name: Lab, unit: Workloads, status: SUSPENDED}
`

// inDirectory is a whole configuration around an organization.
func inDirectory(text string) string {
	return "directories:\n  local:\n    kind: embedded\n    organization:" + strings.ReplaceAll(text, "\n", "\n      ") + "\n"
}

func TestAnOrganizationIsUnitsAndAccounts(t *testing.T) {
	o := good(t, inDirectory(organization)).Directories["local"].Organization
	units, accounts := o.Below("r-abcd")
	workloads, test := units[1].ID, units[3].ID
	wantUnits := []identity.Unit{
		{ID: units[0].ID, Name: "Sandbox", Parent: "r-abcd"},
		{ID: workloads, Name: "Workloads", Parent: "r-abcd"},
		{ID: "ou-abcd-11112222", Name: "Production", Parent: workloads},
		{ID: test, Name: "Test", Parent: workloads},
	}
	if diff := cmp.Diff(wantUnits, units); diff != "" {
		t.Error(diff)
	}
	wantAccounts := []identity.Account{
		{ID: "222233334444", Name: "Shop", Email: "shop@example.com", Status: identity.AccountActive, Parent: "ou-abcd-11112222"},
		{ID: "333344445555", Name: "Lab", Email: "333344445555@example.com", Status: identity.AccountSuspended, Parent: workloads},
		{ID: "999988887777", Name: "Payer", Email: "payer@example.com", Status: identity.AccountActive, Parent: "r-abcd"},
	}
	if diff := cmp.Diff(wantAccounts, accounts); diff != "" {
		t.Error(diff)
	}
	for i := range units {
		if err := units[i].Validate(); err != nil {
			t.Error(err)
		}
	}
	again, _ := o.Below("r-abcd")
	if diff := cmp.Diff(units, again); diff != "" {
		t.Errorf("the same names have other ids: %s", diff)
	}
}

func TestAnOrganizationMayHaveAFileOfItsOwn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "organization.yaml")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(organization)
	got, err := LoadOrganization(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(good(t, inDirectory(organization)).Directories["local"].Organization, got); diff != "" {
		t.Error(diff)
	}
	write("acounts: {}\n")
	if _, err := LoadOrganization(file); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), file+":1:1: acounts: unknown key; did you mean") {
		t.Errorf("a slip: %v", err)
	}
	if _, err := LoadOrganization(file + "x"); !fault.Is(err, fault.NotFound) {
		t.Errorf("no file: %v", err)
	}
}

func TestWhatAnOrganizationMayBe(t *testing.T) {
	long := strings.Repeat("x", 128)
	for name, c := range map[string]struct{ text, problem string }{
		"nothing":                  {" {}", ""},
		"an id":                    {" {id: o-exampleorgid}", ""},
		"a short id":               {" {id: o-short}", "id: want"},
		"a root":                   {" {root: r-abcd}", ""},
		"a short root":             {" {root: r-abc}", "root: want"},
		"a number as management":   {" {management: 111122223333}", "management: want a text"},
		"eleven digits":            {` {management: "11112222333"}`, "management: want"},
		"the longest unit":         {" {units: {" + long + ": {}}}", ""},
		"a longer unit":            {" {units: {" + long + "x: {}}}", "want names of"},
		"a unit without a name":    {" {units: {A//B: {}}}", "units.A//B: want names of"},
		"a unit with space":        {" {units: {A / B: {}}}", "want names of"},
		"a unit's id":              {" {units: {A: {id: ou-abcd-12345678}}}", ""},
		"a unit's short id":        {" {units: {A: {id: ou-abcd-1234567}}}", "units.A.id: want"},
		"a root as unit":           {" {units: {A: {id: r-abcd}}}", "units.A.id: want"},
		"two units of one id":      {" {units: {A: {id: ou-abcd-12345678}, B: {id: ou-abcd-12345678}}}", "units.B.id: unit A has this id too"},
		"a unit that is misspelt":  {` {units: {Sandbox: {}}, accounts: {"222233334444": {name: A, unit: Sanbdox}}}`, `unit: there is no unit "Sanbdox"; did you mean`},
		"an implied unit":          {` {units: {A/B: {}}, accounts: {"222233334444": {name: A, unit: A}}}`, ""},
		"thirteen digits":          {` {accounts: {"2222333344445": {name: A}}}`, "accounts.2222333344445: an account's id"},
		"no name":                  {` {accounts: {"222233334444": {}}}`, "name: "},
		"the longest name":         {` {accounts: {"222233334444": {name: ` + long + `}}}`, ""},
		"a longer name":            {` {accounts: {"222233334444": {name: ` + long + `x}}}`, "name: "},
		"no address":               {` {accounts: {"222233334444": {name: A, email: a@b}}}`, "email: want"},
		"one address for two":      {` {accounts: {"222233334444": {name: A, email: a@b.de}, "333344445555": {name: B, email: A@b.de}}}`, "accounts.333344445555.email: account 222233334444 has"},
		"another status":           {` {accounts: {"222233334444": {name: A, status: CLOSED}}}`, `status: "CLOSED" is no status`},
		"a key that there is not":  {` {accounts: {"222233334444": {name: A, mail: a@b.de}}}`, "mail: unknown key"},
		"an account without value": {` {accounts: {"222233334444": }}`, "name: "},
	} {
		t.Run(name, func(t *testing.T) {
			got := problemsOf(inDirectory(c.text))
			if c.problem == "" && len(got) > 0 {
				t.Errorf("it is right, and: %q", got)
			}
			if c.problem != "" && (len(got) != 1 || !slices.ContainsFunc(got, func(p string) bool {
				return strings.Contains(p, "directories.local.organization.") && strings.Contains(p, c.problem)
			})) {
				t.Errorf("%q, want %q alone", got, c.problem)
			}
		})
	}
}

func TestARegionHasItsForm(t *testing.T) {
	for region, right := range map[string]bool{"eu-west-1": true, "us-gov-west-1": true, "europe": false, "EU-WEST-1": false} {
		got := problemsOf("directories:\n  local: {kind: embedded, region: " + region + "}\n")
		if (len(got) == 0) != right || !right && !strings.Contains(got[0], "2:35 directories.local.region: want") {
			t.Errorf("%s: %q", region, got)
		}
	}
}

func TestTheDescriptionNamesTheDefaultAccount(t *testing.T) {
	schema, err := Schema()
	if err != nil || !strings.Contains(string(schema), "Left out: "+caller.DefaultAccount) {
		t.Errorf("it does not name %s, %v", caller.DefaultAccount, err)
	}
}

func TestThePageOfOrganizationsIsRight(t *testing.T) {
	page, err := os.ReadFile("../docs/organization.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, found := strings.Cut(string(page), "```yaml\n")
	if !found {
		t.Fatal("the example is gone")
	}
	example, _, _ = strings.Cut(example, "```")
	o := good(t, example).Directories["local"].Organization
	if len(o.Accounts) != 3 || len(o.Units) != 3 || o.Management != "999988887777" || o.Accounts["333344445555"].Email != "333344445555@example.com" {
		t.Errorf("%+v", o)
	}
	if !strings.Contains(string(page), caller.DefaultAccount) {
		t.Errorf("it does not name %s", caller.DefaultAccount)
	}
}
