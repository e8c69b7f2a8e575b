package main

import (
	"net/http"
	"os"
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

	"rollcall/awscall"
)

const (
	payer = "999988887777"
	shop  = "222233334444"
)

const organizationText = `management: "999988887777"
units:
  Workloads/Production: {}
accounts:
  "999988887777": {name: Payer, email: payer@example.com}
  "222233334444": {name: Shop, email: shop@example.com, unit: Workloads/Production}
`

// configure writes a configuration with that organization.
func (o *office) configure(organization string) {
	o.t.Helper()
	text := "directories:\n  local:\n    kind: embedded\n    organization:\n      " + strings.ReplaceAll(strings.TrimSpace(organization), "\n", "\n      ") + "\n"
	o.write("rollcall.yaml", text)
}

func (o *office) write(name, text string) string {
	o.t.Helper()
	file := filepath.Join(o.folder, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		o.t.Fatal(err)
	}
	return file
}

// config is what the environment file gives AWS's clients.
func (s *served) config() aws.Config {
	return aws.Config{
		BaseEndpoint: aws.String(s.env["AWS_ENDPOINT_URL"]), Region: s.env["AWS_REGION"], Retryer: func() aws.Retryer { return aws.NopRetryer{} }, HTTPClient: awscall.Direct(nil),
		Credentials: credentials.NewStaticCredentialsProvider(s.env["AWS_ACCESS_KEY_ID"], s.env["AWS_SECRET_ACCESS_KEY"], ""),
	}
}

// held is an assignment of a user.
type held struct{ user, set string }

// assign makes a user and a permission set, assigns it in the shop, and returns
// what has become of that.
func (s *served) assign(name string) (held, *ssotypes.AccountAssignmentOperationStatus) {
	s.t.Helper()
	user, err := s.createUser(name)
	if err != nil {
		s.t.Fatal(err)
	}
	client, instance := ssoadmin.NewFromConfig(s.config()), s.env["ROLLCALL_INSTANCE_ARN"]
	set, err := client.CreatePermissionSet(s.t.Context(), &ssoadmin.CreatePermissionSetInput{InstanceArn: &instance, Name: &name})
	if err != nil {
		s.t.Fatal(err)
	}
	h := held{user, *set.PermissionSet.PermissionSetArn}
	begun, err := client.CreateAccountAssignment(s.t.Context(), &ssoadmin.CreateAccountAssignmentInput{
		InstanceArn: &instance, PermissionSetArn: &h.set, TargetId: aws.String(shop), TargetType: ssotypes.TargetTypeAwsAccount,
		PrincipalId: &h.user, PrincipalType: ssotypes.PrincipalTypeUser,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	for status := begun.AccountAssignmentCreationStatus; ; {
		if status.Status != ssotypes.StatusValuesInProgress {
			return h, status
		}
		time.Sleep(10 * time.Millisecond)
		now, err := client.DescribeAccountAssignmentCreationStatus(s.t.Context(), &ssoadmin.DescribeAccountAssignmentCreationStatusInput{
			InstanceArn: &instance, AccountAssignmentCreationRequestId: status.RequestId,
		})
		if err != nil {
			s.t.Fatal(err)
		}
		status = now.AccountAssignmentCreationStatus
	}
}

// holds reports whether an assignment is listed.
func (s *served) holds(h held) bool {
	s.t.Helper()
	all, err := ssoadmin.NewFromConfig(s.config()).ListAccountAssignments(s.t.Context(), &ssoadmin.ListAccountAssignmentsInput{
		InstanceArn: aws.String(s.env["ROLLCALL_INSTANCE_ARN"]), PermissionSetArn: &h.set, AccountId: aws.String(shop),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return len(all.AccountAssignments) == 1 && *all.AccountAssignments[0].PrincipalId == h.user
}

// accounts are the names of the organization's, by id.
func (s *served) accounts() map[string]string {
	s.t.Helper()
	all, err := organizations.NewFromConfig(s.config()).ListAccounts(s.t.Context(), &organizations.ListAccountsInput{})
	if err != nil {
		s.t.Fatal(err)
	}
	names := map[string]string{}
	for _, a := range all.Accounts {
		names[*a.Id] = *a.Name
	}
	return names
}

func TestAccessIsKeptAndSharedWithTheCommandLine(t *testing.T) {
	o := newOffice(t)
	o.configure(organizationText)
	s := o.serve()
	instances, err := ssoadmin.NewFromConfig(s.config()).ListInstances(t.Context(), &ssoadmin.ListInstancesInput{})
	if err != nil || len(instances.Instances) != 1 || *instances.Instances[0].InstanceArn != s.env["ROLLCALL_INSTANCE_ARN"] || *instances.Instances[0].OwnerAccountId != payer {
		t.Fatalf("instances %+v, %v; want %s of %s alone", instances, err, s.env["ROLLCALL_INSTANCE_ARN"], payer)
	}
	who, err := sts.NewFromConfig(s.config()).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	if err != nil || *who.Account != payer {
		t.Errorf("the caller is %+v, %v", who, err)
	}
	ann, status := s.assign("ann")
	if status.Status != ssotypes.StatusValuesSucceeded || !s.holds(ann) {
		t.Errorf("the assignment is %+v", status)
	}
	if events := o.must("directory", "events", "--output", "json").out; !strings.Contains(events, "CreateAccountAssignment") {
		t.Errorf("there is no event of it: %s", events)
	}
	bob, _ := s.assign("bob")
	cid, _ := s.assign("cid")
	o.must("user", "delete", "bob", "--yes")
	if _, err := s.client().DeleteUser(t.Context(), &identitystore.DeleteUserInput{IdentityStoreId: aws.String(s.env["ROLLCALL_IDENTITY_STORE_ID"]), UserId: &cid.user}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.client().DescribeUser(t.Context(), &identitystore.DescribeUserInput{
		IdentityStoreId: aws.String(s.env["ROLLCALL_IDENTITY_STORE_ID"]), UserId: &bob.user,
	}); err == nil {
		t.Error("bob is still there")
	}
	if s.holds(bob) {
		t.Error("the assignment is left behind; the command takes it first")
	}
	if !s.holds(cid) {
		t.Error("the assignment went with the user; it stays under the dead id")
	}
	key, secret := s.env["AWS_ACCESS_KEY_ID"], s.env["AWS_SECRET_ACCESS_KEY"]
	if status := s.stop(); status != 0 {
		t.Errorf("exit status %d: %s", status, s.complaints())
	}

	// Another time, with another configuration.
	o.configure("accounts:\n  \"222233334444\": {name: Store, email: shop@example.com}\n  \"333344445555\": {name: Lab}\n")
	o.must("user", "list") // which applies it
	again := o.serve()
	again.env["AWS_ACCESS_KEY_ID"], again.env["AWS_SECRET_ACCESS_KEY"] = key, secret
	if !again.holds(ann) || !again.holds(cid) {
		t.Error("the assignments are gone")
	}
	if got := again.accounts(); len(got) != 3 || got[payer] != "Payer" || got[shop] != "Store" || got["333344445555"] != "Lab" {
		t.Errorf("accounts %v", got)
	}
	again.stop()
	o.configure("management: \"" + shop + "\"\n")
	if got := o.run("user", "list"); got.status != 6 || !strings.Contains(got.errors, "management") || !strings.Contains(got.errors, "it is "+payer+" since the directory was made") {
		t.Errorf("another management account: status %d, %s", got.status, got.errors)
	}
}

// faults asks for what goes wrong, or sets it.
func (s *served) faults(method, body string) (int, string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.env["ROLLCALL_URL"]+"/_rollcall/faults", strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.SetBasicAuth(s.env["ROLLCALL_OPERATOR"], s.env["ROLLCALL_PASSWORD"])
	return answered(s.t, r)
}

func TestAnEphemeralServerIsAsItsFlagsSay(t *testing.T) {
	o := newOffice(t)
	s := o.serve("--ephemeral", "--organization", o.write("organization.yaml", organizationText), "--region", "eu-west-1", "--assignment-delay", "0s", "--behave", "idempotent-deletes")
	if got := s.accounts(); got[payer] != "Payer" || got[shop] != "Shop" {
		t.Errorf("accounts %v", got)
	}
	instances, err := ssoadmin.NewFromConfig(s.config()).ListInstances(t.Context(), &ssoadmin.ListInstancesInput{})
	if err != nil || *instances.Instances[0].PrimaryRegion != "eu-west-1" || s.env["AWS_REGION"] != "eu-west-1" {
		t.Errorf("at home in %+v, %v; clients in %s", instances, err, s.env["AWS_REGION"])
	}
	if _, err := s.client().DeleteUser(t.Context(), &identitystore.DeleteUserInput{
		IdentityStoreId: aws.String(s.env["ROLLCALL_IDENTITY_STORE_ID"]), UserId: aws.String("12345678-1234-4234-8234-123456789012"),
	}); err != nil {
		t.Errorf("deleting nobody: %v", err)
	}
	if code, text := s.faults(http.MethodPut, "faults:\n  - {operation: CreateAccountAssignment, fault: fail, times: 1, reason: role quota exceeded}\n"); code != 200 {
		t.Fatalf("%d %s", code, text)
	}
	failed, status := s.assign("ann")
	if status.Status != ssotypes.StatusValuesFailed || *status.FailureReason != "role quota exceeded" || s.holds(failed) {
		t.Errorf("the assignment is %+v", status)
	}
	if _, text := s.faults(http.MethodGet, ""); !strings.Contains(text, `"struck": 1`) {
		t.Errorf("the plan is %s", text)
	}
	if code, text := s.faults(http.MethodDelete, ""); code != 204 {
		t.Errorf("%d %s", code, text)
	}
	if h, status := s.assign("bob"); status.Status != ssotypes.StatusValuesSucceeded || !s.holds(h) {
		t.Errorf("afterwards: %+v", status)
	}
	s.stop()
}
