// Package cli is the command line, and the place where everything is put
// together: one file a noun, each command a constructor, its options and a
// function that runs it.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"rollcall/spelling"
)

// Main runs the program and returns its exit status.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // who presses Ctrl-C twice means it
	a := &app{in: os.Stdin, out: os.Stdout, err: os.Stderr}
	root := newRoot(a)
	if args := scriptArgs(os.Args); args != nil {
		root.SetArgs(args)
	}
	err := root.ExecuteContext(ctx)
	a.complain(err)
	return exitStatus(ctx, err)
}

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "rollcall",
		Short: "Bring AWS IAM Identity Center in line with who works here",
		Long: `Rollcall reads who works here from a source of truth, brings the users, groups and
memberships of an Identity Center in line with it, and keeps a journal of everything it did.

Every change is planned first, shown, checked by brakes, journalled and resumable.`,
		Example:       "  rollcall quickstart\n  rollcall sync run corp --dry-run\n  rollcall user show ann@example.com",
		Version:       readVersion().Version,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.ArbitraryArgs,
		RunE:          helpOnly,
	}
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetFlagErrorFunc(flagError)
	a.flags(root)
	root.AddGroup(&cobra.Group{ID: "daily", Title: "Every day:"}, &cobra.Group{ID: "objects", Title: "Single objects:"}, &cobra.Group{ID: "record", Title: "What was done:"}, &cobra.Group{ID: "callers", Title: "Who may come in:"}, &cobra.Group{ID: "xsoar", Title: "XSOAR's commands (AWS-ILM):"})
	for group, commands := range map[string][]*cobra.Command{
		"daily": {
			newQuickstart(a),
			newSync(a),
			newPlan(a),
			newApply(a),
			newDrift(a),
			newServe(a),
			newOpenAPI(a),
			newSchedule(a),
			newMap(a),
			newConfig(a),
			newDoctor(a),
			newIAMPolicy(a),
		},
		"objects": {
			newUser(a),
			newGroup(a),
			newMembership(a),
			newAssignment(a),
			newDirectory(a),
			newAccess(a),
			newCheck(a),
			newJoiner(a),
			newMover(a),
			newLeaver(a),
			newFlow(a),
			newApproval(a),
		},
		"record": {
			newRun(a),
			newUndo(a),
			newJournal(a),
			newLink(a),
			newEvidence(a),
		},
		"callers": {
			newToken(a),
			newAccessKey(a),
			newOperator(a),
		},
		"xsoar": newXSOARCommands(a),
	} {
		for _, c := range commands {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	root.AddCommand(newCompat(a), newVersion(a))
	if err := a.completeFlags(root); err != nil {
		panic(err) // a flag that newRoot has just made is not there
	}
	helpOnWhatThereIs(root)
	finishHelp(root)
	return root
}

// finishHelp gives every command the same end of its help, and turns cobra's
// complaints about arguments into usage errors.
func finishHelp(root *cobra.Command) {
	root.SetUsageTemplate(root.UsageTemplate() + "\n" + exitText)
	walk(root, wrapArgs)
}

// helpOnWhatThereIs makes "help" refuse a command that does not exist, as that
// would be refused itself.
func helpOnWhatThereIs(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	walk(root, func(c *cobra.Command) {
		if c.Name() != "help" {
			return
		}
		c.Run = nil
		c.RunE = func(_ *cobra.Command, args []string) error {
			about, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(about, rest[0])
			}
			return about.Help()
		}
	})
}

// walk calls fn with a command and all below it.
func walk(c *cobra.Command, fn func(*cobra.Command)) {
	fn(c)
	for _, sub := range c.Commands() {
		walk(sub, fn)
	}
}

func wrapArgs(c *cobra.Command) {
	check := c.Args
	if check == nil {
		return
	}
	c.Args = func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usage("%s; it is used so:\n  %s", miscounted(cmd, check, args), cmd.UseLine())
		}
		return nil
	}
}

// miscounted says what is wrong with arguments of which there are not as many
// as there should be.
func miscounted(cmd *cobra.Command, check cobra.PositionalArgs, args []string) string {
	for n := range args { // too many, if fewer would do
		if check(cmd, args[:n]) == nil {
			return fmt.Sprintf("%s does not take %q", cmd.CommandPath(), args[n])
		}
	}
	return "something is missing behind " + cmd.CommandPath()
}

// group makes a command that only holds others.
func group(use, short, example string, subs ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Example: example, Args: cobra.ArbitraryArgs, RunE: helpOnly}
	c.AddCommand(subs...)
	return c
}

// helpOnly is what a command that only holds others does by itself.
func helpOnly(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return unknownCommand(cmd, args[0])
	}
	return cmd.Help()
}

// isGroup reports whether a command only holds others; "plan" is one that does
// not.
func isGroup(cmd *cobra.Command) bool {
	return cmd.HasSubCommands() && !strings.Contains(cmd.Use, "[")
}

func unknownCommand(cmd *cobra.Command, name string) error {
	known := make([]string, 0, len(cmd.Commands()))
	for _, sub := range cmd.Commands() {
		known = append(known, sub.Name())
	}
	return usage("%q is no command of %s%s", name, cmd.CommandPath(), spelling.Hint(name, known))
}

// flagError says what is wrong with a flag; but a command that does not exist
// is said first, since its flags cannot be right either.
func flagError(cmd *cobra.Command, err error) error {
	if args := cmd.Flags().Args(); len(args) > 0 && isGroup(cmd) {
		return unknownCommand(cmd, args[0])
	}
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok {
		return usageError{err}
	}
	typed := "--" + unknown.GetSpecifiedName()
	if short := unknown.GetSpecifiedShortnames(); short != "" {
		typed = "-" + unknown.GetSpecifiedName()
	}
	var known []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, "--"+f.Name) })
	return usage("%s has no flag %s%s", cmd.CommandPath(), typed, spelling.Hint(typed, known))
}

func say(w io.Writer, format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
