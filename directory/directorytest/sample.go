package directorytest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

// User returns a valid user of that userName: what is required, an e-mail
// address that is nobody else's, and active.
func User(userName string) identity.User {
	return identity.User{
		UserName:    userName,
		DisplayName: "User " + userName,
		Name:        identity.Name{GivenName: "User", FamilyName: userName},
		Emails:      []identity.Email{{Value: userName + "@example.com", Type: "work", Primary: true}},
		Active:      true,
	}
}

// FullUser is [User] with every attribute set, external ids apart.
func FullUser(userName string) identity.User {
	u := User(userName)
	u.Name = identity.Name{
		Formatted: "Dr. Zoë Ann Müller-Łukasz III", FamilyName: "Müller-Łukasz", GivenName: "Zoë",
		MiddleName: "Ann", HonorificPrefix: "Dr.", HonorificSuffix: "III",
	}
	u.DisplayName, u.NickName, u.ProfileURL = "Zoë Müller-Łukasz <&> 山田", "zoë", "https://example.com/~zoe?a=1&b=2"
	u.Addresses = []identity.Address{{
		StreetAddress: "Große Straße 1\nHinterhaus", Locality: "Kraków", Region: "PL-12", PostalCode: "30-001",
		Country: "PL", Formatted: "Große Straße 1, Kraków", Type: "work", Primary: true,
	}}
	u.PhoneNumbers = []identity.PhoneNumber{{Value: "+48 12 345", Type: "work", Primary: true}}
	u.UserType, u.Title, u.PreferredLanguage = "Employee", "Chief of \"Staff\"", "pl-PL"
	u.Locale, u.Timezone, u.Website, u.Birthdate = "pl_PL", "Europe/Warsaw", "https://example.com", "1990-02-28"
	u.Photos = []identity.Photo{
		{Value: "https://example.com/1.png", Type: "photo", Display: "one", Primary: true},
		{Value: "https://example.com/2.png", Type: "thumbnail"},
		{Value: "https://example.com/3.png"},
	}
	u.Roles = []identity.Role{{Value: "approver", Type: "work", Primary: true}}
	u.Enterprise = identity.Enterprise{
		EmployeeNumber: "000701984", CostCenter: "4130", Organization: "Example", Division: "Research",
		Department: "Λ", Manager: "9067715555-00000000-0000-4000-8000-000000000001",
	}
	return u
}

// Group returns a valid group of that displayName.
func Group(displayName string) identity.Group {
	return identity.Group{DisplayName: displayName, Description: "the group " + displayName}
}

// nobody is an id that no directory gave.
const nobody identity.ID = "00000000-0000-4000-8000-000000000000"

// tester is who makes the suite's writes.
var tester = directory.Actor{Name: "tester", Door: "suite"}

func ctx(t *testing.T) context.Context {
	t.Helper()
	return directory.WithActor(t.Context(), tester)
}

func addUser(t *testing.T, d directory.Driver, u identity.User) identity.User {
	t.Helper()
	made, err := d.CreateUser(ctx(t), u)
	if err != nil {
		t.Fatalf("create user %s: %v", u.UserName, err)
	}
	return whole(t, d, made, func() identity.User { return user(t, d, made.ID) })
}

// addUsers makes the users prefix0, prefix1, …
func addUsers(t *testing.T, d directory.Driver, prefix string, n int) []identity.User {
	t.Helper()
	all := make([]identity.User, n)
	for i := range all {
		all[i] = addUser(t, d, User(fmt.Sprintf("%s%d", prefix, i)))
	}
	return all
}

func addGroup(t *testing.T, d directory.Driver, displayName string) identity.Group {
	t.Helper()
	made, err := d.CreateGroup(ctx(t), Group(displayName))
	if err != nil {
		t.Fatalf("create group %s: %v", displayName, err)
	}
	return whole(t, d, made, func() identity.Group { return group(t, d, made.ID) })
}

func addMember(t *testing.T, d directory.Driver, group, user identity.ID) identity.Membership {
	t.Helper()
	m, err := d.AddMember(ctx(t), group, user)
	if err != nil {
		t.Fatalf("add member: %v", err)
	}
	return whole(t, d, m, func() identity.Membership {
		stored, err := d.Membership(ctx(t), m.ID)
		wantNone(t, "describe membership", err)
		return stored
	})
}

func updateUser(t *testing.T, d directory.Driver, id identity.ID, edits ...identity.Edit) identity.User {
	t.Helper()
	u, err := d.UpdateUser(ctx(t), id, "", edits)
	if err != nil {
		t.Fatalf("update user: %v", err)
	}
	return u
}

func updateGroup(t *testing.T, d directory.Driver, id identity.ID, edits ...identity.Edit) identity.Group {
	t.Helper()
	g, err := d.UpdateGroup(ctx(t), id, "", edits)
	if err != nil {
		t.Fatalf("update group: %v", err)
	}
	return g
}

func user(t *testing.T, d directory.Driver, id identity.ID) identity.User {
	t.Helper()
	u, err := d.User(ctx(t), id)
	if err != nil {
		t.Fatalf("describe user: %v", err)
	}
	return u
}

func group(t *testing.T, d directory.Driver, id identity.ID) identity.Group {
	t.Helper()
	g, err := d.Group(ctx(t), id)
	if err != nil {
		t.Fatalf("describe group: %v", err)
	}
	return g
}

// set is the edit that gives the attribute at path a value, null the one that
// takes it away.
func set(t *testing.T, path string, value any) identity.Edit {
	t.Helper()
	raw, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return identity.Edit{Path: path, New: raw}
}

func unset(path string) identity.Edit { return identity.Edit{Path: path} }

// wantKind fails the test unless err is of kind k.
func wantKind(t *testing.T, what string, err error, k fault.Kind) {
	t.Helper()
	switch {
	case err == nil:
		t.Errorf("%s: it worked; want the kind %q", what, k)
	case fault.KindOf(err) != k:
		t.Errorf("%s: kind %q (%v); want %q", what, fault.KindOf(err), err, k)
	}
}

func wantNone(t *testing.T, what string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// wantSame compares what is stored; no list and an empty one are the same.
func wantSame[T any](t *testing.T, what string, want, got T, options ...cmp.Option) {
	t.Helper()
	if diff := cmp.Diff(want, got, append(options, cmpopts.EquateEmpty())...); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// given ignores what the directory sets by itself.
var given = cmp.Options{
	cmpopts.IgnoreFields(identity.User{}, "ID", "Meta"),
	cmpopts.IgnoreFields(identity.Group{}, "ID", "Meta"),
}

// contents is everything in a directory, each kind in the order of ids.
type contents struct {
	Users       []identity.User
	Groups      []identity.Group
	Memberships []identity.Membership
}

// everything reads d through the portable type, which pages to the end.
func everything(t *testing.T, d directory.Driver) contents {
	t.Helper()
	var all contents
	dir := directory.New("test", d)
	all.Users = collect(t, "users", dir.Users(ctx(t)))
	all.Groups = collect(t, "groups", dir.Groups(ctx(t)))
	for _, g := range all.Groups {
		all.Memberships = append(all.Memberships, collect(t, "members", dir.Members(ctx(t), g.ID))...)
	}
	all.sort()
	return all
}

func (c *contents) sort() {
	slices.SortFunc(c.Users, func(a, b identity.User) int { return strings.Compare(string(a.ID), string(b.ID)) })
	slices.SortFunc(c.Groups, func(a, b identity.Group) int { return strings.Compare(string(a.ID), string(b.ID)) })
	slices.SortFunc(c.Memberships, func(a, b identity.Membership) int { return strings.Compare(string(a.ID), string(b.ID)) })
}

func collect[T any](t *testing.T, what string, items func(yield func(T, error) bool)) []T {
	t.Helper()
	var all []T
	for item, err := range items {
		if err != nil {
			t.Fatalf("list %s: %v", what, err)
		}
		all = append(all, item)
	}
	return all
}

// refused holds that write fails with kind k and leaves everything as it was.
func refused(t *testing.T, d directory.Driver, what string, k fault.Kind, write func() error) {
	t.Helper()
	before := everything(t, d)
	wantKind(t, what, write(), k)
	wantSame(t, what+": what is stored after a refused write", before, everything(t, d))
}
