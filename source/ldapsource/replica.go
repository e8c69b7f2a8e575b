package ldapsource

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/source"
)

// replica says which copy this is and how far it has come. A server that does
// not say leaves the marks out, which is no failure.
func (c *conn) replica(ctx context.Context, base string) (source.Replica, error) {
	r := source.Replica{Server: c.server, Marks: map[string]string{}}
	var err error
	switch c.root.dialect {
	case ActiveDirectory:
		err = c.usns(ctx, base, r.Marks)
	case OpenLDAP:
		err = c.csns(ctx, base, r.Marks)
	}
	if len(r.Marks) == 0 {
		r.Marks = nil
	}
	return r, err
}

// usns are AD's: of this server's own changes it has all up to its highest
// committed USN, of the others' those in its up-to-dateness vector (MS-DRSR
// 5.166). Each server is known by its invocation id, which it takes anew when
// it is restored from a backup.
func (c *conn) usns(ctx context.Context, base string, marks map[string]string) error {
	if c.root.service == "" || c.root.usn == "" {
		return nil
	}
	id, err := c.invocation(ctx)
	if id == "" || err != nil {
		return err
	}
	marks[id] = padded(c.root.usn)
	for _, context := range c.root.contexts {
		if !strings.HasSuffix(strings.ToLower(base), strings.ToLower(context)) {
			continue
		}
		head, err := c.glance(ctx, context, "replUpToDateVector")
		if head == nil || err != nil {
			return err
		}
		addVector(head.GetEqualFoldRawAttributeValue("replUpToDateVector"), marks)
	}
	return nil
}

// padded makes numbers compare as texts.
func padded(usn string) string { return fmt.Sprintf("%020s", usn) }

// The layout of replUpToDateVector (MS-DRSR 4.1.10.2.3, UPTODATE_VECTOR_V2_EXT
// and V1): version, reserved, number of cursors, reserved; then cursors of a
// GUID, a USN and, in version 2, a time.
const (
	vectorHeader  = 16
	vectorCursor1 = 24
	vectorCursor2 = 32
)

// addVector adds the cursors of a vector that is whole; another says nothing.
func addVector(raw []byte, marks map[string]string) {
	if len(raw) < vectorHeader {
		return
	}
	size := map[uint32]int{1: vectorCursor1, 2: vectorCursor2}[binary.LittleEndian.Uint32(raw)]
	count := int(binary.LittleEndian.Uint32(raw[8:]))
	if size == 0 || count > len(raw) || len(raw) != vectorHeader+count*size {
		return
	}
	for at := vectorHeader; at < len(raw); at += size {
		id, err := identity.ParseAnchor(identity.AnchorGUID, raw[at:at+16])
		if err != nil {
			continue
		}
		if _, own := marks[string(id)]; !own {
			marks[string(id)] = fmt.Sprintf("%020d", binary.LittleEndian.Uint64(raw[at+16:]))
		}
	}
}

// csns are OpenLDAP's: the last change of each server that the copy has, as
// "20261122100000.123456Z#000000#001#000000" with the server's id third.
func (c *conn) csns(ctx context.Context, base string, marks map[string]string) error {
	suffix := base
	for _, context := range c.root.contexts {
		if strings.HasSuffix(strings.ToLower(base), strings.ToLower(context)) {
			suffix = context
		}
	}
	e, err := c.glance(ctx, suffix, "contextCSN")
	if e == nil || err != nil {
		return err
	}
	for _, csn := range e.GetEqualFoldAttributeValues("contextCSN") {
		if id, mark, ok := markOf(csn); ok {
			marks[id] = mark
		}
	}
	return nil
}

// markOf is what a CSN says: whose it is, and how far they had come.
func markOf(csn string) (id, mark string, ok bool) {
	parts := strings.Split(csn, "#")
	if len(parts) != 4 {
		return "", "", false
	}
	return "server " + parts[2], csn, true
}

// glance reads an entry, or nil where the account may not see it.
func (c *conn) glance(ctx context.Context, name string, attributes ...string) (*ldap.Entry, error) {
	e, err := c.read(ctx, name, attributes...)
	if fault.Is(err, fault.Incomplete) || fault.Is(err, fault.Denied) {
		return nil, nil
	}
	return e, err
}
