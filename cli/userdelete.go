package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"rollcall/identity"
	"rollcall/plan"
)

func newUserDelete(a *app) *cobra.Command {
	var o deletion
	c := &cobra.Command{
		Use: "delete NAME", Short: "Delete a user for good",
		Long: `Disables a user, takes their own assignments and their memberships and then deletes them; if
something before fails, they are not deleted. Somebody who is linked to a source is held before all
that, so that no sync makes them again until rollcall user release. It is what rollcall leaver run
does with --mode delete, without the evidence.

Groups and assignments are shown first. A user made again has a new id. Whoever may not read
assignments can delete a user all the same; what was assigned is then left behind under an id that is dead.

` + naming,
		Example: "  rollcall user delete ann --dry-run\n  rollcall user delete ann --yes --reason 'left, ticket 42'",
		Args:    cobra.ExactArgs(1),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			d, err := h.draft(ctx)
			if err != nil {
				return err
			}
			u, err := d.directory.ResolveUser(ctx, args[0])
			if err != nil {
				return err
			}
			return h.deleteUser(ctx, d, u, o)
		}),
	}
	o.flags(c)
	return c
}

// deleteUser plans disabling first and deleting last; what lies between waits
// for nothing, and only the deletion waits for it.
func (h *house) deleteUser(ctx context.Context, d *draft, u identity.User, o deletion) error {
	if _, err := d.EndUser(ctx, u, o.reason); err != nil {
		return err
	}
	var groups []string
	for _, c := range d.plan.Changes {
		if c.Kind == plan.GroupMembers {
			groups = append(groups, c.Name)
		}
	}
	lost, err := d.loss(ctx, identity.KindUser, u.ID, u.UserName, groups)
	if err != nil {
		return err
	}
	lost.show(h.app.err)
	return d.carryOutAsked(ctx, "delete user "+u.UserName, lost.question(), o)
}

// count writes "1 user", "2 users".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
