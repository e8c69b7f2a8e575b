package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"rollcall/directory"
	"rollcall/directory/memdir"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/reconcile"
)

// broken is a directory of which one listing fails.
type broken struct {
	directory.Driver
	listing string
}

var errBroken = fault.New(fault.Denied, "list", "", errors.New("no"))

func (b broken) fails(listing string) error {
	if b.listing == listing {
		return errBroken
	}
	return nil
}

func (b broken) ListUsers(ctx context.Context, p directory.PageRequest) (directory.Page[identity.User], error) {
	page, err := b.Driver.ListUsers(ctx, p)
	return page, errors.Join(err, b.fails("users"))
}

func (b broken) ListGroups(ctx context.Context, p directory.PageRequest) (directory.Page[identity.Group], error) {
	page, err := b.Driver.ListGroups(ctx, p)
	return page, errors.Join(err, b.fails("groups"))
}

func (b broken) ListMembers(ctx context.Context, id identity.ID, p directory.PageRequest) (directory.Page[identity.Membership], error) {
	page, err := b.Driver.ListMembers(ctx, id, p)
	return page, errors.Join(err, b.fails("members"))
}

func (b broken) ListMemberships(ctx context.Context, id identity.ID, p directory.PageRequest) (directory.Page[identity.Membership], error) {
	page, err := b.Driver.ListMemberships(ctx, id, p)
	return page, errors.Join(err, b.fails("memberships"))
}

// peopled is a directory of so many users and groups; user i is in group g if g
// divides i.
func peopled(t *testing.T, users, groups int) (d *memdir.Driver, want map[identity.ID][]identity.ID) {
	t.Helper()
	d, want = memdir.New("d-1234567890"), map[identity.ID][]identity.ID{}
	var people []identity.ID
	for i := range users {
		name := fmt.Sprint("user", i)
		u, err := d.CreateUser(t.Context(), identity.User{UserName: name, DisplayName: name, Name: identity.Name{GivenName: "G", FamilyName: name}, Active: true})
		if err != nil {
			t.Fatal(err)
		}
		people = append(people, u.ID)
	}
	for i := range groups {
		g, err := d.CreateGroup(t.Context(), identity.Group{DisplayName: fmt.Sprint("group", i)})
		if err != nil {
			t.Fatal(err)
		}
		want[g.ID] = nil
		for n, user := range people {
			if n%(i+1) != 0 {
				continue
			}
			if _, err := d.AddMember(t.Context(), g.ID, user); err != nil {
				t.Fatal(err)
			}
			want[g.ID] = append(want[g.ID], user)
		}
	}
	return d, want
}

// Members come from the side that has fewer objects, and are the same from
// either.
func TestEverybodyIsReadFromTheSideThatHasFewer(t *testing.T) {
	for name, c := range map[string]struct {
		users, groups int
		never         string // the listing that is not asked for
	}{
		"more users than groups": {250, 3, "memberships"},
		"as many":                {5, 5, "memberships"},
		"more groups than users": {3, 250, "members"},
		"no users":               {0, 2, "members"},
		"no groups":              {2, 0, "memberships"},
		"nothing":                {0, 0, "memberships"},
	} {
		t.Run(name, func(t *testing.T) {
			d, want := peopled(t, c.users, c.groups)
			got, err := reconcile.Read(t.Context(), directory.New("local", broken{d, c.never}), true)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Users) != c.users || len(got.Groups) != c.groups || len(got.Members) != c.groups {
				t.Errorf("%d users, %d groups, members of %d; want %d, %d", len(got.Users), len(got.Groups), len(got.Members), c.users, c.groups)
			}
			for group, members := range want {
				slices.Sort(members)
				if there := slices.Sorted(slices.Values(got.Members[group])); !slices.Equal(there, members) {
					t.Errorf("group %s: members %v, want %v", group, there, members)
				}
			}
		})
	}
}

func TestWhatCannotBeReadWholeIsNotRead(t *testing.T) {
	for listing, c := range map[string]struct{ users, groups int }{
		"users": {250, 3}, "groups": {250, 3}, "members": {250, 3}, "memberships": {3, 250},
	} {
		t.Run(listing, func(t *testing.T) {
			d, _ := peopled(t, c.users, c.groups)
			got, err := reconcile.Read(t.Context(), directory.New("local", broken{d, listing}), true)
			if got != nil || !errors.Is(err, errBroken) {
				t.Errorf("read %v, %v", got, err)
			}
		})
	}
}

func TestWithoutGroupsOnlyUsersAreRead(t *testing.T) {
	d, _ := peopled(t, 3, 2)
	got, err := reconcile.Read(t.Context(), directory.New("local", broken{d, "groups"}), false)
	if err != nil || len(got.Users) != 3 || len(got.Groups) != 0 || got.WithGroups {
		t.Errorf("read %+v, %v", got, err)
	}
}
