package main

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	sso "github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/middleware"
)

// provider calls AWS as Terraform's provider does: the same calls in the same
// order, with the same reading of errors (hashicorp/terraform-provider-aws,
// internal/service/identitystore and internal/service/ssoadmin). It only waits
// less between two looks at something asynchronous.
type provider struct {
	t               *testing.T
	ids             *identitystore.Client
	sso             *ssoadmin.Client
	organizations   *organizations.Client
	sts             *sts.Client
	store, instance string
	account         string   // that owns the instance
	accounts        []string // with it

	mu    sync.Mutex
	calls []string // the operations that were called
}

func newProvider(t *testing.T, s *served) *provider {
	p := &provider{t: t}
	config := aws.Config{
		BaseEndpoint: aws.String(s.env["AWS_ENDPOINT_URL"]), Region: s.env["AWS_REGION"],
		Credentials: credentials.NewStaticCredentialsProvider(s.env["AWS_ACCESS_KEY_ID"], s.env["AWS_SECRET_ACCESS_KEY"], ""),
		APIOptions: []func(*middleware.Stack) error{func(stack *middleware.Stack) error {
			return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("record", p.record), middleware.After)
		}},
	}
	p.ids, p.sso = identitystore.NewFromConfig(config), ssoadmin.NewFromConfig(config)
	p.organizations, p.sts = organizations.NewFromConfig(config), sts.NewFromConfig(config)
	return p
}

func (p *provider) record(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
	p.mu.Lock()
	p.calls = append(p.calls, awsmiddleware.GetOperationName(ctx))
	p.mu.Unlock()
	return next.HandleInitialize(ctx, in)
}

// configured looks who it is, and reads the data sources that tell every
// configuration its instance, its store and its accounts.
func (p *provider) configured() {
	p.t.Helper()
	ctx := p.t.Context()
	if _, err := p.sts.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{}); err != nil {
		p.t.Fatal(err)
	}
	organization, err := p.organizations.DescribeOrganization(ctx, &organizations.DescribeOrganizationInput{})
	if err != nil {
		p.t.Fatal(err)
	}
	p.account = *organization.Organization.MasterAccountId
	accounts := organizations.NewListAccountsPaginator(p.organizations, &organizations.ListAccountsInput{})
	for accounts.HasMorePages() {
		page, err := accounts.NextPage(ctx)
		if err != nil {
			p.t.Fatal(err)
		}
		for _, a := range page.Accounts {
			p.accounts = append(p.accounts, *a.Id)
		}
	}
	if _, err := p.organizations.ListRoots(ctx, &organizations.ListRootsInput{}); err != nil {
		p.t.Fatal(err)
	}
	if _, err := p.organizations.ListAWSServiceAccessForOrganization(ctx, &organizations.ListAWSServiceAccessForOrganizationInput{}); err != nil {
		p.t.Fatal(err)
	}
	pages := ssoadmin.NewListInstancesPaginator(p.sso, &ssoadmin.ListInstancesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			p.t.Fatal(err)
		}
		for _, i := range page.Instances {
			p.instance, p.store = *i.InstanceArn, *i.IdentityStoreId
		}
	}
}

// state is what Terraform remembers of an object: its attributes.
type state map[string]string

// resource is how the provider treats objects of one kind. The id is the one
// that Terraform keeps and that `terraform import` is given.
type resource interface {
	create(p *provider) (id string, err error)
	read(p *provider, id string) (state, error) // nil if it is gone
	update(p *provider, id string) error        // to what the configuration says next
	delete(p *provider, id string) error
}

// replaced are resources that Terraform never updates: a change is another
// object.
type replaced struct{}

func (replaced) fixed() {}

func (replaced) update(*provider, string) error { return nil }

// block is a resource of the configuration and what the state says of it.
type block struct {
	address string
	resource
	id    string
	state state
}

// name is the object's own id, without the parts that say where it is.
func (b *block) name() string {
	first, rest, _ := strings.Cut(b.id, "/")
	if strings.HasPrefix(first, "d-") {
		return rest
	}
	own, _, _ := strings.Cut(b.id, ",")
	return own
}

func (p *provider) apply(blocks ...*block) {
	p.t.Helper()
	for _, b := range blocks {
		var err error
		if b.id, err = b.create(p); err != nil {
			p.t.Fatalf("creating %s: %v", b.address, err)
		}
		b.state = p.refreshed(b)
		if b.state == nil {
			p.t.Fatalf("%s is not there after it was created", b.address)
		}
	}
}

func (p *provider) refreshed(b *block) state {
	p.t.Helper()
	got, err := b.read(p, b.id)
	if err != nil {
		p.t.Fatalf("reading %s: %v", b.address, err)
	}
	return got
}

// planned refreshes everything, which writes nothing, and returns the addresses
// of what is not as the state says.
func (p *provider) planned(blocks []*block) []string {
	p.t.Helper()
	p.calls = nil
	var changed []string
	for _, b := range blocks {
		if got := p.refreshed(b); !maps.Equal(got, b.state) {
			changed = append(changed, b.address)
			p.t.Logf("%s: %v, the state says %v", b.address, got, b.state)
		}
	}
	for _, call := range p.calls {
		if !strings.HasPrefix(call, "Describe") && !strings.HasPrefix(call, "List") && !strings.HasPrefix(call, "Get") {
			p.t.Errorf("a plan calls %s", call)
		}
	}
	return changed
}

func (p *provider) changed(blocks []*block) {
	p.t.Helper()
	for _, b := range blocks {
		if err := b.update(p, b.id); err != nil {
			p.t.Fatalf("updating %s: %v", b.address, err)
		}
		b.state = p.refreshed(b)
	}
}

func (p *provider) destroyed(blocks []*block) {
	p.t.Helper()
	for _, b := range slices.Backward(blocks) {
		if err := b.delete(p, b.id); err != nil {
			p.t.Fatalf("deleting %s: %v", b.address, err)
		}
	}
	for _, b := range blocks {
		if p.refreshed(b) != nil {
			p.t.Errorf("%s is there after it was deleted", b.address)
		}
		if err := b.delete(p, b.id); err != nil {
			p.t.Errorf("deleting %s once more: %v", b.address, err)
		}
	}
}

// terraform runs a configuration through its life.
func terraform(t *testing.T, s *served) {
	p := newProvider(t, s)
	p.configured()
	if p.instance != s.env["ROLLCALL_INSTANCE_ARN"] || p.store != s.env["ROLLCALL_IDENTITY_STORE_ID"] {
		t.Fatalf("the instance is %q with store %q", p.instance, p.store)
	}
	blocks := p.configuration()
	p.apply(blocks...)
	if changed := p.planned(blocks); changed != nil {
		t.Errorf("right after apply a plan changes %q", changed)
	}

	p.found(blocks[0], blocks[1])

	// Imported by their ids, they are what was applied.
	other := newProvider(t, s)
	other.configured()
	for _, b := range blocks {
		imported := &block{address: b.address, resource: b.resource, id: b.id}
		if got := other.refreshed(imported); !maps.Equal(got, b.state) {
			t.Errorf("%s is imported as %v, want %v", b.address, got, b.state)
		}
	}

	before := make([]state, len(blocks))
	for i, b := range blocks {
		before[i] = b.state
	}
	p.changed(blocks)
	for i, b := range blocks {
		if _, fixed := b.resource.(interface{ fixed() }); !fixed && maps.Equal(before[i], b.state) {
			t.Errorf("%s is the same after its update", b.address)
		}
	}
	if changed := p.planned(blocks); changed != nil {
		t.Errorf("right after an update a plan changes %q", changed)
	}

	// Somebody took the user out of the group: the plan puts them back.
	member := blocks[slices.IndexFunc(blocks, func(b *block) bool { return b.address == "aws_identitystore_group_membership.ann" })]
	if err := member.delete(other, member.id); err != nil {
		t.Fatal(err)
	}
	if changed := p.planned(blocks); !slices.Equal(changed, []string{member.address}) {
		t.Errorf("the plan changes %q, want the membership", changed)
	}
	p.apply(member)
	p.destroyed(blocks)
	p.together()
}

// configuration is one of every kind, each after what it refers to.
func (p *provider) configuration() []*block {
	ann := &block{address: "aws_identitystore_user.ann", resource: tfUser{}}
	staff := &block{address: "aws_identitystore_group.staff", resource: tfGroup{}}
	member := &block{address: "aws_identitystore_group_membership.ann", resource: tfMembership{group: staff, user: ann}}
	admins := &block{address: "aws_ssoadmin_permission_set.admins", resource: tfPermissionSet{name: "admins"}}
	of := policyOf{set: admins}
	return []*block{
		ann, staff, member, admins,
		{address: "aws_ssoadmin_account_assignment.staff", resource: tfAssignment{set: admins, principal: staff, kind: sso.PrincipalTypeGroup, account: p.account}},
		{address: "aws_ssoadmin_account_assignment.ann", resource: tfAssignment{set: admins, principal: ann, kind: sso.PrincipalTypeUser, account: p.account}},
		{address: "aws_ssoadmin_managed_policy_attachment.admins", resource: tfManagedPolicy{policyOf: of}},
		{address: "aws_ssoadmin_customer_managed_policy_attachment.admins", resource: tfCustomerPolicy{policyOf: of}},
		{address: "aws_ssoadmin_permission_set_inline_policy.admins", resource: tfInlinePolicy{of}},
		{address: "aws_ssoadmin_permissions_boundary_attachment.admins", resource: tfBoundary{policyOf: of}},
	}
}
