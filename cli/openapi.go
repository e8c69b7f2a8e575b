package cli

import (
	"net/url"
	"slices"

	"github.com/spf13/cobra"

	"rollcall/config"
	"rollcall/door/approvaldoor"
	"rollcall/door/awsdoor"
	"rollcall/door/icfdoor"
	"rollcall/door/opsdoor"
	"rollcall/door/scimdoor"
	"rollcall/door/xsoardoor"
	"rollcall/identitycenter"
	"rollcall/openapi"
)

func newOpenAPI(a *app) *cobra.Command {
	var at string
	c := &cobra.Command{
		Use: "openapi", Short: "Write what a server answers, as an OpenAPI document",
		Long: `Writes the OpenAPI ` + openapi.Version + ` document of everything that rollcall serve answers with this
configuration, for people and for programs that make clients. A running server has it at
/openapi.json, for an operator of any role. Nothing is opened, and nothing needs to run.

The operations of AWS's own API are in it by name; what they take and answer is in AWS's service
models. A configuration without an embedded directory has neither those nor SCIM.`,
		Example: "  rollcall openapi > openapi.json\n  rollcall openapi --url https://rollcall.example.com", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if u, err := url.Parse(at); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
				return usage("--url wants where the server is, such as https://rollcall.example.com, not %q", at)
			}
			settings, err := a.loadConfig()
			if err != nil {
				return err
			}
			text, err := describeServer(at, hasEmbedded(settings))
			if err != nil {
				return err
			}
			_, err = a.out.Write(text)
			return err
		},
	}
	c.Flags().StringVar(&at, "url", "http://"+defaultListen, "where the server is, or will be: a `URL`")
	return c
}

func hasEmbedded(c *config.Config) bool {
	for _, d := range c.Directories {
		if d.Kind == config.KindEmbedded {
			return true
		}
	}
	return false
}

// describeServer is the document of a server at a URL: with the doors of embedded
// directories, if it has such.
func describeServer(at string, embedded bool) ([]byte, error) {
	ops := opsdoor.Options{Document: []byte{}}
	parts := []openapi.Part{approvaldoor.Describe(), icfdoor.Describe(), xsoardoor.Describe()}
	if embedded {
		ops.Faults = new(identitycenter.Server)
		parts = append(parts, awsdoor.Describe(), scimdoor.Describe())
	}
	return openapi.Document(openapi.Whole{
		Title: "Rollcall", Version: readVersion().Version, License: "Apache-2.0", Server: at,
		Says:  "Joiners, movers and leavers of AWS IAM Identity Center: what `rollcall serve` answers.",
		Parts: slices.Insert(parts, 0, opsdoor.Describe(ops)),
	})
}
