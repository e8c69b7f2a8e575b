package assignmenttest

import (
	"testing"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
)

var principalTests = []test{
	{"AUserHasItsOwnAndItsGroups", ownAndGroups},
	{"AGroupHasItsOwnOnly", groupOwnOnly},
	{"WhatAPrincipalHasCanBeAskedForOneAccount", oneAccount},
	{"AssignmentsOutliveTheirPrincipal", outlivePrincipal},
	{"TheNextOfThatNameInheritsNothing", nothingInherited},
	{"AssigningSomebodyWhoDoesNotExistFailsLater", nobodyFailsLater},
	{"PrincipalsOfOtherStoresAreRefused", otherStoresRefused},
}

func (b *bench) has(p identity.Principal, account string, want ...identity.Assignment) {
	b.t.Helper()
	b.sameSet("what the "+string(p.Kind)+" has", want, collect(b, b.instance().AssignmentsFor(b.ctx(), p, account)))
}

func ownAndGroups(_ *testing.T, b *bench) {
	ann, ben := b.user(), b.user()
	staff, admins, others := b.group(ann, ben), b.group(ann), b.group(ben)
	set := b.permissionSet()
	own := b.give(ann, set, b.Accounts[0])
	byStaff := b.give(staff, set, b.Accounts[0]) // the same again, by another way
	byAdmins := b.give(admins, b.permissionSet(), b.Accounts[1])
	b.give(others, set, b.Accounts[2])
	b.has(ann, "", own, byStaff, byAdmins)
}

func groupOwnOnly(_ *testing.T, b *bench) {
	ann := b.user()
	staff := b.group(ann)
	set := b.permissionSet()
	b.give(ann, set, b.Accounts[0])
	b.has(staff, "")
	b.has(staff, "", b.give(staff, set, b.Accounts[1]))
}

func oneAccount(_ *testing.T, b *bench) {
	ann := b.user()
	staff := b.group(ann)
	set := b.permissionSet()
	first, second := b.give(ann, set, b.Accounts[0]), b.give(staff, set, b.Accounts[1])
	b.has(ann, b.Accounts[0], first)
	b.has(ann, b.Accounts[1], second)
	b.has(ann, b.Accounts[2])
	_, err := b.Driver.ListAssignmentsFor(b.ctx(), ann, "000000000000", assignment.PageRequest{})
	b.fails("ask for an account that is not there", err, fault.NotFound)
	_, err = b.Driver.ListAssignmentsFor(b.ctx(), ann, "prod", assignment.PageRequest{})
	b.fails("ask for what is no account id", err, fault.Invalid)
}

func outlivePrincipal(_ *testing.T, b *bench) {
	ann, staff, set := b.user(), b.group(), b.permissionSet()
	for _, a := range []identity.Assignment{b.give(ann, set, b.Accounts[0]), b.give(staff, set, b.Accounts[0])} {
		if a.Principal.Kind == identity.KindUser {
			b.works("delete user", b.Directory.DeleteUser(b.ctx(), a.Principal.ID, ""))
		} else {
			b.works("delete group", b.Directory.DeleteGroup(b.ctx(), a.Principal.ID, ""))
		}
		b.has(a.Principal, "", a)
	}
	b.assigned(set, b.Accounts[0], ann, staff)
	b.take(identity.Assignment{Principal: ann, PermissionSet: set, Account: b.Accounts[0]})
	b.take(identity.Assignment{Principal: staff, PermissionSet: set, Account: b.Accounts[0]})
	b.assigned(set, b.Accounts[0])
}

func nothingInherited(_ *testing.T, b *bench) {
	member := b.user()
	staff := b.group(member)
	g, err := b.Directory.Group(b.ctx(), staff.ID)
	b.works("describe group", err)
	b.give(staff, b.permissionSet(), b.Accounts[0])
	b.works("delete group", b.Directory.DeleteGroup(b.ctx(), staff.ID, ""))
	again, err := b.Directory.CreateGroup(b.ctx(), identity.Group{DisplayName: g.DisplayName})
	b.works("create group", err)
	_, err = b.Directory.AddMember(b.ctx(), again.ID, member.ID)
	b.works("add member", err)
	b.has(identity.Principal{Kind: identity.KindGroup, ID: again.ID}, "")
	b.has(member, "")
}

func nobodyFailsLater(t *testing.T, b *bench) {
	set := b.permissionSet()
	for i, p := range []identity.Principal{
		{Kind: identity.KindUser, ID: nobody},
		{Kind: identity.KindGroup, ID: nobody},
		{Kind: identity.KindGroup, ID: b.user().ID},
		{Kind: identity.KindUser, ID: b.group().ID},
	} {
		r := b.create(identity.Assignment{Principal: p, PermissionSet: set, Account: b.Accounts[i%2]})
		b.Settle()
		if got := b.settled(r, assignment.Failed); got.Reason == "" {
			t.Error("it does not say why it failed")
		}
		b.assigned(set, b.Accounts[i%2])
		b.has(p, "")
	}
}

func otherStoresRefused(_ *testing.T, b *bench) {
	p := b.user()
	for what, spoil := range map[string]func(*identity.Principal){
		"another store": func(p *identity.Principal) { p.Store = "d-0000000000" },
		"no kind":       func(p *identity.Principal) { p.Kind = "" },
		"no id":         func(p *identity.Principal) { p.ID = "" },
		"a name":        func(p *identity.Principal) { p.ID = "ann@example.com" },
	} {
		other := p
		spoil(&other)
		_, err := b.Driver.ListAssignmentsFor(b.ctx(), other, "", assignment.PageRequest{})
		b.fails("list those of "+what, err, fault.Invalid)
	}
	p.Store = "" // it goes without saying
	b.has(p, "")
}
