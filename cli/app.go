package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"rollcall/config"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/journal"
	"rollcall/plan"
	"rollcall/realtime"
	"rollcall/telemetry"
)

// app is what all commands share: the streams and the global flags.
type app struct {
	in       io.Reader
	out, err io.Writer

	state      string // folder
	configFile string
	directory  string
	output     string
	query      string
	aws        config.Override

	as   *plan.Actor // who acts; nil is the person at the keyboard
	time timepiece   // nil is the system's

	memory  *journal.Memory    // of what goes on in this process for long; nil remembers nothing
	metrics *telemetry.Metrics // nil counts nothing
	tracing *telemetry.Tracing // nil traces nothing
}

// timepiece is time and sleep, as the parts of the house want them.
type timepiece interface {
	Now() time.Time
	After(d time.Duration) <-chan time.Time
	Sleep(ctx context.Context, d time.Duration) error
}

// clock is where the time comes from.
func (a *app) clock() timepiece {
	if a.time == nil {
		return realtime.Clock{}
	}
	return a.time
}

const (
	configName   = "rollcall.yaml"
	defaultState = ".rollcall"
	envPrefix    = "ROLLCALL_"
)

func (a *app) flags(root *cobra.Command) {
	f := root.PersistentFlags()
	f.StringVar(&a.state, "state", defaultState, "state `folder`: databases and key (ROLLCALL_STATE)")
	f.StringVar(&a.configFile, "config", "", "configuration `file`; without one ./rollcall.yaml, then the state folder's (ROLLCALL_CONFIG)")
	f.StringVar(&a.directory, "directory", "", "`name` of the directory to work on; without one the default directory (ROLLCALL_DIRECTORY)")
	f.StringVarP(&a.output, "output", "o", "table", "`form` of data: table, json, yaml or csv (ROLLCALL_OUTPUT)")
	f.StringVar(&a.query, "query", "", "JMESPath `expression` that picks from the JSON (ROLLCALL_QUERY)")
	f.StringVar(&a.aws.Region, "region", "", "AWS `region` of directories of kind aws, instead of the configured one")
	f.StringVar(&a.aws.Profile, "profile", "", "`profile` of AWS's configuration for directories of kind aws, instead of the configured one")
	f.StringVar(&a.aws.Endpoint, "endpoint-url", "", "`URL` of the API of directories of kind aws, instead of AWS's or the configured one")
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if err := fromEnvironment(cmd.Flags()); err != nil {
			return err
		}
		if !slices.Contains(outputs(), a.output) && (a.output != outputJUnit || cmd.Name() != "check") {
			return usage("--output is %s, not %q", strings.Join(outputs(), ", "), a.output)
		}
		inLane(cmd)
		return checkQuery(a.query)
	}
}

// outputs are the forms that data is printed in.
func outputs() []string { return []string{"table", "json", "yaml", "csv"} }

// fromEnvironment gives every flag that was not typed the value of its
// variable: --state has ROLLCALL_STATE, --dry-run has ROLLCALL_DRY_RUN.
func fromEnvironment(flags *pflag.FlagSet) error {
	var problems []error
	flags.VisitAll(func(f *pflag.Flag) {
		name := envPrefix + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value, set := os.LookupEnv(name)
		if f.Changed || !set || f.Name == "help" {
			return
		}
		if err := flags.Set(f.Name, value); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
		}
	})
	if err := errors.Join(problems...); err != nil {
		return usageError{err}
	}
	return nil
}

// loadConfig reads the configuration file that was named, or the first there
// is of ./rollcall.yaml and the state folder's, or the built-in defaults.
func (a *app) loadConfig() (*config.Config, error) {
	c := config.Default()
	if file, found := a.configInUse(); found {
		var err error
		if c, err = config.Load(file); err != nil {
			return nil, configError{err}
		}
	}
	return c, invalid(c.Override(a.aws))
}

// configInUse is the configuration file that holds, if there is one.
func (a *app) configInUse() (string, bool) {
	if a.configFile != "" {
		return a.configFile, true
	}
	for _, file := range []string{configName, filepath.Join(a.state, configName)} {
		if _, err := os.Stat(file); err == nil {
			return file, true
		}
	}
	return "", false
}

// actor is who acts, as the journal names them: the person at the keyboard,
// unless somebody else is said.
func (a *app) actor() plan.Actor {
	if a.as != nil {
		return *a.as
	}
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return plan.Actor{Name: name, Door: "cli"}
}

// terminal reports whether w is one, so that colour and progress make sense.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func (a *app) color(w io.Writer) bool {
	_, no := os.LookupEnv("NO_COLOR")
	return terminal(w) && !no
}

// makeStateFolder makes the state folder, for its owner alone, and reports
// whether there was none.
func (a *app) makeStateFolder() (made bool, err error) {
	_, err = os.Stat(a.state)
	made = errors.Is(err, os.ErrNotExist)
	if err := os.MkdirAll(a.state, 0o700); err != nil {
		return false, fault.New(fault.Denied, "make state folder", a.state, fmt.Errorf("%w; another one can be named with --state", err))
	}
	return made, nil
}

// acting is ctx for what the command itself writes, without a plan: keys and
// tokens.
func (a *app) acting(ctx context.Context) context.Context {
	return directory.WithActor(ctx, directory.Actor(a.actor()))
}

// inHouse makes a command's function of one that runs in the house.
func (a *app) inHouse(run func(ctx context.Context, h *house, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		return a.with(cmd.Context(), func(h *house) error { return run(a.acting(cmd.Context()), h, args) })
	}
}
