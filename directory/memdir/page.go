package memdir

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"rollcall/directory"
	"rollcall/fault"
)

const (
	usualPage     = 100
	positionBytes = 8
)

// list returns one page of a sequence. The token is the position of the last
// item, so that what others write before or behind it moves nothing; it is
// signed for this one listing.
func list[T any](ctx context.Context, d *Driver, listing string, page directory.PageRequest,
	find func() (*sequence[T], error), clone func(T) T,
) (directory.Page[T], error) {
	var out directory.Page[T]
	op := "list " + listing
	if err := alive(ctx, op); err != nil {
		return out, err
	}
	if page.Limit < 0 {
		return out, fault.Text(fault.Invalid, op, "", "the limit is negative")
	}
	if page.Limit == 0 {
		page.Limit = usualPage
	}
	after, err := d.position(op, listing, page.Token)
	if err != nil {
		return out, err
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	from, err := find()
	if err != nil || from == nil {
		return out, err
	}
	items, more := from.after(after, page.Limit)
	for _, i := range items {
		out.Items = append(out.Items, clone(i.value))
	}
	if more {
		out.Next = d.token(listing, items[len(items)-1].at)
	}
	return out, nil
}

func (d *Driver) token(listing string, at int64) string {
	raw := binary.BigEndian.AppendUint64(nil, uint64(at))
	return base64.RawURLEncoding.EncodeToString(append(raw, d.sign(listing, raw)...))
}

// position reads a token of this listing; no token is the beginning.
func (d *Driver) position(op, listing, token string) (int64, error) {
	if token == "" {
		return 0, nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) < positionBytes || !hmac.Equal(raw[positionBytes:], d.sign(listing, raw[:positionBytes])) {
		return 0, fault.Text(fault.Invalid, op, "page token", "it is not one that this listing gave")
	}
	return int64(binary.BigEndian.Uint64(raw)), nil
}

func (d *Driver) sign(listing string, raw []byte) []byte {
	mac := hmac.New(sha256.New, d.key)
	mac.Write(raw)
	mac.Write([]byte(listing))
	return mac.Sum(nil)
}
