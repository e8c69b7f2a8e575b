package directorytest

import (
	"testing"

	"rollcall/directory"
	"rollcall/identity"
)

var storeTests = []test{
	{"TheStoreHasOneIdentity", storeStable},
	{"AbilitiesStayTheSame", abilitiesStable},
}

func storeStable(t *testing.T, d directory.Driver) {
	first, err := d.Store(ctx(t))
	wantNone(t, "describe store", err)
	if _, err := identity.ParseStoreID(string(first.ID)); err != nil {
		t.Errorf("the store's id: %v", err)
	}
	u := addUser(t, d, User("ann"))
	wantNone(t, "delete user", d.DeleteUser(ctx(t), u.ID, ""))
	second, err := d.Store(ctx(t))
	wantNone(t, "describe store", err)
	wantSame(t, "the store after writes", first, second)
}

func abilitiesStable(t *testing.T, d directory.Driver) {
	dir := directory.New("test", d)
	before := dir.Abilities()
	addUser(t, d, User("ann"))
	wantSame(t, "abilities after a write", before, dir.Abilities())
	for _, a := range before.Table() {
		t.Logf("%-14s %-5v %s", a.Name, a.Has, a.Does)
	}
}
