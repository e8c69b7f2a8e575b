package cli

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"rollcall/config"
)

// finding is what one check found.
type finding struct {
	Check string `json:"check"`
	On    string `json:"on,omitempty"` // the directory, source or file
	Level string `json:"level"`
	Says  string `json:"says"`

	status int
}

// The levels, from good to bad.
const (
	levelOK      = "ok"
	levelWarning = "warning"
	levelError   = "error"
)

// doctor goes round and keeps what it finds.
type doctor struct {
	app   *app
	house *house
	now   func() time.Time
	found []finding
}

func newDoctor(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Check that everything Rollcall needs is there and works",
		Long: `Checks the configuration, the state folder, each directory (or the one that --directory names)
and each source. For a directory of kind aws: names, certificates and clock on the way to AWS, the
credentials, every action of the Identity Store that rollcall iam-policy lists and what deletions
read of assignments, the SCIM tokens, the network controls, and that the name still means the same
identity store.

Nothing in a directory is changed: what may be written is found out by changes of objects that do
not exist, and by names that AWS reserves.

It ends with 0 if all is well, 3 if the worst is a warning, and otherwise as the worst error does.`,
		Example: "  rollcall doctor\n  rollcall doctor --directory aws --output json --query '[?level!=`\"ok\"`]'",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runDoctor(cmd.Context(), a, time.Now) },
	}
}

func runDoctor(ctx context.Context, a *app, now func() time.Time) (err error) {
	d := &doctor{app: a, now: now}
	if err := d.round(ctx); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := a.printFindings(d.found); err != nil {
		return err
	}
	if status := d.worst(); status != exitDone {
		return quietError{status}
	}
	return nil
}

// round makes all checks; what one finds is no reason not to make the next,
// unless it could not be made.
func (d *doctor) round(ctx context.Context) (err error) {
	d.begin("the configuration and the state folder")
	c, err := d.app.loadConfig()
	if err != nil {
		d.failConfig(err)
		return nil
	}
	d.checkConfig(c)
	d.checkFolder()
	if d.house, err = d.app.openWith(ctx, c); err != nil {
		d.fail("state", d.app.state, err)
		return nil
	}
	defer func() { err = errors.Join(err, d.house.close()) }()
	d.ok("state", d.app.state, "the databases open")
	names := slices.Sorted(maps.Keys(c.Directories))
	if d.app.directory != "" {
		names = []string{d.app.directory}
	}
	for _, name := range names {
		d.checkDirectory(ctx, name)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Sources)) {
		d.checkSource(ctx, name)
	}
	return nil
}

// begin tells people what is looked at; some of it takes a while.
func (d *doctor) begin(what string) { say(d.app.err, "Checking %s ...", what) }

func (d *doctor) ok(check, on, says string) {
	d.found = append(d.found, finding{Check: check, On: on, Level: levelOK, Says: says})
}

func (d *doctor) warn(check, on, says string) {
	d.found = append(d.found, finding{Check: check, On: on, Level: levelWarning, Says: says, status: exitPartial})
}

// fail keeps an error. It counts as it would end any other command.
func (d *doctor) fail(check, on string, err error) {
	status := exitStatus(context.Background(), err)
	d.found = append(d.found, finding{Check: check, On: on, Level: levelError, Says: err.Error(), status: status})
}

// failConfig keeps what is wrong with the configuration, a line each: a cell
// has no room for the file's own lines.
func (d *doctor) failConfig(err error) {
	problems, many := errors.AsType[*config.Problems](err)
	if !many {
		d.fail("configuration", "", err)
		return
	}
	for _, p := range problems.List {
		p.Excerpt = ""
		d.fail("configuration", "", usage("%w", &config.Problems{File: problems.File, List: []config.Problem{p}}))
	}
}

// worst is how the command ends: of several errors as the one with the highest
// status.
func (d *doctor) worst() int {
	status, level := exitDone, levelOK
	for _, f := range d.found {
		switch {
		case f.Level == levelOK, f.Level == levelWarning && level == levelError:
		case f.Level != level:
			status, level = f.status, f.Level
		default:
			status = max(status, f.status)
		}
	}
	return status
}

func (a *app) printFindings(found []finding) error {
	l := listing{Columns: []string{"Level", "Check", "On", "Finding"}, Values: found}
	for _, f := range found {
		l.Rows = append(l.Rows, []string{f.Level, f.Check, f.On, f.Says})
	}
	return a.print(l)
}
