package cli

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rollcall/config"
)

// usualFull is how often everything is read again where nobody says.
const usualFull = 6 * time.Hour

type syncWatch struct {
	dryRun    bool
	logFormat string
}

func newSyncWatch(a *app) *cobra.Command {
	var o syncWatch
	c := &cobra.Command{
		Use: "watch [SYNC...]", Short: "Run syncs whenever their source says that something has changed",
		Long: `Reads the source of each sync whole and then follows it: Active Directory by its USNs, OpenLDAP by
what it pushes (RFC 4533), other directory servers by modifyTimestamp. Changes that come close
together are one plan and one run, with the brakes, holds and journal of any other; a date that
passes is one, too. Whatever is in doubt has everything read again, and so does the interval
watch.full of the sync (6h, if there is none).

Without names it watches the syncs that have watch: in the configuration, as rollcall serve does by
itself. It runs until it is interrupted, beside any number of servers on the same state: each sync is
watched by one of them. What they leave undone, and what is due meanwhile, it does as they do.`,
		Example: "  rollcall sync watch corp\n  rollcall sync watch corp --dry-run\n  rollcall sync watch --log-format json",

		ValidArgsFunction: a.completeSyncs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd.Context(), func(h *house) error { return runWatch(cmd.Context(), h, args, o) })
		},
	}
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "show the plan of every change of one sync, write nothing to the directory")
	c.Flags().StringVar(&o.logFormat, "log-format", logText, "`form` of the log on stderr: text, or json for JSON Lines")
	return c
}

func runWatch(ctx context.Context, h *house, chosen []string, o syncWatch) error {
	log, err := newLog(h.app.err, o.logFormat)
	if err != nil {
		return err
	}
	if chosen, err = h.choose(chosen); err != nil {
		return err
	}
	if o.dryRun && len(chosen) != 1 {
		return usage("--dry-run shows one sync; name one of %s", strings.Join(chosen, ", "))
	}
	if o.dryRun {
		return h.rehearse(ctx, chosen[0])
	}
	service, err := h.service(log)
	if err != nil {
		return err
	}
	if o.logFormat == logText {
		say(h.app.err, "Watching %s. Ctrl-C stops it.", strings.Join(chosen, ", "))
	}
	stop, err := h.startWork(ctx, service)
	if err != nil {
		return err
	}
	<-ctx.Done()
	return stop()
}

// choose makes the syncs that are named those that are watched, and no others;
// without names they are those of the configuration.
func (h *house) choose(named []string) ([]string, error) {
	for _, name := range named {
		s, err := h.sync(name)
		if err != nil {
			return nil, err
		}
		if h.config.Sources[s.Source].Kind != config.KindLDAP {
			return nil, usage("sync %s reads source %s, which does not tell what changes; only those of kind ldap do. Give it a schedule", name, s.Source)
		}
	}
	for name, s := range h.config.Syncs {
		switch {
		case len(named) > 0 && !slices.Contains(named, name):
			s.Watch = config.Watch{}
		case len(named) > 0 && s.Watch.IsZero():
			s.Watch.Full = config.Duration(usualFull)
		}
		h.config.Syncs[name] = s
	}
	chosen := slices.Sorted(maps.Keys(watched(h.config)))
	if len(chosen) == 0 {
		return nil, usage("no sync of the configuration has watch:; name one, or add watch: 6h to it")
	}
	return chosen, nil
}
