package cli

import (
	"context"
	"strings"

	"rollcall/assignment"
	"rollcall/config"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/reconcile"
)

// checkAccess asks what somebody was given who is not there: what a deletion
// looks at first, and a sync that takes from leavers what they have.
func (d *doctor) checkAccess(ctx context.Context, opened *directory.Directory) {
	const check = "assignments"
	store, err := opened.Store(ctx)
	if err != nil {
		return // that is said already
	}
	access, err := d.house.access(ctx, opened.Name())
	if err != nil {
		d.fail(check, opened.Name(), err)
		return
	}
	id, err := identity.NewID(store.ID, false)
	if err != nil {
		d.fail(check, opened.Name(), err)
		return
	}
	nobody, one := identity.Principal{Store: store.ID, Kind: identity.KindUser, ID: id}, assignment.PageRequest{Limit: 1}
	var missing []string
	asked := true
	tried := func(action string, err error) {
		switch fault.KindOf(err) {
		case fault.Denied:
			missing = append(missing, action)
		case fault.Unavailable, fault.Throttled, fault.Unauthenticated:
			d.fail(check, opened.Name(), err)
			asked = false
		} // nobody of that id, or no such instance: it may be asked
	}
	_, err = access.ListAssignmentsFor(ctx, nobody, "", one)
	tried("sso:ListAccountAssignmentsForPrincipal", err)
	_, err = access.ListApplicationAssignmentsFor(ctx, nobody, "", one)
	tried("sso:ListApplicationAssignmentsForPrincipal", err)
	lacks := "the credentials lack " + strings.Join(missing, " and ") + "; rollcall iam-policy prints a policy that has them"
	switch {
	case !asked:
	case len(missing) == 0:
		d.ok(check, opened.Name(), "what somebody was given can be read")
	case takesFromLeavers(d.house.config, opened.Name()):
		d.fail(check, opened.Name(), fault.Text(fault.Denied, "try actions", "directory "+opened.Name(), "no sync can take from leavers what they have: "+lacks))
	default:
		d.warn(check, opened.Name(), "no sync can delete anybody: "+lacks)
	}
}

// takesFromLeavers reports whether a sync of a directory takes and gives
// assignments.
func takesFromLeavers(c *config.Config, directory string) bool {
	for _, s := range c.Syncs {
		if s.Directory == directory && s.Leavers.Build().Assignments == reconcile.AssignmentsRevoked {
			return true
		}
	}
	return false
}
