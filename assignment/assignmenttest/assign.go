package assignmenttest

import (
	"testing"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
)

var assignTests = []test{
	{"AnAssignmentIsThereWhenItsCreationHasSettled", creationSettles},
	{"AnAssignmentIsGoneWhenItsDeletionHasSettled", deletionSettles},
	{"CreatingWhatIsThereSucceeds", creatingTwice},
	{"DeletingWhatIsNotThereIsNotFound", deletingMissing},
	{"AnAssignmentCanBeMadeAgain", madeAgain},
	{"AssignmentsDifferInEveryPart", differInEveryPart},
	{"ACreationThatFailsMakesNothing", failedCreation},
	{"ADeletionThatFailsTakesNothingAway", failedDeletion},
	{"AMalformedAssignmentIsRefused", malformedRefused},
}

func creationSettles(t *testing.T, b *bench) {
	a := identity.Assignment{Principal: b.user(), PermissionSet: b.permissionSet(), Account: b.Accounts[0]}
	r := b.create(a)
	if r.State != assignment.InProgress || r.Work != assignment.Creation || r.Reason != "" {
		t.Errorf("the answer is %+v; want a creation in progress", r)
	}
	b.same("what is asked for", a, r.Assignment)
	b.dated(&r.CreatedAt, b.settled(r, assignment.InProgress).CreatedAt)
	b.same("the request as read", r, b.settled(r, assignment.InProgress))
	b.assigned(a.PermissionSet, a.Account)
	b.Settle()
	r.State = assignment.Succeeded
	b.same("the request as read later", r, b.settled(r, assignment.Succeeded))
	b.assigned(a.PermissionSet, a.Account, a.Principal)
}

func deletionSettles(t *testing.T, b *bench) {
	a := b.give(b.group(), b.permissionSet(), b.Accounts[0])
	r := b.remove(a)
	if r.State != assignment.InProgress || r.Work != assignment.Deletion {
		t.Errorf("the answer is %+v; want a deletion in progress", r)
	}
	b.assigned(a.PermissionSet, a.Account, a.Principal)
	b.Settle()
	b.settled(r, assignment.Succeeded)
	b.assigned(a.PermissionSet, a.Account)
}

func creatingTwice(_ *testing.T, b *bench) {
	a := b.give(b.user(), b.permissionSet(), b.Accounts[0])
	b.give(a.Principal, a.PermissionSet, a.Account)
	b.assigned(a.PermissionSet, a.Account, a.Principal)
	b.take(a)
	b.assigned(a.PermissionSet, a.Account)
}

func deletingMissing(_ *testing.T, b *bench) {
	a := b.give(b.user(), b.permissionSet(), b.Accounts[0])
	for what, missing := range map[string]identity.Assignment{
		"of another account":        {Principal: a.Principal, PermissionSet: a.PermissionSet, Account: b.Accounts[1]},
		"of another user":           {Principal: b.user(), PermissionSet: a.PermissionSet, Account: a.Account},
		"of another permission set": {Principal: a.Principal, PermissionSet: b.permissionSet(), Account: a.Account},
		"of a group of that id": {
			Principal:     identity.Principal{Kind: identity.KindGroup, ID: a.Principal.ID},
			PermissionSet: a.PermissionSet, Account: a.Account,
		},
	} {
		_, err := b.Driver.DeleteAssignment(b.ctx(), missing)
		b.fails("delete one "+what, err, fault.NotFound)
	}
	b.take(a)
	_, err := b.Driver.DeleteAssignment(b.ctx(), a)
	b.fails("delete it twice", err, fault.NotFound)
}

func madeAgain(_ *testing.T, b *bench) {
	a := b.give(b.user(), b.permissionSet(), b.Accounts[0])
	for range 2 {
		b.take(a)
		b.give(a.Principal, a.PermissionSet, a.Account)
		b.assigned(a.PermissionSet, a.Account, a.Principal)
	}
}

func differInEveryPart(_ *testing.T, b *bench) {
	ann, ben, staff := b.user(), b.user(), b.group()
	first, second := b.permissionSet(), b.permissionSet()
	b.give(ann, first, b.Accounts[0])
	b.give(ben, first, b.Accounts[0])
	b.give(staff, first, b.Accounts[0])
	b.give(ann, second, b.Accounts[0])
	b.give(ann, first, b.Accounts[1])
	b.assigned(first, b.Accounts[0], ann, ben, staff)
	b.assigned(second, b.Accounts[0], ann)
	b.assigned(first, b.Accounts[1], ann)
	b.assigned(second, b.Accounts[1])
	if all := collect(b, b.instance().Everything(b.ctx())); len(all) != 5 {
		b.t.Errorf("%d assignments altogether, want 5", len(all))
	}
}

func failedCreation(t *testing.T, b *bench) {
	if b.Fail == nil {
		t.Log("nothing to hold: the instance cannot be made to fail")
		return
	}
	a := identity.Assignment{Principal: b.user(), PermissionSet: b.permissionSet(), Account: b.Accounts[0]}
	b.Fail("the account said no")
	r := b.create(a)
	if got := b.settled(r, assignment.InProgress); got.Reason != "" {
		t.Errorf("in progress it has the reason %q already", got.Reason)
	}
	b.Settle()
	if got := b.settled(r, assignment.Failed); got.Reason != "the account said no" {
		t.Errorf("the reason is %q", got.Reason)
	}
	b.assigned(a.PermissionSet, a.Account)
	b.Fail("")
	b.give(a.Principal, a.PermissionSet, a.Account)
	b.settled(r, assignment.Failed)
}

func failedDeletion(t *testing.T, b *bench) {
	if b.Fail == nil {
		t.Log("nothing to hold: the instance cannot be made to fail")
		return
	}
	a := b.give(b.user(), b.permissionSet(), b.Accounts[0])
	b.Fail("the account said no")
	r := b.remove(a)
	b.Settle()
	b.settled(r, assignment.Failed)
	b.assigned(a.PermissionSet, a.Account, a.Principal)
	b.Fail("")
	b.take(a)
}

func malformedRefused(_ *testing.T, b *bench) {
	good := identity.Assignment{Principal: b.user(), PermissionSet: b.permissionSet(), Account: b.Accounts[0]}
	for what, spoil := range map[string]func(*identity.Assignment){
		"no account":                    func(a *identity.Assignment) { a.Account = "" },
		"eleven digits":                 func(a *identity.Assignment) { a.Account = a.Account[1:] },
		"a permission set's name":       func(a *identity.Assignment) { a.PermissionSet = "set1" },
		"no permission set":             func(a *identity.Assignment) { a.PermissionSet = "" },
		"a user name":                   func(a *identity.Assignment) { a.Principal.ID = "ann" },
		"no kind of principal":          func(a *identity.Assignment) { a.Principal.Kind = "" },
		"a membership":                  func(a *identity.Assignment) { a.Principal.Kind = identity.KindMembership },
		"a principal of another store":  func(a *identity.Assignment) { a.Principal.Store = "d-0000000000" },
		"an account that is no number":  func(a *identity.Assignment) { a.Account = "12345678901x" },
		"an ARN that is an instance's":  func(a *identity.Assignment) { a.PermissionSet = "arn:aws:sso:::instance/ssoins-1234567890abcdef" },
		"an id with something after it": func(a *identity.Assignment) { a.Principal.ID += "\x00" },
	} {
		a := good
		spoil(&a)
		_, err := b.Driver.CreateAssignment(b.ctx(), a)
		b.fails("create with "+what, err, fault.Invalid)
		_, err = b.Driver.DeleteAssignment(b.ctx(), a)
		b.fails("delete with "+what, err, fault.Invalid)
	}
	b.assigned(good.PermissionSet, good.Account)
}
