package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"rollcall/fault"
	"rollcall/journal"
)

func newJournalVerify(a *app) *cobra.Command {
	var headFile string
	c := &cobra.Command{
		Use: "verify", Short: "Check that the journal is what was written",
		Long: `Reads the whole journal of a directory and checks every entry, the chain through them and the
signature of every run. A head that was kept elsewhere (rollcall journal head) finds even a
journal that was rewritten together with its signatures.`,
		Example: "  rollcall journal verify\n  rollcall journal verify --head monday.json", Args: cobra.NoArgs,
		RunE: a.inHouse(func(ctx context.Context, h *house, _ []string) error { return runVerify(ctx, h, headFile) }),
	}
	c.Flags().StringVar(&headFile, "head", "", "a `file` with a head that was kept elsewhere")
	return c
}

// verifyView is what a verification found.
type verifyView struct {
	Directory string         `json:"directory"`
	Whole     bool           `json:"whole"`
	Entries   int64          `json:"entries"`
	Heads     int            `json:"heads"`
	Erased    int            `json:"erased"`
	Entry     int64          `json:"entry,omitempty"`
	Damage    journal.Damage `json:"damage,omitempty"`
	Problem   string         `json:"problem,omitempty"`
}

func runVerify(ctx context.Context, h *house, headFile string) error {
	known, err := readHead(headFile)
	if err != nil {
		return err
	}
	r, err := h.journal.Verify(ctx, h.directoryName(""), known)
	if err != nil {
		return err
	}
	v := verifyView{Directory: r.Target, Whole: r.Problem == nil, Entries: r.Entries, Heads: r.Heads, Erased: r.Erased}
	l := listing{Columns: []string{"Directory", "Whole", "Entries", "Signed heads", "Erased", "Problem"}}
	if r.Problem != nil {
		v.Entry, v.Damage, v.Problem = r.Problem.Seq, r.Problem.Damage, r.Problem.Text
	}
	l.Values = v
	l.Rows = [][]string{{v.Directory, yes(v.Whole), strconv.FormatInt(v.Entries, 10), strconv.Itoa(v.Heads), strconv.Itoa(v.Erased), v.Problem}}
	if err := h.app.print(l); err != nil {
		return err
	}
	if r.Problem != nil {
		say(h.app.err, "rollcall: the journal of directory %s is not what was written: entry %d: %s: %s", r.Target, v.Entry, v.Damage, v.Problem)
		return quietError{exitError}
	}
	return nil
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func readHead(file string) (*journal.Head, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, usage("--head: %w", err)
	}
	var head journal.Head
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&head); err != nil {
		return nil, usage("--head: %s is not what rollcall journal head --output json writes: %w", file, err)
	}
	return &head, nil
}

func newJournalHead(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "head", Short: "Show the signed end of the journal, to keep elsewhere",
		Long: `Shows the number and hash of the journal's last entry, signed. Kept where this machine cannot
write, it proves later that nothing up to there was changed.`,
		Example: "  rollcall journal head --output json > monday.json\n  rollcall journal verify --head monday.json", Args: cobra.NoArgs,
		RunE: a.inHouse(func(ctx context.Context, h *house, _ []string) error {
			head, err := h.journal.Head(ctx, h.directoryName(""))
			if err != nil {
				return err
			}
			l := listing{Columns: []string{"Attribute", "Value"}, Values: head}
			l.add("directory", head.Target)
			l.add("entry", strconv.FormatInt(head.Seq, 10))
			l.add("at", clock(head.At))
			l.add("hash", head.Hash)
			l.add("signature", head.Signature)
			l.add("public key", head.PublicKey)
			return a.print(l)
		}),
	}
}

func newJournalExport(a *app) *cobra.Command {
	var out string
	c := &cobra.Command{
		Use: "export", Short: "Write the whole journal as JSON Lines, for others to check",
		Example: "  rollcall journal export --out journal.jsonl", Args: cobra.NoArgs,
		RunE: a.inHouse(func(ctx context.Context, h *house, _ []string) error {
			if out == "" {
				return h.journal.Export(ctx, h.directoryName(""), a.out)
			}
			err := wholeFile(out, func(w io.Writer) error { return h.journal.Export(ctx, h.directoryName(""), w) })
			if err == nil {
				say(a.err, "Wrote the journal of directory %s to %s.", h.directoryName(""), out)
			}
			return err
		}),
	}
	c.Flags().StringVar(&out, "out", "", "write to this `file` instead of standard output")
	return c
}

// wholeFile writes a file for its owner alone, whole or not at all.
func wholeFile(path string, write func(io.Writer) error) error {
	temporary := path + ".part"
	f, err := os.OpenFile(temporary, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fault.New(fault.Denied, "write file", path, err)
	}
	err = write(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		os.Remove(temporary)
		return fault.New(fault.KindOf(err), "write file", path, err)
	}
	return nil
}
