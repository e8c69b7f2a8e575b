package config

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"

	"rollcall/caller"
	"rollcall/fault"
	"rollcall/identity"
)

// Organization is what an embedded Identity Center gives access to. Accounts
// and units that are named here are made, or changed to what is said; nothing
// is ever taken away. The zero value is a management account alone.
type Organization struct {
	ID         string             `yaml:"id" doc:"The organization's id, such as o-exampleorgid. Left out, one is made of the store's. It cannot be changed later."`
	Root       string             `yaml:"root" doc:"The root's id, such as r-abcd. Left out, one is made of the store's. It cannot be changed later."`
	Management string             `yaml:"management" doc:"The management account, twelve digits: it owns the directory. Left out: 111122223333. It cannot be changed later."`
	Units      map[string]Unit    `yaml:"units" doc:"The organizational units, by name; one inside another by both names, such as Workloads/Production."`
	Accounts   map[string]Account `yaml:"accounts" doc:"The accounts, by id: twelve digits."`
}

// IsZero reports whether nothing is said.
func (o Organization) IsZero() bool {
	return o.ID == "" && o.Root == "" && o.Management == "" && len(o.Units) == 0 && len(o.Accounts) == 0
}

// Unit is an organizational unit.
type Unit struct {
	ID string `yaml:"id" doc:"The unit's id, such as ou-abcd-12345678. Left out, one is made of its names: the same names have the same id."`
}

// Account is an AWS account of an organization.
type Account struct {
	Name   string `yaml:"name" doc:"What the account is called, 1 to 128 characters."`
	Email  string `yaml:"email" doc:"The account's e-mail address, 6 to 64 characters. Left out: its id at example.com."`
	Unit   string `yaml:"unit" doc:"The unit it is in, by its name under units. Left out, it is in the root."`
	Status string `yaml:"status" enum:"ACTIVE,SUSPENDED,PENDING_CLOSURE" doc:"Whether the account can be used. Left out: ACTIVE."`
}

// LoadOrganization reads a file that holds an organization and nothing else:
// what rollcall.yaml has under organization. The faults are those of [Load].
func LoadOrganization(file string) (Organization, error) {
	var o Organization
	raw, err := read(file)
	if err != nil {
		return o, err
	}
	if problems := parseOrganization(raw, &o); len(problems) > 0 {
		return Organization{}, fault.New(fault.Invalid, "read organization", "", &Problems{File: file, List: problems})
	}
	return o, nil
}

func parseOrganization(raw []byte, o *Organization) []Problem {
	d := newDecoder(raw, os.LookupEnv)
	return d.parse(raw, reflect.ValueOf(o).Elem(), func() { o.fill() }, func() { d.checkOrganization(nil, *o) })
}

func (o *Organization) fill() {
	for id, a := range o.Accounts {
		if a.Email == "" {
			a.Email = id + "@example.com"
		}
		if a.Status == "" {
			a.Status = string(identity.AccountActive)
		}
		o.Accounts[id] = a
	}
}

// Below returns the units, each after the one it is in, and the accounts, as
// they are below a root with that id.
func (o Organization) Below(root string) ([]identity.Unit, []identity.Account) {
	ids := map[string]string{"": root}
	var units []identity.Unit
	for _, name := range o.unitNames() { // what a name begins with comes before it
		id := o.Units[name].ID
		if id == "" {
			sum := sha256.Sum256([]byte(name))
			id = "ou-" + strings.TrimPrefix(root, "r-") + "-" + hex.EncodeToString(sum[:8])
		}
		ids[name] = id
		parent, own := splitUnit(name)
		units = append(units, identity.Unit{ID: id, Name: own, Parent: ids[parent]})
	}
	var accounts []identity.Account
	for _, id := range slices.Sorted(maps.Keys(o.Accounts)) {
		a := o.Accounts[id]
		accounts = append(accounts, identity.Account{ID: id, Name: a.Name, Email: a.Email, Status: identity.AccountStatus(a.Status), Parent: ids[a.Unit]})
	}
	return units, accounts
}

// unitNames are the full names of all units, those that only others are in
// included.
func (o Organization) unitNames() []string {
	all := map[string]bool{}
	for name := range o.Units {
		for ; name != ""; name, _ = splitUnit(name) {
			all[name] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// splitUnit cuts a unit's own name off; the parent of one in the root is empty.
func splitUnit(name string) (parent, own string) {
	at := strings.LastIndexByte(name, '/')
	return name[:max(at, 0)], name[at+1:]
}

func (d *decoder) checkOrganization(at path, o Organization) {
	whole := identity.Organization{ID: o.ID, Management: o.Management, Email: "aws@example.com"}
	if o.ID == "" {
		whole.ID = "o-exampleorgid"
	}
	if o.Management == "" {
		whole.Management = caller.DefaultAccount
	}
	d.complainFields(at, whole.Validate(), "id", "management")
	if o.Root != "" {
		d.complainFields(at, (&identity.Unit{ID: o.Root, Name: "Root"}).Validate(), "root")
	}
	d.checkUnits(at.with("units"), o)
	d.checkAccounts(at.with("accounts"), o)
}

func (d *decoder) checkUnits(at path, o Organization) {
	taken := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(o.Units)) {
		for _, own := range strings.Split(name, "/") {
			u := identity.Unit{ID: "r-abcd", Name: own}
			if u.Validate() != nil || strings.TrimSpace(own) != own {
				d.complainKey(at.with(name), "want names of 1 to 128 characters, with nothing but / between them")
				break
			}
		}
		id := o.Units[name].ID
		if id == "" {
			continue
		}
		d.complainFields(at.with(name), (&identity.Unit{ID: id, Name: "x", Parent: "r-abcd"}).Validate(), "id")
		if other, twice := taken[id]; twice {
			d.complainAt(at.with(name, "id"), "unit "+other+" has this id too")
		}
		taken[id] = name
	}
}

func (d *decoder) checkAccounts(at path, o Organization) {
	units := o.unitNames()
	taken := map[string]string{}
	for _, id := range slices.Sorted(maps.Keys(o.Accounts)) {
		a, at := o.Accounts[id], at.with(id)
		if !identity.IsAccountID(id) {
			d.complainKey(at, "an account's id is twelve digits")
			continue
		}
		d.complainFields(at, (&identity.Account{ID: id, Name: a.Name, Email: a.Email, Status: identity.AccountActive, Parent: "r-abcd"}).Validate(), "name", "email")
		if a.Unit != "" && !slices.Contains(units, a.Unit) {
			d.complainAt(at.with("unit"), refersTo("unit", a.Unit, units))
		}
		if other, twice := taken[identity.Fold(a.Email)]; twice {
			d.complainAt(at.with("email"), fmt.Sprintf("account %s has this address too; each has one of its own", other))
		}
		taken[identity.Fold(a.Email)] = id
	}
}

// complainFields passes on what validation has found about these keys; a root's
// id has a key of its own.
func (d *decoder) complainFields(at path, err error, keys ...string) {
	problems, _ := errors.AsType[identity.Problems](err)
	for _, p := range problems {
		key := p.Field
		if len(keys) == 1 && p.Field == "id" {
			key = keys[0]
		}
		if slices.Contains(keys, key) {
			d.complainAt(at.with(key), p.Problem)
		}
	}
}
