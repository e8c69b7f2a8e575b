package cli

import (
	"context"
	"encoding/json"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"rollcall/access"
)

func newAccessSave(a *app) *cobra.Command {
	var r reading
	c := &cobra.Command{
		Use: "save FILE", Short: "Write who reaches what now to a file, to compare with later",
		Example: "  rollcall access save before.json", Args: cobra.ExactArgs(1),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			l, err := h.look(ctx, "", r)
			if err != nil {
				return err
			}
			g, err := l.read(ctx, access.Scope{})
			if err != nil {
				return err
			}
			text, err := json.Marshal(g.Facts())
			if err != nil {
				return err
			}
			if err := os.WriteFile(args[0], append(text, '\n'), 0o600); err != nil {
				return usage("%w", err)
			}
			say(a.err, "Wrote %s: %s, %s.", args[0], count(len(g.Facts().Users), "user"), count(len(g.Facts().Assignments), "assignment"))
			return nil
		}),
	}
	r.flags(c)
	return c
}

func newAccessDiff(a *app) *cobra.Command {
	var r reading
	var exitCode bool
	c := &cobra.Command{
		Use: "diff BEFORE AFTER", Short: "Show who gained and lost which access between two moments or two directories",
		Long: `Compares who reaches what by names: users by userName, permission sets by name, accounts by their
twelve digits, so that what was made again under another id is no difference; and shows the ways that
were gained or lost. A way less where another is left is no difference. Each side is one of

  now                 the directory as it is
  a time              the directory as it was: 2026-03-02, '2026-03-02 15:04', 2026-03-02T15:04:05Z, now-24h, now-7d
  a run               the directory as it was when that run had ended; before:RUN: when it began
  a directory's name  that one, as it is
  a file              that rollcall access save wrote

How an embedded directory was is told by its own log, whoever changed it. How Identity Center was is told
by the journal: what Rollcall has done since is taken back, and what its complete reads found changed. What
others did to people and groups counts from when it was seen; assignments, permission sets and accounts
that others changed are taken to have been as they are. Keep files of rollcall access save where that matters.`,
		Example: "  rollcall access diff now-7d now\n  rollcall access diff before:r-0dbmq2 r-0dbmq2 --output json\n" +
			"  rollcall access diff before.json aws\n  rollcall access diff local aws --exit-code",
		Args: cobra.ExactArgs(2),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			v := moments{house: h, reading: r}
			from, err := v.side(ctx, args[0])
			if err != nil {
				return err
			}
			to, err := v.side(ctx, args[1])
			if err != nil {
				return err
			}
			return a.printDifferences(to, access.Diff(from, to), exitCode)
		}),
	}
	r.flags(c)
	c.Flags().BoolVar(&exitCode, "exit-code", false, "exit 2 if there are differences")
	return c
}

func (a *app) printDifferences(g *access.Graph, all []access.Difference, exitCode bool) error {
	l := listing{Columns: []string{"", "User", "Account", "Permission set", "Way"}, Values: append([]access.Difference{}, all...)}
	for _, d := range all {
		sign := "lost"
		if d.Gained {
			sign = "gained"
		}
		l.Rows = append(l.Rows, []string{sign, d.User, g.AccountName(d.Account), d.Set, strings.Join(d.Ways, "; ")})
	}
	if len(all) == 0 && a.forPeople() {
		say(a.err, "No difference: everybody reaches the same.")
		return nil
	}
	if err := a.print(l); err != nil {
		return err
	}
	if exitCode && len(all) > 0 {
		return quietError{exitChanges}
	}
	return nil
}

func newAccessEffects(a *app) *cobra.Command {
	var r reading
	c := &cobra.Command{
		Use: "effects PLAN", Short: "Say what a plan means for who reaches what",
		Long:    "Reads who reaches what, and says in words what a plan would change about it: who loses the only way\ninto an account, and where nobody is left. PLAN is a plan's id or its file.",
		Example: "  rollcall access effects 3f2a91\n  rollcall access effects p.json --output json", Args: cobra.ExactArgs(1),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			file, err := os.ReadFile(args[0])
			if err != nil {
				file = nil
			}
			p, err := h.readPlan(ctx, args[0], file)
			if err != nil {
				return err
			}
			l, err := h.look(ctx, p.Directory, r)
			if err != nil {
				return err
			}
			g, err := l.read(ctx, access.Scope{})
			if err != nil {
				return err
			}
			effects := g.Effects(p)
			if !a.forPeople() {
				return a.printEffects(g, effects)
			}
			if len(effects) == 0 {
				say(a.out, "Nobody's access changes.")
				return nil
			}
			say(a.out, "%s.", strings.Join(g.Sentences(effects), ".\n"))
			return nil
		}),
	}
	r.flags(c)
	return c
}

func (a *app) printEffects(g *access.Graph, effects []access.Effect) error {
	l := listing{Columns: []string{"User", "Account", "Permission set", "Gained", "Only", "Nobody"}, Values: append([]access.Effect{}, effects...)}
	for _, e := range effects {
		l.Rows = append(l.Rows, []string{e.User, g.AccountName(e.Account), e.Set, yesNo(e.Gained), yesNo(e.Only), yesNo(e.Nobody)})
	}
	return a.print(l)
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
