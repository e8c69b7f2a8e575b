package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"rollcall/config"
)

// The names under which AWS's sample iam-identity-center-scim-sync keeps its
// settings in Parameter Store and Secrets Manager.
const (
	sampleURI        = "/IAM-IDC/SCIM-URI"
	sampleGroup      = "/IAM-IDC/AD-Group-Name"
	samplePrefix     = "/IAM-IDC/AD-Group-Prefix"
	sampleBase       = "/IAM-IDC/AD-Search-Base"
	sampleController = "/IAM-IDC/Domain-Controller"
	sampleToken      = "IAM-IDC/SCIM-API-Token"
	sampleReader     = "IAM-IDC/AD-RO-UserCreds"
	sampleRegion     = "us-east-2" // the sample's default
)

func newConfigFromSSM(a *app) *cobra.Command {
	region := sampleRegion
	c := &cobra.Command{
		Use: "from-ssm", Short: "Write a configuration from the settings of AWS's sample iam-identity-center-scim-sync",
		Long: `Reads the five parameters and the two secrets that the sample's templates make, by their names, and
prints a configuration that does what the sample is for: its groups, its people and its attributes,
by the preset seed-002. Secrets stay where they are: the configuration refers to them.`,
		Example: "  rollcall config from-ssm --region us-east-2 > rollcall.yaml\n  rollcall sync run corp --dry-run",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			h := &house{app: a, config: config.Default()}
			text, err := h.fromSSM(cmd.Context(), region)
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(a.out, text)
			return err
		},
	}
	c.Flags().StringVar(&region, "region", sampleRegion, "the region that the parameters and secrets are in")
	return c
}

// fromSSM reads the sample's settings and writes them as a configuration.
func (h *house) fromSSM(ctx context.Context, region string) (string, error) {
	vault, err := h.vault(ctx, region)
	if err != nil {
		return "", err
	}
	settings := map[string]string{}
	for _, name := range []string{sampleURI, sampleGroup, samplePrefix, sampleBase, sampleController} {
		if settings[name], err = vault.named(ctx, config.ParameterStore+":"+name); err != nil {
			return "", err
		}
	}
	user, err := vault.named(ctx, config.SecretsManager+":"+sampleReader+"#userName")
	if err != nil { // the sample writes the key in one way and reads it in another
		if user, err = vault.named(ctx, config.SecretsManager+":"+sampleReader+"#username"); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf(`# From the settings of iam-identity-center-scim-sync in %[1]s.
directories:
  aws:
    kind: aws
    region: %[1]s
    scim: {url: %[2]q, token: "aws-sm:%[3]s#SCIM-API-Token"}
sources:
  corp:
    kind: ldap
    servers: %[4]q
    base: %[5]q
    anchor: objectSid
    bind: {user: %[6]q, password: "aws-sm:%[7]s#userPassword"}
syncs:
  corp:
    source: corp
    directory: aws
    mapping: {preset: seed-002}
    correlate: [userName, displayName]
    scope:
      members_of: %[8]q
      include_groups: %[9]q
      exclude_groups: %[8]q
`, region, settings[sampleURI], sampleToken, controller(settings[sampleController]), settings[sampleBase], user, sampleReader,
		settings[sampleGroup], settings[samplePrefix]), nil
}

// controller is the URL of the domain controller that the sample names by its
// host.
func controller(host string) string {
	if strings.Contains(host, "://") {
		return host
	}
	return "ldaps://" + host
}

// named reads a secret or parameter by its reference.
func (s *secrets) named(ctx context.Context, reference string) (string, error) {
	ref, err := config.ParseSecret(reference)
	if err != nil {
		return "", err
	}
	return s.read(ctx, ref)
}
