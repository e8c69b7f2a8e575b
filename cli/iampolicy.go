package cli

import (
	"cmp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rollcall/config"
	"rollcall/directory/awsdir"
	"rollcall/drift/sqsqueue"
)

// policy is an IAM policy.
type policy struct {
	Version   string
	Statement []statement
}

type statement struct {
	Sid      string
	Effect   string
	Action   []string
	Resource []string
}

// policyOptions say whose policy is wanted.
type policyOptions struct {
	readOnly, assignments, taker bool
}

func newIAMPolicy(a *app) *cobra.Command {
	var o policyOptions
	c := &cobra.Command{
		Use: "iam-policy", Short: "Print the least IAM policy that a directory needs",
		Long: `Prints, as JSON, what Rollcall's credentials must be allowed for what the configuration uses: the
Identity Store API, the search for an instance that is not named, and the secrets that are kept
in AWS; assignments, too, where a sync takes them from leavers. With assume_role it is the policy of that
role; --assume-role prints that of whoever
takes the role.

What SCIM does needs no IAM policy: the token opens it. Nobody is asked.`,
		Example: "  rollcall iam-policy > policy.json\n  rollcall iam-policy --read-only\n  rollcall iam-policy --assignments --directory aws",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			conf, err := a.loadConfig()
			if err != nil {
				return err
			}
			return a.printPolicy(conf, o)
		},
	}
	c.Flags().BoolVar(&o.readOnly, "read-only", false, "only what reading, planning and checking for drift need")
	c.Flags().BoolVar(&o.assignments, "assignments", false, "also permission sets, account and application assignments, and the accounts")
	c.Flags().BoolVar(&o.taker, "assume-role", false, "the policy of whoever takes the role, instead of the role's")
	return c
}

func (a *app) printPolicy(c *config.Config, o policyOptions) error {
	name := cmp.Or(a.directory, c.DefaultDirectory)
	d, known := c.Directories[name]
	switch {
	case !known:
		return usage("no directory is called %q; there are %s", name, names(c.Directories))
	case d.Kind != config.KindAWS:
		return usage("directory %s is embedded: nobody needs an IAM policy for it; name one of kind aws with --directory", name)
	case o.taker && d.AssumeRole.Role == "":
		return usage("directory %s takes no role: it has no assume_role", name)
	}
	o.assignments = o.assignments || takesFromLeavers(c, name)
	p := policyFor(d, o)
	if len(p.Statement) == 0 {
		return usage("directory %s is reached by SCIM alone, with a token that is not kept in AWS: it needs no IAM policy", name)
	}
	return a.printValues(p)
}

// policyFor is the policy of what d uses.
func policyFor(d config.Directory, o policyOptions) policy {
	p := policy{Version: "2012-10-17"} // of the policy language
	part := partition(d)
	if o.taker {
		p.allow("TakeTheRole", []string{"sts:AssumeRole"}, d.AssumeRole.Role)
		return p
	}
	if d.UsesAPI() {
		p.allow("ReadDirectory", directoryActions(false), directoryResources(part, d)...)
		if !o.readOnly {
			p.allow("ChangeDirectory", directoryActions(true), directoryResources(part, d)...)
		}
		if d.Store == "" || d.Instance == "" && !o.readOnly && !o.assignments {
			p.allow("FindInstance", []string{"sso:ListInstances"}, "*")
		}
		if !o.readOnly && !o.assignments {
			p.allow("SeeWhatDeletionsLeaveBehind", lossReads, "*")
		}
	}
	if o.assignments && d.UsesAPI() {
		p.allow("ReadAssignments", each("sso:", accessReads), "*")
		p.allow("ReadOrganization", each("organizations:", organizationReads), "*")
		if !o.readOnly {
			p.allow("ChangeAssignments", each("sso:", accessWrites), "*")
		}
	}
	if d.Events.Queue != "" {
		p.allow("HearOfChanges", sqsqueue.Actions(), queueARN(part, d.Events.Queue))
	}
	p.allowSecrets(part, d)
	return p
}

// queueARN is the ARN of a queue by its URL, whose path has its account and its
// name; every queue where it has another form.
func queueARN(part, url string) string {
	pieces := strings.Split(strings.TrimSuffix(url, "/"), "/")
	if len(pieces) < 5 {
		return "*"
	}
	return "arn:" + part + ":sqs:*:" + strings.Join(pieces[len(pieces)-2:], ":")
}

func (p *policy) allow(sid string, actions []string, resources ...string) {
	p.Statement = append(p.Statement, statement{sid, "Allow", actions, resources})
}

// allowSecrets lets the secrets be read that the configuration names. A
// secret's ARN ends in six characters that AWS made up.
func (p *policy) allowSecrets(part string, d config.Directory) {
	kept := map[string][]string{}
	for _, s := range []config.Secret{d.SCIM.Token, d.SCIM.NextToken} {
		store, name, _, ok := s.AWS()
		if !ok {
			continue
		}
		arn := name
		in := "arn:" + part + ":"
		switch {
		case strings.HasPrefix(name, "arn:"):
		case store == config.ParameterStore:
			arn = in + "ssm:" + cmp.Or(d.Region, "*") + ":*:parameter/" + strings.TrimPrefix(name, "/")
		default:
			arn = in + "secretsmanager:" + cmp.Or(d.Region, "*") + ":*:secret:" + name + "-??????"
		}
		if !slices.Contains(kept[store], arn) {
			kept[store] = append(kept[store], arn)
		}
	}
	if all := kept[config.SecretsManager]; len(all) > 0 {
		p.allow("ReadSecrets", []string{"secretsmanager:GetSecretValue"}, all...)
	}
	if all := kept[config.ParameterStore]; len(all) > 0 {
		p.allow("ReadParameters", []string{"ssm:GetParameter"}, all...)
	}
}

// directoryActions are the actions of what the driver calls.
func directoryActions(write bool) []string {
	var all []string
	for _, o := range awsdir.Operations() {
		if o.Write == write {
			all = append(all, "identitystore:"+o.Name)
		}
	}
	return all
}

// directoryResources are the store and what is in it; users, groups and
// memberships have ARNs without an account (aws-contract 3.1).
func directoryResources(part string, d config.Directory) []string {
	in := "arn:" + part + ":identitystore::"
	return []string{in + "*:identitystore/" + cmp.Or(string(d.Store), "*"), in + ":user/*", in + ":group/*", in + ":membership/*"}
}

// partition is the part of AWS that a directory is in, by its role, instance or
// region.
func partition(d config.Directory) string {
	for _, arn := range []string{d.AssumeRole.Role, d.Instance} {
		if part := strings.Split(arn, ":"); len(part) > 1 {
			return part[1]
		}
	}
	switch {
	case strings.HasPrefix(d.Region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(d.Region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

func each(prefix string, names []string) []string {
	all := make([]string, len(names))
	for i, n := range names {
		all[i] = prefix + n
	}
	return all
}

// lossReads are what a deletion looks at first: what the object was given, and
// the names of that.
var lossReads = append(each("sso:", []string{
	"DescribeApplication", "DescribePermissionSet", "ListAccountAssignmentsForPrincipal", "ListApplicationAssignmentsForPrincipal",
}), "organizations:DescribeAccount")

// What the access side calls.
var (
	accessReads = []string{
		"DescribeAccountAssignmentCreationStatus", "DescribeAccountAssignmentDeletionStatus", "DescribeApplication", "DescribeInstance",
		"DescribePermissionSet", "DescribePermissionSetProvisioningStatus", "GetApplicationAssignmentConfiguration",
		"GetInlinePolicyForPermissionSet", "GetPermissionsBoundaryForPermissionSet", "ListAccountAssignmentCreationStatus",
		"ListAccountAssignmentDeletionStatus", "ListAccountAssignments", "ListAccountAssignmentsForPrincipal",
		"ListAccountsForProvisionedPermissionSet", "ListApplicationAssignments", "ListApplicationAssignmentsForPrincipal",
		"ListApplications", "ListCustomerManagedPolicyReferencesInPermissionSet", "ListInstances", "ListManagedPoliciesInPermissionSet",
		"ListPermissionSetProvisioningStatus", "ListPermissionSets", "ListPermissionSetsProvisionedToAccount", "ListRegions", "ListTagsForResource",
	}
	accessWrites = []string{
		"AddRegion", "AttachCustomerManagedPolicyReferenceToPermissionSet", "AttachManagedPolicyToPermissionSet", "CreateAccountAssignment",
		"CreateApplication", "CreateApplicationAssignment", "CreatePermissionSet", "DeleteAccountAssignment", "DeleteApplication",
		"DeleteApplicationAssignment", "DeleteInlinePolicyFromPermissionSet", "DeletePermissionSet",
		"DeletePermissionsBoundaryFromPermissionSet", "DetachCustomerManagedPolicyReferenceFromPermissionSet",
		"DetachManagedPolicyFromPermissionSet", "ProvisionPermissionSet", "PutApplicationAssignmentConfiguration",
		"PutInlinePolicyToPermissionSet", "PutPermissionsBoundaryToPermissionSet", "RemoveRegion", "TagResource", "UntagResource",
		"UpdateApplication", "UpdateInstance", "UpdatePermissionSet",
	}
	organizationReads = []string{
		"DescribeAccount", "DescribeOrganization", "DescribeOrganizationalUnit", "ListAccounts", "ListAccountsForParent",
		"ListOrganizationalUnitsForParent", "ListParents", "ListRoots",
	}
)
