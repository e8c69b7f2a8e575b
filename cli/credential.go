package cli

import (
	"context"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"rollcall/caller"
	"rollcall/fault"
	"rollcall/plan"
)

// tokenVariable is where an operator's bearer token may stand: neither arguments
// nor options, which others can see.
const tokenVariable = envPrefix + "OPERATOR_TOKEN"

// credential holds the flags of commands that only an operator may give.
type credential struct {
	operator  string
	tokenFile string
}

const credentialHelp = `You are the operator whose bearer token is in the variable ROLLCALL_OPERATOR_TOKEN or in --token-file; with
--operator NAME the password is asked for at a terminal, and otherwise read from the first line of stdin.`

func (o *credential) flags(c *cobra.Command) {
	c.Flags().StringVar(&o.operator, "operator", "", "act as the operator of this `name`, by password")
	c.Flags().StringVar(&o.tokenFile, "token-file", "", "act as the operator whose bearer token is in this `file`")
}

// check returns the operator who gives a command, in a role or one above it:
// fault.Unauthenticated, fault.Denied.
func (o credential) check(ctx context.Context, h *house, need caller.Role) (caller.Operator, error) {
	found, err := o.who(ctx, h)
	if err != nil {
		return found, err
	}
	return found, found.May(need)
}

func (o credential) who(ctx context.Context, h *house) (caller.Operator, error) {
	switch {
	case o.operator != "" && o.tokenFile != "":
		return caller.Operator{}, usage("--operator and --token-file do not go together")
	case o.operator != "":
		password, err := h.app.password("Password of " + o.operator)
		if err != nil {
			return caller.Operator{}, err
		}
		return h.operators().CheckPassword(ctx, o.operator, password, "cli")
	case o.tokenFile != "":
		text, err := os.ReadFile(o.tokenFile)
		if err != nil {
			return caller.Operator{}, fault.New(fault.Denied, "read token", o.tokenFile, err)
		}
		return h.operators().CheckToken(ctx, strings.TrimSpace(string(text)))
	}
	text := os.Getenv(tokenVariable)
	if text == "" {
		return caller.Operator{}, usage("only an operator may do that, and you have not said who you are: give --operator NAME, --token-file FILE, or a token in %s", tokenVariable)
	}
	return h.operators().CheckToken(ctx, strings.TrimSpace(text))
}

// actAsOperator makes whoever has an operator's token in their environment that
// operator, to the journal and to whoever approves: one person has one name.
func (h *house) actAsOperator(ctx context.Context) error {
	text := os.Getenv(tokenVariable)
	if text == "" || h.app.as != nil {
		return nil
	}
	o, err := h.operators().CheckToken(ctx, strings.TrimSpace(text))
	if err != nil {
		return fault.New(fault.KindOf(err), "read token", tokenVariable, err)
	}
	h.app.as = &plan.Actor{Name: o.Name, Door: "cli"}
	return nil
}

// password asks for a password at a terminal; elsewhere it is the first line of
// stdin.
func (a *app) password(prompt string) (string, error) {
	in, ok := a.in.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return firstLine(a.in)
	}
	return a.askHidden(in, prompt)
}
