package ldapsource

import (
	"encoding/binary"
	"fmt"
	"maps"
	"strings"
	"testing"
)

// Whatever a server calls an attribute, a range is taken for what it says or
// for broken, and a name without one is left as it is.
func FuzzRangeOf(f *testing.F) {
	for _, name := range []string{
		"member", "member;range=0-1499", "Member;Range=1500-*", "member;range=5-4", "member;range=-1-3", "member;range=", "member;range=0",
		"member;range=99999999999999999999-*", ";range=0-*", "member;binary;range=0-0", "member;range=+1-+2",
		"member;RANGE=0-9;x",
	} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		attribute, first, last, ranged := rangeOf(name)
		switch {
		case !ranged && (attribute != name || first != 0 || last != 0):
			t.Fatalf("%q has no range, and is %q %d-%d", name, attribute, first, last)
		case !ranged:
			return
		case !strings.HasPrefix(name, attribute):
			t.Fatalf("%q is of %q", name, attribute)
		case first < -1 || first == -1 && last != 0:
			t.Fatalf("%q begins at %d and ends at %d", name, first, last)
		case first >= 0 && last != -1 && last < first:
			t.Fatalf("%q ends at %d, before it begins at %d", name, last, first)
		}
		if first < 0 {
			return
		}
		end := "*"
		if last >= 0 {
			end = fmt.Sprint(last)
		}
		again, from, to, _ := rangeOf(fmt.Sprintf("%s;range=%d-%s", attribute, first, end))
		if again != attribute || from != first || to != last {
			t.Fatalf("%q is %q %d-%d, and written out %q %d-%d", name, attribute, first, last, again, from, to)
		}
	})
}

// A vector is read whole or not at all, and never overwrites what the server
// says of itself.
func FuzzUpToDateVector(f *testing.F) {
	for version, size := range map[uint32]int{1: vectorCursor1, 2: vectorCursor2} {
		raw := make([]byte, vectorHeader+2*size)
		binary.LittleEndian.PutUint32(raw, version)
		binary.LittleEndian.PutUint32(raw[8:], 2)
		raw[vectorHeader], raw[vectorHeader+size] = 1, 2
		binary.LittleEndian.PutUint64(raw[vectorHeader+16:], 12345)
		f.Add(raw)
		f.Add(raw[:len(raw)-1])
	}
	f.Add([]byte{})
	f.Add([]byte("\x02\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		marks := map[string]string{}
		addVector(raw, marks)
		if len(marks)*vectorCursor1 > len(raw) {
			t.Fatalf("%d cursors in %d bytes", len(marks), len(raw))
		}
		own := map[string]string{}
		for id, usn := range marks {
			if len(usn) != len(padded("")) {
				t.Fatalf("%s has come to %q", id, usn)
			}
			own[id] = "own"
		}
		kept := maps.Clone(own)
		if addVector(raw, kept); !maps.Equal(own, kept) {
			t.Fatalf("what the server says of itself is replaced: %v", kept)
		}
		if len(raw) > 0 {
			cut := map[string]string{}
			if addVector(raw[:len(raw)-1], cut); len(marks) > 0 && len(cut) > 0 {
				t.Fatalf("cut by a byte it still has %d cursors", len(cut))
			}
		}
	})
}
