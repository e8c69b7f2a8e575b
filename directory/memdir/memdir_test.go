package memdir_test

import (
	"strings"
	"testing"

	"rollcall/directory"
	"rollcall/directory/directorytest"
	"rollcall/directory/memdir"
)

func TestDriver(t *testing.T) {
	directorytest.Run(t, directorytest.Harness{
		Open: func(*testing.T) directory.Driver { return memdir.New("d-1234567890") },
	})
}

func TestDriverWithBareIDs(t *testing.T) {
	directorytest.Run(t, directorytest.Harness{
		Open: func(*testing.T) directory.Driver { return memdir.New("d-1234567890", memdir.BareIDs()) },
	})
}

func TestIDsHaveTheFormAskedFor(t *testing.T) {
	for prefix, d := range map[string]*memdir.Driver{
		"1234567890-": memdir.New("d-1234567890"), "": memdir.New("d-1234567890", memdir.BareIDs()),
	} {
		u, err := d.CreateUser(t.Context(), directorytest.User("ann"))
		if err != nil || !strings.HasPrefix(string(u.ID), prefix) || len(u.ID) != len(prefix)+36 {
			t.Errorf("with the prefix %q: %q, %v", prefix, u.ID, err)
		}
	}
}
