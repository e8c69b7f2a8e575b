package cli

import (
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"
	"pgregory.net/rapid"
)

func people() listing {
	return listing{
		Columns: []string{"User name", "Display name", "What they do", "ID"},
		Rows: [][]string{
			{"ann", "Ann Example", "Keeps the lights on", "d-1234567890"},
			{"kenji.takeuchi", "竹内 健二", "", "d-0987654321"},
		},
	}
}

// printed is a table as a terminal of so many columns shows it.
func printed(t interface{ Fatal(...any) }, l listing, columns int) string {
	var out strings.Builder
	if err := printTable(&out, l, columns); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestATableIsAsWideAsTheTerminalLets(t *testing.T) {
	for name, c := range map[string]struct {
		columns int
		want    string
	}{
		"no terminal": {0, `User name       Display name  What they do         ID
ann             Ann Example   Keeps the lights on  d-1234567890
kenji.takeuchi  竹内 健二                          d-0987654321
`},
		"just wide enough": {63, `User name       Display name  What they do         ID
ann             Ann Example   Keeps the lights on  d-1234567890
kenji.takeuchi  竹内 健二                          d-0987654321
`},
		"cells broken between words": {62, `User name       Display name  What they do      ID
ann             Ann Example   Keeps the lights  d-1234567890
                              on
kenji.takeuchi  竹内 健二                       d-0987654321
`},
		"a record each, and nothing for what is empty": {40, `User name     ann
Display name  Ann Example
What they do  Keeps the lights on
ID            d-1234567890

User name     kenji.takeuchi
Display name  竹内 健二
ID            d-0987654321
`},
	} {
		if got := printed(t, people(), c.columns); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

func TestANameAndItsValueStayATable(t *testing.T) {
	l := listing{Columns: []string{"Attribute", "Value"}, Rows: [][]string{{"id", strings.Repeat("x", 50)}}}
	if got := printed(t, l, 20); got != "Attribute  Value\nid         "+strings.Repeat("x", 50)+"\n" {
		t.Errorf("got\n%s", got)
	}
}

func TestNoWordIsLostOrBrokenInANarrowTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.StringMatching(`([a-zé竹]{1,9} ){0,4}[a-z]{0,9}`)
		l := listing{Columns: []string{"One", "Two", "Three"}}
		var words []string
		for range rapid.IntRange(1, 4).Draw(t, "rows") {
			r := rapid.SliceOfN(cell, 3, 3).Draw(t, "row")
			l.Rows = append(l.Rows, r)
			words = append(words, strings.Fields(strings.Join(r, " "))...)
		}
		columns := rapid.IntRange(20, 80).Draw(t, "columns")
		got := printed(t, l, columns)
		for _, w := range words {
			if !strings.Contains(got, w) {
				t.Fatalf("%q is lost in\n%s", w, got)
			}
		}
		for line := range strings.Lines(got) {
			if text.StringWidth(strings.TrimRight(line, "\n")) > columns {
				t.Fatalf("a line is longer than %d:\n%s", columns, got)
			}
		}
	})
}
