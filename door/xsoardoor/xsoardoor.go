// Package xsoardoor answers the commands with which Cortex XSOAR runs the
// lifecycle of users (its integration AWS-ILM), over HTTP and for the command
// line. What is served, and where it differs, is in README.md beside this file.
//
// It is a client of a named directory: each write is a plan, goes through the
// brakes, and is carried out and journalled as any other. A refusal is a
// failure with the code 403, and names the stored plan.
package xsoardoor

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"

	"rollcall/apply"
	"rollcall/caller"
	"rollcall/command"
	"rollcall/fault"
	"rollcall/plan"
	"rollcall/xsoar"
)

// doorName is how the journal names this door.
const doorName = "xsoar"

// Operators says who an operator is: [caller.Operators] does.
type Operators interface {
	CheckToken(ctx context.Context, text string) (caller.Operator, error)
}

// Instances are what is configured.
type Instances interface {
	// Names lists the instances, sorted.
	Names() []string
	// Instance returns one by its name; fault.NotFound if there is none.
	Instance(ctx context.Context, name string) (*Instance, error)
}

// Instance is one instance of the integration, bound to a directory.
type Instance struct {
	Name       string
	Desk       *command.Desk
	Generation xsoar.Generation
	Issuer     string // of the external id that SCIM calls externalId

	// What the commands may do; see the integration's parameters.
	Create, Update, Enable, Disable bool
	// CreateIfNotExists lets iam-update-user create whoever is not there.
	CreateIfNotExists bool

	Out, In map[string]xsoar.Mapper // by name; those that ship are always there

	// Rehearse is shown a finished plan instead of its being carried out; then
	// the command ends with [ErrRehearsed]. Nil carries plans out.
	Rehearse func(p *plan.Plan) error
}

// ErrRehearsed is the end of a command whose plan was only shown.
var ErrRehearsed = errors.New("the plan was only shown")

// Options are what a door is made of. Operators and Instances must be given.
type Options struct {
	Operators Operators
	Instances Instances
	Log       *slog.Logger // nil is slog.Default
}

// Door answers for every instance. It is safe for concurrent use.
type Door struct{ Options }

// New returns a door.
func New(o Options) *Door {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Door{o}
}

// root is where the commands are.
const root = "/xsoar/"

// Mount puts the door on mux.
func (d *Door) Mount(mux *http.ServeMux) { mux.Handle(root, d) }

// operation is one command: who may give it, what arguments it takes, and what
// it does.
type operation struct {
	role      caller.Role
	arguments []string
	do        func(r *request) (xsoar.Entry, error)
}

// operations are every command.
var operations = map[string]operation{
	"iam-create-user":    {caller.Worker, []string{argProfile, argEnable}, (*request).createUser},
	"iam-update-user":    {caller.Worker, []string{argProfile, argEnable}, (*request).updateUser},
	"iam-get-user":       {caller.Reader, []string{argProfile}, (*request).getUser},
	"iam-disable-user":   {caller.Worker, []string{argProfile}, (*request).disableUser},
	"iam-get-group":      {caller.Reader, []string{argSCIM}, (*request).getGroup},
	"iam-create-group":   {caller.Worker, []string{argSCIM}, (*request).createGroup},
	"iam-update-group":   {caller.Worker, []string{argSCIM, argAdd, argRemove}, (*request).updateGroup},
	"iam-delete-group":   {caller.Worker, []string{argSCIM}, (*request).deleteGroup},
	"test-module":        {caller.Reader, nil, (*request).test},
	"get-mapping-fields": {caller.Reader, nil, (*request).mappingFields},
}

// Routes are every request that this door answers.
func Routes() []caller.Route {
	var all []caller.Route
	for _, name := range xsoar.Commands() {
		all = append(all, caller.Route{
			Method: http.MethodPost, Path: root + name, Header: map[string]string{"Content-Type": "application/json"}, Body: "{}", Role: operations[name].role,
		})
	}
	return all
}

// The arguments of commands.
const (
	argProfile = "user-profile"
	argEnable  = "allow-enable"
	argSCIM    = "scim"
	argAdd     = "memberIdsToAdd"
	argRemove  = "memberIdsToDelete"
	argParams  = "params"
)

// Arguments lists the arguments of a command; nil for one that there is not.
func Arguments(command string) []string { return operations[command].arguments }

// request is one command on its way.
type request struct {
	Instance
	ctx     context.Context //nolint:containedctx // it lives as long as the request, as in net/http
	command string
	args    xsoar.Arguments
	by      plan.Actor
	shown   string // what the instance is called in the answer

	out, in xsoar.Mapper
}

// Run carries a command out for by, and returns the answer. Whatever a
// directory refuses is in the answer; what cannot be understood is
// fault.Invalid, and a command that there is not fault.NotFound.
func Run(ctx context.Context, i *Instance, name string, args xsoar.Arguments, by plan.Actor) (xsoar.Entry, error) {
	op, known := operations[name]
	if !known {
		return xsoar.Entry{}, fault.Text(fault.NotFound, "find command", "", "there is no command of this name")
	}
	r := &request{Instance: *i, ctx: ctx, command: name, by: by, shown: i.Name, out: i.Out[xsoar.ShippedOut], in: i.In[xsoar.ShippedIn]}
	if r.by.Door == "" {
		r.by.Door = doorName
	}
	for _, p := range args {
		switch {
		case p.Name == argParams:
			params, isObject := p.Value.(xsoar.Object)
			if !isObject {
				return xsoar.Entry{}, invalid("params is not a JSON object")
			}
			if err := r.narrow(params); err != nil {
				return xsoar.Entry{}, err
			}
		case slices.Contains(op.arguments, p.Name):
			r.args = append(r.args, p)
		default:
			return xsoar.Entry{}, invalid("the command has no argument of this name; it has " + list(op.arguments))
		}
	}
	entry, err := op.do(r)
	if errors.Is(entry.Err, ErrRehearsed) {
		return xsoar.Entry{}, entry.Err
	}
	return entry, err
}

func invalid(why string) error { return fault.Text(fault.Invalid, "read arguments", "", why) }

// make carries a plan out, or only shows it.
func (r *request) make(d *command.Draft, title string) (*apply.Result, error) {
	if r.Rehearse == nil || d.Plan.Empty() {
		return d.Make(r.ctx, title)
	}
	if err := d.Finish(r.ctx, title); err != nil {
		return nil, err
	}
	return nil, errors.Join(r.Rehearse(d.Plan), ErrRehearsed)
}

// reason is why a change is made, in plans and the journal.
func (r *request) reason() string { return "asked for by " + r.command }
