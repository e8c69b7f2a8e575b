// Package assignmenttest holds every assignment driver to the same behaviour.
//
// A driver's own test is a few lines: say how to open an empty instance beside
// a directory, and what the real service cannot do. Each test of the suite is
// one claim, and its name says it.
package assignmenttest

import (
	"maps"
	"slices"
	"testing"
	"time"

	"rollcall/assignment"
	"rollcall/directory"
	"rollcall/identity"
)

// Bench is an empty instance on the bench: nothing assigned, no permission
// set, and no application.
type Bench struct {
	Driver    assignment.Driver
	Directory directory.Driver // of the same store, with nobody in it

	// Accounts are ids of active accounts, three at least; Suspended is that
	// of one that is suspended, empty if there is none.
	Accounts  []string
	Suspended string

	// Settle passes the time in which requests settle. Before it is called
	// those made since the last time are in progress.
	Settle func()

	// Fail makes every request that begins from now on come to nothing, for
	// the reason given; an empty one ends that. Nil where it cannot be made to.
	Fail func(reason string)
}

// Harness describes the driver under test.
type Harness struct {
	// Open returns an empty instance, cleaned up when t ends.
	Open func(t *testing.T) Bench

	// Skip names tests that cannot hold there, each with the reason, which is
	// printed. A name that is no test's fails the run.
	Skip map[string]string
}

// test is one claim about an instance, made of an empty one.
type test struct {
	name string
	run  func(t *testing.T, b *bench)
}

// Run runs the whole suite, each test in an instance of its own. A test of an
// optional ability says so, and ends, where the driver does not have it.
func Run(t *testing.T, h Harness) {
	tests := slices.Concat(
		assignTests, requestTests, busyTests, principalTests, provisionTests, permissionSetTests, policyTests, tagTests,
		applicationTests, organizationTests, instanceTests, missingTests, pagingTests, logTests, concurrentTests, randomTests,
	)
	unknown := maps.Clone(h.Skip)
	for _, tt := range tests {
		delete(unknown, tt.name)
		t.Run(tt.name, func(t *testing.T) {
			if why, ok := h.Skip[tt.name]; ok {
				t.Skip(why)
			}
			tt.run(t, &bench{Bench: h.Open(t), t: t})
		})
	}
	for name := range unknown {
		t.Errorf("the harness skips %q, which is no test of the suite", name)
	}
}

// able returns the driver's optional ability A, or says that it has it not.
func able[A any](b *bench) (A, bool) {
	b.t.Helper()
	ability, ok := b.Driver.(A)
	if !ok {
		b.t.Logf("nothing to hold: %T has no such ability (%s)", b.Driver, b.t.Name())
	}
	return ability, ok
}

// nobody is an id that no directory gave, and longAgo a time before any.
const nobody identity.ID = "00000000-0000-4000-8000-000000000000"

var longAgo = time.Date(2006, 1, 2, 0, 0, 0, 0, time.UTC)
