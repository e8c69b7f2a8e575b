package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"rollcall/config"
	"rollcall/examples"
	"rollcall/fault"
	"rollcall/plan"
)

const (
	sampleSync   = "company"
	sampleExport = "company.ldif" // what the sample's configuration reads
)

func newQuickstart(a *app) *cobra.Command {
	var fresh bool
	c := &cobra.Command{
		Use: "quickstart", Short: "See a company of 250 people provisioned, and its next day",
		Long: `Brings a sample company of 250 people and 40 groups into an Identity Center that lives in
the state folder, then plays its next day: joiners, movers, leavers and a renamed group.
Nothing outside the state folder is read or written. Run again, it shows what is left to do.`,
		Example: "  rollcall quickstart\n  rollcall quickstart --state /tmp/try --fresh",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runQuickstart(cmd.Context(), a, fresh)
		},
	}
	c.Flags().BoolVar(&fresh, "fresh", false, "start over: remove what an earlier quickstart made")
	return c
}

// quickstart is one showing: where the files are, and what was played.
type quickstart struct {
	app  *app
	days fs.FS
}

func runQuickstart(ctx context.Context, a *app, fresh bool) error {
	q := quickstart{a, examples.Company()}
	if fresh {
		if err := q.remove(); err != nil {
			return err
		}
	}
	if err := q.prepare(); err != nil {
		return err
	}
	began := time.Now()
	for {
		day, err := q.today()
		if err != nil {
			return err
		}
		if err := q.play(ctx, day); err != nil {
			return err
		}
		if day != examples.Day1 {
			break
		}
		if err := q.put(examples.Day2, sampleExport); err != nil {
			return err
		}
	}
	q.farewell(time.Since(began))
	return nil
}

// path is where a file of the quickstart lies.
func (q quickstart) path(name string) string { return filepath.Join(q.app.state, name) }

// prepare puts the sample's files there, unless they are there already: they
// may have been edited.
func (q quickstart) prepare() error {
	if _, err := q.app.makeStateFolder(); err != nil {
		return err
	}
	for from, to := range map[string]string{examples.Config: configName, examples.Day1: sampleExport} {
		if _, err := os.Stat(q.path(to)); err == nil {
			continue
		}
		if err := q.put(from, to); err != nil {
			return err
		}
	}
	return nil
}

// put writes a file of the sample, whole or not at all.
func (q quickstart) put(from, to string) error {
	content, err := fs.ReadFile(q.days, from)
	if err != nil {
		return fault.New(fault.Internal, "read sample", from, err)
	}
	part := q.path(to + ".part")
	if err := os.WriteFile(part, content, 0o600); err != nil {
		return fault.New(fault.Denied, "write sample", to, err)
	}
	if err := os.Rename(part, q.path(to)); err != nil {
		return fault.New(fault.Denied, "write sample", to, err)
	}
	return nil
}

// today says which day the export in the state folder is: the first, or any
// later one.
func (q quickstart) today() (string, error) {
	now, err := os.ReadFile(q.path(sampleExport))
	if err != nil {
		return "", fault.New(fault.Denied, "read sample", sampleExport, err)
	}
	first, err := fs.ReadFile(q.days, examples.Day1)
	if err != nil {
		return "", fault.New(fault.Internal, "read sample", examples.Day1, err)
	}
	if bytes.Equal(now, first) {
		return examples.Day1, nil
	}
	return examples.Day2, nil
}

// play plans one day and carries the plan out.
func (q quickstart) play(ctx context.Context, day string) (err error) {
	title := "Day 1: the whole company joins"
	if day != examples.Day1 {
		title = "Day 2: the next export"
	}
	q.heading(title)
	c, err := config.Load(q.path(configName))
	if err != nil {
		return err
	}
	h, err := q.app.openWith(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	if err := q.finishEarlier(ctx, h); err != nil {
		return err
	}
	p, err := h.planSync(ctx, sampleSync)
	if err != nil {
		return err
	}
	say(q.app.out, "")
	if err := plan.Render(q.app.out, p.Plan, plan.Style{Color: q.app.color(q.app.out), Each: 4}); err != nil {
		return err
	}
	if p.Empty() && !p.Braked() {
		return nil
	}
	say(q.app.out, "")
	return h.carryOutNew(ctx, p)
}

// finishEarlier goes on with a run that an earlier quickstart did not end.
func (q quickstart) finishEarlier(ctx context.Context, h *house) error {
	d, err := h.directory(ctx, "")
	if err != nil {
		return err
	}
	return h.finishInterrupted(ctx, d.Name())
}

func (q quickstart) heading(text string) {
	if q.app.color(q.app.out) {
		text = "\x1b[1;36m" + text + "\x1b[0m"
	}
	say(q.app.out, "\n%s\n", text)
}

func (q quickstart) farewell(elapsed time.Duration) {
	q.heading("Worth trying next")
	state := ""
	if q.app.state != defaultState {
		state = " --state " + q.app.state
	}
	for _, line := range [][2]string{
		{"user show thao.dang", "one person, with groups and where they come from"},
		{"group members aws-prod-admins --why", "who is in a group, and by which way"},
		{"run list", "what was done, when and by whom"},
		{"journal verify", "prove that the journal is whole"},
		{"sync run company --dry-run", "edit " + q.path(sampleExport) + " first, and see what would happen"},
	} {
		fmt.Fprintf(q.app.out, "  rollcall%s %-38s # %s\n", state, line[0], line[1])
	}
	say(q.app.out, "\nAll of it took %s and lives in %s.", round(elapsed), q.app.state)
}

// remove takes away what an earlier quickstart made, and nothing else.
func (q quickstart) remove() error {
	if err := q.ours(); err != nil {
		return err
	}
	for _, pattern := range []string{configName, sampleExport, "key", "*.db", "*.db-wal", "*.db-shm", "*.db.lock", "*.db.queue", "*.part"} {
		found, err := filepath.Glob(q.path(pattern))
		if err != nil {
			return fault.New(fault.Internal, "start over", q.app.state, err)
		}
		for _, file := range found {
			if err := os.Remove(file); err != nil {
				return fault.New(fault.Denied, "start over", file, err)
			}
		}
	}
	return nil
}

// ours refuses to remove a state folder that a real configuration works with.
func (q quickstart) ours() error {
	now, err := os.ReadFile(q.path(configName))
	if errors.Is(err, fs.ErrNotExist) {
		entries, err := os.ReadDir(q.app.state)
		if errors.Is(err, fs.ErrNotExist) || (err == nil && len(entries) == 0) {
			return nil
		}
		return usage("%s holds a state that quickstart did not make; name another folder with --state", q.app.state)
	}
	if err != nil {
		return fault.New(fault.Denied, "start over", q.app.state, err)
	}
	if !bytes.Contains(now, []byte(sampleExport)) {
		return usage("%s is not the quickstart's; name another folder with --state", q.path(configName))
	}
	return nil
}
