package assignmenttest

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
)

var policyTests = []test{
	{"PoliciesAreStoredAsGiven", policiesStored},
	{"PoliciesAreTakenAway", policiesTakenAway},
	{"APolicyIsAttachedOnce", attachedOnce},
	{"TwentyPoliciesAreAttachedAndNoMore", twentyPolicies},
	{"AnInvalidPolicyIsRefused", invalidPolicyRefused},
	{"AChangedPolicyHasToBeProvisioned", policyProvisioned},
}

const document = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}`

func (b *bench) allows(e assignment.PolicyEditor, set string, want identity.Policies) {
	b.t.Helper()
	got, err := e.Policies(b.ctx(), set)
	b.works("read policies", err)
	if b.limits().Unordered {
		for _, list := range [][]identity.Policy{got.Managed, got.Customer, want.Managed, want.Customer} {
			slices.SortFunc(list, func(x, y identity.Policy) int { return cmp.Compare(x.ARN+x.Path+x.Name, y.ARN+y.Path+y.Name) })
		}
	}
	b.same("what it allows", want, got)
}

func policiesStored(_ *testing.T, b *bench) {
	e, ok := able[assignment.PolicyEditor](b)
	if !ok {
		return
	}
	set, other := b.permissionSet(), b.permissionSet()
	b.allows(e, set, identity.Policies{})
	two := policies(2)
	own, pathed := identity.Policy{Name: "Own", Path: "/"}, identity.Policy{Name: "Own", Path: "/team/a/"}
	b.works("set inline policy", e.SetInlinePolicy(b.ctx(), set, document))
	for _, p := range []identity.Policy{two[1], {Name: "Own"}, two[0], pathed} {
		b.works("attach policy", e.AttachPolicy(b.ctx(), set, p))
	}
	b.works("set boundary", e.SetBoundary(b.ctx(), set, &own))
	b.allows(e, set, identity.Policies{
		Inline: document, Managed: []identity.Policy{two[1], two[0]}, Customer: []identity.Policy{own, pathed}, Boundary: &own,
	})
	b.allows(e, other, identity.Policies{})
}

func policiesTakenAway(_ *testing.T, b *bench) {
	e, ok := able[assignment.PolicyEditor](b)
	if !ok {
		return
	}
	set, two, own := b.permissionSet(), policies(2), identity.Policy{Name: "Own", Path: "/"}
	b.works("set inline policy", e.SetInlinePolicy(b.ctx(), set, document))
	for _, p := range []identity.Policy{two[0], two[1], own} {
		b.works("attach policy", e.AttachPolicy(b.ctx(), set, p))
	}
	b.works("set boundary", e.SetBoundary(b.ctx(), set, &two[0]))
	for range 2 { // taking away what is not there is no error for what there is only one of
		b.works("take the inline policy away", e.SetInlinePolicy(b.ctx(), set, ""))
		b.works("take the boundary away", e.SetBoundary(b.ctx(), set, nil))
	}
	b.works("detach policy", e.DetachPolicy(b.ctx(), set, two[0]))
	b.works("detach policy", e.DetachPolicy(b.ctx(), set, identity.Policy{Name: "Own"}))
	b.allows(e, set, identity.Policies{Managed: two[1:]})
	b.fails("detach it twice", e.DetachPolicy(b.ctx(), set, two[0]), fault.NotFound)
	b.fails("detach another's", e.DetachPolicy(b.ctx(), set, identity.Policy{Name: "Own", Path: "/other/"}), fault.NotFound)
}

func attachedOnce(_ *testing.T, b *bench) {
	e, ok := able[assignment.PolicyEditor](b)
	if !ok {
		return
	}
	set := b.permissionSet()
	for _, p := range []identity.Policy{policies(1)[0], {Name: "Own"}} {
		b.works("attach policy", e.AttachPolicy(b.ctx(), set, p))
		b.fails("attach it twice", e.AttachPolicy(b.ctx(), set, p), fault.Conflict)
	}
	b.fails("attach it by its whole path", e.AttachPolicy(b.ctx(), set, identity.Policy{Name: "Own", Path: "/"}), fault.Conflict)
}

func twentyPolicies(_ *testing.T, b *bench) {
	e, ok := able[assignment.PolicyEditor](b)
	if !ok {
		return
	}
	set, all := b.permissionSet(), policies(identity.MaxPolicies+1)
	b.works("attach one of the customer's", e.AttachPolicy(b.ctx(), set, identity.Policy{Name: "Own"}))
	for _, p := range all[:identity.MaxPolicies-1] {
		b.works("attach policy", e.AttachPolicy(b.ctx(), set, p))
	}
	b.fails("attach one more of AWS's", e.AttachPolicy(b.ctx(), set, all[identity.MaxPolicies]), fault.Quota)
	b.fails("attach one more of the customer's", e.AttachPolicy(b.ctx(), set, identity.Policy{Name: "Other"}), fault.Quota)
	b.fails("attach one that is there", e.AttachPolicy(b.ctx(), set, all[0]), fault.Conflict)
	b.works("a boundary counts apart", e.SetBoundary(b.ctx(), set, &all[identity.MaxPolicies]))
}

func invalidPolicyRefused(_ *testing.T, b *bench) {
	e, ok := able[assignment.PolicyEditor](b)
	if !ok {
		return
	}
	set := b.permissionSet()
	for what, p := range map[string]identity.Policy{
		"none":                     {},
		"both":                     {ARN: policies(1)[0].ARN, Name: "Own"},
		"a path without a name":    {Path: "/"},
		"the customer's by ARN":    {ARN: "arn:aws:iam::123456789012:policy/Own"},
		"a path without its slash": {Name: "Own", Path: "/team"},
		"a space":                  {Name: "O wn"},
	} {
		b.fails("attach "+what, e.AttachPolicy(b.ctx(), set, p), fault.Invalid)
		b.fails("detach "+what, e.DetachPolicy(b.ctx(), set, p), fault.Invalid)
		b.fails("as a boundary, "+what, e.SetBoundary(b.ctx(), set, &p), fault.Invalid)
	}
	for what, text := range map[string]string{
		"what is no JSON": "allow all", "a list": "[]", "null": "null", "two objects": "{} {}",
		"too much of it": `{"a": "` + strings.Repeat("x", identity.MaxInlinePolicyDense) + `"}`,
	} {
		b.fails("an inline policy of "+what, e.SetInlinePolicy(b.ctx(), set, text), fault.Invalid)
	}
	b.allows(e, set, identity.Policies{})
}

func policyProvisioned(_ *testing.T, b *bench) {
	e, ok := able[assignment.PolicyEditor](b)
	if !ok {
		return
	}
	set, policy := b.permissionSet(), policies(1)[0]
	for what, change := range map[string]func() error{
		"an inline policy": func() error { return e.SetInlinePolicy(b.ctx(), set, document) },
		"a policy":         func() error { return e.AttachPolicy(b.ctx(), set, policy) },
		"a boundary":       func() error { return e.SetBoundary(b.ctx(), set, &policy) },
	} {
		b.give(b.user(), set, b.Accounts[0]) // brings the latest
		b.arrived(set, assignment.Latest, b.Accounts[0])
		b.works("set "+what, change())
		b.arrived(set, assignment.Outdone, b.Accounts[0])
	}
}
