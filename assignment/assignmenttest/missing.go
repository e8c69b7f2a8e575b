package assignmenttest

import (
	"strings"
	"testing"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
)

var missingTests = []test{
	{"WhatIsNotThereIsNotFound", nothingThere},
	{"WhatHasNotTheFormIsRefused", notTheForm},
}

// callsOn are the calls that name a permission set and an account.
func (b *bench) callsOn(set, account string) map[string]func() error {
	a := identity.Assignment{Principal: b.user(), PermissionSet: set, Account: account}
	calls := map[string]func() error{
		"ListAssignments": func() error {
			_, err := b.Driver.ListAssignments(b.ctx(), account, set, assignment.PageRequest{})
			return err
		},
		"CreateAssignment": func() error { _, err := b.Driver.CreateAssignment(b.ctx(), a); return err },
		"DeleteAssignment": func() error { _, err := b.Driver.DeleteAssignment(b.ctx(), a); return err },
	}
	if e, ok := b.Driver.(assignment.PermissionSetEditor); ok {
		calls["ProvisionPermissionSet"] = func() error { _, err := e.ProvisionPermissionSet(b.ctx(), set, account); return err }
	}
	return calls
}

// callsOnSet are the calls that name a permission set alone.
func (b *bench) callsOnSet(set string) map[string]func() error {
	calls := map[string]func() error{
		"PermissionSet": func() error { _, err := b.Driver.PermissionSet(b.ctx(), set); return err },
		"ListAccountsWith": func() error {
			_, err := b.Driver.ListAccountsWith(b.ctx(), set, assignment.Anyhow, assignment.PageRequest{})
			return err
		},
	}
	if e, ok := b.Driver.(assignment.PermissionSetEditor); ok {
		calls["UpdatePermissionSet"] = func() error { return e.UpdatePermissionSet(b.ctx(), set, assignment.PermissionSetChange{}) }
		calls["DeletePermissionSet"] = func() error { return e.DeletePermissionSet(b.ctx(), set) }
	}
	if e, ok := b.Driver.(assignment.PolicyEditor); ok {
		policy := policies(1)[0]
		calls["Policies"] = func() error { _, err := e.Policies(b.ctx(), set); return err }
		calls["SetInlinePolicy"] = func() error { return e.SetInlinePolicy(b.ctx(), set, document) }
		calls["AttachPolicy"] = func() error { return e.AttachPolicy(b.ctx(), set, policy) }
		calls["DetachPolicy"] = func() error { return e.DetachPolicy(b.ctx(), set, policy) }
		calls["SetBoundary"] = func() error { return e.SetBoundary(b.ctx(), set, nil) }
	}
	return calls
}

func (b *bench) allFail(what string, calls map[string]func() error, k fault.Kind) {
	b.t.Helper()
	for name, call := range calls {
		b.fails(name+" of "+what, call(), k)
	}
}

func nothingThere(_ *testing.T, b *bench) {
	set, account := b.permissionSet(), b.Accounts[0]
	noSet, noAccount := set[:len(set)-16]+"0000000000000000", "000000000000"
	b.allFail("no permission set", b.callsOn(noSet, account), fault.NotFound)
	b.allFail("no account", b.callsOn(set, noAccount), fault.NotFound)
	b.allFail("no permission set", b.callsOnSet(noSet), fault.NotFound)
	_, err := b.Driver.ListPermissionSetsIn(b.ctx(), noAccount, assignment.Anyhow, assignment.PageRequest{})
	b.fails("list those of no account", err, fault.NotFound)
	b.allFail("another instance", b.callsOnSet("arn:aws:sso:::permissionSet/ssoins-0000000000000000/"+string(identity.LastPart(set))), fault.NotFound)
}

func notTheForm(_ *testing.T, b *bench) {
	set, account := b.permissionSet(), b.Accounts[0]
	for _, text := range []string{"", "Admin", strings.TrimSuffix(set, "0") + "\x00", "arn:aws:sso:::instance/ssoins-1234567890abcdef", set + "0"} {
		b.allFail("the permission set "+text, b.callsOn(text, account), fault.Invalid)
		b.allFail("the permission set "+text, b.callsOnSet(text), fault.Invalid)
	}
	for _, text := range []string{"prod", account + "0", account[:11], account[:11] + "x"} {
		b.allFail("the account "+text, b.callsOn(set, text), fault.Invalid)
		_, err := b.Driver.ListPermissionSetsIn(b.ctx(), text, assignment.Anyhow, assignment.PageRequest{})
		b.fails("list those of the account "+text, err, fault.Invalid)
	}
	_, err := b.Driver.ListPermissionSetsIn(b.ctx(), account, "PROVISIONED", assignment.PageRequest{})
	b.fails("an unknown filter", err, fault.Invalid)
	_, err = b.Driver.ListAccountsWith(b.ctx(), set, "PROVISIONED", assignment.PageRequest{})
	b.fails("an unknown filter", err, fault.Invalid)
}
