package command

import (
	"context"
	"slices"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
)

// Denying says how the role sessions of people who leave are denied.
type Denying struct {
	// Elsewhere are the names or ARNs of permission sets whose policies others
	// manage, which are not changed; * is all of them.
	Elsewhere []string
	// Earlier returns the ways by which somebody may have role sessions that is
	// out already, by an earlier plan; it may be nil.
	Earlier func(ctx context.Context, user identity.ID) ([]plan.Way, error)
	// Begun reports whether a plan of [Draft.DenyFirst] denies somebody in a
	// permission set already: this one then sees to it that it does. It may be nil.
	Begun func(user identity.ID, permissionSet string) bool
}

const (
	elsewhere = "its policy is managed elsewhere"
	protected = "it is protected"
)

// denySessions plans that people are denied everything by the policies of the
// permission sets that they reach, by whatever way: one statement a person and
// permission set. Where there is no room, or the policy is not ours to change,
// it is noted, for whoever can use a service control policy.
func (d *Draft) denySessions(ctx context.Context, all []*leaving, access *opened, reason string) error {
	if d.Deny == nil || access.instance == nil {
		return nil
	}
	limits, err := d.desk.Limits(ctx, d.Plan.By)
	if err != nil {
		return err
	}
	documents := map[string]string{} // as they will be
	for _, l := range all {
		ways, err := d.sessionWays(ctx, l)
		if err != nil {
			return err
		}
		for _, set := range setsOf(ways) {
			switch why := d.notOurs(limits, set); {
			case why != "":
				set.Why = why
			default:
				if set.Why, err = d.deny(ctx, access, l, set, documents, reason); err != nil {
					return err
				}
			}
			if set.Why != "" {
				l.note.Undenied = append(l.note.Undenied, set)
			}
		}
	}
	return nil
}

// sessionWays are the ways by which somebody may have role sessions now.
func (d *Draft) sessionWays(ctx context.Context, l *leaving) ([]plan.Way, error) {
	if d.Deny.Earlier == nil {
		return l.note.Ways, nil
	}
	earlier, err := d.Deny.Earlier(ctx, l.user.ID)
	return append(slices.Clone(l.note.Ways), earlier...), err
}

// setsOf are the permission sets of some ways, with the accounts where they
// lead.
func setsOf(ways []plan.Way) []plan.Undenied {
	var sets []plan.Undenied
	for _, w := range ways {
		at := slices.IndexFunc(sets, func(s plan.Undenied) bool { return s.PermissionSet == w.PermissionSet })
		if at < 0 {
			at = len(sets)
			sets = append(sets, plan.Undenied{PermissionSet: w.PermissionSet, SetName: w.SetName})
		}
		if !slices.Contains(sets[at].Accounts, w.Account) {
			sets[at].Accounts = append(sets[at].Accounts, w.Account)
		}
	}
	return sets
}

func (d *Draft) notOurs(limits plan.Limits, set plan.Undenied) string {
	isSet := func(name string) bool { return name == "*" || name == set.PermissionSet || name == set.SetName }
	switch {
	case limits.ProtectsSet(set.SetName):
		return protected
	case slices.ContainsFunc(d.Deny.Elsewhere, isSet):
		return elsewhere
	}
	return ""
}

// deny plans that one person is denied in one permission set, or says why not.
func (d *Draft) deny(ctx context.Context, access *opened, l *leaving, set plan.Undenied, documents map[string]string, reason string) (why string, err error) {
	if d.Deny.Begun != nil && d.Deny.Begun(l.user.ID, set.PermissionSet) {
		d.addDenial(l, set, reason)
		return "", nil
	}
	document, read := documents[set.PermissionSet]
	if !read {
		inline, err := access.instance.InlinePolicy(ctx, set.PermissionSet)
		if err != nil {
			return "its policy cannot be read: " + err.Error(), ctx.Err()
		}
		document = inline
	}
	documents[set.PermissionSet] = document
	if identity.DeniesUser(document, l.user.ID) {
		for _, err := range access.instance.AccountsWith(ctx, set.PermissionSet, assignment.Outdone) {
			if err != nil {
				return "it cannot be read where its policy is: " + err.Error(), ctx.Err()
			}
			d.addDenial(l, set, reason) // it is written, and not everywhere
			return "", nil
		}
		l.note.Denied = append(l.note.Denied, set.PermissionSet)
		return "", nil
	}
	denied, err := identity.DenyUser(document, l.user.ID)
	if err == nil {
		err = identity.CheckInlinePolicy(denied)
	}
	if err != nil {
		return "its policy has no room for it: " + err.Error(), nil
	}
	documents[set.PermissionSet] = denied
	d.addDenial(l, set, reason)
	return "", nil
}

func (d *Draft) addDenial(l *leaving, set plan.Undenied, reason string) {
	l.before = append(l.before, d.Add(plan.Change{
		Kind: plan.SessionDeny, Subject: plan.Existing(l.user.ID), Name: l.user.UserName, Record: l.record, Needs: l.first, Reason: reason,
		Denial: &plan.Denial{PermissionSet: set.PermissionSet, SetName: set.SetName},
	}))
}

// allowAgain plans that the denials of somebody are taken out whose hold ends
// with change n.
func (d *Draft) allowAgain(ctx context.Context, user identity.ID, name string, r *identity.Record, n int, reason string) error {
	if d.Denied == nil {
		return nil
	}
	denials, err := d.Denied(ctx, user)
	if err != nil || len(denials) == 0 {
		return err
	}
	first := len(d.Plan.Changes)
	if err := d.AllowSessions(ctx, user, name, r, denials, reason); err != nil {
		return err
	}
	for i := first; i < len(d.Plan.Changes); i++ {
		d.Plan.Changes[i].Needs = []int{n}
	}
	return nil
}

// AllowSessions plans that the denials of a person are taken out of permission
// sets, where they are: from their Until on also of somebody who is still held.
// The user may be gone.
func (d *Draft) AllowSessions(ctx context.Context, user identity.ID, name string, r *identity.Record, denials []plan.Denial, reason string) error {
	access, err := d.desk.Executor.Access.Open(ctx)
	if err != nil || access == nil {
		return err
	}
	for i := range denials {
		inline, err := access.InlinePolicy(ctx, denials[i].PermissionSet)
		if err := notGone(err); err != nil {
			return err
		}
		if !identity.HasDenial(inline, user) {
			continue
		}
		d.Add(plan.Change{Kind: plan.SessionAllow, Subject: plan.Existing(user), Name: name, Record: r, Denial: &denials[i], Reason: reason})
	}
	return nil
}

// notGone is nil for what is gone: nothing of it is left to be taken.
func notGone(err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}
