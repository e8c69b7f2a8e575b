package assignmenttest

import (
	"testing"

	"rollcall/assignment"
	"rollcall/fault"
)

var provisionTests = []test{
	{"APermissionSetArrivesWithItsFirstAssignment", arrivesWithFirst},
	{"APermissionSetLeavesWithItsLastAssignment", leavesWithLast},
	{"AChangeHasToBeProvisioned", changeProvisioned},
	{"AChangeIsProvisionedEverywhereAtOnce", provisionedEverywhere},
	{"AnAssignmentBringsTheLatestVersion", assignmentBringsLatest},
	{"AProvisioningThatFailsChangesNothing", failedProvisioning},
	{"ThreePermissionSetsAreProvisionedAtOnce", threeProvisionings},
}

func (b *bench) arrived(set string, only assignment.Provisioned, want ...string) {
	b.t.Helper()
	b.sameSet("the accounts with the permission set "+string(only), want, collect(b, b.instance().AccountsWith(b.ctx(), set, only)))
	for _, account := range b.Accounts {
		var expected, got []string
		for _, w := range want {
			if w == account {
				expected = []string{set}
			}
		}
		for _, in := range collect(b, b.instance().PermissionSetsIn(b.ctx(), account, only)) {
			if in == set {
				got = append(got, in)
			}
		}
		b.same("the permission set in the account "+string(only), expected, got)
	}
}

func arrivesWithFirst(_ *testing.T, b *bench) {
	set, other := b.permissionSet(), b.permissionSet()
	b.arrived(set, assignment.Anyhow)
	b.create(b.assignment(set, b.Accounts[0]))
	b.arrived(set, assignment.Anyhow)
	b.Settle()
	b.give(b.user(), set, b.Accounts[1])
	b.arrived(set, assignment.Anyhow, b.Accounts[0], b.Accounts[1])
	b.arrived(set, assignment.Latest, b.Accounts[0], b.Accounts[1])
	b.arrived(set, assignment.Outdone)
	b.arrived(other, assignment.Anyhow)
}

func leavesWithLast(_ *testing.T, b *bench) {
	set := b.permissionSet()
	first, last := b.give(b.user(), set, b.Accounts[0]), b.give(b.group(), set, b.Accounts[0])
	b.take(first)
	b.arrived(set, assignment.Anyhow, b.Accounts[0])
	b.remove(last)
	b.arrived(set, assignment.Anyhow, b.Accounts[0])
	b.Settle()
	b.arrived(set, assignment.Anyhow)
}

// change changes a permission set.
func (b *bench) change(e assignment.PermissionSetEditor, set string) {
	b.t.Helper()
	text := b.name("changed ")
	b.works("update permission set", e.UpdatePermissionSet(b.ctx(), set, assignment.PermissionSetChange{Description: &text}))
}

func changeProvisioned(_ *testing.T, b *bench) {
	e, ok := able[assignment.PermissionSetEditor](b)
	if !ok {
		return
	}
	set := b.permissionSet()
	b.give(b.user(), set, b.Accounts[0])
	b.give(b.user(), set, b.Accounts[1])
	b.change(e, set)
	b.arrived(set, assignment.Latest)
	b.arrived(set, assignment.Outdone, b.Accounts[0], b.Accounts[1])
	r, err := e.ProvisionPermissionSet(b.ctx(), set, b.Accounts[0])
	b.works("provision", err)
	if r.State != assignment.InProgress || r.Work != assignment.Provisioning || r.Assignment.PermissionSet != set || r.Assignment.Account != b.Accounts[0] {
		b.t.Errorf("the answer is %+v; want a provisioning in progress", r)
	}
	b.arrived(set, assignment.Latest)
	b.Settle()
	b.settled(r, assignment.Succeeded)
	b.arrived(set, assignment.Latest, b.Accounts[0])
	b.arrived(set, assignment.Outdone, b.Accounts[1])
}

func provisionedEverywhere(_ *testing.T, b *bench) {
	e, ok := able[assignment.PermissionSetEditor](b)
	if !ok {
		return
	}
	set := b.permissionSet()
	b.give(b.user(), set, b.Accounts[0])
	b.give(b.user(), set, b.Accounts[1])
	b.change(e, set)
	r, err := e.ProvisionPermissionSet(b.ctx(), set, "")
	b.works("provision", err)
	b.Settle()
	if got := b.settled(r, assignment.Succeeded); got.Assignment.Account != "" {
		b.t.Errorf("it was for all accounts, and names %s", got.Assignment.Account)
	}
	b.arrived(set, assignment.Latest, b.Accounts[0], b.Accounts[1])
	b.change(e, set) // what comes after is not what was provisioned
	b.arrived(set, assignment.Outdone, b.Accounts[0], b.Accounts[1])
}

func assignmentBringsLatest(_ *testing.T, b *bench) {
	e, ok := able[assignment.PermissionSetEditor](b)
	if !ok {
		return
	}
	set := b.permissionSet()
	b.give(b.user(), set, b.Accounts[0])
	b.change(e, set)
	b.give(b.user(), set, b.Accounts[0])
	b.arrived(set, assignment.Latest, b.Accounts[0])
}

func failedProvisioning(t *testing.T, b *bench) {
	e, ok := able[assignment.PermissionSetEditor](b)
	if !ok || b.Fail == nil {
		t.Log("nothing to hold: the instance cannot be made to fail")
		return
	}
	set := b.permissionSet()
	b.give(b.user(), set, b.Accounts[0])
	b.change(e, set)
	b.Fail("the account said no")
	r, err := e.ProvisionPermissionSet(b.ctx(), set, "")
	b.works("provision", err)
	b.Settle()
	b.settled(r, assignment.Failed)
	b.arrived(set, assignment.Outdone, b.Accounts[0])
}

func threeProvisionings(_ *testing.T, b *bench) {
	e, ok := able[assignment.PermissionSetEditor](b)
	if !ok {
		return
	}
	for range 3 {
		_, err := e.ProvisionPermissionSet(b.ctx(), b.permissionSet(), b.Accounts[0])
		b.works("provision", err)
	}
	set := b.permissionSet()
	_, err := e.ProvisionPermissionSet(b.ctx(), set, b.Accounts[0])
	b.fails("provision a fourth", err, fault.Conflict)
	b.Settle()
	_, err = e.ProvisionPermissionSet(b.ctx(), set, b.Accounts[0])
	b.works("provision it later", err)
}
