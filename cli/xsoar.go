package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rollcall/config"
	"rollcall/door/xsoardoor"
	"rollcall/fault"
	"rollcall/plan"
	"rollcall/xsoar"
)

// xsoarInstances are the instances that the XSOAR door answers for.
type xsoarInstances struct {
	house *house

	open map[string]*xsoardoor.Instance // under the house's lock
}

// xsoar mounts the XSOAR door.
func (h *house) xsoar(mux *http.ServeMux, log *slog.Logger) {
	all := &xsoarInstances{house: h, open: map[string]*xsoardoor.Instance{}}
	xsoardoor.New(xsoardoor.Options{Operators: h.operators(), Instances: all, Log: log}).Mount(mux)
}

// Names lists the instances, sorted.
func (x *xsoarInstances) Names() []string { return slices.Sorted(maps.Keys(x.house.config.XSOAR)) }

// Instance returns one. Its directory is opened when it is first asked for; one
// that could not be opened is tried again by the next request.
func (x *xsoarInstances) Instance(ctx context.Context, name string) (*xsoardoor.Instance, error) {
	x.house.opening.Lock()
	defer x.house.opening.Unlock()
	if known := x.open[name]; known != nil {
		return known, nil
	}
	settings, known := x.house.config.XSOAR[name]
	if !known {
		return nil, fault.Text(fault.NotFound, "find instance", name, "there is none")
	}
	i, err := x.house.xsoarInstance(ctx, name, settings.Directory)
	if err == nil {
		i.Desk.Executor.Progress = nil
		x.open[name] = i
	}
	return i, err
}

// xsoarInstance opens an instance over a directory.
func (h *house) xsoarInstance(ctx context.Context, name, directory string) (*xsoardoor.Instance, error) {
	settings := h.config.XSOAR[name]
	out, in, err := settings.Mappers()
	if err != nil {
		return nil, err
	}
	d, err := h.directory(ctx, directory)
	if err != nil {
		return nil, err
	}
	issuer := h.config.Directories[directory].Issuer
	if issuer == "" {
		issuer = config.SCIMIssuer
	}
	may := func(what string) bool { return !slices.Contains(settings.Forbid, what) }
	return &xsoardoor.Instance{
		Name: name, Desk: h.desk(d), Generation: xsoar.Generation(settings.Generation), Issuer: issuer,
		Create: may("create"), Update: may("update"), Enable: may("enable"), Disable: may("disable"),
		CreateIfNotExists: may("create_if_not_exists"), Out: out, In: in,
	}, nil
}

// xsoarCommand is a command of the integration on our command line.
type xsoarCommand struct {
	instance string
	strict   bool
	dryRun   bool
}

// xsoarShort says what each command does.
var xsoarShort = map[string]string{
	"iam-create-user":    "Create a user, or update the one there is",
	"iam-update-user":    "Update a user, and enable them",
	"iam-get-user":       "Show a user",
	"iam-disable-user":   "Disable a user",
	"iam-get-group":      "Show a group and its members",
	"iam-create-group":   "Create a group",
	"iam-update-group":   "Add members to a group, and remove some",
	"iam-delete-group":   "Delete a group",
	"test-module":        "Find out whether the directory answers",
	"get-mapping-fields": "List what a profile may be mapped to",
}

var xsoarExamples = map[string]string{
	"iam-create-user":    `user-profile='{"username":"ann","givenname":"Ann","surname":"Lee","displayname":"Ann Lee"}'`,
	"iam-update-user":    `user-profile='{"username":"ann.lee","olduserdata":{"username":"ann"}}'`,
	"iam-get-user":       `user-profile='{"username":"ann"}' --output json`,
	"iam-disable-user":   `user-profile='{"username":"ann"}' --strict`,
	"iam-get-group":      `scim='{"displayName":"admins"}'`,
	"iam-create-group":   `scim='{"displayName":"admins"}'`,
	"iam-update-group":   `scim='{"id":"90677c608a-…"}' memberIdsToAdd=90677c608a-…,90677c608a-…`,
	"iam-delete-group":   `scim='{"id":"90677c608a-…"}'`,
	"test-module":        ``,
	"get-mapping-fields": ``,
}

// newXSOARCommands are the commands that people know by their own names.
func newXSOARCommands(a *app) []*cobra.Command {
	var all []*cobra.Command
	for _, name := range xsoar.Commands() {
		if strings.HasPrefix(name, "iam-") {
			all = append(all, newXSOARCommand(a, name, "rollcall "))
		}
	}
	return all
}

// newXSOAR are the commands that only XSOAR itself gives.
func newXSOAR(a *app) *cobra.Command {
	var all []*cobra.Command
	for _, name := range xsoar.Commands() {
		if !strings.HasPrefix(name, "iam-") {
			all = append(all, newXSOARCommand(a, name, "rollcall compat xsoar "))
		}
	}
	return group("xsoar", "Answer what XSOAR itself asks its integration AWS-ILM", "  rollcall compat xsoar test-module", all...)
}

func newXSOARCommand(a *app, name, before string) *cobra.Command {
	var o xsoarCommand
	takes := "no arguments."
	use := name
	if args := xsoardoor.Arguments(name); len(args) > 0 {
		takes = "NAME=VALUE, as XSOAR's command does: " + strings.Join(args, ", ") + "."
		use += " NAME=VALUE …"
	}
	c := &cobra.Command{
		Use: use, Short: xsoarShort[name],
		Long: "Does what !" + name + " of Cortex XSOAR's integration AWS-ILM does, with the same answer: a table,\n" +
			"or with --output json the entry (Contents, HumanReadable, EntryContext).\n\n" +
			"It takes " + takes + "\n" +
			"A failure is in the answer (success false, errorCode, errorMessage); --strict makes it an exit status, too.\n" +
			"What it does is set under xsoar: in the configuration.",
		Example: "  " + strings.TrimSpace(before+name+" "+xsoarExamples[name]),
		RunE:    a.inHouse(func(ctx context.Context, h *house, args []string) error { return runXSOAR(ctx, h, name, args, o) }),
	}
	f := c.Flags()
	f.StringVar(&o.instance, "instance", "", "`name` of the instance, under xsoar in the configuration; needed where there are several")
	f.BoolVar(&o.strict, "strict", false, "end with an exit status that is not 0 if the answer is a failure")
	f.BoolVar(&o.dryRun, "dry-run", false, "show the plan, write nothing to the directory")
	return c
}

func runXSOAR(ctx context.Context, h *house, name string, typed []string, o xsoarCommand) error {
	var args xsoar.Arguments
	for _, one := range typed {
		argument, value, ok := strings.Cut(one, "=")
		if !ok || !slices.Contains(xsoardoor.Arguments(name), argument) {
			return usage("%s takes arguments NAME=VALUE: %s", name, strings.Join(xsoardoor.Arguments(name), ", "))
		}
		args = append(args, xsoar.Pair{Name: argument, Value: value})
	}
	i, err := h.xsoarTyped(ctx, o.instance)
	if err != nil {
		return err
	}
	if err := h.meaning(ctx, i.Desk.Directory()); err != nil {
		return err
	}
	if o.dryRun {
		i.Rehearse = func(p *plan.Plan) error { return h.showNew(ctx, p, true, false) }
	}
	entry, err := xsoardoor.Run(ctx, i, name, args, h.app.actor())
	if errors.Is(err, xsoardoor.ErrRehearsed) {
		return nil
	}
	if err != nil {
		return err
	}
	return h.app.printEntry(entry, o.strict)
}

// xsoarTyped is the instance that a person means.
func (h *house) xsoarTyped(ctx context.Context, name string) (*xsoardoor.Instance, error) {
	all := h.config.XSOAR
	if name == "" && len(all) == 1 {
		name = slices.Sorted(maps.Keys(all))[0]
	}
	settings, known := all[name]
	if !known {
		return nil, usage("--instance names one of the instances under xsoar in the configuration: %s", names(all))
	}
	directory := settings.Directory
	if h.app.directory != "" {
		directory = h.app.directory
	}
	return h.xsoarInstance(ctx, name, directory)
}

// printEntry shows the answer to a command.
func (a *app) printEntry(e xsoar.Entry, strict bool) error {
	var err error
	switch {
	case !a.forPeople():
		err = a.printValues(e)
	case e.HumanReadable == "":
		err = a.printValues(e.Contents)
	default:
		_, err = fmt.Fprintln(a.out, strings.TrimSuffix(e.HumanReadable, "\n"))
	}
	switch {
	case err != nil || e.Success || !strict:
		return err
	case e.Err != nil:
		return quietError{exitStatus(context.Background(), e.Err)}
	}
	return quietError{exitError}
}
