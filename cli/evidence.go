package cli

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"rollcall/access"
	"rollcall/fault"
	"rollcall/journal"
	"rollcall/keyring"
	"rollcall/lifecycle"
	"rollcall/plan"
	"rollcall/work"
)

func newEvidence(a *app) *cobra.Command {
	return group("evidence", "Prove what was taken from people who were put out", "  rollcall evidence verify ann.json",
		newEvidenceVerify(a), newEvidenceExport(a))
}

// evidenceOf says what a run came to, by the journal and by what is there now,
// and what of the runs before it still lasts.
func (h *house) evidenceOf(ctx context.Context, p *plan.Plan, run string) (*lifecycle.Evidence, error) {
	past, err := h.leaverPlans(ctx)
	if err != nil {
		return nil, err
	}
	e, err := h.evidenceAfter(ctx, p, run, past)
	if err != nil {
		return nil, err
	}
	return e, h.tallySessions(ctx, p.Directory, e)
}

// tallySessions keeps until when role sessions of the people can live, for
// those who watch the service.
func (h *house) tallySessions(ctx context.Context, directory string, e *lifecycle.Evidence) error {
	for i := range e.People {
		if until := e.People[i].Until; until != nil {
			if err := access.NewTally(h.state).Session(ctx, directory, *until); err != nil {
				return err
			}
		}
	}
	return nil
}

// evidenceAfter is evidenceOf for whoever has read the plans of leavers.
func (h *house) evidenceAfter(ctx context.Context, p *plan.Plan, run string, past []leaverPlan) (*lifecycle.Evidence, error) {
	d, err := h.directory(ctx, p.Directory)
	if err != nil {
		return nil, err
	}
	desk := h.desk(d)
	e, err := h.evidenceAlone(ctx, p, run, func(l plan.Leaver) lifecycle.After { return desk.After(ctx, l) })
	if err != nil {
		return nil, err
	}
	var earlier []*lifecycle.Evidence
	for _, one := range slices.Backward(past) { // the oldest first
		if one.run == run || !one.plan.Made.Before(p.Made) || !sharePeople(one.plan, p) {
			continue
		}
		before, err := h.evidenceAlone(ctx, one.plan, one.run, unasked)
		if err != nil {
			return nil, err
		}
		earlier = append(earlier, before)
	}
	e.Continue(p.Made, earlier...)
	return e, h.noteWaiting(ctx, e)
}

// noteWaiting notes in evidence what is to be done later.
func (h *house) noteWaiting(ctx context.Context, e *lifecycle.Evidence) error {
	for i := range e.People {
		flows, err := work.NewBook(h.state).FlowsOf(ctx, e.Directory, string(e.People[i].Object))
		if err != nil {
			return err
		}
		for _, f := range flows {
			if f.State != work.FlowRunning { // that is what the evidence is about
				e.People[i].Waiting = append(e.People[i].Waiting, lifecycle.Waiting{Flow: f.Number, Kind: f.Kind, Due: f.Due, State: string(f.State)})
			}
		}
	}
	return nil
}

func sharePeople(a, b *plan.Plan) bool {
	return slices.ContainsFunc(a.Leavers, func(x plan.Leaver) bool {
		return slices.ContainsFunc(b.Leavers, func(y plan.Leaver) bool { return x.Object == y.Object })
	})
}

// unasked is what people have now of whom only the journal is to say what was
// done: nobody is asked.
func unasked(plan.Leaver) lifecycle.After { return lifecycle.After{State: lifecycle.Unknown} }

// evidenceAlone is what one run came to, by the journal; after says what people
// have now.
func (h *house) evidenceAlone(ctx context.Context, p *plan.Plan, run string, after func(plan.Leaver) lifecycle.After) (*lifecycle.Evidence, error) {
	info, err := h.journal.Run(ctx, run)
	if err != nil {
		return nil, err
	}
	var entries []journal.Entry
	for e, err := range h.journal.Entries(ctx, info.Target, journal.Filter{Run: info.ID, Types: []journal.Type{journal.TypeOutcome}}) {
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	head, err := h.journal.Head(ctx, info.Target)
	if err != nil {
		return nil, err
	}
	return lifecycle.Of(p, info, entries, head, h.app.clock().Now(), after), nil
}

// writeEvidence signs evidence and keeps it: in file, or beside the state.
func (h *house) writeEvidence(e *lifecycle.Evidence, file string) error {
	text, err := lifecycle.Encode(e, h.keys)
	if err != nil {
		return err
	}
	if file == "" {
		folder := filepath.Join(h.app.state, "evidence")
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return fault.New(fault.Denied, "write file", folder, err)
		}
		file = filepath.Join(folder, e.Run+".json")
	}
	err = wholeFile(file, func(w io.Writer) error { _, err := w.Write(text); return err })
	if err == nil {
		say(h.app.err, "Evidence: %s", file)
	}
	return err
}

func newEvidenceExport(a *app) *cobra.Command {
	var out string
	c := &cobra.Command{
		Use: "export RUN", Short: "Write the evidence of a run again, as things are now",
		Long: `Writes the signed evidence of a run that has put people out: also of one that was interrupted and
gone on with. What was done when comes from the journal; what everybody has now is read again.`,
		Example: "  rollcall evidence export r-k3v9x2 --out ann.json", Args: cobra.ExactArgs(1),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			run, err := h.journal.Run(ctx, args[0])
			if err != nil {
				return err
			}
			p, err := h.storedPlan(ctx, run.Plan)
			if err != nil {
				return err
			}
			if len(p.Leavers) == 0 {
				return usage("run %s has put nobody out; rollcall leaver status lists those that have", run.ID)
			}
			e, err := h.evidenceOf(ctx, p, run.ID)
			if err != nil {
				return err
			}
			return h.writeEvidence(e, out)
		}),
	}
	c.Flags().StringVar(&out, "out", "", "write to this `file` instead of the folder evidence beside the state")
	return c
}

func newEvidenceVerify(a *app) *cobra.Command {
	var key string
	c := &cobra.Command{
		Use: "verify FILE", Short: "Check that evidence is what was signed, with nothing but the file",
		Long: `Checks the signature over every byte of an evidence file. Nobody is asked, and no configuration is
needed. Anybody can sign with a key of their own: whose key it was is proven by --public-key, the key
that rollcall journal head shows where the evidence was written. Without it the key of this machine's
state is expected, if there is one.`,
		Example: "  rollcall evidence verify ann.json\n  rollcall evidence verify ann.json --public-key 3yYQhLFxjG5KPT/WsEZYg2Fh2eVGKeFXcbtF/wsakJA=", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runEvidenceVerify(a, args[0], key) },
	}
	c.Flags().StringVar(&key, "public-key", "", "the `key`, in base64, that must have signed")
	return c
}

// evidenceView is what a verification found.
type evidenceView struct {
	Whole     bool     `json:"whole"`
	PublicKey string   `json:"publicKey"`
	Key       string   `json:"key"` // expected or unknown
	Run       string   `json:"run"`
	Directory string   `json:"directory"`
	People    []string `json:"people"`
}

func runEvidenceVerify(a *app, file, want string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return usage("%w", err)
	}
	e, signer, err := lifecycle.Verify(text)
	if err != nil {
		return err
	}
	if want == "" {
		if want, err = a.ownKey(); err != nil {
			return err
		}
	}
	v := evidenceView{Whole: true, PublicKey: signer, Key: "expected", Run: e.Run, Directory: e.Directory}
	switch {
	case want == "":
		v.Key = "unknown"
		say(a.err, "The file is whole. Whether this key is the right one is not known here; compare it with the one that rollcall journal head shows there, or give it by --public-key.")
	case want != signer:
		return fault.Text(fault.Stale, "verify evidence", file, "it was signed by another key than the one expected: "+signer)
	}
	for i := range e.People {
		v.People = append(v.People, e.People[i].Name)
	}
	l := listing{Columns: []string{"Attribute", "Value"}, Values: v}
	l.add("whole", yes(v.Whole))
	l.add("key", v.Key+" "+v.PublicKey)
	l.add("run", v.Run+" in directory "+v.Directory)
	for i := range e.People {
		p := &e.People[i]
		l.add("person", p.Name+": "+string(p.Mode)+", "+string(p.After.State)+", "+strconv.Itoa(len(p.Steps))+" steps; role sessions: "+sessionText(p, a.clock().Now()))
		for _, n := range p.NotDone {
			l.add("", n)
		}
		for _, f := range p.Waiting {
			l.add("", "later: "+f.Kind+" at "+clock(f.Due)+", "+f.State)
		}
	}
	return a.print(l)
}

// ownKey is the public key of this machine's state, or nothing if there is none.
func (a *app) ownKey() (string, error) {
	file := filepath.Join(a.state, "key")
	if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	keys, err := keyring.Open(file)
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(keys.PublicKey()), nil
}
