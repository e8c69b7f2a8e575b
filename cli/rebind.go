package cli

import (
	"context"

	"github.com/spf13/cobra"

	"rollcall/journal"
	"rollcall/sqldb"
)

// rebindOptions are those of whoever says that something stands for another
// thing from now on.
type rebindOptions struct {
	yes, dryRun bool
	reason      string
}

func (o *rebindOptions) flags(c *cobra.Command) {
	c.Flags().BoolVar(&o.yes, "yes", false, "do not ask; needed where nobody is at a terminal to be asked")
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "say what would be done")
	c.Flags().StringVar(&o.reason, "reason", "", "why; kept in the journal")
}

func (o *rebindOptions) check() error {
	if o.reason == "" && !o.dryRun {
		return usage("to rebind needs --reason: somebody will want to know; --dry-run says what would be done")
	}
	return nil
}

// agreed asks whoever is at the terminal, unless they have said yes or nothing
// is to be done.
func (o *rebindOptions) agreed(a *app, question string) error {
	if o.yes || o.dryRun {
		return nil
	}
	return a.ask(question)
}

// carryOut does what does says and journals it, both or neither.
func (o *rebindOptions) carryOut(ctx context.Context, h *house, told journal.Rebinding, does func(tx *sqldb.Tx) error) error {
	told.By, told.Why = h.app.actor(), o.reason
	seq, err := h.journal.Rebind(ctx, "rebind", told.Of, func(tx *sqldb.Tx) (journal.Rebinding, error) { return told, does(tx) })
	if err != nil {
		return err
	}
	say(h.app.err, "Journal entry %d.", seq)
	return nil
}
