package main

import (
	"context"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"

	"rollcall/identity"
	"rollcall/identitycenter"
	"rollcall/keyring"
)

// makePermissionSets makes permission sets in the embedded Identity Center of a
// script, as a client of its server would:
//
//	permissionsets NAME...
func makePermissionSets(ts *testscript.TestScript, _ bool, args []string) {
	state := ts.MkAbs(".rollcall")
	keys, err := keyring.Open(filepath.Join(state, "key"))
	ts.Check(err)
	db, err := identitycenter.Open(context.Background(), "sqlite:"+filepath.Join(state, "directory.db"), keys)
	ts.Check(err)
	defer db.Close()
	stores, err := db.Stores(context.Background())
	ts.Check(err)
	for _, s := range stores {
		instance, err := db.Instance(context.Background(), s.ID)
		ts.Check(err)
		for _, name := range args {
			_, err := instance.CreatePermissionSet(context.Background(), identity.PermissionSet{Name: name}, nil)
			ts.Check(err)
		}
	}
}
