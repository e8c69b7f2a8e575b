package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"rollcall/identity"
)

type journalErase struct {
	group, files, dryRun, yes bool
}

func newJournalErase(a *app) *cobra.Command {
	var o journalErase
	c := &cobra.Command{
		Use: "erase RECORD | --files", Short: "Take one person's data out of the journal and the kept plans",
		Long: `Takes the values of one record, named SOURCE/ANCHOR as rollcall user show shows them, out of
everything that is kept: the journal of a directory, the plans kept for it, what was to be done about them
later (what waits is cancelled), approvals, notices, what was read of access, evidence files beside the state,
the name in a hold, and the log of an embedded directory. Ids, times and results stay, and so does the chain:
rollcall journal verify finds it whole, with an entry that says what was erased and by whom. Plans the person
was in can be read and not carried out, and runs of them not undone. A hold stands: it keeps them out.

SQLite files are then written anew, so that nothing is left in them; where they are in use for so long that
this fails, --files does it later. Copies elsewhere are yours to erase:
backups, logs, files of access save and link export, plan files, evidence that was exported, and the source.

Delete the account and take the person out of the source first: what the next run finds on the
directory is journalled anew, and the log of an embedded directory is kept while the account is there.`,
		Example: "  rollcall journal erase corp/4711 --dry-run\n  rollcall journal erase corp/4711 --yes\n  rollcall journal erase --files",
		Args:    cobra.MaximumNArgs(1),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			switch {
			case o.files && len(args) == 0:
				return h.scrub(ctx, h.directoryName(""))
			case o.files || len(args) == 0:
				return usage("name a record, like corp/4711, or only write the files anew: --files")
			}
			return runErase(ctx, h, args[0], o)
		}),
	}
	c.Flags().BoolVar(&o.group, "group", false, "the record is a group")
	c.Flags().BoolVar(&o.files, "files", false, "only write the files anew, after an erasure that could not")
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "say whether there is an account, erase nothing")
	c.Flags().BoolVar(&o.yes, "yes", false, "do not ask; needed where nobody is at a terminal to be asked")
	return c
}

func runErase(ctx context.Context, h *house, ref string, o journalErase) error {
	source, anchor, found := strings.Cut(ref, "/")
	if !found || source == "" || anchor == "" {
		return usage("a record is named SOURCE/ANCHOR, like corp/4711; not %q", ref)
	}
	r := identity.Record{Source: source, Kind: identity.KindUser, Anchor: identity.Anchor(anchor)}
	if o.group {
		r.Kind = identity.KindGroup
	}
	target := h.directoryName("")
	if err := h.warnOfAccount(ctx, target, r); err != nil {
		return err
	}
	traces, err := h.journal.Traces(ctx, target, r)
	if err != nil {
		return err
	}
	if o.dryRun {
		say(h.app.err, "Would erase what the journal of directory %s says about %s %s, and %s that name it, with all that was kept about them.",
			target, r.Kind, ref, count(len(traces.Plans), "plan"))
		return nil
	}
	if !o.yes {
		if err := h.app.ask(fmt.Sprintf("Erase what is kept about %s %s for good?", r.Kind, ref)); err != nil {
			return err
		}
	}
	return h.erase(ctx, target, r, traces)
}

func entries(n int) string {
	if n == 1 {
		return "1 journal entry"
	}
	return fmt.Sprintf("%d journal entries", n)
}

// warnOfAccount says so if the record still has an account, from which the
// data would come back.
func (h *house) warnOfAccount(ctx context.Context, target string, r identity.Record) error {
	links, err := h.links.Links(ctx, target)
	if err != nil {
		return err
	}
	for _, l := range links {
		if l.Record == r {
			say(h.app.err, "Note: %s %s is still there; the next run that reads it journals it anew.", r.Kind, l.Object)
		}
	}
	return nil
}
