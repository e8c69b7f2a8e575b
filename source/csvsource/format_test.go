package csvsource

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"rollcall/fault"
)

// readAll reads all records of a file called f.
func readAll(csv string, delimiter byte) ([][]string, error) {
	r := newRecords(strings.NewReader(csv), "f", delimiter)
	var all [][]string
	for {
		row, err := r.next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		all = append(all, slices.Clone(row))
	}
}

func TestRecords(t *testing.T) {
	for name, c := range map[string]struct {
		csv       string
		delimiter byte
		want      string
	}{
		"LF":                         {"a,b\nc,d\n", ',', `[["a" "b"] ["c" "d"]]`},
		"CR LF":                      {"a,b\r\nc,d\r\n", ',', `[["a" "b"] ["c" "d"]]`},
		"no end":                     {"a,b\nc,d", ',', `[["a" "b"] ["c" "d"]]`},
		"no end after quotes":        {"a,\"b\"", ',', `[["a" "b"]]`},
		"quotes":                     {"\"a\",b,\"c\"\n", ',', `[["a" "b" "c"]]`},
		"delimiter in quotes":        {"\"a,b\",c\n", ',', `[["a,b" "c"]]`},
		"quote in quotes":            {"\"a\"\"b\"\"\",\"\"\"\"\n", ',', `[["a\"b\"" "\""]]`},
		"newline in quotes":          {"\"a\nb\",\"c\r\nd\"\n", ',', `[["a\nb" "c\r\nd"]]`},
		"carriage return in quotes":  {"\"a\rb\"\n", ',', `[["a\rb"]]`},
		"empty lines in quotes":      {"\"a\n\n\nb\"\n", ',', `[["a\n\n\nb"]]`},
		"empty values":               {",,\n\"\",,\"\"\n", ',', `[["" "" ""] ["" "" ""]]`},
		"one empty value":            {"\"\"\n", ',', `[[""]]`},
		"spaces are part of a value": {" a , b\n", ',', `[[" a " " b"]]`},
		"semicolons":                 {"a;b,c\n\"d;e\";f\n", ';', `[["a" "b,c"] ["d;e" "f"]]`},
		"tabs":                       {"a\tb,c\n", '\t', `[["a" "b,c"]]`},
		"empty lines at the end":     {"a\n\n\r\n\n", ',', `[["a"]]`},
		"UTF-8":                      {"浩,é\n", ',', `[["浩" "é"]]`},
		"nothing":                    {"", ',', `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readAll(c.csv, c.delimiter)
			if err != nil || fmt.Sprintf("%q", got) != c.want {
				t.Errorf("got %q, %v; want %s", got, err, c.want)
			}
		})
	}
}

func TestWhatIsWrongIsNamedWithItsPlace(t *testing.T) {
	for name, c := range map[string]struct{ csv, says string }{
		"quote in a value":         {"é,b\na,é\"b\n", `f:2:4: incomplete: there is a quote inside a value without quotes`},
		"quote after a space":      {"a, \"b\"\n", `f:1:4: incomplete: there is a quote inside`},
		"text after quotes":        {"a,b\n\"é\"x,b\n", `f:2:4: incomplete: the value in quotes that begins at 2:1 ends before this`},
		"text after lines":         {"a,\"b\nc\"x\n", `f:2:3: incomplete: the value in quotes that begins at 1:3 ends`},
		"space after quotes":       {"\"a\" ,b\n", `f:1:4: incomplete: the value in quotes`},
		"open quote":               {"a,b\nc,\"d\ne,f\n", `f:2:3: incomplete: the quote that opens here is never closed: the file is cut`},
		"cut in quotes":            {"a,\"b", `f:1:3: incomplete: the quote that opens here is never closed`},
		"cut after a quote":        {"a,\"b\"\"", `f:1:3: incomplete: the quote that opens here is never closed`},
		"cut between CR and LF":    {"a,b\r", `f:1:4: incomplete: the file ends in the middle of this line's end`},
		"the same after a quote":   {"a,\"b\"\r", `f:1:6: incomplete: the file ends in the middle of this line's end`},
		"cut in a character":       {"a,\xc3", `f:1:3: incomplete: the file ends in the middle of a character`},
		"carriage return":          {"a\rb\n", `f:1:2: incomplete: there is a carriage return`},
		"carriage return at quote": {"\"a\"\rb\n", `f:1:4: incomplete: the value in quotes`},
		"zero byte":                {"a,b\na\x00b\n", `f:2:2: incomplete: there is a zero byte`},
		"Latin-1":                  {"name\nJ\xfcrgen\n", `f:2:2: incomplete: this is not UTF-8; export as "CSV UTF-8"`},
		"Latin-1 in quotes":        {"\"a\nJ\xfcrgen\"\n", `f:2:2: incomplete: this is not UTF-8`},
		"empty line":               {"a\nb\n\n\r\nc\n", `f:3: incomplete: this line is empty and others follow it`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readAll(c.csv, ',')
			if !fault.Is(err, fault.Incomplete) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %q, %v\nwant %s", got, err, c.says)
			}
		})
	}
}

func TestARecordHasALimit(t *testing.T) {
	for csv, refused := range map[string]bool{
		"a,12345678\n":     false,
		"a,123456789\n":    true,
		"a,\"1234\n6\"\n":  false,
		"a,\"1234\n67\"\n": true,
		"a,\"\n\n\n\n\n\n": true,
	} {
		r := newRecords(strings.NewReader("x\n"+csv), "f", ',')
		r.limit = len("a,12345678\n")
		_, err := r.next()
		if err == nil {
			_, err = r.next()
		}
		if fault.Is(err, fault.Incomplete) != refused || !refused && err != nil {
			t.Errorf("%q: %v, want it refused: %v", csv, err, refused)
		}
		if refused && !strings.Contains(err.Error(), "never closed") {
			t.Errorf("%q: %v", csv, err)
		}
	}
}

// Texts given out stay as they are while others are read.
func TestTextsHold(t *testing.T) {
	r := newRecords(strings.NewReader("a,b\nc,d\n"), "f", ',')
	row, err := r.next()
	if err != nil {
		t.Fatal(err)
	}
	a, b := row[0], row[1]
	if _, err := r.next(); err != nil {
		t.Fatal(err)
	}
	if a != "a" || b != "b" {
		t.Errorf("they became %q and %q", a, b)
	}
}
