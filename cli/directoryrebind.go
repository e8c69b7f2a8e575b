package cli

import (
	"context"

	"github.com/spf13/cobra"

	"rollcall/identity"
	"rollcall/journal"
	"rollcall/link"
	"rollcall/sqldb"
)

func newDirectoryRebind(a *app) *cobra.Command {
	var o rebindOptions
	c := &cobra.Command{
		Use: "rebind NAME", Short: "Accept that a directory's name means another store from now on",
		Long: `A directory whose name means another identity store than before is refused, because links and
plans are about the other one's accounts. Rebind accepts the new store. The links stay; those
whose objects do not exist there are found missing by the next sync. The journal keeps who said
so, why, and both stores.`,
		Example: "  rollcall directory rebind local --dry-run\n  rollcall directory rebind local --reason 'restored as a new instance, ticket 42' --yes", Args: cobra.ExactArgs(1),
		ValidArgsFunction: a.completeDirectories,
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			return runRebind(ctx, h, args[0], o)
		}),
	}
	o.flags(c)
	return c
}

func runRebind(ctx context.Context, h *house, name string, o rebindOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	d, err := h.openDirectory(ctx, name)
	if err != nil {
		return err
	}
	store, err := d.Store(ctx)
	if err != nil {
		return err
	}
	before, err := h.links.Bound(ctx, name)
	if err != nil {
		return err
	}
	if before == store.ID {
		say(h.app.err, "Directory %s means store %s, as before.", name, store.ID)
		return nil
	}
	say(h.app.err, "Directory %s meant %s; it is %s now.", name, storeText(before), storeText(store.ID))
	if err := o.agreed(h.app, "Does directory "+name+" mean the new store from now on?"); err != nil || o.dryRun {
		return err
	}
	told := journal.Rebinding{Target: name, Of: "directory " + name, Old: storeText(before), New: storeText(store.ID)}
	err = o.carryOut(ctx, h, told, func(tx *sqldb.Tx) error { return link.Rebind(tx, name, before, store.ID) })
	if err != nil {
		return err
	}
	say(h.app.err, "Directory %s means store %s from now on.", name, store.ID)
	return nil
}

func storeText(id identity.StoreID) string {
	if id == "" {
		return "no store yet"
	}
	return "store " + string(id)
}
