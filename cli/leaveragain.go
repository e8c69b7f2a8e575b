package cli

import (
	"context"
	"slices"
	"strings"

	"rollcall/identity"
	"rollcall/plan"
)

// finishLeavers goes on with what was interrupted while it put some of these
// people out, since the same command again means that: what is left to do is
// known when it is over, and somebody who is gone by then is proved to be. What
// looks alive is left to whoever is at it. Evidence goes to a file if one is
// named. Where the people are the rows of a file, nothing is gone on with before
// every row is right.
func (h *house) finishLeavers(ctx context.Context, names []string, rows *rowFile, w leaving, evidence string) error {
	checked := rows == nil
	return h.finishRuns(ctx, h.directoryName(""), func(p *plan.Plan) (bool, error) {
		mine := slices.ContainsFunc(p.Leavers, func(l plan.Leaver) bool {
			return slices.ContainsFunc(names, func(name string) bool { return means(name, l) })
		})
		if !mine || checked {
			return mine, nil
		}
		checked = true
		d, err := h.draft(ctx)
		if err == nil {
			_, _, _, err = d.leavers(ctx, names, rows, w)
		}
		return mine, err
	}, resuming{evidence: evidence})
}

// means reports whether a name, as people type it, is a leaver's.
func means(name string, l plan.Leaver) bool {
	name = strings.TrimPrefix(strings.TrimPrefix(name, "userName:"), "id:")
	return identity.SameName(name, l.Name) || name == string(l.Object)
}

// proveResumed writes the evidence of a run that put people out and was gone on
// with, and fails as the command would have if they are not out.
func (h *house) proveResumed(ctx context.Context, p *plan.Plan, run, file string) error {
	if !slices.ContainsFunc(p.Leavers, func(l plan.Leaver) bool { return !l.First }) {
		return nil
	}
	before := h.app.directory
	h.app.directory = p.Directory
	defer func() { h.app.directory = before }()
	e, left, err := h.prove(ctx, p, run, file)
	if err == nil && file != "" {
		err = h.writeEvidence(e, "") // another run of the same command may write the file anew
	}
	if err != nil {
		return err
	}
	if err := h.askSessions(ctx, p, e); err != nil {
		return err
	}
	return left
}
