package awsdoor_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"rollcall/awsjson"
	shapes "rollcall/awsjson/organizations"
	"rollcall/awsjson/sigv4"
	"rollcall/caller"
	"rollcall/door/awsdoor"
	"rollcall/fault"
	"rollcall/identity"
)

const (
	organizationID = "o-906771b2aa"
	rootID         = "r-9067"
	production     = "ou-9067-production"
	security       = "ou-9067-security"
	absentUnit     = "ou-9067-nowhere00"
	archive        = "333333333333"
	firstOfMany    = 400000000001
)

// seed brings in two units, one in the other, with an account in each, and as
// many more accounts in the root.
func (s *site) seed(more int) {
	s.t.Helper()
	units := []identity.Unit{{ID: production, Name: "Production"}, {ID: security, Name: "Security", Parent: production}}
	joined := time.Date(2016, 12, 7, 22, 3, 55, 536e6, time.UTC)
	all := []identity.Account{
		{ID: "222222222222", Name: "Developer", Email: "alice@example.com", Parent: production, JoinedAt: joined},
		{ID: archive, Name: "Log archive", Email: "logs@example.com", Parent: security, Invited: true, Status: identity.AccountSuspended, JoinedAt: joined},
	}
	for i := range more {
		all = append(all, identity.Account{ID: fmt.Sprint(firstOfMany + i), Name: fmt.Sprintf("Account %d", i), Email: fmt.Sprintf("a%d@example.com", i)})
	}
	if err := s.access.Seed(s.t.Context(), units, all); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) organization(k sigv4.Credentials) *organizations.Client {
	return organizations.New(organizations.Options{
		BaseEndpoint: aws.String(s.url), Region: region, Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider(k.AccessKey, k.Secret, k.SessionToken),
	})
}

func TestTheSDKReadsTheOrganization(t *testing.T) {
	s := start(t, nil)
	s.seed(0)
	c, ctx := s.organization(s.key), t.Context()
	o := must[*organizations.DescribeOrganizationOutput](t, "organization")(c.DescribeOrganization(ctx, nil)).Organization
	same(t, "organization", types.Organization{
		Id: aws.String(organizationID), Arn: aws.String("arn:aws:organizations::" + account + ":organization/" + organizationID), FeatureSet: types.OrganizationFeatureSetAll,
		MasterAccountArn: aws.String("arn:aws:organizations::" + account + ":account/" + organizationID + "/" + account), MasterAccountId: aws.String(account), MasterAccountEmail: aws.String("aws@example.com"),
		AvailablePolicyTypes: []types.PolicyTypeSummary{{Type: types.PolicyTypeServiceControlPolicy, Status: types.PolicyTypeStatusEnabled}},
	}, *o)
	roots := must[*organizations.ListRootsOutput](t, "roots")(c.ListRoots(ctx, nil)).Roots
	same(t, "roots", []types.Root{{Id: aws.String(rootID), Arn: aws.String("arn:aws:organizations::" + account + ":root/" + organizationID + "/" + rootID), Name: aws.String("Root"), PolicyTypes: []types.PolicyTypeSummary{}}}, roots)

	units := must[*organizations.ListOrganizationalUnitsForParentOutput](t, "units")(c.ListOrganizationalUnitsForParent(ctx, &organizations.ListOrganizationalUnitsForParentInput{ParentId: aws.String(production)})).OrganizationalUnits
	inner := types.OrganizationalUnit{
		Id: aws.String(security), Arn: aws.String("arn:aws:organizations::" + account + ":ou/" + organizationID + "/" + security), Name: aws.String("Security"),
		Path: aws.String(organizationID + "/" + rootID + "/" + production + "/" + security + "/"),
	}
	same(t, "units", []types.OrganizationalUnit{inner}, units)
	unit := must[*organizations.DescribeOrganizationalUnitOutput](t, "unit")(c.DescribeOrganizationalUnit(ctx, &organizations.DescribeOrganizationalUnitInput{OrganizationalUnitId: aws.String(security)})).OrganizationalUnit
	same(t, "unit", inner, *unit)

	logs := types.Account{
		Id: aws.String(archive), Arn: aws.String("arn:aws:organizations::" + account + ":account/" + organizationID + "/" + archive), Email: aws.String("logs@example.com"), Name: aws.String("Log archive"),
		Status: types.AccountStatusSuspended, State: types.AccountStateSuspended, JoinedMethod: types.AccountJoinedMethodInvited, JoinedTimestamp: aws.Time(time.Date(2016, 12, 7, 22, 3, 55, 536e6, time.UTC)),
		Paths: []string{organizationID + "/" + rootID + "/" + production + "/" + security + "/" + archive + "/"},
	}
	described := must[*organizations.DescribeAccountOutput](t, "account")(c.DescribeAccount(ctx, &organizations.DescribeAccountInput{AccountId: aws.String(archive)})).Account
	same(t, "account", logs, *described)
	in := must[*organizations.ListAccountsForParentOutput](t, "accounts of a unit")(c.ListAccountsForParent(ctx, &organizations.ListAccountsForParentInput{ParentId: aws.String(security)})).Accounts
	same(t, "accounts of a unit", []types.Account{logs}, in)
	delegated := must[*organizations.ListDelegatedAdministratorsOutput](t, "administrators")(c.ListDelegatedAdministrators(ctx, nil)).DelegatedAdministrators
	same(t, "administrators", []types.DelegatedAdministrator{}, delegated)
	access := must[*organizations.ListAWSServiceAccessForOrganizationOutput](t, "service access")(c.ListAWSServiceAccessForOrganization(ctx, nil)).EnabledServicePrincipals
	if len(access) != 1 || *access[0].ServicePrincipal != "sso.amazonaws.com" || access[0].DateEnabled == nil {
		t.Errorf("service access: %+v", access)
	}
	for _, id := range []string{archive, security, rootID} {
		tags := must[*organizations.ListTagsForResourceOutput](t, "tags of "+id)(c.ListTagsForResource(ctx, &organizations.ListTagsForResourceInput{ResourceId: aws.String(id)})).Tags
		same(t, "tags of "+id, []types.Tag{}, tags)
	}
}

func TestParentsAndChildrenAgree(t *testing.T) {
	s := start(t, nil)
	s.seed(0)
	c, ctx := s.organization(s.key), t.Context()
	for child, parent := range map[string]types.Parent{
		account:    {Id: aws.String(rootID), Type: types.ParentTypeRoot},
		production: {Id: aws.String(rootID), Type: types.ParentTypeRoot},
		security:   {Id: aws.String(production), Type: types.ParentTypeOrganizationalUnit},
		archive:    {Id: aws.String(security), Type: types.ParentTypeOrganizationalUnit},
	} {
		got := must[*organizations.ListParentsOutput](t, "parents of "+child)(c.ListParents(ctx, &organizations.ListParentsInput{ChildId: aws.String(child)})).Parents
		same(t, "parents of "+child, []types.Parent{parent}, got)
		kind := types.ChildTypeAccount
		if child[0] == 'o' {
			kind = types.ChildTypeOrganizationalUnit
		}
		back := must[*organizations.ListChildrenOutput](t, "children")(c.ListChildren(ctx, &organizations.ListChildrenInput{ParentId: parent.Id, ChildType: kind})).Children
		same(t, "children of "+*parent.Id, []types.Child{{Id: aws.String(child), Type: kind}}, back)
	}
}

func TestAPageOfAccountsHoldsTwentyAtMost(t *testing.T) {
	s := start(t, nil)
	s.seed(45)
	ctx := t.Context()
	pages := organizations.NewListAccountsPaginator(s.organization(s.key), &organizations.ListAccountsInput{})
	var sizes []int
	var ids []string
	for pages.HasMorePages() {
		page := must[*organizations.ListAccountsOutput](t, "a page")(pages.NextPage(ctx))
		sizes = append(sizes, len(page.Accounts))
		for _, a := range page.Accounts {
			ids = append(ids, *a.Id)
		}
	}
	same(t, "pages of accounts", []int{20, 20, 8}, sizes)
	if slices.Sort(ids); len(slices.Compact(ids)) != 48 {
		t.Errorf("%d accounts, want 48 different ones", len(ids))
	}
	children := organizations.NewListChildrenPaginator(s.organization(s.key), &organizations.ListChildrenInput{ParentId: aws.String(rootID), ChildType: types.ChildTypeAccount, MaxResults: aws.Int32(17)})
	sizes = nil
	for children.HasMorePages() {
		sizes = append(sizes, len(must[*organizations.ListChildrenOutput](t, "a page")(children.NextPage(ctx)).Children))
	}
	same(t, "pages of children", []int{17, 17, 12}, sizes)
}

// Whoever is in an organization may know it, and only who manages it sees who
// else is.
func TestOnlyTheManagementAccountSeesTheAccounts(t *testing.T) {
	s := start(t, nil)
	s.seed(0)
	ctx := t.Context()
	for where, want := range map[string]struct{ describe, list string }{
		account:        {"", ""},
		"222222222222": {"", "AccessDeniedException"},
		"444444444444": {"AWSOrganizationsNotInUseException", "AWSOrganizationsNotInUseException"},
	} {
		k, secret, err := s.keys.Create(ctx, keyOf(where))
		if err != nil {
			t.Fatal(err)
		}
		c := s.organization(sigv4.Credentials{AccessKey: k.ID, Secret: secret})
		for what, got := range map[string]struct {
			err  error
			want string
		}{
			"describe": {second(c.DescribeOrganization(ctx, nil)), want.describe},
			"list":     {second(c.ListAccounts(ctx, nil)), want.list},
		} {
			if got.want != "" {
				refused(t, what+" from "+where, got.err, got.want)
			} else if got.err != nil {
				t.Errorf("%s from %s: %v", what, where, got.err)
			}
		}
	}
}

func TestWithoutAnInstanceThereIsNoOrganization(t *testing.T) {
	for name, none := range map[string]awsdoor.Instances{"not served": nil, "none": instances{}} {
		s := start(t, func(o *awsdoor.Options) { o.Instances = none })
		err := second(s.organization(s.key).ListAccounts(t.Context(), nil))
		if e := (*types.AWSOrganizationsNotInUseException)(nil); !errors.As(err, &e) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The SDK makes its own error types of what it is answered.
func TestTheSDKKnowsEveryErrorOfOrganizations(t *testing.T) {
	s := start(t, nil)
	s.seed(0)
	c, ctx := s.organization(s.key), t.Context()
	nowhere := aws.String(absentUnit)
	for want, err := range map[string]error{
		"AccountNotFoundException":            second(c.DescribeAccount(ctx, &organizations.DescribeAccountInput{AccountId: aws.String("999999999999")})),
		"OrganizationalUnitNotFoundException": second(c.DescribeOrganizationalUnit(ctx, &organizations.DescribeOrganizationalUnitInput{OrganizationalUnitId: nowhere})),
		"ChildNotFoundException":              second(c.ListParents(ctx, &organizations.ListParentsInput{ChildId: nowhere})),
		"TargetNotFoundException":             second(c.ListTagsForResource(ctx, &organizations.ListTagsForResourceInput{ResourceId: aws.String("p-12345678")})),
	} {
		refused(t, want, err, want)
	}
	for what, err := range map[string]error{
		"accounts": second(c.ListAccountsForParent(ctx, &organizations.ListAccountsForParentInput{ParentId: nowhere})),
		"units":    second(c.ListOrganizationalUnitsForParent(ctx, &organizations.ListOrganizationalUnitsForParentInput{ParentId: nowhere})),
		"children": second(c.ListChildren(ctx, &organizations.ListChildrenInput{ParentId: nowhere, ChildType: types.ChildTypeAccount})),
	} {
		if e := (*types.ParentNotFoundException)(nil); !errors.As(err, &e) || *e.Message != "You specified a parent that doesn't exist." {
			t.Errorf("%s: %v", what, err)
		}
	}
	token := aws.String("nobody-gave-this")
	for what, err := range map[string]error{
		"accounts":       second(c.ListAccounts(ctx, &organizations.ListAccountsInput{NextToken: token})),
		"roots":          second(c.ListRoots(ctx, &organizations.ListRootsInput{NextToken: token})),
		"units":          second(c.ListOrganizationalUnitsForParent(ctx, &organizations.ListOrganizationalUnitsForParentInput{ParentId: aws.String(rootID), NextToken: token})),
		"children":       second(c.ListChildren(ctx, &organizations.ListChildrenInput{ParentId: aws.String(rootID), ChildType: types.ChildTypeOrganizationalUnit, NextToken: token})),
		"parents":        second(c.ListParents(ctx, &organizations.ListParentsInput{ChildId: aws.String(archive), NextToken: token})),
		"access":         second(c.ListAWSServiceAccessForOrganization(ctx, &organizations.ListAWSServiceAccessForOrganizationInput{NextToken: token})),
		"administrators": second(c.ListDelegatedAdministrators(ctx, &organizations.ListDelegatedAdministratorsInput{NextToken: token})),
		"tags":           second(c.ListTagsForResource(ctx, &organizations.ListTagsForResourceInput{ResourceId: aws.String(archive), NextToken: token})),
	} {
		if e := (*types.InvalidInputException)(nil); !errors.As(err, &e) || e.Reason != types.InvalidInputExceptionReasonInvalidPaginationToken {
			t.Errorf("%s with a strange token: %v", what, err)
		}
	}
}

// What the service has other words for than the Identity Store, on the wire:
// type, status, and no member more than the model has.
func TestOrganizationsFailsInItsOwnWords(t *testing.T) {
	for kind, want := range map[fault.Kind]struct {
		name   string
		status int
	}{
		fault.Throttled:   {"TooManyRequestsException", 400},
		fault.Internal:    {"ServiceException", 500},
		fault.Unavailable: {"ServiceException", 500},
		fault.Denied:      {"AccessDeniedException", 400},
		fault.Quota:       {"ConstraintViolationException", 400},
		fault.Conflict:    {"ConcurrentModificationException", 400},
		fault.Stale:       {"ConcurrentModificationException", 400},
	} {
		s := start(t, func(o *awsdoor.Options) { o.Admit = admit(&fault.Error{Kind: kind, RetryAfter: time.Second}) })
		got := s.callOf(shapes.Target, shapes.SigningName, "ListAccounts", `{}`)
		if got.body["__type"] != want.name || got.status != want.status || got.body["Message"] == "" || len(got.body) != 2 {
			t.Errorf("%v: %d %s, want %d %s", kind, got.status, got.raw, want.status, want.name)
		}
	}
}

// The request and the answer are those of aws-contract 5; Paths is of the
// newer model.
func TestTheExampleOfOrganizations(t *testing.T) {
	s := start(t, nil)
	s.seed(30)
	got := s.callOf(shapes.Target, shapes.SigningName, "ListAccounts", `{}`)
	keysAre(t, "ListAccounts", got.body, map[string]string{"Accounts": "list", "NextToken": "string"})
	one := got.body["Accounts"].([]any)[1].(map[string]any)
	keysAre(t, "an account", one, map[string]string{
		"Id": "string", "Arn": "string", "Email": "string", "Name": "string", "Status": "string", "State": "string",
		"JoinedMethod": "string", "JoinedTimestamp": "number", "Paths": "list",
	})
	if one["JoinedTimestamp"] != 1481148235.536 {
		t.Errorf("joined %v", one["JoinedTimestamp"])
	}
	if got.header.Get("Content-Type") != awsjson.ContentType || got.header.Get("X-Amzn-Requestid") == "" {
		t.Errorf("headers %v", got.header)
	}
	unknown := s.callOf(shapes.Target, shapes.SigningName, "CreateAccount", `{}`)
	same(t, "an operation that is not served", map[string]any{"__type": "UnknownOperationException"}, unknown.body)
}

// Clients sign for the service's one region wherever they are, or for theirs.
func TestOrganizationsTakesItsHomeRegion(t *testing.T) {
	s := start(t, func(o *awsdoor.Options) { o.Region = "eu-west-1" })
	for where, want := range map[string]string{"us-east-1": "", "eu-west-1": "", "eu-west-2": "InvalidSignatureException"} {
		c := organizations.New(s.organization(s.key).Options(), func(o *organizations.Options) { o.Region = where })
		err := second(c.ListRoots(t.Context(), nil))
		if want == "" && err != nil {
			t.Errorf("%s: %v", where, err)
		} else if want != "" {
			refused(t, where, err, want)
		}
	}
}

// admit answers every request with a failure.
func admit(err error) func(*http.Request, string, string) error {
	return func(*http.Request, string, string) error { return err }
}

// keyOf is an access key of an account.
func keyOf(account string) caller.Key {
	return caller.Key{Name: "tester", Account: account, Role: "Tester"}
}
