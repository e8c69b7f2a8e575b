package identitycentertest_test

import (
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/identitystore"

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
