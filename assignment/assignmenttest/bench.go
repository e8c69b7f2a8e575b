package assignmenttest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"rollcall/assignment"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

// bench is a [Bench] with the test it is for.
type bench struct {
	Bench
	t     *testing.T
	named int
}

// tester is who makes the suite's writes.
var tester = directory.Actor{Name: "tester", Door: "suite"}

func (b *bench) ctx() context.Context { return directory.WithActor(b.t.Context(), tester) }

// name returns a name that was not there before.
func (b *bench) name(prefix string) string {
	b.named++
	return fmt.Sprintf("%s%d", prefix, b.named)
}

func (b *bench) limits() assignment.Limits { return assignment.LimitsOf(b.Driver) }

// dated holds that what was made has the time that a read says, and that the
// answer to the writing said so, or nothing where it says no time.
func (b *bench) dated(answered *time.Time, read time.Time) {
	b.t.Helper()
	if b.limits().Terse && answered.IsZero() {
		*answered = read
	}
	if !answered.Equal(read) || !read.After(longAgo) {
		b.t.Errorf("it was made %v as the answer says, %v as a read says", answered, read)
	}
}

func (b *bench) store() identity.StoreID {
	b.t.Helper()
	s, err := b.Directory.Store(b.ctx())
	b.works("describe store", err)
	return s.ID
}

// user makes a user and returns it as a principal.
func (b *bench) user() identity.Principal {
	b.t.Helper()
	name := b.name("user")
	u, err := b.Directory.CreateUser(b.ctx(), identity.User{
		UserName: name, DisplayName: name, Name: identity.Name{GivenName: "User", FamilyName: name}, Active: true,
	})
	b.works("create user", err)
	return identity.Principal{Store: b.store(), Kind: identity.KindUser, ID: u.ID}
}

// group makes a group of users.
func (b *bench) group(members ...identity.Principal) identity.Principal {
	b.t.Helper()
	g, err := b.Directory.CreateGroup(b.ctx(), identity.Group{DisplayName: b.name("group")})
	b.works("create group", err)
	for _, m := range members {
		_, err := b.Directory.AddMember(b.ctx(), g.ID, m.ID)
		b.works("add member", err)
	}
	return identity.Principal{Store: b.store(), Kind: identity.KindGroup, ID: g.ID}
}

// permissionSet makes a permission set, and returns its ARN.
func (b *bench) permissionSet() string {
	b.t.Helper()
	e, ok := b.Driver.(assignment.PermissionSetEditor)
	if !ok {
		b.t.Skip("the instance cannot make permission sets, which the test needs")
	}
	s, err := e.CreatePermissionSet(b.ctx(), identity.PermissionSet{Name: b.name("set")}, nil)
	b.works("create permission set", err)
	return s.ARN
}

func (b *bench) create(a identity.Assignment) assignment.Request {
	b.t.Helper()
	r, err := b.Driver.CreateAssignment(b.ctx(), a)
	b.works("create assignment", err)
	return r
}

func (b *bench) remove(a identity.Assignment) assignment.Request {
	b.t.Helper()
	r, err := b.Driver.DeleteAssignment(b.ctx(), a)
	b.works("delete assignment", err)
	return r
}

// give makes an assignment and waits until it is there.
func (b *bench) give(p identity.Principal, set, account string) identity.Assignment {
	b.t.Helper()
	a := identity.Assignment{Principal: p, PermissionSet: set, Account: account}
	r := b.create(a)
	b.Settle()
	b.settled(r, assignment.Succeeded)
	return a
}

// take takes an assignment away and waits until it is gone.
func (b *bench) take(a identity.Assignment) {
	b.t.Helper()
	r := b.remove(a)
	b.Settle()
	b.settled(r, assignment.Succeeded)
}

// settled holds that a request is in a state now, and returns it.
func (b *bench) settled(r assignment.Request, want assignment.State) assignment.Request {
	b.t.Helper()
	got, err := b.Driver.Request(b.ctx(), r.Work, r.ID)
	b.works("describe request", err)
	if got.State != want {
		b.t.Errorf("the %s is %s (%s), want %s", r.Work, got.State, got.Reason, want)
	}
	return got
}

// instance is the portable type over the driver, which pages to the end.
func (b *bench) instance() *assignment.Instance { return assignment.New("test", b.Driver) }

// assigned holds who has a permission set in an account.
func (b *bench) assigned(set, account string, want ...identity.Principal) {
	b.t.Helper()
	var got []identity.Principal
	for _, a := range collect(b, b.instance().Assignments(b.ctx(), account, set)) {
		if a.PermissionSet != set || a.Account != account {
			b.t.Errorf("asked for %s in %s, got %v", set, account, a)
		}
		got = append(got, a.Principal)
	}
	b.sameSet("who has it", want, got)
}

// collect reads a listing to its end.
func collect[T any](b *bench, items func(yield func(T, error) bool)) []T {
	b.t.Helper()
	var all []T
	for item, err := range items {
		b.works("list", err)
		all = append(all, item)
	}
	return all
}

func (b *bench) works(what string, err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

// fails holds that err is of kind k.
func (b *bench) fails(what string, err error, k fault.Kind) {
	b.t.Helper()
	switch {
	case err == nil:
		b.t.Errorf("%s: it worked; want the kind %q", what, k)
	case fault.KindOf(err) != k:
		b.t.Errorf("%s: kind %q (%v); want %q", what, fault.KindOf(err), err, k)
	}
}

// same compares; no list and an empty one are the same.
func (b *bench) same(what string, want, got any) {
	b.t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		b.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// sameSet compares without order; each item counts.
func (b *bench) sameSet(what string, want, got any) {
	b.t.Helper()
	less := func(x, y any) bool { return fmt.Sprint(x) < fmt.Sprint(y) }
	sorted := cmp.Options{
		cmpopts.SortSlices(func(x, y identity.Principal) bool { return less(x, y) }),
		cmpopts.SortSlices(func(x, y identity.Assignment) bool { return less(x, y) }),
		cmpopts.SortSlices(func(x, y identity.ApplicationAssignment) bool { return less(x, y) }),
		cmpopts.SortSlices(func(x, y string) bool { return x < y }),
		cmpopts.EquateEmpty(),
	}
	if diff := cmp.Diff(want, got, sorted); diff != "" {
		b.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// policies are n policies of AWS's that can be told apart.
func policies(n int) []identity.Policy {
	all := make([]identity.Policy, n)
	for i := range all {
		all[i].ARN = fmt.Sprintf("arn:aws:iam::aws:policy/Policy%02d", i)
	}
	return slices.Clip(all)
}
