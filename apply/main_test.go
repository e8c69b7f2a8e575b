package apply_test

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// Every case of the laws in this package opens a state of its own. With -short,
// as when looking for races, fewer are tried.
func TestMain(m *testing.M) {
	flag.Parse()
	if testing.Short() {
		if err := flag.Set("rapid.checks", "12"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}
