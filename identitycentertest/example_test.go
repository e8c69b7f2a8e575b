package identitycentertest_test

import (
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"rollcall/emulate"
	"rollcall/identitycentertest"
)

func ExampleNew() {
	t := new(example) // in a test, its *testing.T
	defer t.end()

	srv := identitycentertest.New(t)
	srv.Group("staff", srv.User("ann"), srv.User("bob"))

	client := identitystore.NewFromConfig(srv.Config)
	users, err := client.ListUsers(t.Context(), &identitystore.ListUsersInput{IdentityStoreId: &srv.IdentityStoreID})
	if err != nil {
		t.Fatalf("list users: %v", err)
	}
	for _, u := range users.Users {
		fmt.Println(*u.UserName)
	}
	// Output:
	// ann
	// bob
}

func ExampleServer_Assign() {
	t := new(example) // in a test, its *testing.T
	defer t.end()

	srv := identitycentertest.New(t)
	shop, reader := srv.Account("Shop"), srv.PermissionSet("Reader")
	srv.Assign(srv.Group("staff", srv.User("ann")), reader, shop)

	client := ssoadmin.NewFromConfig(srv.Config)
	held, err := client.ListAccountAssignments(t.Context(), &ssoadmin.ListAccountAssignmentsInput{
		InstanceArn: &srv.InstanceARN, PermissionSetArn: &reader, AccountId: &shop,
	})
	if err != nil {
		t.Fatalf("list assignments: %v", err)
	}
	for _, a := range held.AccountAssignments {
		fmt.Println(a.PrincipalType)
	}
	// Output:
	// GROUP
}

func ExampleServer_Faults() {
	t := new(example) // in a test, its *testing.T
	defer t.end()

	srv := identitycentertest.New(t)
	srv.Faults(emulate.Fault{Operation: "CreateAccountAssignment", Kind: emulate.Fail, Reason: "role quota exceeded"})
	user, reader, account := srv.User("ann"), srv.PermissionSet("Reader"), identitycentertest.ManagementAccount

	client := ssoadmin.NewFromConfig(srv.Config)
	begun, err := client.CreateAccountAssignment(t.Context(), &ssoadmin.CreateAccountAssignmentInput{
		InstanceArn: &srv.InstanceARN, PermissionSetArn: &reader,
		PrincipalId: &user, PrincipalType: types.PrincipalTypeUser, TargetId: &account, TargetType: types.TargetTypeAwsAccount,
	})
	if err != nil {
		t.Fatalf("assign: %v", err)
	}
	fmt.Println(begun.AccountAssignmentCreationStatus.Status)
	ended, err := client.DescribeAccountAssignmentCreationStatus(t.Context(), &ssoadmin.DescribeAccountAssignmentCreationStatusInput{
		InstanceArn: &srv.InstanceARN, AccountAssignmentCreationRequestId: begun.AccountAssignmentCreationStatus.RequestId,
	})
	if err != nil {
		t.Fatalf("look: %v", err)
	}
	fmt.Println(ended.AccountAssignmentCreationStatus.Status, *ended.AccountAssignmentCreationStatus.FailureReason)
	// Output:
	// IN_PROGRESS
	// FAILED role quota exceeded
}

// example is a test where there is none.
type example struct{ cleanups []func() }

func (e *example) end() {
	for _, fn := range slices.Backward(e.cleanups) {
		fn()
	}
}

func (e *example) Helper() {}

func (e *example) Context() context.Context { return context.Background() }

func (e *example) Cleanup(fn func()) { e.cleanups = append(e.cleanups, fn) }

func (e *example) Log(all ...any) { fmt.Fprintln(os.Stderr, all...) }

func (e *example) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

func (e *example) TempDir() string {
	folder, err := os.MkdirTemp("", "example-")
	if err != nil {
		panic(err)
	}
	e.Cleanup(func() { os.RemoveAll(folder) })
	return folder
}
