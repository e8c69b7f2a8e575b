package ldapsource

import (
	"github.com/go-ldap/ldap/v3"

	"rollcall/fault"
)

// The tags of what an entry is made of (RFC 4511 section 4.5.2).
const (
	tagInteger  = 0x02
	tagOctets   = 0x04
	tagSequence = 0x30
	tagSet      = 0x31
	tagEntry    = 0x64 // SearchResultEntry
)

// isEntry reports whether a message is an entry of a search.
func isEntry(message []byte) bool {
	_, in, _, err := element(message)
	if err != nil {
		return false
	}
	_, _, op, err := element(in)
	return err == nil && len(op) > 0 && op[0] == tagEntry
}

var errForm = fault.Text(fault.Incomplete, "read entry", "", "the server sends one that is not encoded as LDAP says (RFC 4511 section 5.1)")

// element takes the first element off BER of the form that LDAP allows (RFC 4511
// section 5.1): one byte of tag, and a length of at most four more.
func element(b []byte) (tag byte, in, rest []byte, err error) {
	if len(b) < 2 {
		return 0, nil, nil, errForm
	}
	length, at := int(b[1]), 2
	if b[1] >= 0x80 {
		more := int(b[1] & 0x7f)
		if at += more; more == 0 || more > 4 || len(b) < at {
			return 0, nil, nil, errForm
		}
		length = number(b[2:at])
	}
	if length > len(b)-at {
		return 0, nil, nil, errForm
	}
	return b[0], b[at : at+length], b[at+length:], nil
}

func number(b []byte) (n int) {
	for _, digit := range b {
		n = n<<8 | int(digit)
	}
	return n
}

// expect is element for one that must be of a kind.
func expect(b []byte, tag byte) (in, rest []byte, err error) {
	got, in, rest, err := element(b)
	if err == nil && got != tag {
		err = errForm
	}
	return in, rest, err
}

// entries decodes messages. It is for one goroutine.
type entries struct{ names map[string]string }

// mostNames bounds how many names of attributes are kept.
const mostNames = 10_000

// decode reads an entry. Its texts are parts of one text, which lives as long as
// the longest-lived of them, and its bytes parts of the message.
func (d *entries) decode(message []byte) (*ldap.Entry, error) {
	in, _, err := expect(message, tagSequence)
	if err != nil {
		return nil, err
	}
	_, in, err = expect(in, tagInteger)
	if err != nil {
		return nil, err
	}
	if in, _, err = expect(in, tagEntry); err != nil {
		return nil, err
	}
	name, in, err := expect(in, tagOctets)
	if err != nil {
		return nil, err
	}
	list, _, err := expect(in, tagSequence)
	if err != nil {
		return nil, err
	}
	t := texts{bytes: message, text: string(message)}
	e := &ldap.Entry{DN: t.of(name)}
	for len(list) > 0 {
		var one []byte
		if one, list, err = expect(list, tagSequence); err != nil {
			return nil, err
		}
		a, err := d.attribute(one, t)
		if err != nil {
			return nil, err
		}
		e.Attributes = append(e.Attributes, a)
	}
	return e, nil
}

func (d *entries) attribute(b []byte, t texts) (*ldap.EntryAttribute, error) {
	name, b, err := expect(b, tagOctets)
	if err != nil {
		return nil, err
	}
	set, _, err := expect(b, tagSet)
	if err != nil {
		return nil, err
	}
	n := 0
	for rest := set; len(rest) > 0; n++ {
		if _, rest, err = expect(rest, tagOctets); err != nil {
			return nil, err
		}
	}
	a := &ldap.EntryAttribute{Name: d.name(name), Values: make([]string, n), ByteValues: make([][]byte, n)}
	for i := range n {
		var value []byte
		value, set, _ = expect(set, tagOctets) // it was, just now
		a.Values[i], a.ByteValues[i] = t.of(value), value[:len(value):len(value)]
	}
	return a, nil
}

// name is the same text for the same attribute of every entry.
func (d *entries) name(b []byte) string {
	if known, ok := d.names[string(b)]; ok {
		return known
	}
	name := string(b)
	if len(d.names) < mostNames {
		d.names[name] = name
	}
	return name
}

// texts turns parts of some bytes into parts of one text, instead of a text for
// each.
type texts struct {
	bytes []byte
	text  string
}

// of is the text of a part of the bytes. Where that begins follows from how much
// lies behind it.
func (t texts) of(part []byte) string {
	from := cap(t.bytes) - cap(part)
	return t.text[from : from+len(part)]
}
