package awsdoor_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
)

// provision begins to bring a permission set to an account, or to all for an
// empty one.
func (c *center) provision(set, account string) (*types.PermissionSetProvisioningStatus, error) {
	in := &ssoadmin.ProvisionPermissionSetInput{InstanceArn: &c.instance, PermissionSetArn: &set, TargetType: types.ProvisionTargetTypeAllProvisionedAccounts}
	if account != "" {
		in.TargetType, in.TargetId = types.ProvisionTargetTypeAwsAccount, &account
	}
	out, err := c.ProvisionPermissionSet(c.t.Context(), in)
	if err != nil {
		return nil, err
	}
	return out.PermissionSetProvisioningStatus, nil
}

func (c *center) provisioning(id string) types.PermissionSetProvisioningStatus {
	c.t.Helper()
	return *must[*ssoadmin.DescribePermissionSetProvisioningStatusOutput](c.t, "describe provisioning")(c.DescribePermissionSetProvisioningStatus(c.t.Context(),
		&ssoadmin.DescribePermissionSetProvisioningStatusInput{InstanceArn: &c.instance, ProvisionPermissionSetRequestId: &id})).PermissionSetProvisioningStatus
}

// with lists the accounts where a permission set has arrived.
func (c *center) with(set string, status types.ProvisioningStatus) []string {
	c.t.Helper()
	return must[*ssoadmin.ListAccountsForProvisionedPermissionSetOutput](c.t, "list accounts")(c.ListAccountsForProvisionedPermissionSet(c.t.Context(),
		&ssoadmin.ListAccountsForProvisionedPermissionSetInput{InstanceArn: &c.instance, PermissionSetArn: &set, ProvisioningStatus: status})).AccountIds
}

const (
	latest   = types.ProvisioningStatusLatestPermissionSetProvisioned
	outdated = types.ProvisioningStatusLatestPermissionSetNotProvisioned
)

func TestAnEditReachesAccountsWhenItIsProvisioned(t *testing.T) {
	c := startCenter(t, nil, 1)
	set, who, more := c.permissionSet("Reader"), c.user("ada"), fmt.Sprint(firstOfMany)
	c.assign(user, who, set, developer)
	c.assign(user, who, set, more)
	both := []string{developer, more}
	slices.Sort(both)
	sorted := func(all []string) []string { slices.Sort(all); return all }
	same(t, "up to date", both, sorted(c.with(set, latest)))
	same(t, "out of date", []string{}, c.with(set, outdated))

	must[*ssoadmin.UpdatePermissionSetOutput](t, "update")(c.UpdatePermissionSet(t.Context(), &ssoadmin.UpdatePermissionSetInput{
		InstanceArn: &c.instance, PermissionSetArn: &set, Description: aws.String("reads"),
	}))
	same(t, "out of date by an edit", both, sorted(c.with(set, outdated)))
	begun := must[*types.PermissionSetProvisioningStatus](t, "provision one")(c.provision(set, developer))
	want := types.PermissionSetProvisioningStatus{Status: types.StatusValuesInProgress, RequestId: begun.RequestId, AccountId: aws.String(developer), PermissionSetArn: &set}
	same(t, "what is begun", want, *begun)
	_, err := c.provision(set, "")
	refused(t, "meanwhile", err, "ConflictException")
	c.clock.pass(requestDelay)
	want.Status, want.CreatedDate = types.StatusValuesSucceeded, c.provisioning(*begun.RequestId).CreatedDate
	same(t, "what is done", want, c.provisioning(*begun.RequestId))
	same(t, "up to date", []string{developer}, c.with(set, latest))

	begun = must[*types.PermissionSetProvisioningStatus](t, "provision all")(c.provision(set, ""))
	if begun.AccountId != nil {
		t.Errorf("of all accounts it names %s", *begun.AccountId)
	}
	c.clock.pass(requestDelay)
	same(t, "up to date", both, sorted(c.with(set, latest)))
	same(t, "in any case", both, sorted(c.with(set, "")))

	c.clock.fail("no")
	begun = must[*types.PermissionSetProvisioningStatus](t, "provision in vain")(c.provision(set, developer))
	c.clock.pass(requestDelay)
	if got := c.provisioning(*begun.RequestId); got.Status != types.StatusValuesFailed || *got.FailureReason != "no" {
		t.Errorf("what failed is %+v", got)
	}
}

func TestThreePermissionSetsAreProvisionedAtOneTime(t *testing.T) {
	c := startCenter(t, nil, 0)
	for i := range 3 {
		must[*types.PermissionSetProvisioningStatus](t, "provision")(c.provision(c.permissionSet(fmt.Sprint("Set", i)), developer))
	}
	set := c.permissionSet("Fourth")
	_, err := c.provision(set, developer)
	refused(t, "the fourth", err, "ConflictException")
	c.clock.pass(requestDelay)
	must[*types.PermissionSetProvisioningStatus](t, "the fourth, later")(c.provision(set, developer))
}

func TestProvisionsComeInPages(t *testing.T) {
	c, ctx := startCenter(t, nil, 5), t.Context()
	who, set := c.user("ada"), c.permissionSet("Everywhere")
	var accounts, sets, requests []string
	for i := range 5 {
		account, one := fmt.Sprint(firstOfMany+i), c.permissionSet(fmt.Sprint("Set", i))
		c.assign(user, who, set, account)
		c.assign(user, who, one, developer)
		accounts, sets = append(accounts, account), append(sets, one)
		begun := must[*types.PermissionSetProvisioningStatus](t, "provision")(c.provision(one, developer))
		requests = append(requests, "SUCCEEDED "+*begun.RequestId)
		c.clock.pass(requestDelay)
	}
	same(t, "accounts", accounts, threePages(t, "accounts", func(limit *int32, token *string) ([]string, *string, error) {
		page, err := c.ListAccountsForProvisionedPermissionSet(ctx, &ssoadmin.ListAccountsForProvisionedPermissionSetInput{
			InstanceArn: &c.instance, PermissionSetArn: &set, MaxResults: limit, NextToken: token,
		})
		if err != nil {
			return nil, nil, err
		}
		return page.AccountIds, page.NextToken, nil
	}))
	same(t, "permission sets", sets, threePages(t, "permission sets", func(limit *int32, token *string) ([]string, *string, error) {
		page, err := c.ListPermissionSetsProvisionedToAccount(ctx, &ssoadmin.ListPermissionSetsProvisionedToAccountInput{
			InstanceArn: &c.instance, AccountId: aws.String(developer), ProvisioningStatus: latest, MaxResults: limit, NextToken: token,
		})
		if err != nil {
			return nil, nil, err
		}
		return page.PermissionSets, page.NextToken, nil
	}))
	same(t, "requests", requests, threePages(t, "requests", func(limit *int32, token *string) ([]string, *string, error) {
		page, err := c.ListPermissionSetProvisioningStatus(ctx, &ssoadmin.ListPermissionSetProvisioningStatusInput{InstanceArn: &c.instance, MaxResults: limit, NextToken: token})
		if err != nil {
			return nil, nil, err
		}
		return each(page.PermissionSetsProvisioningStatus, func(m types.PermissionSetProvisioningStatusMetadata) string {
			return string(m.Status) + " " + *m.RequestId
		}), page.NextToken, nil
	}))
}

func TestATargetIsOneAccountOrAll(t *testing.T) {
	c := startCenter(t, nil, 0)
	set := c.permissionSet("Reader")
	for what, target := range map[string]string{"one, and none named": `"TargetType":"AWS_ACCOUNT"`, "all, and one named": `"TargetType":"ALL_PROVISIONED_ACCOUNTS","TargetId":"` + developer + `"`} {
		got := c.sso("ProvisionPermissionSet", `{"InstanceArn":"`+c.instance+`","PermissionSetArn":"`+set+`",`+target+`}`)
		if message, _ := got.body["Message"].(string); got.body["__type"] != "ValidationException" || !strings.Contains(message, "'targetId'") {
			t.Errorf("%s: %s", what, got.raw)
		}
	}
}
