package awsdoor_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"rollcall/awsjson/sigv4"
	shapes "rollcall/awsjson/ssoadmin"
	"rollcall/door/awsdoor"
	"rollcall/identity"
)

const (
	developer     = "222222222222" // an account that seed brings in
	otherInstance = "arn:aws:sso:::instance/ssoins-0000000000000000"
	noSet         = "ps-0000000000000000"
)

// center is a site with accounts, and a client of its access side.
type center struct {
	*site
	*ssoadmin.Client
}

// startCenter serves an instance whose organization has seed's accounts, and
// as many more.
func startCenter(t *testing.T, change func(*awsdoor.Options), more int) *center {
	t.Helper()
	s := start(t, change)
	s.seed(more)
	return &center{s, s.admin(s.key)}
}

// admin is a client of AWS's own SDK with those credentials.
func (s *site) admin(k sigv4.Credentials) *ssoadmin.Client {
	return ssoadmin.New(ssoadmin.Options{
		BaseEndpoint: aws.String(s.url), Region: region, Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider(k.AccessKey, k.Secret, k.SessionToken),
	})
}

// sso signs and sends an operation of sso-admin whose body is written out.
func (s *site) sso(operation, body string) answer {
	s.t.Helper()
	return s.callOf(shapes.Service, shapes.SigningName, operation, body)
}

// permissionSet makes one and returns its ARN.
func (c *center) permissionSet(name string) string {
	c.t.Helper()
	made, err := c.CreatePermissionSet(c.t.Context(), &ssoadmin.CreatePermissionSetInput{InstanceArn: &c.instance, Name: &name})
	if err != nil {
		c.t.Fatal(err)
	}
	return *made.PermissionSet.PermissionSetArn
}

// user makes one and returns its id.
func (c *center) user(name string) string {
	c.t.Helper()
	made, err := c.client.CreateUser(c.t.Context(), ada(name))
	if err != nil {
		c.t.Fatal(err)
	}
	return *made.UserId
}

// group makes one with those members, and returns its id.
func (c *center) group(name string, users ...string) string {
	c.t.Helper()
	made, err := c.client.CreateGroup(c.t.Context(), &identitystore.CreateGroupInput{IdentityStoreId: aws.String(storeID), DisplayName: &name})
	if err != nil {
		c.t.Fatal(err)
	}
	for _, u := range users {
		if _, err := c.driver.AddMember(c.t.Context(), identity.ID(*made.GroupId), identity.ID(u)); err != nil {
			c.t.Fatal(err)
		}
	}
	return *made.GroupId
}

func (c *center) assignment(kind types.PrincipalType, principal, set, account string) *ssoadmin.CreateAccountAssignmentInput {
	return &ssoadmin.CreateAccountAssignmentInput{
		InstanceArn: &c.instance, TargetId: &account, TargetType: types.TargetTypeAwsAccount,
		PermissionSetArn: &set, PrincipalType: kind, PrincipalId: &principal,
	}
}

// assign gives a principal a permission set in an account, and waits.
func (c *center) assign(kind types.PrincipalType, principal, set, account string) string {
	c.t.Helper()
	made, err := c.CreateAccountAssignment(c.t.Context(), c.assignment(kind, principal, set, account))
	if err != nil {
		c.t.Fatal(err)
	}
	c.clock.pass(requestDelay)
	return *made.AccountAssignmentCreationStatus.RequestId
}

// threePages holds that a listing of five items comes on pages of two, two and
// one, whose items all differ; list returns the items of a page.
func threePages(t *testing.T, what string, list func(limit *int32, token *string) (items []string, next *string, err error)) []string {
	t.Helper()
	var all []string
	var sizes []int
	seen := map[string]bool{}
	var token *string
	for {
		items, next, err := list(aws.Int32(2), token)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		sizes = append(sizes, len(items))
		for _, item := range items {
			if seen[item] {
				t.Errorf("%s: %s is listed twice", what, item)
			}
			seen[item] = true
		}
		all = append(all, items...)
		if token = next; token == nil {
			break
		}
	}
	if fmt.Sprint(sizes) != "[2 2 1]" {
		t.Errorf("%s: pages of %v, want 2, 2 and 1", what, sizes)
	}
	whole, next, err := list(nil, aws.String("")) // the empty token begins
	if err != nil || next != nil || len(whole) != len(all) {
		t.Errorf("%s: on one page there are %d of %d, then %v (%v)", what, len(whole), len(all), next, err)
	}
	_, _, err = list(nil, aws.String("AAAA"))
	refused(t, what+" from a token of nobody's", err, "ValidationException")
	return all
}

func each[T any](items []T, text func(T) string) []string {
	var out []string
	for _, item := range items {
		out = append(out, text(item))
	}
	return out
}
