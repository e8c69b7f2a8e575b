package ldifsource

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"rollcall/fault"
)

// maxLine is the longest line taken, its continuations joined: room for any
// photo, and a bound for a file that is no LDIF.
const maxLine = 16 << 20

// lines reads physical lines and joins those that continue one (RFC 2849,
// note 2). Nothing is kept but the present line.
type lines struct {
	in    *bufio.Reader
	file  string
	limit int
	count int // physical lines read
	buf   []byte
}

func newLines(r io.Reader, file string) *lines {
	return &lines{in: bufio.NewReaderSize(r, 256<<10), file: file, limit: maxLine}
}

// next returns the next line without its end, and the number of its first
// physical line. The bytes hold until the next call. At the end it is io.EOF.
func (l *lines) next() ([]byte, int, error) {
	l.buf = l.buf[:0]
	if err := l.physical(); err != nil {
		return nil, 0, err
	}
	first := l.count
	for len(l.buf) > 0 { // an empty line has no continuation
		peeked, err := l.in.Peek(1)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, 0, l.unreadable(err)
		}
		if peeked[0] != ' ' {
			break
		}
		if _, err := l.in.Discard(1); err != nil {
			return nil, 0, l.unreadable(err)
		}
		if err := l.physical(); err != nil {
			return nil, 0, err
		}
	}
	return l.buf, first, nil
}

// physical appends one physical line to buf. A last line that does not end is
// one that was cut: every program that writes LDIF ends its lines.
func (l *lines) physical() error {
	start, ended := len(l.buf), false
	for l.count++; !ended; {
		part, err := l.in.ReadSlice('\n')
		ended = err == nil
		l.buf = append(l.buf, part...)
		switch {
		case errors.Is(err, io.EOF) && len(l.buf) == 0:
			l.count--
			return io.EOF
		case errors.Is(err, io.EOF):
			return l.fail(fault.Incomplete, l.count, "the file ends in the middle of this line: it is cut; "+
				"export it again, or, if the line is whole, end it with a newline")
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return l.unreadable(err)
		case len(l.buf) > l.limit+len("\r\n"):
			return l.tooLong()
		}
	}
	l.buf = bytes.TrimSuffix(l.buf[:len(l.buf)-1], []byte{'\r'})
	if len(l.buf) > l.limit {
		return l.tooLong()
	}
	return l.checkBytes(l.buf[start:])
}

func (l *lines) tooLong() error {
	return l.fail(fault.Incomplete, l.count, fmt.Sprintf("a value is longer than %d bytes", l.limit))
}

func (l *lines) checkBytes(line []byte) error {
	switch {
	case bytes.IndexByte(line, 0) >= 0:
		return l.fail(fault.Incomplete, l.count, "there is a zero byte in this line: the file is damaged, or not LDIF in UTF-8")
	case bytes.IndexByte(line, '\r') >= 0:
		return l.fail(fault.Incomplete, l.count, "there is a carriage return inside this line; lines end in LF or CR LF")
	}
	return nil
}

// fail makes an error that names file and line.
func (l *lines) fail(k fault.Kind, line int, why string) error {
	return fault.Text(k, "read LDIF", fmt.Sprintf("%s:%d", l.file, line), why)
}

func (l *lines) unreadable(err error) error {
	return fault.New(fault.Unavailable, "read LDIF", fmt.Sprintf("%s:%d", l.file, l.count), err)
}
