package reconcile_test

import (
	"slices"
	"testing"

	"rollcall/directory"
	"rollcall/directory/memdir"
	"rollcall/identity"
	"rollcall/plan"
	"rollcall/reconcile"
)

// What is read again is as a read of everything finds it, and said to be
// another only if it is.
func TestRenewedIsAsReadAgain(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(t *testing.T, d *memdir.Driver, user, group identity.ID) error
		changed bool
	}{
		"nothing": {func(*testing.T, *memdir.Driver, identity.ID, identity.ID) error { return nil }, false},
		"a title": {func(t *testing.T, d *memdir.Driver, user, _ identity.ID) error {
			_, err := d.UpdateUser(t.Context(), user, "", []identity.Edit{{Path: "title", New: identity.Value(`"Lead"`)}})
			return err
		}, true},
		"a user is gone": {func(t *testing.T, d *memdir.Driver, user, _ identity.ID) error {
			return d.DeleteUser(t.Context(), user, "")
		}, true},
		"a member is gone": {func(t *testing.T, d *memdir.Driver, user, group identity.ID) error {
			return d.ChangeMembers(t.Context(), group, nil, []identity.ID{user})
		}, true},
		"a group has another name": {func(t *testing.T, d *memdir.Driver, _, group identity.ID) error {
			_, err := d.UpdateGroup(t.Context(), group, "", []identity.Edit{{Path: "displayName", New: identity.Value(`"other"`)}})
			return err
		}, true},
		"a group is gone": {func(t *testing.T, d *memdir.Driver, _, group identity.ID) error {
			return d.DeleteGroup(t.Context(), group, "")
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			driver, _ := peopled(t, 5, 2)
			d := directory.New("test", driver)
			before := whole(t, d)
			user, group := before.Users[0].ID, before.Groups[0].ID
			if err := c.change(t, driver, user, group); err != nil {
				t.Fatal(err)
			}
			sealed := plan.Sealed{User: []string{"title"}, Group: []string{"displayName"}}
			changed, err := before.Renew(t.Context(), d, sealed, []identity.ID{user}, []identity.ID{group})
			if err != nil || changed != c.changed {
				t.Errorf("changed: %v, %v; want %v", changed, err, c.changed)
			}
			again := whole(t, d)
			if len(again.Users) != len(before.Users) || len(again.Groups) != len(before.Groups) || !slices.Equal(again.Members[group], before.Members[group]) {
				t.Errorf("renewed %+v, read %+v", before, again)
			}
			if changed, err := before.Renew(t.Context(), d, sealed, []identity.ID{user}, []identity.ID{group}); err != nil || changed {
				t.Errorf("a second time: %v, %v", changed, err)
			}
		})
	}
}

func TestWhoIsNewIsTakenIn(t *testing.T) {
	driver, _ := peopled(t, 2, 0)
	d := directory.New("test", driver)
	c := whole(t, d)
	u, err := driver.CreateUser(t.Context(), identity.User{UserName: "new", DisplayName: "New", Name: identity.Name{GivenName: "N", FamilyName: "N"}, Active: true})
	if err != nil {
		t.Fatal(err)
	}
	g, err := driver.CreateGroup(t.Context(), identity.Group{DisplayName: "new"})
	if err != nil {
		t.Fatal(err)
	}
	changed, err := c.Renew(t.Context(), d, plan.Sealed{}, []identity.ID{u.ID}, []identity.ID{g.ID})
	if err != nil || !changed || len(c.Users) != 3 || len(c.Groups) != 1 {
		t.Errorf("%v, %v: %d users, %d groups", changed, err, len(c.Users), len(c.Groups))
	}
}

func whole(t *testing.T, d *directory.Directory) *reconcile.Current {
	t.Helper()
	c, err := reconcile.Read(t.Context(), d, true)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
