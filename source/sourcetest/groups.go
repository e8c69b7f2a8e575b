package sourcetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"rollcall/identity"
	"rollcall/source"
)

type anchors = []identity.Anchor

// groupIn returns the one with that anchor.
func groupIn(t *testing.T, snap *source.Snapshot, a identity.Anchor) source.Group {
	t.Helper()
	for _, g := range snap.Groups {
		if g.Anchor == a {
			return g
		}
	}
	t.Fatalf("group %s did not arrive", a)
	return source.Group{}
}

// has checks a group's members, each with the way there.
func has(t *testing.T, snap *source.Snapshot, a identity.Anchor, want ...source.Member) {
	t.Helper()
	if diff := cmp.Diff(want, groupIn(t, snap, a).Members, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("members of %s (-want +got):\n%s", a, diff)
	}
}

func membersArrive(t *testing.T, h Harness) {
	c := company()
	c.Groups = append(c.Groups, Group{Anchor: groupB, Name: "group-b"})
	snap := read(t, h, c)
	has(t, snap, groupA, source.Member{Anchor: ann}, source.Member{Anchor: bob})
	has(t, snap, groupB)
	if g := groupIn(t, snap, groupA); g.Name == "" || g.AddOnly || g.Why != "" || g.Outside != 0 {
		t.Errorf("got %+v", g)
	}
}

func nestedGroupsAreFlattened(t *testing.T, h Harness) {
	c := company()
	c.Groups = []Group{
		{Anchor: groupA, Name: "group-a", Members: anchors{groupB, groupC, ann}},
		{Anchor: groupB, Name: "group-b", Members: anchors{groupC, ann}},
		{Anchor: groupC, Name: "group-c", Members: anchors{bob}},
	}
	snap := read(t, h, c)
	has(t, snap, groupA, source.Member{Anchor: ann}, source.Member{Anchor: bob, Path: anchors{groupC}})
	has(t, snap, groupB, source.Member{Anchor: ann}, source.Member{Anchor: bob, Path: anchors{groupC}})
	has(t, snap, groupC, source.Member{Anchor: bob})
}

func cyclesEnd(t *testing.T, h Harness) {
	c := company()
	c.Groups = []Group{
		{Anchor: groupA, Name: "group-a", Members: anchors{groupB, ann}},
		{Anchor: groupB, Name: "group-b", Members: anchors{groupC}},
		{Anchor: groupC, Name: "group-c", Members: anchors{groupA, groupC, bob}},
	}
	snap := read(t, h, c)
	has(t, snap, groupA, source.Member{Anchor: ann}, source.Member{Anchor: bob, Path: anchors{groupB, groupC}})
	has(t, snap, groupB, source.Member{Anchor: ann, Path: anchors{groupC, groupA}}, source.Member{Anchor: bob, Path: anchors{groupC}})
	has(t, snap, groupC, source.Member{Anchor: ann, Path: anchors{groupA}}, source.Member{Anchor: bob})
}

func membersOutsideAreCounted(t *testing.T, h Harness) {
	c := company()
	c.Groups[0].Outside = 3
	snap := read(t, h, c)
	g := groupIn(t, snap, groupA)
	if g.Outside != 3 || snap.Report.Outside != 3 || g.AddOnly {
		t.Errorf("outside the base: %d in the group, %d in the report; add-only: %v", g.Outside, snap.Report.Outside, g.AddOnly)
	}
	has(t, snap, groupA, source.Member{Anchor: ann}, source.Member{Anchor: bob})
}

// Whoever contains a group that could not be read whole was not read whole either.
func missingMembersMakeAddOnly(t *testing.T, h Harness) {
	c := company()
	c.Groups[0].Missing = 1
	c.Groups = append(c.Groups,
		Group{Anchor: groupB, Name: "group-b", Members: anchors{groupA}},
		Group{Anchor: groupC, Name: "group-c", Members: anchors{ann}},
	)
	snap := read(t, h, c)
	for a, want := range map[identity.Anchor]bool{groupA: true, groupB: true, groupC: false} {
		if g := groupIn(t, snap, a); g.AddOnly != want || (g.Why != "") != want {
			t.Errorf("%s: add-only is %v because of %q, want %v", g.Name, g.AddOnly, g.Why, want)
		}
	}
	has(t, snap, groupA, source.Member{Anchor: ann}, source.Member{Anchor: bob})
}
