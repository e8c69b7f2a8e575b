package cli

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"
)

func newSyncRebind(a *app) *cobra.Command {
	var yes, dryRun bool
	c := &cobra.Command{
		Use: "rebind SYNC", Short: "Accept that no copy of the source has what the last one had that was read",
		Long: `A copy of a directory that lacks changes which the last accepted read had is not believed: it would
bring leavers back and undo what has changed since. Where the server that had those changes is gone
for good, or was restored from a backup, no copy will ever have them, and every run is refused.

Rebind accepts that they are lost: the next run believes the copy that it reads, within the brakes.
Look at its plan before it is carried out.`,
		Example: "  rollcall sync rebind corp --dry-run\n  rollcall sync rebind corp --yes\n  rollcall sync run corp --dry-run", Args: cobra.ExactArgs(1),
		ValidArgsFunction: a.completeSyncs,
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			return runSyncRebind(ctx, h, args[0], yes, dryRun)
		}),
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask; needed where nobody is at a terminal to be asked")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be done")
	return c
}

func runSyncRebind(ctx context.Context, h *house, name string, yes, dryRun bool) error {
	if _, err := h.sync(name); err != nil {
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
	for _, id := range slices.Sorted(maps.Keys(before.Replica.Marks)) {
		say(h.app.err, "  %s up to %s", id, before.Replica.Mark(id))
	}
	if dryRun {
		return nil
	}
	if !yes {
		if err := h.app.ask("Is what other copies lack of that lost, and may the next run believe any copy?"); err != nil {
			return err
		}
	}
	if err := h.baselines.ForgetCopy(ctx, name); err != nil {
		return err
	}
	say(h.app.err, "The next run of sync %s believes the copy that it reads. Look at its plan first: rollcall sync run %[1]s --dry-run", name)
	return nil
}
