// Package sourcetest holds every source driver to the same behaviour: what is
// in the source arrives, whole and once, and whatever is wrong with it is an
// error.
//
// A driver's own test is a few lines: say how to write a small company in the
// source's own form and open it. What is peculiar to that form is the driver's
// own to test.
package sourcetest

import (
	"context"
	"testing"

	"rollcall/identity"
	"rollcall/source"
)

// Company is what a source is made to hold.
type Company struct {
	People []Person
	Groups []Group
}

// Person is somebody in a [Company]. All fields are filled.
type Person struct {
	Anchor   identity.Anchor
	UserName string // ASCII
	Name     string // not only ASCII
	Mail     string
	Password string // to be written as the source's own kind of password, where it has one
}

// Group is a group in a [Company].
type Group struct {
	Anchor  identity.Anchor
	Name    string            // ASCII
	Members []identity.Anchor // of people and of groups
	Outside int               // this many more members that lie outside the source's base
	Missing int               // this many more that lie inside and are not there
}

// Harness describes the driver under test.
type Harness struct {
	// Open writes c, cleaned up when t ends, and returns a driver that reads it.
	Open func(t *testing.T, c Company) source.Driver

	// Cut does the same but lets what is written end in the middle of the last
	// group. Nil for a source that tells by itself when it is cut.
	Cut func(t *testing.T, c Company) source.Driver

	// Unreadable returns a driver whose source is not there.
	Unreadable func(t *testing.T) source.Driver

	// UserName, Name and Mail are the attributes in which a person's fields arrive.
	UserName, Name, Mail string

	// Skip names tests that cannot hold, each with the reason, which is printed.
	Skip map[string]string
}

// Run runs the whole suite.
func Run(t *testing.T, h Harness) {
	tests := []struct {
		name string
		test func(t *testing.T, h Harness)
	}{
		{"EverybodyArrives", everybodyArrives},
		{"PasswordsStayBehind", passwordsStayBehind},
		{"NobodyIsAnAnswer", nobodyIsAnAnswer},
		{"ReportSaysWhatWasRead", reportSaysWhatWasRead},
		{"MembersArrive", membersArrive},
		{"NestedGroupsAreFlattened", nestedGroupsAreFlattened},
		{"CyclesEnd", cyclesEnd},
		{"MembersOutsideAreCounted", membersOutsideAreCounted},
		{"MissingMembersMakeAddOnly", missingMembersMakeAddOnly},
		{"TwoReadsAreEqual", twoReadsAreEqual},
		{"DuplicatePersonIsIncomplete", duplicatePersonIsIncomplete},
		{"DuplicateGroupIsIncomplete", duplicateGroupIsIncomplete},
		{"CutIsIncomplete", cutIsIncomplete},
		{"UnreadableIsAnError", unreadableIsAnError},
		{"CancelledReadStops", cancelledReadStops},
		{"ReceiverStopsTheRead", receiverStopsTheRead},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if why, ok := h.Skip[tt.name]; ok {
				t.Skip(why)
			}
			tt.test(t, h)
		})
	}
}

// company is two people and a group of them.
func company() Company {
	return Company{
		People: []Person{
			{"00000000-0000-4000-8000-00000000000a", "ann", "Ann Lučić", "ann@example.com", "correct horse"},
			{"00000000-0000-4000-8000-00000000000b", "bob", "浩 Bob", "bob@example.com", "battery staple"},
		},
		Groups: []Group{{Anchor: groupA, Name: "group-a", Members: []identity.Anchor{ann, bob}}},
	}
}

const (
	ann    identity.Anchor = "00000000-0000-4000-8000-00000000000a"
	bob    identity.Anchor = "00000000-0000-4000-8000-00000000000b"
	groupA identity.Anchor = "00000000-0000-4000-8000-0000000000a1"
	groupB identity.Anchor = "00000000-0000-4000-8000-0000000000b1"
	groupC identity.Anchor = "00000000-0000-4000-8000-0000000000c1"
)

// read reads a company through the portable type, which proves the snapshot.
func read(t *testing.T, h Harness, c Company) *source.Snapshot {
	t.Helper()
	snap, err := source.New("test", h.Open(t, c)).Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return snap
}

// tryRead returns only the error.
func tryRead(ctx context.Context, d source.Driver) error {
	_, err := source.New("test", d).Read(ctx)
	return err
}
