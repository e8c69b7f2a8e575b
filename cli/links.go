package cli

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
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
	directory, err := h.knownDirectory(ctx)
	if err != nil {
		return err
	}
	all, err := h.links.Links(ctx, directory)
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
	if _, known := h.config.Sources[source]; source != "" && !known && len(shown) == 0 {
		return usage("nothing belongs to a source called %q; there are %s", source, names(h.config.Sources))
	}
	l.Values = shown
	return h.app.print(l)
}

// knownDirectory is the name of the directory that is meant, without opening
// it: what is ours is known here.
func (h *house) knownDirectory(ctx context.Context) (string, error) {
	name := h.directoryName("")
	_, known, err := h.settingsOf(ctx, name)
	if err == nil && !known {
		err = usage("no directory is called %q; there are %s", name, names(h.config.Directories))
	}
	return name, err
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
			directory, err := h.knownDirectory(ctx)
			if err != nil {
				return err
			}
			store, err := h.links.Bound(ctx, directory)
			if err != nil {
				return err
			}
			if store == "" {
				return usage("directory %s was never used with this state: there is nothing to export", directory)
			}
			write := func(w io.Writer) error { return h.links.Export(ctx, directory, w) }
			if out == "" {
				return write(a.out)
			}
			if err := wholeFile(out, write); err != nil {
				return err
			}
			say(a.err, "Wrote the links of directory %s and who is held to %s.", directory, out)
			return nil
		}),
	}
	c.Flags().StringVar(&out, "out", "", "write to this `file` instead of standard output")
	return c
}

// importOptions are those of an import.
type importOptions struct {
	rebindOptions
	holds bool
}

func newLinkImport(a *app) *cobra.Command {
	var o importOptions
	c := &cobra.Command{
		Use: "import FILE", Short: "Take over what belongs to which source, and who is held, from a file",
		Long: `Adds what rollcall link export wrote, all or nothing, and journals who wanted it and why, with the
file's SHA-256. From then on the syncs of those sources decide over these users and groups. What is
known already stays as it is, and a file that contradicts it is refused. Nothing is written to the
directory, which may have another name here, but must be the same store. Stop the service meanwhile:
a run that has begun does not look again who is held.`,
		Example: "  rollcall link import links.jsonl --dry-run\n  rollcall link import links.jsonl --reason 'moved to a new machine, ticket 42' --yes\n" +
			"  rollcall link import links.jsonl --holds --reason 'state of yesterday, ticket 43' --yes",
		Args: cobra.ExactArgs(1),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error { return importLinks(ctx, h, args[0], o) }),
	}
	o.flags(c)
	c.Flags().BoolVar(&o.holds, "holds", false, "only who is held; that contradicts nothing")
	return c
}

func importLinks(ctx context.Context, h *house, path string, o importOptions) error {
	if o.reason == "" && !o.dryRun {
		return usage("an import needs --reason: somebody will want to know; --dry-run says what would be done")
	}
	f, sum, err := readLinks(path)
	if err != nil {
		return err
	}
	if o.holds {
		f.Links = nil
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
		count(len(f.Links), "link"), count(len(f.Holds), "hold"), count(len(news.Links), "link"), count(len(news.Holds), "hold"), d.Name(), f.Store)
	h.tellNewLinks(&news)
	h.warnOfSources(f)
	if err := h.areThere(ctx, d, news.Links); err != nil {
		return err
	}
	if len(news.Links)+len(news.Holds) == 0 {
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
		New: fmt.Sprintf("%s and %s more, of %s (SHA-256 %s)", count(len(news.Links), "link"), count(len(news.Holds), "hold"), filepath.Base(path), sum),
	}
	err = o.carryOut(ctx, h, told, func(tx *sqldb.Tx) error {
		added, err := f.Import(tx, d.Name())
		if err == nil && added != (link.Added{Links: len(news.Links), Holds: len(news.Holds)}) {
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

// readLinks reads a file of links, and its sum.
func readLinks(path string) (*link.File, string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, "", usage("%v: name a file that rollcall link export wrote", err)
	}
	f, err := link.ReadFile(bytes.NewReader(text))
	return f, fmt.Sprintf("%x", sha256.Sum256(text)), err
}

// tellNewLinks names what an import would add, so that nobody agrees to a
// number.
func (h *house) tellNewLinks(news *link.File) {
	const most = 20
	var lines []string
	for _, l := range news.Links {
		lines = append(lines, fmt.Sprintf("%s %s, of source %s (%s)", l.Record.Kind, l.Name, l.Record.Source, l.Origin))
	}
	for _, one := range news.Holds {
		lines = append(lines, fmt.Sprintf("%s of source %s, held since %s: %s", one.Name, one.Source, clock(one.Since), one.Reason))
	}
	for i, line := range lines {
		if i == most && len(lines) > most+1 {
			say(h.app.err, "  and %d more", len(lines)-most)
			return
		}
		say(h.app.err, "  %s", line)
	}
}

// areThere refuses links of which none has an object in the directory, and says
// how many have none: the file is older than the directory, or of another one.
func (h *house) areThere(ctx context.Context, d *directory.Directory, links []link.Link) error {
	if len(links) == 0 {
		return nil
	}
	there := map[identity.ID]bool{}
	for u, err := range d.Users(ctx) {
		if err != nil {
			return err
		}
		there[u.ID] = true
	}
	for g, err := range d.Groups(ctx) {
		if err != nil {
			return err
		}
		there[g.ID] = true
	}
	gone := 0
	for _, l := range links {
		if !there[l.Object] {
			gone++
		}
	}
	if gone == len(links) {
		return fault.Text(fault.Conflict, "import links", "directory "+d.Name(),
			"it has none of the users and groups that the new links are about: is this the directory, and the newest export?")
	}
	if gone > 0 {
		say(h.app.err, "Warning: not in directory %s any more: the objects of %s; the next sync reports them as missing.", d.Name(), count(gone, "link"))
	}
	return nil
}

// warnOfSources names the sources of a file that the configuration does not
// have: no sync decides over what is theirs, and their holds keep nobody out.
func (h *house) warnOfSources(f *link.File) {
	links, holds := map[string]int{}, map[string]int{}
	for _, l := range f.Links {
		links[l.Record.Source]++
	}
	for _, one := range f.Holds {
		holds[one.Source]++
	}
	for _, source := range slices.Sorted(maps.Keys(links)) {
		if _, known := h.config.Sources[source]; !known {
			say(h.app.err, "Warning: the configuration has no source %q: no sync decides over what belongs to it.", source)
		}
	}
	for _, source := range slices.Sorted(maps.Keys(holds)) {
		if _, known := h.config.Sources[source]; !known {
			say(h.app.err, "Warning: the configuration has no source %q, and whoever is held by it is not kept out (%s). Give the source its old name.", source, count(holds[source], "hold"))
		}
	}
}
