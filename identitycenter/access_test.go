package identitycenter_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	ssotypes "github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"rollcall/caller"
	"rollcall/caller/sqlcaller"
	"rollcall/config"
	"rollcall/directory/sqldir"
	"rollcall/emulate"
	"rollcall/identity"
	"rollcall/identitycenter"
	"rollcall/keyring"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

// account is a client's configuration, with a key of its own kept in the n-th
// database.
func (s *site) account(n int) aws.Config {
	s.t.Helper()
	k, secret, err := s.databases[n].Keys.Create(s.t.Context(), caller.Key{Name: "access", Account: caller.DefaultAccount, Role: caller.DefaultRole})
	ok(s.t, err)
	return s.as(k.ID, secret, "")
}

func (s *site) as(id, secret, session string) aws.Config {
	return aws.Config{
		BaseEndpoint: &s.url, Region: "us-east-1", Retryer: func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: credentials.NewStaticCredentialsProvider(id, secret, session),
	}
}

// instance is the only one that a client can see.
func instance(t *testing.T, c aws.Config) ssotypes.InstanceMetadata {
	t.Helper()
	all, err := ssoadmin.NewFromConfig(c).ListInstances(t.Context(), &ssoadmin.ListInstancesInput{})
	ok(t, err)
	if len(all.Instances) != 1 {
		t.Fatalf("%d instances: %+v", len(all.Instances), all.Instances)
	}
	return all.Instances[0]
}

func permissionSet(t *testing.T, c aws.Config, instance, name string) (string, error) {
	t.Helper()
	made, err := ssoadmin.NewFromConfig(c).CreatePermissionSet(t.Context(), &ssoadmin.CreatePermissionSetInput{InstanceArn: &instance, Name: &name})
	if err != nil {
		return "", err
	}
	return *made.PermissionSet.PermissionSetArn, nil
}

// gift is a user's assignment, of which everything is named.
type gift struct {
	instance, set, user string
}

// give makes a user and a permission set, and begins to assign it.
func give(t *testing.T, c aws.Config, store string) (gift, *ssotypes.AccountAssignmentOperationStatus) {
	t.Helper()
	people := identitystore.NewFromConfig(c)
	name := "ann"
	u, err := people.CreateUser(t.Context(), &identitystore.CreateUserInput{IdentityStoreId: &store, UserName: &name, DisplayName: &name, Name: nameOf(name)})
	ok(t, err)
	g := gift{instance: *instance(t, c).InstanceArn, user: *u.UserId}
	g.set, err = permissionSet(t, c, g.instance, "Reader")
	ok(t, err)
	begun, err := ssoadmin.NewFromConfig(c).CreateAccountAssignment(t.Context(), &ssoadmin.CreateAccountAssignmentInput{
		InstanceArn: &g.instance, PermissionSetArn: &g.set, PrincipalId: &g.user, PrincipalType: ssotypes.PrincipalTypeUser,
		TargetId: aws.String(caller.DefaultAccount), TargetType: ssotypes.TargetTypeAwsAccount,
	})
	ok(t, err)
	return g, begun.AccountAssignmentCreationStatus
}

func (g gift) status(t *testing.T, c aws.Config, request *string) *ssotypes.AccountAssignmentOperationStatus {
	t.Helper()
	out, err := ssoadmin.NewFromConfig(c).DescribeAccountAssignmentCreationStatus(t.Context(), &ssoadmin.DescribeAccountAssignmentCreationStatusInput{
		InstanceArn: &g.instance, AccountAssignmentCreationRequestId: request,
	})
	ok(t, err)
	return out.AccountAssignmentCreationStatus
}

// holders are the ids of who has the permission set.
func (g gift) holders(t *testing.T, c aws.Config) string {
	t.Helper()
	out, err := ssoadmin.NewFromConfig(c).ListAccountAssignments(t.Context(), &ssoadmin.ListAccountAssignmentsInput{
		InstanceArn: &g.instance, PermissionSetArn: &g.set, AccountId: aws.String(caller.DefaultAccount),
	})
	ok(t, err)
	var ids []string
	for _, a := range out.AccountAssignments {
		ids = append(ids, *a.PrincipalId)
	}
	return strings.Join(ids, " ")
}

func TestOneAccountIsNamedEverywhere(t *testing.T) {
	s := open(t, nil, one)
	c := s.account(0)
	who, err := sts.NewFromConfig(c).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	ok(t, err)
	whole, err := organizations.NewFromConfig(c).DescribeOrganization(t.Context(), &organizations.DescribeOrganizationInput{})
	ok(t, err)
	stores, err := identitystore.NewFromConfig(c).ListIdentityStores(t.Context(), &identitystore.ListIdentityStoresInput{})
	ok(t, err)
	for what, got := range map[string]string{
		"GetCallerIdentity":    *who.Account,
		"ListInstances":        *instance(t, c).OwnerAccountId,
		"DescribeOrganization": *whole.Organization.MasterAccountId,
		"ListIdentityStores":   strings.Split(*stores.IdentityStores[0].IdentityStoreArn, ":")[4],
	} {
		if got != caller.DefaultAccount {
			t.Errorf("%s says %s, want %s", what, got, caller.DefaultAccount)
		}
	}
}

func TestAKeyOpensTheInstancesOfItsOwnDatabase(t *testing.T) {
	s := open(t, nil, one, two)
	mine, theirs := s.account(0), s.account(1)
	if got := instance(t, mine); *got.IdentityStoreId != one {
		t.Errorf("it is the instance of %s", *got.IdentityStoreId)
	}
	other := *instance(t, theirs).InstanceArn
	_, err := permissionSet(t, theirs, other, "Theirs") // which opens it
	ok(t, err)
	_, err = permissionSet(t, mine, other, "Mine")
	if missing := new(ssotypes.ResourceNotFoundException); !errors.As(err, &missing) {
		t.Errorf("another database's instance: %v, want not found", err)
	}
}

func TestASessionBeginsWithTheKeyOfItsDatabase(t *testing.T) {
	s := open(t, nil, one, two)
	begun, err := sts.NewFromConfig(s.account(1)).AssumeRole(t.Context(), &sts.AssumeRoleInput{
		RoleArn: aws.String("arn:aws:iam::" + caller.DefaultAccount + ":role/Auditor"), RoleSessionName: aws.String("audit"),
	})
	ok(t, err)
	session := s.as(*begun.Credentials.AccessKeyId, *begun.Credentials.SecretAccessKey, *begun.Credentials.SessionToken)
	if got := instance(t, session); *got.IdentityStoreId != two {
		t.Errorf("it sees the instance of %s", *got.IdentityStoreId)
	}
}

func TestWorkIsInProgressForTheDelay(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	clock := make(chan time.Time, 1)
	clock <- now
	s := open(t, func(o *identitycenter.Options) {
		o.AssignmentDelay = 5 * time.Second
		o.Now = func() time.Time { at := <-clock; clock <- at; return at }
	}, one)
	c := s.account(0)
	g, begun := give(t, c, one)
	if begun.Status != ssotypes.StatusValuesInProgress || g.holders(t, c) != "" {
		t.Errorf("at once: %+v, held by %q", begun, g.holders(t, c))
	}
	clock <- (<-clock).Add(4999 * time.Millisecond)
	if got := g.status(t, c, begun.RequestId); got.Status != ssotypes.StatusValuesInProgress {
		t.Errorf("just before the end: %+v", got)
	}
	clock <- (<-clock).Add(time.Millisecond)
	if got := g.status(t, c, begun.RequestId); got.Status != ssotypes.StatusValuesSucceeded || g.holders(t, c) != g.user {
		t.Errorf("at the end: %+v, held by %q", got, g.holders(t, c))
	}
}

func TestWithoutADelayWorkIsDoneAtOnce(t *testing.T) {
	s := open(t, nil, one)
	c := s.account(0)
	g, begun := give(t, c, one)
	if got := g.status(t, c, begun.RequestId); got.Status != ssotypes.StatusValuesSucceeded || g.holders(t, c) != g.user {
		t.Errorf("%+v, held by %q", got, g.holders(t, c))
	}
}

func TestADeletedUserLeavesAssignmentsBehind(t *testing.T) {
	s := open(t, nil, one)
	c := s.account(0)
	g, _ := give(t, c, one)
	_, err := identitystore.NewFromConfig(c).DeleteUser(t.Context(), &identitystore.DeleteUserInput{IdentityStoreId: aws.String(one), UserId: &g.user})
	ok(t, err)
	if got := g.holders(t, c); got != g.user {
		t.Errorf("it is held by %q, want the dead %s", got, g.user)
	}
	_, err = ssoadmin.NewFromConfig(c).DeleteAccountAssignment(t.Context(), &ssoadmin.DeleteAccountAssignmentInput{
		InstanceArn: &g.instance, PermissionSetArn: &g.set, PrincipalId: &g.user, PrincipalType: ssotypes.PrincipalTypeUser,
		TargetId: aws.String(caller.DefaultAccount), TargetType: ssotypes.TargetTypeAwsAccount,
	})
	ok(t, err)
	if got := g.holders(t, c); got != "" {
		t.Errorf("taken away, and held by %q", got)
	}
}

func TestAnAssignmentFailsWhereThePlanSaysSo(t *testing.T) {
	s := open(t, func(o *identitycenter.Options) {
		o.Emulate.Faults.Faults = []emulate.Fault{{Operation: "CreateAccountAssignment", Kind: emulate.Fail, Times: 1, Reason: "role quota exceeded"}}
	}, one)
	c := s.account(0)
	g, begun := give(t, c, one)
	if begun.Status != ssotypes.StatusValuesInProgress {
		t.Errorf("it begins as %+v", begun)
	}
	got := g.status(t, c, begun.RequestId)
	if got.Status != ssotypes.StatusValuesFailed || *got.FailureReason != "role quota exceeded" || g.holders(t, c) != "" {
		t.Errorf("it ends as %+v, held by %q", got, g.holders(t, c))
	}
}

func TestQuotasOnAccessHoldOverTheWire(t *testing.T) {
	s := open(t, func(o *identitycenter.Options) { o.Emulate.Objects = map[emulate.Object]int{emulate.PermissionSets: 1} }, one)
	c := s.account(0)
	arn := *instance(t, c).InstanceArn
	_, err := permissionSet(t, c, arn, "First")
	ok(t, err)
	_, err = permissionSet(t, c, arn, "Second")
	if full := new(ssotypes.ServiceQuotaExceededException); !errors.As(err, &full) {
		t.Errorf("there is room for one too many: %v", err)
	}
}

// A release before this one had no access side.
func TestADatabaseFromBeforeIsBroughtUpToDate(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		old, err := sqldb.Open(t.Context(), url, sqldir.Migrations(), sqlcaller.Migrations())
		ok(t, err)
		store, err := sqldir.New(old).Store(t.Context(), one, sqldir.Options{})
		ok(t, err)
		ann, err := store.CreateUser(t.Context(), identity.User{UserName: "ann", DisplayName: "ann", Name: identity.Name{GivenName: "ann", FamilyName: "ann"}})
		ok(t, err)
		ok(t, old.Close())
		db := openAt(t, url)
		for range 2 { // the instance is made once
			is, err := db.Describe(t.Context(), one)
			if err != nil || is.Owner != caller.DefaultAccount || identitycenter.Primary(is) != "us-east-1" {
				t.Errorf("it is %+v, %v", is, err)
			}
		}
		kept, err := db.Find(t.Context(), one)
		ok(t, err)
		if got, err := kept.User(t.Context(), ann.ID); err != nil || got.UserName != "ann" {
			t.Errorf("ann is %+v, %v", got, err)
		}
	})
}

func openAt(t *testing.T, url string) *identitycenter.Database {
	t.Helper()
	ring, err := keyring.Open(filepath.Join(t.TempDir(), "key"))
	ok(t, err)
	db, err := identitycenter.Open(t.Context(), url, ring)
	ok(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

// organized is a database with one store, and this organization beside it.
func organized(t *testing.T, url string, o config.Directory) (*identitycenter.Database, error) {
	t.Helper()
	db := openAt(t, url)
	_, err := db.Store(t.Context(), one, sqldir.Options{})
	ok(t, err)
	return db, db.Organize(t.Context(), one, o)
}

func company() config.Directory {
	return config.Directory{Region: "eu-west-1", Organization: config.Organization{
		ID: "o-exampleorgid", Root: "r-abcd", Management: "999988887777",
		Units: map[string]config.Unit{"Workloads/Test": {}},
		Accounts: map[string]config.Account{
			"999988887777": {Name: "Payer", Email: "payer@example.com", Status: "ACTIVE"},
			"222233334444": {Name: "Shop", Email: "shop@example.com", Status: "ACTIVE", Unit: "Workloads/Test"},
		},
	}}
}

func TestAnOrganizationIsWhatTheConfigurationSays(t *testing.T) {
	db, err := organized(t, sqldbtest.SQLite(t), company())
	ok(t, err)
	s := serve(t, nil, db)
	is, err := db.Describe(t.Context(), one)
	ok(t, err)
	if identitycenter.Primary(is) != "eu-west-1" {
		t.Errorf("it is at home in %s", identitycenter.Primary(is))
	}
	k, secret, err := db.Keys.Create(t.Context(), caller.Key{Name: "test", Account: is.Owner, Role: caller.DefaultRole})
	ok(t, err)
	c := s.as(k.ID, secret, "")
	client := organizations.NewFromConfig(c)
	whole, err := client.DescribeOrganization(t.Context(), &organizations.DescribeOrganizationInput{})
	ok(t, err)
	if o := whole.Organization; *o.Id != "o-exampleorgid" || *o.MasterAccountId != "999988887777" || *o.MasterAccountEmail != "payer@example.com" {
		t.Errorf("it is %s of %s, %s", *o.Id, *o.MasterAccountId, *o.MasterAccountEmail)
	}
	parents, err := client.ListParents(t.Context(), &organizations.ListParentsInput{ChildId: aws.String("222233334444")})
	ok(t, err)
	unit, err := client.DescribeOrganizationalUnit(t.Context(), &organizations.DescribeOrganizationalUnitInput{OrganizationalUnitId: parents.Parents[0].Id})
	ok(t, err)
	if *unit.OrganizationalUnit.Name != "Test" || *instance(t, c).OwnerAccountId != "999988887777" {
		t.Errorf("the shop is in %s, the instance is %s's", *unit.OrganizationalUnit.Name, *instance(t, c).OwnerAccountId)
	}
	store, err := identitystore.NewFromConfig(c).DescribeIdentityStore(t.Context(), &identitystore.DescribeIdentityStoreInput{
		IdentityStoreId: aws.String("arn:aws:identitystore::999988887777:identitystore/" + one),
	})
	if err != nil || !strings.Contains(*store.IdentityStoreArn, ":999988887777:") {
		t.Errorf("the store by its ARN: %+v, %v", store, err)
	}
}

func TestOrganizingAgainChangesWhatDiffersAndKeepsTheRest(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db, err := organized(t, url, company())
		ok(t, err)
		ok(t, db.Organize(t.Context(), one, company()))
		later := config.Directory{Organization: config.Organization{Accounts: map[string]config.Account{
			"222233334444": {Name: "Shop", Email: "shop@example.com", Status: "SUSPENDED"},
			"333344445555": {Name: "Lab", Email: "lab@example.com", Status: "ACTIVE"},
		}}}
		ok(t, db.Organize(t.Context(), one, later))
		s := serve(t, nil, db)
		k, secret, err := db.Keys.Create(t.Context(), caller.Key{Name: "test", Account: "999988887777", Role: caller.DefaultRole})
		ok(t, err)
		all, err := organizations.NewFromConfig(s.as(k.ID, secret, "")).ListAccounts(t.Context(), &organizations.ListAccountsInput{})
		ok(t, err)
		got := map[string]string{}
		for _, a := range all.Accounts {
			got[*a.Name] = string(a.Status)
		}
		if len(got) != 3 || got["Payer"] != "ACTIVE" || got["Shop"] != "SUSPENDED" || got["Lab"] != "ACTIVE" {
			t.Errorf("accounts %v", got)
		}
	})
}

func TestWhatAnOrganizationBeganWithStays(t *testing.T) {
	db, err := organized(t, sqldbtest.SQLite(t), company())
	ok(t, err)
	for what, change := range map[string]func(*config.Directory){
		"id":         func(d *config.Directory) { d.Organization.ID = "o-anotherorgid" },
		"management": func(d *config.Directory) { d.Organization.Management = "222233334444" },
		"root":       func(d *config.Directory) { d.Organization.Root = "r-efgh" },
		"region":     func(d *config.Directory) { d.Region = "us-east-1" },
	} {
		o := company()
		change(&o)
		if err := db.Organize(t.Context(), one, o); err == nil || !strings.Contains(err.Error(), what+": invalid: it is ") {
			t.Errorf("another %s: %v", what, err)
		}
	}
	if err := db.Organize(context.WithoutCancel(t.Context()), two, company()); err == nil {
		t.Error("a store that is not there is organized")
	}
}
