package cli

import (
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersion(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Show which version this is", Example: "  rollcall version\n  rollcall version --output json", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := readVersion()
			l := listing{Columns: []string{"Attribute", "Value"}, Values: v}
			for _, row := range [][2]string{{"version", v.Version}, {"commit", v.Commit}, {"committed", v.Committed}, {"go", v.Go}} {
				if row[1] != "" {
					l.add(row[0], row[1])
				}
			}
			return a.print(l)
		},
	}
}

// version is what the build left in the program.
type version struct {
	Version   string `json:"version"`
	Commit    string `json:"commit,omitempty"`
	Committed string `json:"committed,omitempty"`
	Altered   bool   `json:"altered,omitempty"` // built from files that were not committed
	Go        string `json:"go"`
}

func readVersion() version {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version{Version: "unknown"}
	}
	v := version{Version: info.Main.Version, Go: info.GoVersion}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.time":
			v.Committed = s.Value
		case "vcs.modified":
			v.Altered = s.Value == "true"
		}
	}
	return v
}
