package csvsource

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"rollcall/fault"
	"rollcall/source"
	"rollcall/spelling"
)

// column is a column of a table.
type column struct {
	name      string // as the header has it
	attribute string // in lower case; empty for what is never kept
	separator string // between several values; empty where there is one
}

// table reads the rows of one file, whose first record is the header.
type table struct {
	records *records
	columns []column
	rows    int
	sealed  bool
}

const cutHere = "the file ends in the middle of this line: it is cut; export it again, or, if the line is whole, " +
	"end it with a newline or give a manifest with the file's sha256"

// openTable reads the header; wanted are columns that must be there. Sealed is
// whether something will show that the last line is whole.
func openTable(r *records, sealed bool, o Table, wanted ...string) (*table, error) {
	header, err := r.next()
	if errors.Is(err, io.EOF) {
		return nil, fault.Text(fault.Incomplete, reads, r.file, "there is no header; the first line names the columns")
	}
	if err != nil {
		return nil, err
	}
	if !r.ended && !sealed {
		return nil, r.failRecord(cutHere)
	}
	t := &table{records: r, sealed: sealed}
	for i, name := range header {
		name = strings.TrimSpace(name)
		if name == "" {
			return nil, r.fail(r.spans[i].at, fmt.Sprintf("column %d of the header has no name; the first line names the columns", i+1))
		}
		t.columns = append(t.columns, column{name: name, attribute: name})
	}
	if only := t.columns[0].name; len(t.columns) == 1 {
		if name, found := otherDelimiter(only); found {
			return nil, r.failRecord(fmt.Sprintf("the header is a single column with a %s in it; set delimiter to what separates the columns", name))
		}
	}
	if err := t.rename(o, wanted); err != nil {
		return nil, err
	}
	return t, t.unique()
}

// rename gives columns their attributes and separators.
func (t *table) rename(o Table, wanted []string) error {
	for _, name := range wanted {
		if _, err := t.column(name); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o.Columns)) {
		i, err := t.column(name)
		if err != nil {
			return err
		}
		t.columns[i].attribute = o.Columns[name]
	}
	for _, name := range slices.Sorted(maps.Keys(o.Lists)) {
		i, err := t.column(name)
		if err != nil {
			return err
		}
		t.columns[i].separator = o.Lists[name]
	}
	return nil
}

// column finds a column by its name, case aside.
func (t *table) column(name string) (int, error) {
	i := slices.IndexFunc(t.columns, func(c column) bool { return strings.EqualFold(c.name, strings.TrimSpace(name)) })
	if i >= 0 {
		return i, nil
	}
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	// What the line has is not shown: where the header is missing, it is a person.
	return -1, t.records.failRecord(fmt.Sprintf("the header has no column %q%s (was it renamed, or is the header missing?)", name, spelling.Hint(name, names)))
}

// unique refuses two columns for one attribute: which one counts? It settles
// what is never kept.
func (t *table) unique() error {
	seen := map[string]string{}
	for i := range t.columns {
		c := &t.columns[i]
		c.attribute = strings.ToLower(strings.TrimSpace(c.attribute))
		if first, twice := seen[c.attribute]; twice {
			what := fmt.Sprintf("the header has two columns %q", c.name)
			if first != c.name {
				what = fmt.Sprintf("columns %q and %q both are the attribute %s", first, c.name, c.attribute)
			}
			return t.records.fail(t.records.spans[i].at, what+"; rename one of them")
		}
		seen[c.attribute] = c.name
		if !source.Kept(c.attribute) || !source.Kept(strings.ToLower(c.name)) {
			c.attribute = ""
		}
	}
	return nil
}

// each calls fn with every row. A row holds until fn returns.
func (t *table) each(ctx context.Context, fn func(row []string) error) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		row, err := t.records.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		t.rows++
		cut := !t.records.ended && (!t.sealed || len(row) < len(t.columns))
		switch {
		case cut:
			return t.records.failRecord(cutHere)
		case len(row) != len(t.columns):
			return t.records.failRecord(fmt.Sprintf("this row has %s, and the header has %s; a delimiter inside a value belongs in quotes",
				count(len(row), "value"), count(len(t.columns), "column")))
		}
		if err := fn(row); err != nil {
			return err
		}
	}
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// attributes are what a mapping may see of a row: empty values are none.
func (t *table) attributes(row []string) source.Attributes {
	all := make(source.Attributes, len(row))
	texts := make([]string, 0, len(row)) // one allocation for all that are no lists
	for i, c := range t.columns {
		switch value := row[i]; {
		case c.attribute == "" || value == "":
		case c.separator != "":
			if list := list(value, c.separator); len(list) > 0 {
				all[c.attribute] = list
			}
		default:
			texts = append(texts, value)
			all[c.attribute] = texts[len(texts)-1 : len(texts) : len(texts)]
		}
	}
	return all
}

// list takes a value apart. White space round the parts is not theirs.
func list(value, separator string) []string {
	var all []string
	for part := range strings.SplitSeq(value, separator) {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}
