package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"rollcall/fault"
)

// storeFlag begins every sub-command of the script.
var storeFlag = scriptFlag{"identitystoreid", required, "Identity Store Id for IAM Identity Center Directory Configuration"}

// operations are the sub-commands of AWS's sample identitystore_operations.py.
var operations = []scriptCommand{
	{"create_user", []scriptFlag{
		storeFlag,
		{"username", required, "User Name for the user"},
		{"givenname", required, "First Name for the user"},
		{"familyname", required, "Last Name for the user"},
		{"groupname", optional, "if provided and valid, the newly created user will be added to group"},
	}},
	{"create_group", []scriptFlag{storeFlag, {"groupname", required, "Name of the Group"}, {"description", forgiven, "Group Description"}}},
	{"adduser_to_group", []scriptFlag{storeFlag, {"groupname", required, "Name of the group"}, {"username", required, "Name of the user"}}},
	{"delete_group", []scriptFlag{storeFlag, {"groupname", required, "Name of the group"}}},
	{"list_members", []scriptFlag{storeFlag, {"groupname", required, "Name of the group"}}},
	{"list_membership", []scriptFlag{storeFlag, {"username", required, "Name of the user"}}},
}

// operationsNames are what a symlink to the program may be called to be the
// script.
var operationsNames = []string{"identitystore_operations", operationsProgram}

func newCompat(a *app) *cobra.Command {
	c := &cobra.Command{
		Use: "identitystore-operations COMMAND …", Short: "AWS's sample identitystore_operations.py, line for line",
		Long: `Takes the command lines of AWS's sample identitystore_operations.py and prints its lines, so that
scripts written for it go on working. It works on the identity store named, in AWS, by the AWS
configuration of the environment; each change is planned and journalled like any other.

A symlink to rollcall called identitystore_operations does the same.

The flags below are ours, and understood beside the script's own when they are spelled out.`,
		Example: "  rollcall compat identitystore-operations create_group --identitystoreid d-1234567890 --groupname admins --description x\n" +
			"  rollcall compat identitystore-operations list_members --ident d-1234567890 --group admins --output json",
		DisableFlagParsing: true,
		RunE:               func(cmd *cobra.Command, args []string) error { return runOperations(cmd.Context(), a, args) },
	}
	f := c.Flags() // for the help: the script's own way of reading flags is kept
	f.String("email", "", "give the new user this work e-mail `address`")
	f.Bool("force", false, "delete a group that has members or assignments all the same")
	f.Bool("no-header", false, "leave out the first line of list_membership")
	f.Bool("dry-run", false, "show on stderr what would be done, write nothing")
	return group("compat", "Stand in for scripts that people have", "  rollcall compat identitystore-operations -h", c, newXSOAR(a))
}

// scriptArgs is the command line of the program when it is called by the name
// of a script.
func scriptArgs(argv []string) []string {
	for _, name := range operationsNames {
		if len(argv) > 0 && filepath.Base(argv[0]) == name {
			return append([]string{"compat", "identitystore-operations"}, argv[1:]...)
		}
	}
	return nil
}

// runOperations is the script: what it prints, and how it ends.
func runOperations(ctx context.Context, a *app, argv []string) error {
	call, err := parseScript(operations, argv)
	if stop, ok := errors.AsType[*scriptStop](err); ok {
		if stop.asked {
			fmt.Fprint(a.out, stop.text)
			return nil
		}
		fmt.Fprint(a.err, stop.text)
		return quietError{exitUsageOfScripts}
	}
	err = a.runScript(ctx, call)
	if err == nil || errors.As(err, new(quietError)) {
		return err
	}
	say(a.err, "%s: %s%s", operationsProgram, exceptionOf(err), err)
	return quietError{exitError}
}

// exitUsageOfScripts is how argparse ends.
const exitUsageOfScripts = 2

// exceptions are the names under which the script's users know what can fail.
var exceptions = map[fault.Kind]string{
	fault.NotFound: "ResourceNotFoundException", fault.Conflict: "ConflictException", fault.Stale: "ConflictException",
	fault.Denied: "AccessDeniedException", fault.Unauthenticated: "UnrecognizedClientException", fault.Throttled: "ThrottlingException",
	fault.Quota: "ServiceQuotaExceededException", fault.Invalid: "ValidationException",
}

func exceptionOf(err error) string {
	if name := exceptions[fault.KindOf(err)]; name != "" {
		return name + ": "
	}
	return ""
}

// scriptState is where the script keeps its journal: the state folder that is
// said or that is here, otherwise one of its caller's own, since scripts run
// in any folder.
func scriptState(call scriptCall) (string, error) {
	if folder := call.values["state"]; folder != "" {
		return folder, nil
	}
	if folder := os.Getenv(envPrefix + "STATE"); folder != "" {
		return folder, nil
	}
	if _, err := os.Stat(defaultState); err == nil {
		return defaultState, nil
	}
	if base := os.Getenv("XDG_STATE_HOME"); base != "" {
		return filepath.Join(base, "rollcall"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", usage("there is no home folder to keep the journal in; name one with --state")
	}
	return filepath.Join(home, ".local", "state", "rollcall"), nil
}
