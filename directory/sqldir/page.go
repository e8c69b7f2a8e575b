package sqldir

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

// largestPage bounds a page; it is also what a request without a limit gets.
const largestPage = 1000

const (
	positionBytes = 8
	macBytes      = 12
)

// listing is what a page token belongs to: a listing of one kind, and the
// group or user whose memberships it lists.
type listing struct {
	op    string
	scope identity.ID // empty for users and groups
}

// list answers one page: read gets at most limit rows behind a position, in
// the order of their keys. An item keeps its key while it exists, so a listing
// is stable whatever else is written.
func list[T any](ctx context.Context, d *Driver, l listing, page directory.PageRequest,
	read func(q sqldb.Query, after int64, limit int) ([]row[T], error),
) (directory.Page[T], error) {
	var out directory.Page[T]
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
	err = d.read(ctx, l.op, "", func(q sqldb.Query) error {
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

// sealToken writes a position so that only this listing of this store takes
// it: its characters are those of aws-contract 3.4, NextToken.
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
	h := hmac.New(sha256.New, d.secret) // the secret is the store's own
	h.Write(position)
	h.Write([]byte(l.op + "\x00" + string(l.scope)))
	return h.Sum(nil)[:macBytes]
}
