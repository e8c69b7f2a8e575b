package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"rollcall/governor"
)

// laneOf is how urgent what a command asks of AWS is, beside what other
// processes of the same state ask. Whoever is put out goes before everything;
// what reads or writes a directory whole, or a file of changes, stands back
// behind a person who waits for one answer, and reports behind all.
//
// A command that is not named here is a person who waits.
func laneOf(c *cobra.Command) governor.Lane {
	path := strings.TrimPrefix(c.CommandPath(), c.Root().Name()+" ")
	if path == "leaver run" {
		return governor.Leaver // a team's too
	}
	if file := c.Flags().Lookup("from"); file != nil && file.Changed {
		return governor.Sync
	}
	switch path {
	case "user disable", "user delete", "user hold", "iam-disable-user":
		return governor.Leaver
	case "sync run", "schedule run", "plan", "apply", "undo", "run resume", "directory adopt", "serve":
		return governor.Sync
	case "doctor", "drift", "user list", "group list", "assignment list",
		"leaver status", "access list", "access orphans", "access save", "access diff", "access effects":
		return governor.Audit
	}
	return governor.Interactive
}

// inLane puts what a command does into its lane.
func inLane(c *cobra.Command) {
	c.SetContext(governor.WithLane(c.Context(), laneOf(c)))
}
