package sourcetest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/source"
)

func everybodyArrives(t *testing.T, h Harness) {
	c := company()
	snap := read(t, h, c)
	if len(snap.People) != len(c.People) {
		t.Fatalf("%d people, want %d", len(snap.People), len(c.People))
	}
	for i, want := range c.People {
		p := snap.People[i]
		got := Person{p.Anchor, p.Attributes.First(h.UserName), p.Attributes.First(h.Name), p.Attributes.First(h.Mail), want.Password}
		if got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if p.Name == "" {
			t.Errorf("what the source calls %s is not said", p.Anchor)
		}
	}
}

func passwordsStayBehind(t *testing.T, h Harness) {
	for _, p := range read(t, h, company()).People {
		for name, values := range p.Attributes {
			for _, v := range values {
				if strings.Contains(v, "correct horse") || strings.Contains(v, "battery staple") {
					t.Errorf("%s holds a password", name)
				}
			}
			if name != strings.ToLower(name) {
				t.Errorf("attribute %s is not in lower case", name)
			}
		}
	}
}

func nobodyIsAnAnswer(t *testing.T, h Harness) {
	snap := read(t, h, Company{})
	if snap.Report.People != 0 || snap.Report.Groups != 0 {
		t.Errorf("%d people and %d groups", snap.Report.People, snap.Report.Groups)
	}
}

func reportSaysWhatWasRead(t *testing.T, h Harness) {
	r := read(t, h, company()).Report
	if r.People != 2 || r.Groups != 1 || r.Outside != 0 {
		t.Errorf("it counts %d people, %d groups, %d members outside", r.People, r.Groups, r.Outside)
	}
	if r.Bytes == 0 || r.Origin == "" || r.Elapsed <= 0 {
		t.Errorf("it has %d bytes from %q in %v", r.Bytes, r.Origin, r.Elapsed)
	}
}

// What a read says depends on the source alone: plans are compared by it.
func twoReadsAreEqual(t *testing.T, h Harness) {
	c := company()
	c.Groups = append(c.Groups,
		Group{Anchor: groupB, Name: "group-b", Members: append(c.Groups[0].Members, groupA)},
		Group{Anchor: groupC, Name: "group-c", Members: append(c.Groups[0].Members, groupA, groupB), Missing: h.some("MissingMembersMakeAddOnly")},
	)
	d := h.Open(t, c)
	var reads [2]*source.Snapshot
	for i := range reads {
		snap, err := source.New("test", d).Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		snap.Report.Elapsed = 0
		reads[i] = snap
	}
	if diff := cmp.Diff(reads[0], reads[1]); diff != "" {
		t.Error(diff)
	}
}

// some is 2, or 0 for a source that cannot have what a skipped test is about.
func (h Harness) some(test string) int {
	if _, skipped := h.Skip[test]; skipped {
		return 0
	}
	return 2
}
