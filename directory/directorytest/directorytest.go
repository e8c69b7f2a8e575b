// Package directorytest holds every directory driver to the same behaviour.
//
// A driver's own test is a few lines: say how to open an empty one, and what
// the real service cannot do. Each test of the suite is one claim, and its name
// says it.
package directorytest

import (
	"maps"
	"slices"
	"testing"

	"rollcall/directory"
)

// Harness describes the driver under test.
type Harness struct {
	// Open returns an empty directory, cleaned up when t ends.
	Open func(t *testing.T) directory.Driver

	// Skip names tests that cannot hold there, each with the reason, which is
	// printed. A name that is no test's fails the run.
	Skip map[string]string
}

// test is one claim about a directory, made of an empty one.
type test struct {
	name string
	run  func(t *testing.T, d directory.Driver)
}

// Run runs the whole suite, each test in a directory of its own. A test of an
// optional ability says so, and ends, where the driver does not have it.
func Run(t *testing.T, h Harness) {
	tests := slices.Concat(
		userTests, editTests, refusedEditTests, groupTests, uniqueTests, revisionTests, statusTests, externalIDTests,
		missingTests, memberTests, bulkTests, foundTests, pagingTests, tokenTests, findTests, feedTests, storeTests, networkTests, contextTests,
		concurrentTests, randomTests, limitTests,
	)
	unknown := maps.Clone(h.Skip)
	for _, tt := range tests {
		delete(unknown, tt.name)
		t.Run(tt.name, func(t *testing.T) {
			if why, ok := h.Skip[tt.name]; ok {
				t.Skip(why)
			}
			tt.run(t, h.Open(t))
		})
	}
	for name := range unknown {
		t.Errorf("the harness skips %q, which is no test of the suite", name)
	}
}

// able returns d's optional ability A, or says that d does not have it.
func able[A any](t *testing.T, d directory.Driver) (A, bool) {
	t.Helper()
	ability, ok := d.(A)
	if !ok {
		t.Logf("nothing to hold: %T has no such ability (%s)", d, t.Name())
	}
	return ability, ok
}
