package awsdoor_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"rollcall/assignment"
	"rollcall/assignment/sqlassignment"
	"rollcall/directory/sqldir"
	"rollcall/door/awsdoor"
	"rollcall/identity"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

func TestAnInstanceIsDescribedAndRenamed(t *testing.T) {
	c, ctx := startCenter(t, nil, 0), t.Context()
	describe := func() ssoadmin.DescribeInstanceOutput {
		t.Helper()
		got := *must[*ssoadmin.DescribeInstanceOutput](t, "describe")(c.DescribeInstance(ctx, &ssoadmin.DescribeInstanceInput{InstanceArn: &c.instance}))
		return got
	}
	got := describe()
	want := ssoadmin.DescribeInstanceOutput{
		InstanceArn: &c.instance, IdentityStoreId: aws.String(storeID), IdentityStoreArn: aws.String("arn:aws:identitystore::" + account + ":identitystore/" + storeID),
		OwnerAccountId: aws.String(account), CreatedDate: got.CreatedDate, Status: types.InstanceStatusActive, PrimaryRegion: aws.String(region), PermissionSetsEnabled: aws.Bool(true),
		Regions:                        []types.RegionMetadata{{RegionName: aws.String(region), Status: types.RegionStatusActive, AddedDate: got.Regions[0].AddedDate, IsPrimaryRegion: true}},
		EncryptionConfigurationDetails: &types.EncryptionConfigurationDetails{KeyType: types.KmsKeyTypeAwsOwnedKmsKey, EncryptionStatus: types.KmsKeyStatusEnabled},
	}
	same(t, "the instance", want, got)
	update := func(in ssoadmin.UpdateInstanceInput) error {
		in.InstanceArn = &c.instance
		return second(c.UpdateInstance(ctx, &in))
	}
	must[int](t, "rename")(0, update(ssoadmin.UpdateInstanceInput{Name: aws.String("main")}))
	want.Name = aws.String("main")
	same(t, "with a name", want, describe())
	owned := &types.EncryptionConfiguration{KeyType: types.KmsKeyTypeAwsOwnedKmsKey}
	for what, in := range map[string]ssoadmin.UpdateInstanceInput{
		"nothing": {}, "what is on": {PermissionSetsEnabled: aws.Bool(true)}, "AWS's own key": {EncryptionConfiguration: owned},
	} {
		must[int](t, what)(0, update(in))
		same(t, what, want, describe())
	}
	key := aws.String("arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000000")
	for what, c := range map[string]struct {
		in   ssoadmin.UpdateInstanceInput
		code string
	}{
		"off":                   {ssoadmin.UpdateInstanceInput{PermissionSetsEnabled: aws.Bool(false)}, "ValidationException"},
		"both at once":          {ssoadmin.UpdateInstanceInput{PermissionSetsEnabled: aws.Bool(true), EncryptionConfiguration: owned}, "ValidationException"},
		"a key for AWS's own":   {ssoadmin.UpdateInstanceInput{EncryptionConfiguration: &types.EncryptionConfiguration{KeyType: types.KmsKeyTypeAwsOwnedKmsKey, KmsKeyArn: key}}, "ValidationException"},
		"no key of one's own":   {ssoadmin.UpdateInstanceInput{EncryptionConfiguration: &types.EncryptionConfiguration{KeyType: types.KmsKeyTypeCustomerManagedKey}}, "ValidationException"},
		"a key that is nowhere": {ssoadmin.UpdateInstanceInput{EncryptionConfiguration: &types.EncryptionConfiguration{KeyType: types.KmsKeyTypeCustomerManagedKey, KmsKeyArn: key}}, "ResourceNotFoundException"},
	} {
		refused(t, what, update(c.in), c.code)
	}
	got2 := c.sso("UpdateInstance", `{"InstanceArn":"`+c.instance+`","EncryptionConfiguration":{"KeyType":"CUSTOMER_MANAGED_KEY","KmsKeyArn":"`+*key+`"}}`)
	if got2.body["Reason"] != "KMS_NotFoundException" {
		t.Errorf("the reason is in %s", got2.raw)
	}
	if got := c.sso("UpdateInstance", `{"InstanceArn":"`+c.instance+`","Name":""}`); got.raw != "{}" {
		t.Errorf("without a name: %s", got.raw)
	}
	want.Name = nil
	same(t, "without a name", want, describe())
}

func TestRegionsComeAndGoInTheirOwnTime(t *testing.T) {
	c, ctx := startCenter(t, nil, 0), t.Context()
	const other = "eu-west-1"
	describe := func(name string) (*ssoadmin.DescribeRegionOutput, error) {
		return c.DescribeRegion(ctx, &ssoadmin.DescribeRegionInput{InstanceArn: &c.instance, RegionName: &name})
	}
	add := &ssoadmin.AddRegionInput{InstanceArn: &c.instance, RegionName: aws.String(other)}
	remove := &ssoadmin.RemoveRegionInput{InstanceArn: &c.instance, RegionName: aws.String(other)}
	refused(t, "one that is not there", second(describe(other)), "ResourceNotFoundException")
	refused(t, "remove it", second(c.RemoveRegion(ctx, remove)), "ResourceNotFoundException")
	if got := must[*ssoadmin.AddRegionOutput](t, "add")(c.AddRegion(ctx, add)); got.Status != types.RegionStatusAdding {
		t.Errorf("what is added is %s", got.Status)
	}
	refused(t, "add again", second(c.AddRegion(ctx, add)), "ConflictException")
	refused(t, "remove what comes", second(c.RemoveRegion(ctx, remove)), "ConflictException")
	c.clock.pass(requestDelay)
	if got := must[*ssoadmin.DescribeRegionOutput](t, "describe")(describe(other)); got.Status != types.RegionStatusActive || got.IsPrimaryRegion || *got.RegionName != other || got.AddedDate.IsZero() {
		t.Errorf("it is %+v", got)
	}
	if got := must[*ssoadmin.DescribeRegionOutput](t, "describe")(describe(region)); !got.IsPrimaryRegion {
		t.Errorf("the first is %+v", got)
	}
	refused(t, "remove the primary one", second(c.RemoveRegion(ctx, &ssoadmin.RemoveRegionInput{InstanceArn: &c.instance, RegionName: aws.String(region)})), "ConflictException")
	if got := must[*ssoadmin.RemoveRegionOutput](t, "remove")(c.RemoveRegion(ctx, remove)); got.Status != types.RegionStatusRemoving {
		t.Errorf("what is removed is %s", got.Status)
	}
	c.clock.pass(requestDelay)
	refused(t, "what is gone", second(describe(other)), "ResourceNotFoundException")

	want := []string{region}
	for _, name := range []string{"ap-south-1", "eu-west-1", "eu-west-2", "us-west-2"} {
		must[*ssoadmin.AddRegionOutput](t, "add")(c.AddRegion(ctx, &ssoadmin.AddRegionInput{InstanceArn: &c.instance, RegionName: &name}))
		want = append(want, name)
	}
	slices.Sort(want)
	same(t, "regions", want, threePages(t, "regions", func(limit *int32, token *string) ([]string, *string, error) {
		page, err := c.ListRegions(ctx, &ssoadmin.ListRegionsInput{InstanceArn: &c.instance, MaxResults: limit, NextToken: token})
		if err != nil {
			return nil, nil, err
		}
		return each(page.Regions, func(r types.RegionMetadata) string { return *r.RegionName }), page.NextToken, nil
	}))
}

// openInstances opens instances of stores of their own, and returns them with
// a client of a door that serves them.
func openInstances(t *testing.T, change func(*awsdoor.Options), options ...sqlassignment.Options) (instances, *center) {
	t.Helper()
	db, err := sqldb.Open(t.Context(), sqldbtest.SQLite(t), sqldir.Migrations(), sqlassignment.Migrations())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	all := instances{}
	for i, o := range options {
		people, err := sqldir.New(db).Store(t.Context(), identity.StoreID(fmt.Sprintf("d-%010x", i)), sqldir.Options{})
		if err != nil {
			t.Fatal(err)
		}
		store, err := people.Store(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		o.Directory = people
		driver, err := sqlassignment.Open(t.Context(), db, store, o)
		if err != nil {
			t.Fatal(err)
		}
		all[store.Instance] = assignment.New(string(store.ID), driver)
	}
	s := start(t, func(o *awsdoor.Options) {
		o.Instances = all
		if change != nil {
			change(o)
		}
	})
	return all, &center{s, s.admin(s.key)}
}

func TestInstancesAreListedByRegionInPages(t *testing.T) {
	options := make([]sqlassignment.Options, 12)
	options[3].Region = "eu-west-1"
	all, c := openInstances(t, nil, options...)
	list := func(scope types.RegionScope, limit *int32, token *string) ([]string, *string, error) {
		page, err := c.ListInstances(t.Context(), &ssoadmin.ListInstancesInput{RegionScope: scope, MaxResults: limit, NextToken: token})
		if err != nil {
			return nil, nil, err
		}
		return each(page.Instances, func(i types.InstanceMetadata) string { return *i.InstanceArn }), page.NextToken, nil
	}
	for scope, want := range map[types.RegionScope][]int{"": {10, 1}, types.RegionScopeCurrentRegion: {10, 1}, types.RegionScopeAllRegions: {10, 2}} {
		var sizes []int
		var got []string
		for token := (*string)(nil); ; {
			page, next, err := list(scope, aws.Int32(100), token)
			if err != nil {
				t.Fatal(err)
			}
			got, sizes = append(got, page...), append(sizes, len(page))
			if token = next; token == nil {
				break
			}
		}
		same(t, "pages of "+string(scope), want, sizes)
		for _, arn := range got {
			if all[arn] == nil {
				t.Errorf("%s is none", arn)
			}
		}
		slices.Sort(got)
		if n := len(slices.Compact(got)); n != want[0]+want[1] {
			t.Errorf("%s: %d different ones", scope, n)
		}
	}
	_, _, err := list("", nil, aws.String("AAAA"))
	refused(t, "a token of nobody's", err, "ValidationException")

	_, c = openInstances(t, func(o *awsdoor.Options) { o.Region = "" }, options[:4]...)
	if got, _, err := list("", nil, nil); err != nil || len(got) != 4 {
		t.Errorf("a server of any region lists %v, %v", got, err)
	}
}

func TestAnInstanceOfOneAccountHasNoPermissionSets(t *testing.T) {
	all, c := openInstances(t, nil, sqlassignment.Options{OfAccount: true})
	for arn := range all {
		c.instance = arn
	}
	const words = "This operation is not supported for account instances"
	set := `"PermissionSetArn":"` + identity.PermissionSetARN(c.instance, noSet) + `"`
	for operation, rest := range map[string]string{
		"CreatePermissionSet": `"Name":"x"`, "ListPermissionSets": `"MaxResults":1`, "DescribePermissionSet": set, "UpdateInstance": `"PermissionSetsEnabled":true`,
		"ListAccountAssignmentsForPrincipal": `"PrincipalType":"USER","PrincipalId":"` + nobody + `"`,
		"CreateAccountAssignment":            set + `,"TargetType":"AWS_ACCOUNT","TargetId":"` + account + `","PrincipalType":"USER","PrincipalId":"` + nobody + `"`,
	} {
		got := c.sso(operation, `{"InstanceArn":"`+c.instance+`",`+rest+`}`)
		if got.body["__type"] != "ValidationException" || got.body["Message"] != words {
			t.Errorf("%s: %s", operation, got.raw)
		}
	}
	got := c.sso("DescribeInstance", `{"InstanceArn":"`+c.instance+`"}`)
	if got.body["PermissionSetsEnabled"] != false {
		t.Errorf("it is %s", got.raw)
	}
	c.newApplication("Wiki") // which it has
}

func TestWithoutInstancesThereIsNoSuchService(t *testing.T) {
	s := start(t, func(o *awsdoor.Options) { o.Instances = nil })
	for _, operation := range []string{"ListInstances", "ListPermissionSets"} {
		if got := s.sso(operation, `{}`); got.raw != `{"__type":"UnknownOperationException"}` {
			t.Errorf("%s: %s", operation, got.raw)
		}
	}
}
