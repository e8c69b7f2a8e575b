package csvsource

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rollcall/source"
)

var seeds = []string{
	"", "\n", "id,name\nE1,Ann\n", "id;name\r\nE1;\"Ann \"\"A\"\"\r\nB\"\r\n", "id,\"name\nE1", "id\tname\nE1\tx\n\n\n",
	"a,\"b\"c\n", "\"\"\n", "a\rb\n", "id,\xff\n", ",,\n,\n", "\ufeffid,x\nE1,\n",
}

// write writes records as RFC 4180 has them; all puts every value in quotes.
func write(records [][]string, delimiter byte, end string, all bool) string {
	var out strings.Builder
	for _, record := range records {
		for i, value := range record {
			if i > 0 {
				out.WriteByte(delimiter)
			}
			if all || len(record) == 1 && value == "" || strings.ContainsAny(value, "\"\r\n"+string(delimiter)) {
				value = `"` + strings.ReplaceAll(value, `"`, `""`) + `"`
			}
			out.WriteString(value)
		}
		out.WriteString(end)
	}
	return out.String()
}

// Whatever is taken means the same when it is written out anew, in any way.
func FuzzReader(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, byte(','))
		f.Add(s, byte(';'))
	}
	f.Fuzz(func(t *testing.T, csv string, delimiter byte) {
		if !isDelimiter(delimiter) {
			delimiter = '\t'
		}
		first, err := readAll(csv, delimiter)
		if err != nil {
			return
		}
		mustReadAsWritten(t, first)
	})
}

type fataler interface{ Fatalf(string, ...any) }

func mustReadAsWritten(t fataler, records [][]string) {
	for _, d := range delimiters {
		for _, end := range []string{"\n", "\r\n"} {
			for _, all := range []bool{true, false} {
				text := write(records, d.sign, end, all)
				got, err := readAll(text, d.sign)
				if err != nil || !slices.EqualFunc(got, records, slices.Equal[[]string]) {
					t.Fatalf("%q was written as %q and read as %q, %v", records, text, got, err)
				}
			}
		}
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.StringOfN(rapid.RuneFrom([]rune("aé浩 ,;|\t\"\r\n")), 0, 8, -1), rapid.StringMatching(`[^\x00]{0,5}`))
		mustReadAsWritten(t, rapid.SliceOfN(rapid.SliceOfN(value, 1, 4), 0, 6).Draw(t, "records"))
	})
}

// Whatever the whole driver takes is a proven snapshot that does not depend on
// the order of the rows.
func FuzzDriver(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, "group,member\nG1,E1\nG1,G2\nG2,E9\n")
	}
	f.Fuzz(func(t *testing.T, people, memberships string) {
		o := options()
		o.Groups = Table{}
		o.People.Lists = map[string]string{"id": "/"}
		snap, err := read(t, o, map[string]string{"people.csv": people, "memberships.csv": memberships})
		if err != nil {
			return
		}
		other, err := read(t, o, map[string]string{"people.csv": reversed(t, people), "memberships.csv": reversed(t, memberships)})
		if err != nil {
			t.Fatalf("%q and %q in reverse are refused: %v", people, memberships, err)
		}
		if a, b := told(snap), told(other); a != b {
			t.Fatalf("%q and %q are\n%s, in reverse they are\n%s", people, memberships, a, b)
		}
	})
}

// reversed is a file with its rows the other way round.
func reversed(t *testing.T, csv string) string {
	records, err := readAll(strings.TrimPrefix(csv, "\ufeff"), ',')
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(records[1:])
	return write(records, ',', "\n", true)
}

// told is everything in a snapshot that may not depend on the order.
func told(s *source.Snapshot) string {
	var b strings.Builder
	for _, p := range s.People {
		fmt.Fprintf(&b, "%q %q\n", p.Anchor, p.Attributes)
	}
	for _, g := range s.Groups {
		fmt.Fprintf(&b, "%q %v %v\n", g.Anchor, g.Members, g.AddOnly)
	}
	return b.String()
}

// 100,000 people and as many memberships are about a second, most of it spent
// on proving.
func BenchmarkRead(b *testing.B) {
	var people, memberships strings.Builder
	people.WriteString("id,userName,givenName,familyName,mail,title,department\n")
	memberships.WriteString("group,member\n")
	for i := range 100_000 {
		fmt.Fprintf(&people, "E%06d,user%d,Given,\"Family, %d\",user%d@example.com,Engineer,Platform\n", i, i, i, i)
		fmt.Fprintf(&memberships, "G%d,E%06d\n", i%500, i)
	}
	o := options()
	o.Groups = Table{}
	files := map[string]string{"people.csv": people.String(), "memberships.csv": memberships.String()}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := read(b, o, files); err != nil {
			b.Fatal(err)
		}
	}
}
