package directorytest

import (
	"testing"

	"rollcall/directory"
	"rollcall/identity"
)

var statusTests = []test{
	{"AUserIsDisabledAndEnabled", disabledAndEnabled},
	{"AUserCanBeCreatedDisabled", createdDisabled},
	{"WithoutStatusEveryUserIsActive", alwaysActive},
	{"ADisabledUserKeepsEverythingElse", disabledKeeps},
}

func disabledAndEnabled(t *testing.T, d directory.Driver) {
	s, ok := able[directory.StatusSetter](t, d)
	if !ok {
		return
	}
	u, other := addUser(t, d, full(d, "ann")), addUser(t, d, User("ben"))
	for _, active := range []bool{false, false, true, true} { // twice: it can be repeated
		got, err := s.SetActive(ctx(t), u.ID, "", active)
		wantNone(t, "set active", err)
		if got.Active != active || got.ID != u.ID {
			t.Errorf("set active %v returned active %v of %s", active, got.Active, got.ID)
		}
		wantSame(t, "what is stored", got, user(t, d, u.ID))
	}
	wantSame(t, "the other user", other, user(t, d, other.ID))
}

func createdDisabled(t *testing.T, d directory.Driver) {
	if _, ok := able[directory.StatusSetter](t, d); !ok {
		return
	}
	u := User("ann")
	u.Active = false
	if made := addUser(t, d, u); made.Active || user(t, d, made.ID).Active {
		t.Error("the user was created active")
	}
}

func alwaysActive(t *testing.T, d directory.Driver) {
	if _, ok := d.(directory.StatusSetter); ok {
		t.Log("nothing to hold: this directory sets status")
		return
	}
	u := User("ann")
	u.Active = false
	if made := addUser(t, d, u); !made.Active || !user(t, d, made.ID).Active {
		t.Error("the user was created disabled")
	}
}

func disabledKeeps(t *testing.T, d directory.Driver) {
	s, ok := able[directory.StatusSetter](t, d)
	if !ok {
		return
	}
	u := addUser(t, d, full(d, "ann"))
	g := addGroup(t, d, "staff")
	m := addMember(t, d, g.ID, u.ID)
	_, err := s.SetActive(ctx(t), u.ID, "", false)
	wantNone(t, "disable", err)
	want := full(d, "ann")
	want.Active = false
	wantSame(t, "the user", want, user(t, d, u.ID), given)
	wantSame(t, "memberships", []identity.Membership{m}, everything(t, d).Memberships)
	if got := updateUser(t, d, u.ID, set(t, "title", "Clerk")); got.Active {
		t.Error("an update enabled the user")
	}
}
