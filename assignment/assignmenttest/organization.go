package assignmenttest

import (
	"testing"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
)

var organizationTests = []test{
	{"EveryAccountIsInTheTree", accountsInTheTree},
	{"AccountsAreDescribed", accountsDescribed},
	{"WhatIsNotInTheOrganizationIsNotFound", organizationMissing},
}

func accountsInTheTree(t *testing.T, b *bench) {
	o, ok := able[assignment.OrganizationReader](b)
	if !ok {
		return
	}
	org, err := o.Organization(b.ctx())
	b.works("describe organization", err)
	b.works("check organization", org.Validate())
	roots := b.units(o, "")
	if len(roots) != 1 || !roots[0].Root() {
		t.Fatalf("the roots are %+v, want one", roots)
	}
	var walked []string
	b.walk(o, roots[0], &walked)
	var all []string
	for _, a := range collect(b, b.instance().Accounts(b.ctx())) {
		all = append(all, a.ID)
	}
	b.sameSet("the accounts of the tree", all, walked)
	for _, want := range append(b.Accounts, org.Management) {
		if a, err := o.Account(b.ctx(), want); err != nil || a.Status != identity.AccountActive {
			t.Errorf("account %s: %+v, %v", want, a, err)
		}
	}
}

func (b *bench) units(o assignment.OrganizationReader, parent string) []identity.Unit {
	b.t.Helper()
	page, err := o.ListUnits(b.ctx(), parent, assignment.PageRequest{})
	b.works("list units", err)
	return page.Items
}

func (b *bench) walk(o assignment.OrganizationReader, u identity.Unit, accounts *[]string) {
	b.t.Helper()
	b.works("check unit", u.Validate())
	got, err := o.Unit(b.ctx(), u.ID)
	b.works("describe unit", err)
	b.same("the unit", u, got)
	page, err := o.ListAccounts(b.ctx(), u.ID, assignment.PageRequest{})
	b.works("list accounts", err)
	for _, a := range page.Items {
		b.same("where the account is", u.ID, a.Parent)
		*accounts = append(*accounts, a.ID)
	}
	for _, below := range b.units(o, u.ID) {
		b.same("where the unit is", u.ID, below.Parent)
		b.walk(o, below, accounts)
	}
}

func accountsDescribed(_ *testing.T, b *bench) {
	o, ok := able[assignment.OrganizationReader](b)
	if !ok {
		return
	}
	for _, a := range collect(b, b.instance().Accounts(b.ctx())) {
		b.works("check account", a.Validate())
		got, err := o.Account(b.ctx(), a.ID)
		b.works("describe account", err)
		b.same("the account", a, got)
	}
}

func organizationMissing(_ *testing.T, b *bench) {
	o, ok := able[assignment.OrganizationReader](b)
	if !ok {
		return
	}
	_, err := o.Account(b.ctx(), "000000000000")
	b.fails("describe an account", err, fault.NotFound)
	_, err = o.Account(b.ctx(), "me")
	b.fails("describe what is no account", err, fault.Invalid)
	for id, kind := range map[string]fault.Kind{"ou-zzzz-zzzzzzzz": fault.NotFound, "r-zzzz": fault.NotFound, "ou": fault.Invalid} {
		_, err = o.Unit(b.ctx(), id)
		b.fails("describe the unit "+id, err, kind)
		_, err = o.ListUnits(b.ctx(), id, assignment.PageRequest{})
		b.fails("list the units of "+id, err, kind)
		_, err = o.ListAccounts(b.ctx(), id, assignment.PageRequest{})
		b.fails("list the accounts of "+id, err, kind)
	}
}
