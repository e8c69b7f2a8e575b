package ldifsource

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"rollcall/fault"
	"rollcall/source/ldapentry"
)

// maxRecord is how many bytes an entry may have, counting spanBytes for each
// value and leaving out values that are not kept: a group with some three
// million members.
const (
	maxRecord = 256 << 20
	spanBytes = 24
)

// maxNames bounds the memory for attribute names, of which a directory has
// hundreds.
const maxNames = 10_000

// records reads the entries of one file.
type records struct {
	lines *lines
	limit int
	names map[string]*ldapentry.Attribute

	entry  ldapentry.Entry
	values []span
	text   []byte // of all values of the entry
	ended  bool   // the last entry was followed by an empty line
}

// span is a value in text.
type span struct {
	attribute *ldapentry.Attribute
	from, to  int
}

func newRecords(r io.Reader, file string) *records {
	return &records{lines: newLines(r, file), limit: maxRecord, names: map[string]*ldapentry.Attribute{}, ended: true}
}

// next returns the next entry, which holds until the next call (its texts hold
// for good), or io.EOF.
func (r *records) next() (*ldapentry.Entry, error) {
	line, number, err := r.start()
	if err != nil {
		return nil, err
	}
	r.text, r.values = r.text[:0], r.values[:0]
	r.entry = ldapentry.Entry{Place: ldapentry.Place{File: r.lines.file, Line: number}, Values: r.entry.Values[:0]}
	if err := r.name(line, number); err != nil {
		return nil, err
	}
	for {
		line, number, err := r.line()
		r.ended = err == nil && len(line) == 0
		if errors.Is(err, io.EOF) || r.ended {
			return r.finish()
		}
		if err == nil {
			err = r.attribute(line, number)
		}
		if err != nil {
			return nil, err
		}
	}
}

// line returns the next line that is no comment.
func (r *records) line() ([]byte, int, error) {
	for {
		line, number, err := r.lines.next()
		if err != nil {
			return nil, 0, err
		}
		if len(line) > 0 && line[0] == '#' {
			continue
		}
		if !utf8.Valid(line) {
			return nil, 0, r.lines.fail(fault.Incomplete, number,
				"this line is not UTF-8; convert the file (iconv -f ISO-8859-1 -t UTF-8, if it is Latin-1)")
		}
		return line, number, nil
	}
}

// start finds the line that an entry begins with. Version lines may stand
// wherever an entry may: exports get joined.
func (r *records) start() ([]byte, int, error) {
	for {
		line, number, err := r.line()
		switch {
		case err != nil:
			return nil, 0, err
		case len(line) == 0:
			continue
		case !hasName(line, "version"):
			return line, number, nil
		}
		if version := strings.TrimSpace(string(line[len("version:"):])); version != "1" {
			return nil, 0, r.lines.fail(fault.Unsupported, number, fmt.Sprintf("LDIF version %q; there is only version 1 (RFC 2849)", version))
		}
	}
}

func hasName(line []byte, name string) bool {
	return len(line) > len(name) && line[len(name)] == ':' && bytes.EqualFold(line[:len(name)], []byte(name))
}

func (r *records) name(line []byte, number int) error {
	if !hasName(line, "dn") {
		return r.noName(line, number)
	}
	err := r.value(line[len("dn:"):], number, "dn")
	if err != nil {
		return err
	}
	if !utf8.Valid(r.text) || bytes.IndexByte(r.text, 0) >= 0 {
		return r.lines.fail(fault.Incomplete, number, "the dn is not UTF-8 text")
	}
	return nil
}

// noName says what a record that does not begin with a dn most likely is.
func (r *records) noName(line []byte, number int) error {
	switch {
	case line[0] == ' ':
		return r.lines.fail(fault.Incomplete, number, "this line begins with a space, but there is none before it that it could continue")
	case hasName(line, "search"), hasName(line, "result"):
		return r.lines.fail(fault.Unsupported, number, "this is ldapsearch's own format; export with ldapsearch -LLL")
	case hasName(line, "ref"):
		return r.lines.fail(fault.Incomplete, number, "the server referred to another one for a part of the entries, which are missing here")
	}
	return r.lines.fail(fault.Incomplete, number, "an entry begins with dn:, and this line does not; see whether there is an empty line too many before it")
}

// changeWords begin lines that only change records have.
var changeWords = []string{"changetype", "control", "add", "delete", "replace", "increment", "newrdn", "deleteoldrdn", "newsuperior"}

// attribute reads one line of an entry.
func (r *records) attribute(line []byte, number int) error {
	colon := bytes.IndexByte(line, ':')
	switch {
	case len(line) == 1 && line[0] == '-':
		return r.change(number, "")
	case line[0] == '\t':
		return r.lines.fail(fault.Incomplete, number, "this line begins with a tab; a line is continued by a space")
	case colon < 0:
		return r.lines.fail(fault.Incomplete, number, "this line has no colon: the file is cut or damaged")
	case hasName(line, "dn"):
		return r.lines.fail(fault.Incomplete, number, "a second dn in one entry; put an empty line before it, one without spaces")
	}
	for _, word := range changeWords {
		if hasName(line, word) {
			return r.change(number, strings.ToLower(string(line)))
		}
	}
	a, err := r.attributeNamed(line[:colon])
	if err != nil {
		return r.lines.fail(fault.Incomplete, number, err.Error())
	}
	from := len(r.text)
	if err := r.value(line[colon+1:], number, a.Name); err != nil {
		return err
	}
	if !a.Kept {
		r.text = r.text[:from]
		return nil
	}
	r.values = append(r.values, span{a, from, len(r.text)})
	if len(r.text)+spanBytes*len(r.values) > r.limit { // empty values take space as well
		return r.lines.fail(fault.Incomplete, number, fmt.Sprintf("the entry at line %d has more than %d bytes of values", r.entry.Place.Line, r.limit))
	}
	return nil
}

func (r *records) attributeNamed(name []byte) (*ldapentry.Attribute, error) {
	if a, ok := r.names[string(name)]; ok {
		return a, nil
	}
	a, err := ldapentry.ParseAttribute(string(name))
	if err == nil && len(r.names) < maxNames {
		r.names[string(name)] = a
	}
	return a, err
}

func (r *records) change(number int, line string) error {
	const instead = "this is a file of changes; export whole entries instead (slapcat, or ldapsearch -LLL with all attributes and '+')"
	if strings.HasPrefix(line, "changetype:") && strings.TrimSpace(line[len("changetype:"):]) == "add" {
		return r.lines.fail(fault.Unsupported, number, instead+
			"; if it is a whole export by AD's ldifde, take out its lines \"changetype: add\"")
	}
	return r.lines.fail(fault.Unsupported, number, instead)
}

// value appends what comes after an attribute's colon to r.text.
func (r *records) value(rest []byte, number int, name string) error {
	switch {
	case len(rest) > 0 && rest[0] == ':':
		return r.base64(bytes.Trim(rest[1:], " "), number, name)
	case len(rest) > 0 && rest[0] == '<':
		return r.lines.fail(fault.Unsupported, number, name+" is given by URL, and other files are not read; export with the values themselves")
	}
	r.text = append(r.text, bytes.TrimLeft(rest, " ")...)
	return nil
}

func (r *records) base64(text []byte, number int, name string) error {
	out, err := base64.StdEncoding.AppendDecode(r.text, text)
	if err != nil {
		return r.lines.fail(fault.Incomplete, number, name+" is not base64: the file is cut or damaged")
	}
	r.text = out
	return nil
}

// finish makes the entry, in one allocation for all of its text.
func (r *records) finish() (*ldapentry.Entry, error) {
	text := string(r.text)
	nameEnd := len(text)
	if len(r.values) > 0 {
		nameEnd = r.values[0].from
	}
	r.entry.DN = text[:nameEnd]
	for _, v := range r.values {
		r.entry.Values = append(r.entry.Values, ldapentry.Value{Attribute: v.attribute, Text: text[v.from:v.to]})
	}
	if cap(r.text) > 1<<20 { // one great entry is no reason to hold its space
		r.text = nil
	}
	return &r.entry, nil
}
