package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"rollcall/identity"
	"rollcall/plan"
	"rollcall/reconcile"
)

func newDrift(a *app) *cobra.Command {
	var exitCode bool
	c := &cobra.Command{
		Use: "drift SYNC", Short: "List what others changed of what a source owns",
		Long: `Reads both sides of a sync and lists what is no longer as the last sync left it: attributes with both
values, members who were added or taken out, accounts that were deleted. What differs because the
source or the mapping changed is no drift; rollcall plan shows that too. Nothing is written.

"By" and "at" say who wrote to the object last, where the directory tells: not always who made
this very change.`,
		Example: "  rollcall drift corp\n  rollcall drift corp --exit-code\n  rollcall drift corp --output json --query '[?field==`\"active\"`]'",
		Args:    cobra.ExactArgs(1),

		ValidArgsFunction: a.completeSyncs,
		RunE:              a.inHouse(func(ctx context.Context, h *house, args []string) error { return runDrift(ctx, h, args[0], exitCode) }),
	}
	c.Flags().BoolVar(&exitCode, "exit-code", false, "exit 2 if there is drift")
	return c
}

func runDrift(ctx context.Context, h *house, sync string, exitCode bool) error {
	collectGarbageAt(leanGC)
	in, err := h.readSync(ctx, sync)
	if err != nil {
		return err
	}
	p, err := reconcile.Plan(in.Input)
	if err != nil {
		return err
	}
	found, err := reconcile.Drifts(ctx, p, in.Current, h.journal)
	if err != nil {
		return err
	}
	if err := h.app.printDrift(found); err != nil {
		return err
	}
	if len(found) == 0 {
		say(h.app.err, "No drift: what source %s owns is as the last sync left it.", p.Source)
		return nil
	}
	say(h.app.err, "%s. To put it right: rollcall sync run %s", count(len(found), "difference"), sync)
	if exitCode {
		return quietError{exitChanges}
	}
	return nil
}

func (a *app) printDrift(found []reconcile.Drift) error {
	l := listing{Columns: []string{"Kind", "Name", "What", "On the target", "In the source", "By", "At"}, Values: []reconcile.Drift{}}
	for _, d := range found {
		what, now, should := strings.TrimPrefix(d.Field, namespace), valueText(d.Target), valueText(d.Source)
		if d.Member != "" {
			what, now, should = d.Field+": "+d.Member, "", ""
		}
		at := ""
		if !d.At.IsZero() {
			at = clock(d.At)
		}
		l.Rows = append(l.Rows, []string{string(d.Kind), d.Name, what, now, should, d.By, at})
	}
	if len(found) > 0 {
		l.Values = found
		return a.print(l)
	}
	if a.forPeople() {
		return nil // said on stderr
	}
	return a.print(l)
}

func valueText(v identity.Value) string {
	if v == nil {
		return ""
	}
	return plan.Text(v)
}
