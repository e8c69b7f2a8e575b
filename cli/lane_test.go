package cli

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"rollcall/governor"
)

func TestWhatACommandAsksOfAWSGoesInItsLane(t *testing.T) {
	for line, want := range map[string]governor.Lane{
		"user disable ann":                  governor.Leaver,
		"leaver run --from team.csv --yes":  governor.Leaver,
		"user delete ann --yes":             governor.Leaver,
		"user hold ann --reason left":       governor.Leaver,
		"user enable ann":                   governor.Interactive,
		"user show ann":                     governor.Interactive,
		"user create ann":                   governor.Interactive,
		"group members staff":               governor.Interactive,
		"membership add staff ann":          governor.Interactive,
		"user create --from users.csv":      governor.Sync,
		"membership add --from members.csv": governor.Sync,
		"sync run corp":                     governor.Sync,
		"sync run corp --dry-run":           governor.Sync,
		"plan corp":                         governor.Sync,
		"schedule run nightly":              governor.Sync,
		"apply sha256-0":                    governor.Sync,
		"undo sha256-0":                     governor.Sync,
		"run resume 1":                      governor.Sync,
		"directory adopt corp":              governor.Sync,
		"serve":                             governor.Sync,
		"doctor":                            governor.Audit,
		"drift corp":                        governor.Audit,
		"user list":                         governor.Audit,
		"access list":                       governor.Audit,
		"access orphans":                    governor.Audit,
		"access save now.jsonl":             governor.Audit,
		"access diff a.jsonl b.jsonl":       governor.Audit,
		"access effects sha256-0":           governor.Audit,
		"assignment list":                   governor.Audit,
		"access why ann prod":               governor.Interactive,
		"group list":                        governor.Audit,
	} {
		t.Run(line, func(t *testing.T) {
			root, ran := newTestRoot(), false
			walk(root, func(c *cobra.Command) {
				c.Args = nil
				c.RunE = func(c *cobra.Command, _ []string) error {
					ran = true
					if !strings.HasPrefix("rollcall "+line, c.CommandPath()) {
						t.Errorf("it ran %s", c.CommandPath())
					}
					if got := governor.LaneOf(c.Context()); got != want {
						t.Errorf("lane %s, want %s", got, want)
					}
					return nil
				}
			})
			root.SetArgs(strings.Fields(line))
			if err := root.ExecuteContext(t.Context()); err != nil {
				t.Fatal(err)
			}
			if !ran {
				t.Error("nothing ran")
			}
		})
	}
}
