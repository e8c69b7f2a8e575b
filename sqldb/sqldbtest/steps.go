package sqldbtest

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Asker runs a query inside a transaction, as sqldb's do.
type Asker interface {
	Rows(query string, args ...any) (*sql.Rows, error)
}

// Steps are what SQLite does to carry a query out, a line each: which table it
// searches by which index, which it scans, what it sorts. The query is not run;
// each of its parameters, from $1 on, is given a 1.
func Steps(q Asker, query string) (steps []string, err error) {
	n := 0
	for strings.Contains(query, fmt.Sprintf("$%d", n+1)) {
		n++
	}
	rows, err := q.Rows("EXPLAIN QUERY PLAN "+query, slices.Repeat([]any{1}, n)...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close(), rows.Err()) }()
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			return nil, err
		}
		steps = append(steps, step)
	}
	return steps, nil
}
