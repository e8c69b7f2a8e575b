package awsdir_test

import (
	"testing"

	"rollcall/directory"
	"rollcall/directory/directorytest"
	"rollcall/identitycentertest"
)

// A real Identity Center is not at hand, so the embedded one stands for it, over
// the wire.
func TestDriver(t *testing.T) {
	for name, change := range ways {
		if testing.Short() && name != "both" {
			continue // the others are parts of it
		}
		t.Run(name, func(t *testing.T) {
			directorytest.Run(t, directorytest.Harness{
				Open: func(t *testing.T) directory.Driver { return reach(t, identitycentertest.New(t), change) },
			})
		})
	}
}
