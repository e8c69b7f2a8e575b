package journal

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"time"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
)

// ExportFormat is the first line's "format" of an exported chain.
const ExportFormat = "rollcall-journal/1"

// exportHeader is the first line of an exported chain.
type exportHeader struct {
	Format string `json:"format"`
	Head   Head   `json:"head"`
}

// exportLine is one entry: as it is stored, in base64, and what that says.
type exportLine struct {
	Seq      int64       `json:"seq"`
	At       time.Time   `json:"at"`
	Type     Type        `json:"type"`
	Run      string      `json:"run,omitempty"`
	Plan     plan.ID     `json:"plan,omitempty"`
	Actor    plan.Actor  `json:"actor"`
	Changes  []int       `json:"changes,omitempty"`
	Result   Result      `json:"result,omitempty"`
	Verdict  Verdict     `json:"verdict,omitempty"`
	Status   Status      `json:"status,omitempty"`
	Counts   Counts      `json:"counts,omitempty"`
	Object   identity.ID `json:"object,omitempty"`
	Revision string      `json:"revision,omitempty"`
	Fault    string      `json:"fault,omitempty"`
	Text     string      `json:"text,omitempty"`
	Effects  []Effect    `json:"effects,omitempty"`
	Erasures []int64     `json:"erasures,omitempty"`
	Erased   bool        `json:"erased,omitempty"`
	Envelope []byte      `json:"envelope"`
	Body     []byte      `json:"body,omitempty"`
	Hash     string      `json:"hash"`
}

// Export writes a target's chain as JSON Lines: a header with the signed head,
// then an entry a line, up to that head. Envelope and body are the stored
// bytes, so that the chain can be verified without this program. It fails with
// fault.NotFound if there is no journal.
func (j *Journal) Export(ctx context.Context, target string, w io.Writer) error {
	head, err := j.Head(ctx, target)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(exportHeader{Format: ExportFormat, Head: head}); err != nil {
		return fault.New(fault.Unavailable, "export journal", "target "+target, err)
	}
	l := lister{j: j, target: target, runs: map[int64]runRow{}, until: head.Seq}
	var failed error
	l.yield = func(e Entry, _ error) bool {
		failed = enc.Encode(lineOf(&e))
		return failed == nil
	}
	if err := l.list(ctx); err != nil && failed == nil {
		return err
	}
	if failed == nil {
		failed = out.Flush()
	}
	if failed != nil {
		return fault.New(fault.Unavailable, "export journal", "target "+target, failed)
	}
	return nil
}

func lineOf(e *Entry) exportLine {
	return exportLine{
		Seq: e.Seq, At: e.At, Type: e.Type, Run: e.Run, Plan: e.Plan, Actor: e.Actor, Changes: e.Changes,
		Result: e.Result, Verdict: e.Verdict, Status: e.Status, Counts: e.Counts, Object: e.Object, Revision: e.Revision,
		Fault: e.Fault, Text: e.Text, Effects: e.Effects, Erasures: e.Erasures, Erased: e.Erased,
		Envelope: e.envelope, Body: e.body, Hash: e.Hash,
	}
}
