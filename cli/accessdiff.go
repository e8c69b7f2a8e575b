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
twelve digits, so that what was made again under another id is no difference. Each side is a file
that rollcall access save wrote, or the name of a directory, which is read now.`,
		Example: "  rollcall access diff before.json aws\n  rollcall access diff local aws --exit-code",
		Args:    cobra.ExactArgs(2),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			from, err := h.side(ctx, args[0], r)
			if err != nil {
				return err
			}
			to, err := h.side(ctx, args[1], r)
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

// side is one side of a difference: a directory by its name, or a file.
func (h *house) side(ctx context.Context, ref string, r reading) (*access.Graph, error) {
	if _, known := h.config.Directories[ref]; known {
		l, err := h.look(ctx, ref, r)
		if err != nil {
			return nil, err
		}
		return l.read(ctx, access.Scope{})
	}
	text, err := os.ReadFile(ref)
	if err != nil {
		return nil, usage("%q is neither a directory (%s) nor a file that can be read: %w", ref, names(h.config.Directories), err)
	}
	var f access.Facts
	if err := json.Unmarshal(text, &f); err != nil || f.Store == "" {
		return nil, usage("%s was not written by rollcall access save", ref)
	}
	return access.New(&f), nil
}

func (a *app) printDifferences(g *access.Graph, all []access.Difference, exitCode bool) error {
	l := listing{Columns: []string{"", "User", "Account", "Permission set"}, Values: append([]access.Difference{}, all...)}
	for _, d := range all {
		sign := "lost"
		if d.Gained {
			sign = "gained"
		}
		l.Rows = append(l.Rows, []string{sign, d.User, g.AccountName(d.Account), d.Set})
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
