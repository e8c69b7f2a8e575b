package sqldir

import (
	"fmt"
	"slices"
	"strings"
)

// bulk is one statement for many rows: handing them over one by one costs more
// than storing them. There is a text for each of a few numbers of rows, so that
// they stay prepared; a list of any length is cut into those.
type bulk [len(bulkSizes)]string

var bulkSizes = [...]int{16, 4, 1}

// newBulk makes the texts: head and tail go round as many rows as there are.
// Row writes one whose own parameters begin at $first; shared are the
// parameters that all rows have together, from $1 on, own those of each. A
// parameter that stands in every row is better one of each: where they are all
// in order, SQLite need not look for their names.
func newBulk(shared, own int, head, tail string, row func(first int) string) (b bulk) {
	for i, size := range bulkSizes {
		rows := make([]string, size)
		for n := range rows {
			rows[n] = row(shared + 1 + n*own)
		}
		b[i] = head + strings.Join(rows, ", ") + tail
	}
	return b
}

// parameters writes count of them from $first on, with commas between.
func parameters(first, count int) string {
	all := make([]string, count)
	for i := range all {
		all[i] = fmt.Sprintf("$%d", first+i)
	}
	return strings.Join(all, ", ")
}

// inBulk runs b for all rows, whose own parameters add appends.
func inBulk[T any](b *bulk, shared []any, rows []T, add func(args []any, row T) []any, run func(query string, args []any) error) error {
	for len(rows) > 0 {
		at := slices.IndexFunc(bulkSizes[:], func(size int) bool { return size <= len(rows) })
		args := slices.Clone(shared)
		for _, row := range rows[:bulkSizes[at]] {
			args = add(args, row)
		}
		if err := run(b[at], args); err != nil {
			return err
		}
		rows = rows[bulkSizes[at]:]
	}
	return nil
}
