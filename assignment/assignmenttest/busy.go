package assignmenttest

import (
	"testing"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
)

var busyTests = []test{
	{"WorkOnOneAssignmentDoesNotOverlap", noOverlap},
	{"ProvisioningOverlapsWithNothing", provisioningAlone},
	{"WorkElsewhereGoesOn", workElsewhere},
	{"AsManyCreationsAreOutstandingAsMayBe", outstandingCreations},
	{"DeletionsAreNotCountedAsCreations", deletionsNotCounted},
	{"ASuspendedAccountIsLeftAlone", suspendedLeftAlone},
}

func noOverlap(_ *testing.T, b *bench) {
	set, account := b.permissionSet(), b.Accounts[0]
	there := b.assignment(set, account)
	overlapping := map[string]func() error{
		"create it again": func() error { _, err := b.Driver.CreateAssignment(b.ctx(), there); return err },
		"delete it":       func() error { _, err := b.Driver.DeleteAssignment(b.ctx(), there); return err },
	}
	if e, ok := b.Driver.(assignment.PermissionSetEditor); ok {
		overlapping["provision it"] = func() error { _, err := e.ProvisionPermissionSet(b.ctx(), set, account); return err }
		overlapping["provision it everywhere"] = func() error { _, err := e.ProvisionPermissionSet(b.ctx(), set, ""); return err }
	}
	b.create(there)
	for what, do := range overlapping {
		b.fails(what+" while it is created", do(), fault.Conflict)
	}
	b.Settle()
	b.remove(there)
	for what, do := range overlapping {
		b.fails(what+" while it is deleted", do(), fault.Conflict)
	}
	b.Settle()
	b.give(there.Principal, set, account)
}

func provisioningAlone(_ *testing.T, b *bench) {
	e, ok := able[assignment.PermissionSetEditor](b)
	if !ok {
		return
	}
	set, account := b.permissionSet(), b.Accounts[0]
	there := b.give(b.user(), set, account)
	for _, where := range []string{account, ""} {
		_, err := e.ProvisionPermissionSet(b.ctx(), set, where)
		b.works("provision", err)
		_, err = b.Driver.CreateAssignment(b.ctx(), b.assignment(set, account))
		b.fails("create one meanwhile", err, fault.Conflict)
		_, err = b.Driver.DeleteAssignment(b.ctx(), there)
		b.fails("delete one meanwhile", err, fault.Conflict)
		_, err = e.ProvisionPermissionSet(b.ctx(), set, account)
		b.fails("provision meanwhile", err, fault.Conflict)
		b.Settle()
	}
}

// assignment is one for somebody new.
func (b *bench) assignment(set, account string) identity.Assignment {
	b.t.Helper()
	return identity.Assignment{Principal: b.user(), PermissionSet: set, Account: account}
}

func workElsewhere(_ *testing.T, b *bench) {
	first, second := b.permissionSet(), b.permissionSet()
	b.create(b.assignment(first, b.Accounts[0]))
	b.create(b.assignment(first, b.Accounts[0])) // for somebody else
	b.create(b.assignment(first, b.Accounts[1]))
	b.create(b.assignment(second, b.Accounts[0]))
}

func outstandingCreations(_ *testing.T, b *bench) {
	for range identity.MaxOutstandingCreates {
		b.create(b.assignment(b.permissionSet(), b.Accounts[0]))
	}
	more := b.assignment(b.permissionSet(), b.Accounts[0])
	_, err := b.Driver.CreateAssignment(b.ctx(), more)
	b.fails("create one more", err, fault.Conflict)
	b.Settle()
	b.give(more.Principal, more.PermissionSet, more.Account)
}

func deletionsNotCounted(_ *testing.T, b *bench) {
	there := b.give(b.user(), b.permissionSet(), b.Accounts[1])
	for range identity.MaxOutstandingCreates {
		b.create(b.assignment(b.permissionSet(), b.Accounts[0]))
	}
	b.take(there)
	for range identity.MaxOutstandingCreates + 1 {
		there = b.give(b.user(), b.permissionSet(), b.Accounts[1])
		b.remove(there)
	}
	b.create(b.assignment(b.permissionSet(), b.Accounts[0]))
}

func suspendedLeftAlone(t *testing.T, b *bench) {
	if b.Suspended == "" {
		t.Log("nothing to hold: no account is suspended")
		return
	}
	a := b.assignment(b.permissionSet(), b.Suspended)
	_, err := b.Driver.CreateAssignment(b.ctx(), a)
	b.fails("create one", err, fault.Conflict)
	_, err = b.Driver.DeleteAssignment(b.ctx(), a)
	b.fails("delete one", err, fault.Conflict)
	b.assigned(a.PermissionSet, a.Account)
}
