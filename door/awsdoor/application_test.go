package awsdoor_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
)

const customProvider = "arn:aws:sso::aws:applicationProvider/custom"

// newApplication makes one and returns its ARN.
func (c *center) newApplication(name string) string {
	c.t.Helper()
	return *must[*ssoadmin.CreateApplicationOutput](c.t, "create application")(c.CreateApplication(c.t.Context(), &ssoadmin.CreateApplicationInput{
		InstanceArn: &c.instance, ApplicationProviderArn: aws.String(customProvider), Name: &name,
	})).ApplicationArn
}

func (c *center) application(arn string) ssoadmin.DescribeApplicationOutput {
	c.t.Helper()
	got := *must[*ssoadmin.DescribeApplicationOutput](c.t, "describe application")(c.DescribeApplication(c.t.Context(), &ssoadmin.DescribeApplicationInput{ApplicationArn: &arn}))
	return got
}

func TestAnApplicationIsMadeChangedAndDeleted(t *testing.T) {
	c, ctx := startCenter(t, nil, 0), t.Context()
	signIn := &types.SignInOptions{Origin: types.SignInOriginApplication, ApplicationUrl: aws.String("https://wiki.example.com/?a=b&c")}
	made := must[*ssoadmin.CreateApplicationOutput](t, "create")(c.CreateApplication(ctx, &ssoadmin.CreateApplicationInput{
		InstanceArn: &c.instance, ApplicationProviderArn: aws.String(customProvider), Name: aws.String("Wiki für alle"), Description: aws.String("the wiki"),
		Status: types.ApplicationStatusDisabled, PortalOptions: &types.PortalOptions{Visibility: types.ApplicationVisibilityEnabled, SignInOptions: signIn},
		Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("one")}},
	}))
	store := "arn:aws:identitystore::" + account + ":identitystore/" + storeID
	if *made.InstanceArn != c.instance || *made.IdentityStoreArn != store {
		t.Errorf("it is made in %s with %s", *made.InstanceArn, *made.IdentityStoreArn)
	}
	got := c.application(*made.ApplicationArn)
	want := ssoadmin.DescribeApplicationOutput{
		ApplicationArn: made.ApplicationArn, ApplicationProviderArn: aws.String(customProvider), Name: aws.String("Wiki für alle"), ApplicationAccount: aws.String(account),
		InstanceArn: &c.instance, IdentityStoreArn: &store, Status: types.ApplicationStatusDisabled, Description: aws.String("the wiki"),
		PortalOptions: &types.PortalOptions{Visibility: types.ApplicationVisibilityEnabled, SignInOptions: signIn},
		CreatedDate:   got.CreatedDate, CreatedFrom: aws.String(region),
	}
	same(t, "what is made", want, got)
	same(t, "its tags", map[string]string{"team": "one"}, c.tags(*made.ApplicationArn))
	update := func(in ssoadmin.UpdateApplicationInput) {
		t.Helper()
		in.ApplicationArn = made.ApplicationArn
		must[*ssoadmin.UpdateApplicationOutput](t, "update")(c.UpdateApplication(ctx, &in))
		same(t, "what is changed", want, c.application(*made.ApplicationArn))
	}
	want.Name = aws.String("Wiki")
	update(ssoadmin.UpdateApplicationInput{Name: want.Name})
	want.Status, want.Description = types.ApplicationStatusEnabled, aws.String("a wiki")
	update(ssoadmin.UpdateApplicationInput{Status: want.Status, Description: want.Description})
	want.PortalOptions.SignInOptions = &types.SignInOptions{Origin: types.SignInOriginIdentityCenter}
	update(ssoadmin.UpdateApplicationInput{PortalOptions: &types.UpdateApplicationPortalOptions{SignInOptions: want.PortalOptions.SignInOptions}})
	update(ssoadmin.UpdateApplicationInput{PortalOptions: &types.UpdateApplicationPortalOptions{}})

	in := &ssoadmin.DeleteApplicationInput{ApplicationArn: made.ApplicationArn}
	must[*ssoadmin.DeleteApplicationOutput](t, "delete")(c.DeleteApplication(ctx, in))
	refused(t, "delete again", second(c.DeleteApplication(ctx, in)), "ResourceNotFoundException")
}

// The SDK names each request, and sends it again under that name.
func TestARequestForAnApplicationIsCarriedOutOnce(t *testing.T) {
	c := startCenter(t, nil, 0)
	create := func(name, token string) (*ssoadmin.CreateApplicationOutput, error) {
		return c.CreateApplication(t.Context(), &ssoadmin.CreateApplicationInput{
			InstanceArn: &c.instance, ApplicationProviderArn: aws.String(customProvider), Name: &name, ClientToken: &token,
		})
	}
	first := must[*ssoadmin.CreateApplicationOutput](t, "create")(create("Wiki", "one"))
	again := must[*ssoadmin.CreateApplicationOutput](t, "create again")(create("Wiki", "one"))
	if *first.ApplicationArn != *again.ApplicationArn {
		t.Errorf("asked twice there are %s and %s", *first.ApplicationArn, *again.ApplicationArn)
	}
	refused(t, "another request with the token", second(create("Blog", "one")), "ConflictException")
}

func TestAnApplicationSaysWhatItCanBe(t *testing.T) {
	c := startCenter(t, nil, 0)
	body := func(rest string) string {
		return `{"InstanceArn":"` + c.instance + `","Name":"Wiki","ApplicationProviderArn":"` + customProvider + `"` + rest + `}`
	}
	for what, b := range map[string]string{
		"an origin without a URL": body(`,"PortalOptions":{"SignInOptions":{"Origin":"APPLICATION"}}`),
		"no origin":               body(`,"PortalOptions":{"SignInOptions":{"ApplicationUrl":"https://a"}}`),
		"SAML":                    strings.Replace(body(""), "/custom", "/custom-saml", 1),
		"a provider of nobody's":  strings.Replace(body(""), "/custom", "/nobodys", 1),
	} {
		if got := c.sso("CreateApplication", b); got.body["__type"] != "ValidationException" {
			t.Errorf("%s: %s", what, got.raw)
		}
	}
}

func TestApplicationsComeInPagesAndFiltered(t *testing.T) {
	c := startCenter(t, nil, 0)
	var want []string
	for i := range 5 {
		want = append(want, c.newApplication(fmt.Sprint("App", i)))
	}
	list := func(limit *int32, token *string, filter *types.ListApplicationsFilter) ([]string, *string, error) {
		page, err := c.ListApplications(t.Context(), &ssoadmin.ListApplicationsInput{InstanceArn: &c.instance, MaxResults: limit, NextToken: token, Filter: filter})
		if err != nil {
			return nil, nil, err
		}
		return each(page.Applications, func(a types.Application) string { return *a.ApplicationArn }), page.NextToken, nil
	}
	same(t, "applications", want, threePages(t, "applications", func(limit *int32, token *string) ([]string, *string, error) { return list(limit, token, nil) }))
	for what, c := range map[string]struct {
		filter types.ListApplicationsFilter
		want   []string
	}{
		"nothing":          {types.ListApplicationsFilter{}, want},
		"the account":      {types.ListApplicationsFilter{ApplicationAccount: aws.String(account)}, want},
		"another account":  {types.ListApplicationsFilter{ApplicationAccount: aws.String(developer)}, nil},
		"the provider":     {types.ListApplicationsFilter{ApplicationProvider: aws.String(customProvider)}, want},
		"another provider": {types.ListApplicationsFilter{ApplicationProvider: aws.String(customProvider + "-saml"), ApplicationAccount: aws.String(account)}, nil},
	} {
		got, _, err := list(nil, nil, &c.filter)
		same(t, "filtered by "+what, c.want, got)
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestAPageHasAtMostFiftyApplications(t *testing.T) {
	c := startCenter(t, nil, 0)
	for i := range 51 {
		c.newApplication(fmt.Sprint("App", i))
	}
	page := must[*ssoadmin.ListApplicationsOutput](t, "list")(c.ListApplications(t.Context(), &ssoadmin.ListApplicationsInput{InstanceArn: &c.instance, MaxResults: aws.Int32(100)}))
	if len(page.Applications) != 50 || page.NextToken == nil {
		t.Errorf("%d applications on a page that goes on at %v", len(page.Applications), page.NextToken)
	}
}

func TestApplicationsAreGivenAtOnce(t *testing.T) {
	c, ctx := startCenter(t, nil, 0), t.Context()
	app, who := c.newApplication("Wiki"), c.user("ada")
	in := &ssoadmin.CreateApplicationAssignmentInput{ApplicationArn: &app, PrincipalId: &who, PrincipalType: user}
	describe := func() error {
		got, err := c.DescribeApplicationAssignment(ctx, &ssoadmin.DescribeApplicationAssignmentInput{ApplicationArn: &app, PrincipalId: &who, PrincipalType: user})
		if err == nil && (*got.ApplicationArn != app || *got.PrincipalId != who || got.PrincipalType != user) {
			t.Errorf("it is %+v", got)
		}
		return err
	}
	refused(t, "before", describe(), "ResourceNotFoundException")
	must[*ssoadmin.CreateApplicationAssignmentOutput](t, "create")(c.CreateApplicationAssignment(ctx, in))
	must[int](t, "describe")(0, describe())
	refused(t, "create again", second(c.CreateApplicationAssignment(ctx, in)), "ConflictException")
	refused(t, "for nobody", second(c.CreateApplicationAssignment(ctx, &ssoadmin.CreateApplicationAssignmentInput{ApplicationArn: &app, PrincipalId: aws.String(nobody), PrincipalType: user})), "ResourceNotFoundException")
	out := &ssoadmin.DeleteApplicationAssignmentInput{ApplicationArn: &app, PrincipalId: &who, PrincipalType: user}
	must[*ssoadmin.DeleteApplicationAssignmentOutput](t, "delete")(c.DeleteApplicationAssignment(ctx, out))
	refused(t, "delete again", second(c.DeleteApplicationAssignment(ctx, out)), "ResourceNotFoundException")

	configuration := func() bool {
		t.Helper()
		return *must[*ssoadmin.GetApplicationAssignmentConfigurationOutput](t, "get")(c.GetApplicationAssignmentConfiguration(ctx,
			&ssoadmin.GetApplicationAssignmentConfigurationInput{ApplicationArn: &app})).AssignmentRequired
	}
	for _, required := range []bool{true, false, false, true} { // the first is what it is at first
		if required {
			must[*ssoadmin.PutApplicationAssignmentConfigurationOutput](t, "put")(c.PutApplicationAssignmentConfiguration(ctx,
				&ssoadmin.PutApplicationAssignmentConfigurationInput{ApplicationArn: &app, AssignmentRequired: &required}))
		}
		if !required {
			got := c.sso("PutApplicationAssignmentConfiguration", `{"ApplicationArn":"`+app+`","AssignmentRequired":false}`)
			if got.raw != "{}" {
				t.Errorf("put: %s", got.raw)
			}
		}
		if got := configuration(); got != required {
			t.Errorf("an assignment is required: %v, want %v", got, required)
		}
	}
}

func TestApplicationAssignmentsComeInPages(t *testing.T) {
	c, ctx := startCenter(t, nil, 0), t.Context()
	wiki, who := c.newApplication("Wiki"), c.user("ada")
	team := c.group("Team", who)
	var members, apps []string
	give := func(app string, kind types.PrincipalType, id string) {
		t.Helper()
		must[*ssoadmin.CreateApplicationAssignmentOutput](t, "create")(c.CreateApplicationAssignment(ctx, &ssoadmin.CreateApplicationAssignmentInput{ApplicationArn: &app, PrincipalId: &id, PrincipalType: kind}))
	}
	for i := range 5 {
		members = append(members, c.group(fmt.Sprint("Group", i)))
		give(wiki, group, members[i])
		app := c.newApplication(fmt.Sprint("App", i))
		if i == 3 {
			give(app, group, team)
			apps = append(apps, "GROUP "+app)
			continue
		}
		give(app, user, who)
		apps = append(apps, "USER "+app)
	}
	same(t, "members", members, threePages(t, "members", func(limit *int32, token *string) ([]string, *string, error) {
		page, err := c.ListApplicationAssignments(ctx, &ssoadmin.ListApplicationAssignmentsInput{ApplicationArn: &wiki, MaxResults: limit, NextToken: token})
		if err != nil {
			return nil, nil, err
		}
		return each(page.ApplicationAssignments, func(a types.ApplicationAssignment) string { return *a.PrincipalId }), page.NextToken, nil
	}))
	list := func(limit *int32, token, app *string) ([]string, *string, error) {
		page, err := c.ListApplicationAssignmentsForPrincipal(ctx, &ssoadmin.ListApplicationAssignmentsForPrincipalInput{
			InstanceArn: &c.instance, PrincipalId: &who, PrincipalType: user, MaxResults: limit, NextToken: token, Filter: &types.ListApplicationAssignmentsFilter{ApplicationArn: app},
		})
		if err != nil {
			return nil, nil, err
		}
		return each(page.ApplicationAssignments, func(a types.ApplicationAssignmentForPrincipal) string {
			return string(a.PrincipalType) + " " + *a.ApplicationArn
		}), page.NextToken, nil
	}
	same(t, "applications", apps, threePages(t, "applications", func(limit *int32, token *string) ([]string, *string, error) { return list(limit, token, nil) }))
	got, _, err := list(nil, nil, aws.String(strings.TrimPrefix(apps[0], "USER ")))
	same(t, "one application", apps[:1], got)
	if err != nil {
		t.Error(err)
	}
}

func TestProvidersAreAWSs(t *testing.T) {
	c, ctx := startCenter(t, nil, 0), t.Context()
	var got []string
	var token *string
	for {
		page := must[*ssoadmin.ListApplicationProvidersOutput](t, "list")(c.ListApplicationProviders(ctx, &ssoadmin.ListApplicationProvidersInput{MaxResults: aws.Int32(1), NextToken: token}))
		got = append(got, each(page.ApplicationProviders, func(p types.ApplicationProvider) string {
			return *p.ApplicationProviderArn + " " + string(p.FederationProtocol) + " " + *p.DisplayData.DisplayName
		})...)
		if token = page.NextToken; token == nil {
			break
		}
	}
	same(t, "providers", []string{customProvider + " OAUTH Custom application", customProvider + "-saml SAML Custom SAML 2.0 application"}, got)
	one := must[*ssoadmin.DescribeApplicationProviderOutput](t, "describe")(c.DescribeApplicationProvider(ctx, &ssoadmin.DescribeApplicationProviderInput{ApplicationProviderArn: aws.String(customProvider)}))
	if *one.ApplicationProviderArn != customProvider || one.FederationProtocol != types.FederationProtocolOauth {
		t.Errorf("it is %+v", one)
	}
	refused(t, "nobody's", second(c.DescribeApplicationProvider(ctx, &ssoadmin.DescribeApplicationProviderInput{ApplicationProviderArn: aws.String(customProvider + "s")})), "ResourceNotFoundException")
}
