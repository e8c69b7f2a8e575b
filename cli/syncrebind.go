package cli

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rollcall/baseline"
	"rollcall/journal"
	"rollcall/source"
	"rollcall/sqldb"
)

func newSyncRebind(a *app) *cobra.Command {
	var o rebindOptions
	c := &cobra.Command{
		Use: "rebind SYNC", Short: "Accept that no copy of the source has what the last one had that was read",
		Long: `A copy of a directory that lacks changes which the last accepted read had is not believed: it would
bring leavers back and undo what has changed since. Where the server that had those changes is gone
for good, or was restored from a backup, no copy will ever have them, and every run is refused.

Rebind accepts that they are lost: the next run believes the copy that it reads, within the brakes.
Look at its plan before it is carried out. The journal keeps who said so, why, and what is lost.`,
		Example: "  rollcall sync rebind corp --dry-run\n  rollcall sync rebind corp --reason 'dc1 is gone for good, ticket 42' --yes\n  rollcall sync run corp --dry-run", Args: cobra.ExactArgs(1),
		ValidArgsFunction: a.completeSyncs,
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			return runSyncRebind(ctx, h, args[0], o)
		}),
	}
	o.flags(c)
	return c
}

func runSyncRebind(ctx context.Context, h *house, name string, o rebindOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	s, err := h.sync(name)
	if err != nil {
		return err
	}
	before, err := h.baselines.Of(ctx, name)
	if err != nil {
		return err
	}
	if before == nil || before.Replica.IsZero() {
		say(h.app.err, "Sync %s does not remember which copy was read; the next run believes any.", name)
		return nil
	}
	say(h.app.err, "Sync %s last accepted what it read of %s at %s, with the changes of", name, before.Replica.Server, before.Made.Format(time.RFC3339))
	marks := marksOf(before.Replica)
	for _, mark := range marks {
		say(h.app.err, "  %s", mark)
	}
	if err := o.agreed(h.app, "Is what other copies lack of that lost, and may the next run believe any copy?"); err != nil || o.dryRun {
		return err
	}
	told := journal.Rebinding{
		Target: s.Directory, Of: "sync " + name, New: "any copy",
		Old: strings.Join(append([]string{"what was read of " + before.Replica.Server}, marks...), ", "),
	}
	err = o.carryOut(ctx, h, told, func(tx *sqldb.Tx) error { return baseline.ForgetCopy(tx, name, before.Replica) })
	if err != nil {
		return err
	}
	say(h.app.err, "The next run of sync %s believes the copy that it reads. Look at its plan first: rollcall sync run %[1]s --dry-run", name)
	return nil
}

// marksOf says how far a copy had come with the changes of each server.
func marksOf(r source.Replica) []string {
	var all []string
	for _, id := range slices.Sorted(maps.Keys(r.Marks)) {
		all = append(all, id+" up to "+r.Mark(id))
	}
	return all
}
