// Package keyset cuts the listings of a database into pages, by the keys of
// their rows. A row keeps its key while it exists, so a listing is stable
// whatever else is written; and a page costs the same however deep it is.
//
// It is for adapters that keep their own tables.
package keyset

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"

	"rollcall/directory"
	"rollcall/fault"
)

// LargestPage is how many rows a page may have; it is also what a request without a limit gets.
const LargestPage = 1000

const (
	positionBytes = 8
	macBytes      = 12
)

// Listing is what a page token belongs to: no other listing takes it.
type Listing struct {
	Op     string   // what is listed, as faults say it
	Scope  []string // of what
	Secret []byte   // of the store or instance
}

// Page answers one page. Read gets at most limit rows behind a key, in the order
// of their keys; at takes a row apart. It fails with fault.Invalid for a negative
// limit and for a token that this listing has not given out, and with read's
// error as it is.
func Page[Row, T any](l Listing, page directory.PageRequest, read func(after int64, limit int) ([]Row, error), at func(Row) (key int64, item T)) (directory.Page[T], error) {
	var out directory.Page[T]
	if page.Limit < 0 {
		return out, fault.Text(fault.Invalid, l.Op, "limit", "it is negative; want 0 for any number, or at least 1")
	}
	limit := page.Limit
	if limit == 0 || limit > LargestPage {
		limit = LargestPage
	}
	after, err := l.open(page.Token)
	if err != nil {
		return out, err
	}
	found, err := read(after, limit+1) // one more tells whether there is a next page
	if err != nil {
		return out, err
	}
	if len(found) > limit {
		found = found[:limit]
		last, _ := at(found[limit-1])
		out.Next = l.seal(last)
	}
	out.Items = make([]T, len(found))
	for i, row := range found {
		_, out.Items[i] = at(row)
	}
	return out, nil
}

// seal writes a position so that only this listing takes it. Its characters are
// those that both services allow in a token (aws-contract 3.4 and 4.2).
func (l Listing) seal(position int64) string {
	raw := binary.BigEndian.AppendUint64(make([]byte, 0, positionBytes+macBytes), uint64(position))
	return base64.RawURLEncoding.EncodeToString(append(raw, l.mac(raw)...))
}

func (l Listing) open(token string) (position int64, err error) {
	if token == "" {
		return 0, nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != positionBytes+macBytes || !hmac.Equal(raw[positionBytes:], l.mac(raw[:positionBytes])) {
		return 0, fault.Text(fault.Invalid, l.Op, "page token", "it is not one that this listing has given out; begin again without a token")
	}
	return int64(binary.BigEndian.Uint64(raw)), nil
}

func (l Listing) mac(position []byte) []byte {
	h := hmac.New(sha256.New, l.Secret)
	h.Write(position)
	h.Write([]byte(l.Op + "\x00" + strings.Join(l.Scope, "\x00")))
	return h.Sum(nil)[:macBytes]
}
