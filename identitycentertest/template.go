package identitycentertest

import (
	"context"
	"os"
	"path/filepath"
	"sync"

	"rollcall/identitycenter"
	"rollcall/keyring"
)

const (
	databaseFile = "directory.db"
	keyFile      = "key"
)

// template is a database with all its tables and nothing in them. Making the
// tables takes longer than all else about a server, so it is done once.
var template = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "identitycentertest-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	db, err := open(context.Background(), folder)
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil { // which leaves everything in the one file
		return nil, err
	}
	return os.ReadFile(filepath.Join(folder, databaseFile))
})

// fresh opens a database of its own in a folder.
func fresh(ctx context.Context, folder string) (*identitycenter.Database, error) {
	empty, err := template()
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(folder, databaseFile), empty, 0o600); err != nil {
		return nil, err
	}
	return open(ctx, folder)
}

func open(ctx context.Context, folder string) (*identitycenter.Database, error) {
	ring, err := keyring.Open(filepath.Join(folder, keyFile))
	if err != nil {
		return nil, err
	}
	return identitycenter.Open(ctx, "sqlite:"+filepath.Join(folder, databaseFile), ring)
}
