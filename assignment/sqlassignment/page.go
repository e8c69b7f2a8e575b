package sqlassignment

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strings"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/sqldb"
)

// largestPage bounds a page; it is also what a request without a limit gets.
const largestPage = 1000

const (
	positionBytes = 8
	macBytes      = 12
)

// limit3 bounds a listing. A bare $3 would have SQLite look at its value and
// prepare the statement again each time, which costs more than a short page.
const limit3 = `LIMIT $3 + 0`

// row is an item with its place in the listing.
type row[T any] struct {
	key  int64
	item T
}

// listing is what a page token belongs to: what is listed, and of what.
type listing struct {
	op    string
	scope []string
}

// scanner reads one row of a query.
type scanner[T any] func(scan func(...any) error) (row[T], error)

// collect reads all rows that a query finds.
func collect[T any](q sqldb.Query, s scanner[T], query string, args ...any) ([]row[T], error) {
	found, err := q.Rows(query, args...)
	if err != nil {
		return nil, err
	}
	var all []row[T]
	err = sqldb.Each(found, func(scan func(...any) error) error {
		r, err := s(scan)
		all = append(all, r)
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// list answers one page: read gets at most limit rows behind a position, in
// the order of their keys. An item keeps its key while it exists, so a listing
// is stable whatever else is written.
func list[T any](ctx context.Context, d *Driver, l listing, page assignment.PageRequest,
	read func(q sqldb.Query, after int64, limit int) ([]row[T], error),
) (assignment.Page[T], error) {
	var out assignment.Page[T]
	if page.Limit < 0 {
		return out, fault.Text(fault.Invalid, l.op, "limit", "it is negative; want 0 for any number, or at least 1")
	}
	limit := page.Limit
	if limit == 0 || limit > largestPage {
		limit = largestPage
	}
	after, err := d.openToken(l, page.Token)
	if err != nil {
		return out, err
	}
	var found []row[T]
	err = d.read(ctx, l.op, func(q sqldb.Query) error {
		found, err = read(q, after, limit+1) // one more tells whether there is a next page
		return err
	})
	if err != nil {
		return out, err
	}
	if len(found) > limit {
		found = found[:limit]
		out.Next = d.sealToken(l, found[limit-1].key)
	}
	out.Items = make([]T, len(found))
	for i := range found {
		out.Items[i] = found[i].item
	}
	return out, nil
}

// merge puts rows of several queries into the order of one listing.
func merge[T any](rows []row[T], limit int) []row[T] {
	slices.SortFunc(rows, func(a, b row[T]) int { return int(min(max(a.key-b.key, -1), 1)) })
	return rows[:min(len(rows), limit)]
}

// sealToken writes a position so that only this listing of this instance takes
// it: its characters are those of aws-contract 4.2, Token.
func (d *Driver) sealToken(l listing, position int64) string {
	raw := binary.BigEndian.AppendUint64(make([]byte, 0, positionBytes+macBytes), uint64(position))
	return base64.RawURLEncoding.EncodeToString(append(raw, d.mac(l, raw)...))
}

func (d *Driver) openToken(l listing, token string) (position int64, err error) {
	if token == "" {
		return 0, nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != positionBytes+macBytes || !hmac.Equal(raw[positionBytes:], d.mac(l, raw[:positionBytes])) {
		return 0, fault.Text(fault.Invalid, l.op, "page token", "it is not one that this listing has given out; begin again without a token")
	}
	return int64(binary.BigEndian.Uint64(raw)), nil
}

func (d *Driver) mac(l listing, position []byte) []byte {
	h := hmac.New(sha256.New, d.secret) // the secret is the instance's own
	h.Write(position)
	h.Write([]byte(l.op + "\x00" + strings.Join(l.scope, "\x00")))
	return h.Sum(nil)[:macBytes]
}
