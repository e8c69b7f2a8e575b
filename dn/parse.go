package dn

import (
	"fmt"
	"slices"
	"strings"

	"rollcall/fault"
)

// maxBytes is the longest name taken. AD ends at 255 characters a part and
// OpenLDAP at 8 KiB; nothing real comes near.
const maxBytes = 32 << 10

// Parse reads a name as RFC 4514 writes it, and as people do, with spaces
// round the signs. Quoted values and semicolons, which RFC 4514 gave up, are
// refused. It fails with fault.Invalid and says at which byte, not what stands
// there.
func Parse(s string) (DN, error) {
	if len(s) > maxBytes {
		return "", fault.Text(fault.Invalid, "read DN", "", fmt.Sprintf("%d bytes, at most %d are read", len(s), maxBytes))
	}
	p := parser{in: s, out: make([]byte, 0, len(s))}
	if err := p.name(); err != nil {
		return "", fault.New(fault.Invalid, "read DN", "", err)
	}
	return DN(p.out), nil
}

type parser struct {
	in  string
	at  int
	out []byte
}

func (p *parser) name() error {
	if p.spaces(); p.at == len(p.in) {
		return nil
	}
	for {
		if err := p.rdn(); err != nil {
			return err
		}
		if p.at == len(p.in) {
			return nil
		}
		p.at++ // the comma at which rdn stopped
		p.out = append(p.out, ',')
	}
}

// rdn reads up to a comma or the end.
func (p *parser) rdn() error {
	start, many := len(p.out), false
	for {
		if err := p.pair(); err != nil {
			return err
		}
		if p.at == len(p.in) || p.in[p.at] == ',' {
			break
		}
		p.at++ // the plus sign at which pair stopped
		p.out = append(p.out, '+')
		many = true
	}
	if many { // a plus sign inside a value is written \2b
		parts := strings.Split(string(p.out[start:]), "+")
		slices.Sort(parts)
		p.out = append(p.out[:start], strings.Join(slices.Compact(parts), "+")...)
	}
	return nil
}

// pair reads one type and value, up to a comma, a plus sign or the end.
func (p *parser) pair() error {
	if err := p.attributeType(); err != nil {
		return err
	}
	p.out = append(p.out, '=')
	if p.spaces(); p.at < len(p.in) && p.in[p.at] == '#' {
		return p.hexValue()
	}
	return p.value()
}

func (p *parser) attributeType() error {
	p.spaces()
	start := p.at
	for p.at < len(p.in) && isTypeByte(p.in[p.at]) {
		p.at++
	}
	name := p.in[start:p.at]
	if name == "" {
		return fmt.Errorf("an attribute type is missing at byte %d", start+1)
	}
	if p.spaces(); p.at == len(p.in) || p.in[p.at] != '=' {
		return fmt.Errorf("no equals sign at byte %d", p.at+1)
	}
	p.at++
	p.out = append(p.out, shortName(name)...)
	return nil
}

func isTypeByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_'
}

func (p *parser) spaces() {
	for p.at < len(p.in) && p.in[p.at] == ' ' {
		p.at++
	}
}

// shortNames are the other names of RFC 4514's table, and of uid and mail.
var shortNames = map[string]string{
	"2.5.4.3": "cn", "commonname": "cn",
	"2.5.4.4": "sn", "surname": "sn",
	"2.5.4.7": "l", "localityname": "l",
	"2.5.4.8": "st", "stateorprovincename": "st",
	"2.5.4.10": "o", "organizationname": "o",
	"2.5.4.11": "ou", "organizationalunitname": "ou",
	"2.5.4.6": "c", "countryname": "c",
	"2.5.4.9": "street", "streetaddress": "street",
	"0.9.2342.19200300.100.1.25": "dc", "domaincomponent": "dc",
	"0.9.2342.19200300.100.1.1": "uid", "userid": "uid",
	"0.9.2342.19200300.100.1.3": "mail", "rfc822mailbox": "mail",
}

func shortName(name string) string {
	name = strings.TrimPrefix(strings.ToLower(name), "oid.")
	if len(name) > len("street") || name[0] <= '9' {
		if short, ok := shortNames[name]; ok {
			return short
		}
	}
	return name
}
