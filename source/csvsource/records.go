package csvsource

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"rollcall/fault"
)

// maxRecord is how long a record may be: room for any note about a person, and
// a bound for a quote that is never closed.
const maxRecord = 16 << 20 // bytes

// records reads the records of one file (RFC 4180). Nothing is kept but the
// present one.
type records struct {
	in        *bufio.Reader
	file      string
	delimiter byte
	limit     int

	raw    []byte // the record as it stands in the file
	first  int    // its first line, from 1
	lines  int    // physical lines read
	text   []byte // its values one after the other
	spans  []span
	values []string
	ended  bool // the record ends in a line end
}

// span is a value: where it ends in text, where it begins in raw.
type span struct{ to, at int }

func newRecords(r io.Reader, file string, delimiter byte) *records {
	return &records{in: bufio.NewReaderSize(r, 256<<10), file: file, delimiter: delimiter, limit: maxRecord, ended: true}
}

// next returns the values of the next record, or io.EOF. The slice holds until
// the next call, its texts for good. Empty lines may stand at the end of a
// file and nowhere else.
func (r *records) next() ([]string, error) {
	empty := 0
	for {
		r.raw, r.text, r.spans = r.raw[:0], r.text[:0], r.spans[:0]
		r.first = r.lines + 1
		if err := r.line(); err != nil {
			return nil, err
		}
		if len(bytes.TrimRight(r.raw, "\r\n")) > 0 || !r.ended {
			break
		}
		if empty == 0 {
			empty = r.first
		}
	}
	if empty > 0 {
		return nil, r.failLine(empty, "this line is empty and others follow it; take it out, or see what was lost")
	}
	if err := r.split(); err != nil {
		return nil, err
	}
	all := string(r.text)
	r.values = r.values[:0]
	from := 0
	for _, s := range r.spans {
		r.values = append(r.values, all[from:s.to])
		from = s.to
	}
	return r.values, nil
}

// line appends one physical line to raw, its end included.
func (r *records) line() error {
	start := len(r.raw)
	for {
		part, err := r.in.ReadSlice('\n')
		r.raw = append(r.raw, part...)
		r.ended = err == nil
		switch {
		case errors.Is(err, io.EOF) && len(r.raw) == start:
			return io.EOF
		case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull):
			return fault.New(fault.Unavailable, reads, fmt.Sprintf("%s:%d", r.file, r.lines+1), err)
		case len(r.raw) > r.limit:
			return r.failLine(r.first, fmt.Sprintf("the record that begins in this line is longer than %d bytes; is there a quote that is never closed?", r.limit))
		case !errors.Is(err, bufio.ErrBufferFull):
			r.lines++
			return r.checkBytes(start)
		}
	}
}

func (r *records) checkBytes(start int) error {
	line := r.raw[start:]
	if at := bytes.IndexByte(line, 0); at >= 0 {
		return r.fail(start+at, "there is a zero byte here: the file is damaged, or not CSV in UTF-8")
	}
	if utf8.Valid(line) {
		return nil
	}
	at := 0
	for at < len(line) {
		c, size := utf8.DecodeRune(line[at:])
		if c == utf8.RuneError && size <= 1 {
			break
		}
		at += size
	}
	if !r.ended && !utf8.FullRune(line[at:]) {
		return r.fail(start+at, "the file ends in the middle of a character: it is cut; export it again")
	}
	return r.fail(start+at, `this is not UTF-8; export as "CSV UTF-8", or convert the file (iconv -f WINDOWS-1252 -t UTF-8, if it comes from Excel)`)
}

// split cuts raw into values, and reads on where one of them goes on in the
// next line.
func (r *records) split() error {
	for at := 0; ; at++ {
		begin := at
		var err error
		if at < len(r.raw) && r.raw[at] == '"' {
			at, err = r.quoted(at)
		} else {
			at, err = r.bare(at)
		}
		if err != nil {
			return err
		}
		r.spans = append(r.spans, span{to: len(r.text), at: begin})
		if at == len(r.raw) || r.raw[at] != r.delimiter {
			return nil
		}
	}
}

// bare takes a value without quotes and returns where it ends.
func (r *records) bare(from int) (int, error) {
	at := from
	for ; at < len(r.raw); at++ {
		switch r.raw[at] {
		case r.delimiter:
		case '\n':
		case '\r':
			if at+1 == len(r.raw) && !r.ended {
				return 0, r.fail(at, "the file ends in the middle of this line's end: it is cut; export it again")
			}
			if at+1 == len(r.raw) || r.raw[at+1] != '\n' {
				return 0, r.fail(at, "there is a carriage return inside this line; lines end in LF or CR LF, and a value with one in it stands in quotes")
			}
		case '"':
			return 0, r.fail(at, `there is a quote inside a value without quotes; put the value in quotes and double the quote: "say ""hi"""`)
		default:
			continue
		}
		break
	}
	r.text = append(r.text, r.raw[from:at]...)
	return at, nil
}

// quoted takes a value in quotes and returns where it ends: at a delimiter, at
// a line's end or at the end of the file.
func (r *records) quoted(from int) (int, error) {
	at := from + 1
	for {
		length := bytes.IndexByte(r.raw[at:], '"')
		if length < 0 {
			r.text = append(r.text, r.raw[at:]...)
			at = len(r.raw)
			err := r.line()
			if errors.Is(err, io.EOF) {
				return 0, r.fail(from, "the quote that opens here is never closed: the file is cut, or a quote inside a value is not doubled")
			}
			if err != nil {
				return 0, err
			}
			continue
		}
		r.text = append(r.text, r.raw[at:at+length]...)
		at += length + 1
		if at < len(r.raw) && r.raw[at] == '"' {
			r.text = append(r.text, '"')
			at++
			continue
		}
		return at, r.afterQuote(from, at)
	}
}

// afterQuote looks whether what follows a closing quote ends the value.
func (r *records) afterQuote(from, at int) error {
	rest := r.raw[at:]
	switch {
	case len(rest) == 0, rest[0] == r.delimiter, rest[0] == '\n', bytes.HasPrefix(rest, []byte("\r\n")):
		return nil
	case len(rest) == 1 && rest[0] == '\r' && !r.ended:
		return r.fail(at, "the file ends in the middle of this line's end: it is cut; export it again")
	}
	line, column := r.place(from)
	return r.fail(at, fmt.Sprintf("the value in quotes that begins at %d:%d ends before this, and the next does not begin; a quote inside a value is doubled", line, column))
}

// place is the line and the column, in characters from 1, of a byte of raw.
func (r *records) place(at int) (line, column int) {
	before := r.raw[:min(at, len(r.raw))]
	return r.first + bytes.Count(before, []byte{'\n'}), utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
}

// fail makes an error about a byte of raw.
func (r *records) fail(at int, why string) error {
	line, column := r.place(at)
	return fault.Text(fault.Incomplete, reads, fmt.Sprintf("%s:%d:%d", r.file, line, column), why)
}

// failLine makes an error about a whole line.
func (r *records) failLine(line int, why string) error {
	return fault.Text(fault.Incomplete, reads, fmt.Sprintf("%s:%d", r.file, line), why)
}

// failValue makes an error about a value of the present record.
func (r *records) failValue(i int, column, why string) error {
	return r.fail(r.spans[i].at, "column "+column+": "+why)
}

// failRecord makes an error about the present record.
func (r *records) failRecord(why string) error { return r.failLine(r.first, why) }

// names the delimiters as people call them.
var delimiters = []struct {
	sign byte
	name string
}{{',', "comma"}, {';', "semicolon"}, {'\t', "tab"}, {'|', "pipe"}}

// otherDelimiter finds the one that a header of a single column seems to have.
func otherDelimiter(header string) (name string, found bool) {
	for _, d := range delimiters {
		if strings.IndexByte(header, d.sign) >= 0 {
			return d.name, true
		}
	}
	return "", false
}
