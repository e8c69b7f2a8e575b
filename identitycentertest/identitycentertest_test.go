package identitycentertest_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	ssotypes "github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"rollcall/emulate"
	"rollcall/identitycentertest"
)

func TestWhatIsSeededIsSeenByTheSDK(t *testing.T) {
	srv := identitycentertest.New(t)
	client := identitystore.NewFromConfig(srv.Config)
	ann, bob := srv.User("ann"), srv.User("bob@example.com")
	staff := srv.Group("staff", ann)
	membership := srv.Member(staff, bob)
	user, err := client.DescribeUser(t.Context(), &identitystore.DescribeUserInput{IdentityStoreId: &srv.IdentityStoreID, UserId: &ann})
	if err != nil {
		t.Fatal(err)
	}
	if *user.UserName != "ann" || user.UserStatus != types.UserStatusEnabled || *user.Emails[0].Value != "ann@example.com" {
		t.Errorf("ann is %+v", user)
	}
	got, err := client.GetGroupMembershipId(t.Context(), &identitystore.GetGroupMembershipIdInput{
		IdentityStoreId: &srv.IdentityStoreID, GroupId: &staff, MemberId: &types.MemberIdMemberUserId{Value: bob},
	})
	if err != nil || *got.MembershipId != membership {
		t.Errorf("membership %+v, %v; want %s", got, err, membership)
	}
}

func TestServersShareNothing(t *testing.T) {
	one, two := identitycentertest.New(t), identitycentertest.New(t)
	ann := one.User("ann")
	client := identitystore.NewFromConfig(two.Config)
	_, err := client.DescribeUser(t.Context(), &identitystore.DescribeUserInput{IdentityStoreId: &two.IdentityStoreID, UserId: &ann})
	if missing := new(types.ResourceNotFoundException); !errors.As(err, &missing) {
		t.Errorf("%v, want not found", err)
	}
	crossed := one.Config.Copy()
	crossed.BaseEndpoint = aws.String(two.URL)
	_, err = identitystore.NewFromConfig(crossed).ListUsers(t.Context(), &identitystore.ListUsersInput{IdentityStoreId: &two.IdentityStoreID})
	var refused smithy.APIError
	if !errors.As(err, &refused) || refused.ErrorCode() != "UnrecognizedClientException" {
		t.Errorf("another server's key: %v", err)
	}
}

func TestSCIMIsServedWithTheToken(t *testing.T) {
	srv := identitycentertest.New(t)
	srv.User("ann")
	for name, c := range map[string]struct {
		token string
		want  int
	}{"its own": {srv.SCIMToken, 200}, "another": {"rcs_x", 401}} {
		t.Run(name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.SCIMURL+"Users", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+c.token)
			got, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			got.Body.Close()
			if got.StatusCode != c.want {
				t.Errorf("status %d, want %d", got.StatusCode, c.want)
			}
		})
	}
}

func TestFaultsStrikeUntilTheyAreTakenBack(t *testing.T) {
	srv := identitycentertest.New(t)
	srv.Config.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	client := identitystore.NewFromConfig(srv.Config)
	list := func() error {
		_, err := client.ListUsers(t.Context(), &identitystore.ListUsersInput{IdentityStoreId: &srv.IdentityStoreID})
		return err
	}
	srv.Faults(emulate.Fault{Operation: "List*", Kind: emulate.Throttle})
	if throttled := new(types.ThrottlingException); !errors.As(list(), &throttled) {
		t.Error("it is not throttled")
	}
	srv.Faults()
	if err := list(); err != nil {
		t.Error(err)
	}
}

func TestWhatIsAssignedIsSeenByTheSDK(t *testing.T) {
	srv := identitycentertest.New(t, identitycentertest.AssignmentDelay(time.Hour))
	shop, lab, reader := srv.Account("Shop"), srv.Account("Lab"), srv.PermissionSet("Reader")
	ann := srv.User("ann")
	staff := srv.Group("staff", ann)
	srv.Assign(ann, reader, shop)
	srv.Assign(staff, reader, identitycentertest.ManagementAccount)
	client := ssoadmin.NewFromConfig(srv.Config)
	held, err := client.ListAccountAssignmentsForPrincipal(t.Context(), &ssoadmin.ListAccountAssignmentsForPrincipalInput{
		InstanceArn: &srv.InstanceARN, PrincipalId: &ann, PrincipalType: ssotypes.PrincipalTypeUser,
	})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, a := range held.AccountAssignments {
		got[*a.AccountId] = string(a.PrincipalType)
	}
	if len(got) != 2 || got[shop] != "USER" || got[identitycentertest.ManagementAccount] != "GROUP" {
		t.Errorf("ann has %v", got)
	}
	begun, err := client.CreateAccountAssignment(t.Context(), &ssoadmin.CreateAccountAssignmentInput{
		InstanceArn: &srv.InstanceARN, PermissionSetArn: &reader, TargetId: &lab, TargetType: ssotypes.TargetTypeAwsAccount,
		PrincipalId: &staff, PrincipalType: ssotypes.PrincipalTypeGroup,
	})
	if err != nil {
		t.Fatal(err)
	}
	status, err := client.DescribeAccountAssignmentCreationStatus(t.Context(), &ssoadmin.DescribeAccountAssignmentCreationStatusInput{
		InstanceArn: &srv.InstanceARN, AccountAssignmentCreationRequestId: begun.AccountAssignmentCreationStatus.RequestId,
	})
	if err != nil || status.AccountAssignmentCreationStatus.Status != ssotypes.StatusValuesInProgress {
		t.Errorf("a client's own: %+v, %v; want it in progress", status, err)
	}
}

func TestTheManagementAccountIsThatOfTheKey(t *testing.T) {
	srv := identitycentertest.New(t)
	who, err := sts.NewFromConfig(srv.Config).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	if err != nil || *who.Account != identitycentertest.ManagementAccount {
		t.Errorf("%+v, %v", who, err)
	}
}

func TestQuotasAreAWSsIfAskedFor(t *testing.T) {
	srv := identitycentertest.New(t, identitycentertest.AWSQuotas())
	srv.Config.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	client := identitystore.NewFromConfig(srv.Config)
	for range 1000 { // the bucket fills meanwhile, though much slower than this empties it
		_, err := client.ListUsers(t.Context(), &identitystore.ListUsersInput{IdentityStoreId: &srv.IdentityStoreID})
		if throttled := new(types.ThrottlingException); errors.As(err, &throttled) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Error("never throttled")
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		identitycentertest.New(b)
	}
}
