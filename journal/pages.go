package journal

import (
	"context"
	"fmt"

	"rollcall/sqldb"
)

// storedEntry is an entry as its rows hold it.
type storedEntry struct {
	seq      int64
	envelope []byte
	hash     []byte
	bodied   bool   // it has a row for a body
	body     []byte // nil if there is none or it was erased
}

// span is a part of one chain.
type span struct {
	chain    int64
	from, to int64 // seqs, both included; a to of 0 is the end
	newest   bool  // from the end backwards
}

// pageSize is how many entries one read takes: a snapshot must not be held for
// long, and none is held while somebody looks at an entry.
const pageSize = 1000

// pages calls fn for every entry of s, in order, until it fails.
func (j *Journal) pages(ctx context.Context, s span, fn func(storedEntry) error) error {
	if s.to == 0 {
		s.to = 1 << 62
	}
	for s.from <= s.to {
		page, err := j.page(ctx, s)
		if err != nil {
			return err
		}
		for _, row := range page {
			if err := fn(row); err != nil {
				return err
			}
		}
		if len(page) < pageSize {
			return nil
		}
		if last := page[len(page)-1].seq; s.newest {
			s.to = last - 1
		} else {
			s.from = last + 1
		}
	}
	return nil
}

const entryColumns = `e.seq, e.envelope, e.hash, b.seq IS NOT NULL, b.body
	FROM entries e LEFT JOIN bodies b ON b.chain = e.chain AND b.seq = e.seq `

func (j *Journal) page(ctx context.Context, s span) ([]storedEntry, error) {
	order := "ORDER BY e.seq LIMIT $4"
	if s.newest {
		order = "ORDER BY e.seq DESC LIMIT $4"
	}
	var page []storedEntry
	err := j.read(ctx, "read journal", "", func(q sqldb.Query) (err error) {
		page, err = listEntries(q, "WHERE e.chain = $1 AND e.seq >= $2 AND e.seq <= $3 "+order, s.chain, s.from, s.to, pageSize)
		return err
	})
	return page, err
}

func listEntries(q sqldb.Query, where string, args ...any) ([]storedEntry, error) {
	return sqldb.Collect(q, func(scan func(...any) error) (row storedEntry, err error) {
		err = scan(&row.seq, &row.envelope, &row.hash, &row.bodied, &row.body)
		return row, err
	}, "SELECT "+entryColumns+where, args...)
}

func entryName(seq int64) string { return fmt.Sprintf("entry %d", seq) }
