package dn

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"rollcall/identity"
)

// value reads one value up to an unescaped comma, plus sign or the end.
func (p *parser) value() error {
	start, plain := p.at, true
	for ; p.at < len(p.in); p.at++ {
		switch c := p.in[p.at]; c {
		case ',', '+':
			return p.append(start, plain)
		case '\\':
			plain = false
			p.at++ // whatever comes next belongs to the value
		case '"', ';', '<', '>':
			return fmt.Errorf("the character at byte %d needs a backslash before it", p.at+1)
		case 0:
			return fmt.Errorf("a zero byte at byte %d", p.at+1)
		}
	}
	return p.append(start, plain)
}

// append writes the value between start and here, unless its last byte is a
// lone backslash.
func (p *parser) append(start int, plain bool) error {
	if p.at > len(p.in) {
		return errors.New("it ends in the middle of an escape")
	}
	raw := p.in[start:p.at]
	if plain {
		return p.text(raw, start)
	}
	text, err := unescape(raw)
	if err != nil {
		return fmt.Errorf("the value at byte %d: %w", start+1, err)
	}
	return p.text(text, start)
}

// unescape resolves \x and \xx. Bytes escaped one by one make up characters
// together.
func unescape(s string) (string, error) {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			out = append(out, s[i])
			continue
		}
		i++
		if strings.IndexByte(` "#+,;<=>\`, s[i]) >= 0 {
			out = append(out, s[i])
			continue
		}
		if i+1 >= len(s) {
			return "", errors.New("half an escape")
		}
		b, err := hex.DecodeString(s[i : i+2])
		if err != nil {
			return "", errors.New("an escape that is neither a special character nor two hexadecimal digits")
		}
		out = append(out, b...)
		i++
	}
	return string(out), nil
}

// text writes a value in its comparable form.
func (p *parser) text(s string, start int) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("the value at byte %d is not UTF-8", start+1)
	}
	spaced := true // spaces at the beginning do not count
	for _, c := range identity.Fold(s) {
		space := unicode.IsSpace(c) // tabs, line feeds and wide spaces count as a space (RFC 4518 section 2.2)
		switch {
		case space && spaced:
		case space:
			p.out = append(p.out, ' ')
		case isSpecial(c):
			p.out = append(p.out, '\\', hexDigits[c>>4], hexDigits[c&15])
		default:
			p.out = utf8.AppendRune(p.out, c)
		}
		spaced = space
	}
	return nil
}

func isSpecial(c rune) bool {
	switch c {
	case '"', '#', '+', ',', ';', '<', '=', '>', '\\', 0x7f:
		return true
	}
	return c < ' '
}

const hexDigits = "0123456789abcdef"

// hexValue reads #04024869: the value's BER encoding. A string in it is the
// same as the string written out; anything else is compared as its digits.
func (p *parser) hexValue() error {
	start := p.at
	end := strings.IndexAny(p.in[start:], ",+")
	if end < 0 {
		end = len(p.in) - start
	}
	p.at = start + end
	digits := strings.ToLower(strings.TrimRight(p.in[start+1:p.at], " "))
	raw, err := hex.DecodeString(digits)
	if err != nil || len(raw) == 0 {
		return fmt.Errorf("the value at byte %d is not pairs of hexadecimal digits", start+1)
	}
	if text, ok := berString(raw); ok {
		return p.text(text, start)
	}
	p.out = append(append(p.out, '#'), digits...)
	return nil
}

// berString returns the text of a BER OCTET STRING, UTF8String,
// PrintableString or IA5String.
func berString(raw []byte) (string, bool) {
	if len(raw) < 2 || bytes.IndexByte([]byte{0x04, 0x0c, 0x13, 0x16}, raw[0]) < 0 {
		return "", false
	}
	length, body := int(raw[1]), raw[2:]
	if length >= 0x80 { // long form: that many bytes of length follow; two are enough for maxBytes
		size := length & 0x7f
		if size < 1 || size > 2 || len(body) < size {
			return "", false
		}
		length = 0
		for _, b := range body[:size] {
			length = length<<8 | int(b)
		}
		body = body[size:]
	}
	return string(body), length == len(body) && utf8.Valid(body)
}
