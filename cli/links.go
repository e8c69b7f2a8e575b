package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"rollcall/fault"
	"rollcall/journal"
	"rollcall/link"
	"rollcall/sqldb"
)

func newLink(a *app) *cobra.Command {
	return group("link", "See what belongs to which source; take that record to another machine", "  rollcall link list",
		newLinkList(a), newLinkExport(a), newLinkImport(a))
}

func newLinkList(a *app) *cobra.Command {
	var source string
	c := &cobra.Command{
		Use: "list", Short: "List the users and groups of a directory that belong to a source",
		Long: `Lists what syncs decide over: who and what they have made, or a person has let them adopt. Anything
else in the directory is nobody's, and no sync changes it.`,
		Example: "  rollcall link list\n  rollcall link list --source corp --output csv", Args: cobra.NoArgs,
		RunE: a.inHouse(func(ctx context.Context, h *house, _ []string) error { return listLinks(ctx, h, source) }),
	}
	c.Flags().StringVar(&source, "source", "", "only what belongs to this `source`")
	return c
}

func listLinks(ctx context.Context, h *house, source string) error {
	all, err := h.links.Links(ctx, h.directoryName(""))
	if err != nil {
		return err
	}
	l := listing{Columns: []string{"Kind", "Name", "Source", "Anchor", "Id", "Origin", "Since"}}
	shown := []values{}
	for _, one := range all {
		r := one.Record
		if source != "" && r.Source != source {
			continue
		}
		shown = append(shown, values{
			"kind": r.Kind, "name": one.Name, "source": r.Source, "anchor": r.Anchor, "id": one.Object, "origin": one.Origin, "since": one.Since,
		})
		l.Rows = append(l.Rows, []string{string(r.Kind), one.Name, r.Source, string(r.Anchor), string(one.Object), string(one.Origin), clock(one.Since)})
	}
	l.Values = shown
	return h.app.print(l)
}

func newLinkExport(a *app) *cobra.Command {
	var out string
	c := &cobra.Command{
		Use: "export", Short: "Write what belongs to which source, and who is held, as JSON Lines",
		Long: `Writes the links of a directory and all holds. Keep it with your backups: where a directory has no
SCIM, nothing but these links says what a sync may change, and nothing but the holds keeps people
out who were put out. The file has people's names in it.`,
		Example: "  rollcall link export --out links.jsonl", Args: cobra.NoArgs,
		RunE: a.inHouse(func(ctx context.Context, h *house, _ []string) error {
			d, err := h.directory(ctx, "")
			if err != nil {
				return err
			}
			write := func(w io.Writer) error { return h.links.Export(ctx, d.Name(), w) }
			if out == "" {
				return write(a.out)
			}
			if err := wholeFile(out, write); err != nil {
				return err
			}
			say(a.err, "Wrote the links of directory %s and who is held to %s.", d.Name(), out)
			return nil
		}),
	}
	c.Flags().StringVar(&out, "out", "", "write to this `file` instead of standard output")
	return c
}

func newLinkImport(a *app) *cobra.Command {
	var o rebindOptions
	c := &cobra.Command{
		Use: "import FILE", Short: "Take over what belongs to which source, and who is held, from a file",
		Long: `Adds what rollcall link export wrote, all or nothing, and journals who wanted it and why. From then on
the syncs of those sources decide over these users and groups. What is known already stays as it is,
and a file that contradicts it is refused. Nothing is written to the directory, which may have another
name here, but must be the same store.`,
		Example: "  rollcall link import links.jsonl --dry-run\n  rollcall link import links.jsonl --reason 'moved to a new machine, ticket 42' --yes", Args: cobra.ExactArgs(1),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error { return importLinks(ctx, h, args[0], o) }),
	}
	o.flags(c)
	return c
}

func importLinks(ctx context.Context, h *house, path string, o rebindOptions) error {
	if o.reason == "" && !o.dryRun {
		return usage("an import needs --reason: somebody will want to know; --dry-run says what would be done")
	}
	f, err := readLinks(path)
	if err != nil {
		return err
	}
	d, err := h.directory(ctx, "")
	if err != nil {
		return err
	}
	news, err := h.links.Compare(ctx, f, d.Name())
	if err != nil {
		return err
	}
	say(h.app.err, "%s has %s and %s; %s and %s are new to directory %s (%s).", filepath.Base(path),
		count(len(f.Links), "link"), count(len(f.Holds), "hold"), count(news.Links, "link"), count(news.Holds, "hold"), d.Name(), f.Store)
	h.warnOfSources(f)
	if news == (link.Added{}) {
		return nil
	}
	if err := o.agreed(h.app, "Shall the syncs of these sources decide over them from now on?"); err != nil || o.dryRun {
		return err
	}
	known, err := h.links.Links(ctx, d.Name())
	if err != nil {
		return err
	}
	told := journal.Rebinding{
		Target: d.Name(), Of: "links of directory " + d.Name(), Old: count(len(known), "link"),
		New: fmt.Sprintf("%s and %s more, of %s", count(news.Links, "link"), count(news.Holds, "hold"), filepath.Base(path)),
	}
	err = o.carryOut(ctx, h, told, func(tx *sqldb.Tx) error {
		added, err := f.Import(tx, d.Name())
		if err == nil && added != news {
			err = fault.Text(fault.Stale, "import links", "directory "+d.Name(), "other links were made meanwhile; nothing was imported, try again")
		}
		return err
	})
	if err != nil {
		return err
	}
	say(h.app.err, "Imported. Look at what the syncs make of it before they run: rollcall sync run SYNC --dry-run")
	return nil
}

func readLinks(path string) (*link.File, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, usage("%v: name a file that rollcall link export wrote", err)
	}
	defer in.Close()
	return link.ReadFile(in)
}

// warnOfSources names the sources of a file that the configuration does not
// have: no sync decides over their people then.
func (h *house) warnOfSources(f *link.File) {
	told := map[string]bool{}
	for _, l := range f.Links {
		if _, known := h.config.Sources[l.Record.Source]; known || told[l.Record.Source] {
			continue
		}
		told[l.Record.Source] = true
		say(h.app.err, "Warning: the configuration has no source %q, so that no sync decides over what belongs to it", l.Record.Source)
	}
}
