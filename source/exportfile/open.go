package exportfile

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"time"

	"rollcall/fault"
)

// opened is an open file and how it was then.
type opened struct {
	io.ReadCloser
	path     string
	stat     func() (fs.FileInfo, error) // nil for what is no regular file
	size     int64
	modified time.Time
}

func (r *Reading) open(path string) (*opened, error) {
	op := "open " + r.o.Format
	f, err := r.o.Open(path)
	if err != nil {
		return nil, fault.New(kindOf(err), op, path, plain(err))
	}
	o := &opened{ReadCloser: f, path: path}
	if s, ok := f.(interface{ Stat() (fs.FileInfo, error) }); ok {
		info, err := s.Stat()
		if err == nil && info.IsDir() {
			return nil, errors.Join(fault.Text(fault.Invalid, op, path, "it is a folder; name the files in it"), f.Close())
		}
		if err != nil {
			return nil, errors.Join(fault.New(kindOf(err), op, path, plain(err)), f.Close())
		}
		if info.Mode().IsRegular() {
			o.stat, o.size, o.modified = s.Stat, info.Size(), info.ModTime()
		}
	}
	return o, nil
}

// plain leaves out the path, which the error names already.
func plain(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

func kindOf(err error) fault.Kind {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fault.NotFound
	case errors.Is(err, fs.ErrPermission):
		return fault.Denied
	}
	return fault.Unavailable
}

// unchanged fails when the file is not as long as what was read of it, or has
// been written to since: an export that was still running.
func (r *Reading) unchanged(o *opened, read int64) error {
	if o.stat == nil {
		return nil
	}
	info, err := o.stat()
	if err != nil {
		return fault.New(kindOf(err), r.reads(), o.path, plain(err))
	}
	if read != o.size || info.Size() != o.size || !info.ModTime().Equal(o.modified) {
		return fault.Text(fault.Incomplete, r.reads(), o.path,
			"the file changed while it was read; let the export finish, then read again (write it under another name and rename it)")
	}
	return nil
}

const fromUTF16 = "it is in UTF-16, not UTF-8; convert it (iconv -f UTF-16 -t UTF-8)"

// otherFormats begin with these bytes.
var otherFormats = []struct{ magic, what string }{
	{"\xff\xfe", fromUTF16},
	{"\xfe\xff", fromUTF16},
	{"\x1f\x8b", "it is compressed; unpack it (gunzip)"},
	{"BZh", "it is compressed; unpack it (bunzip2)"},
	{"\xfd7zXZ", "it is compressed; unpack it (unxz)"},
	{"\x28\xb5\x2f\xfd", "it is compressed; unpack it (unzstd)"},
	{"PK\x03\x04", "it is a zip archive, or a spreadsheet; unpack it (unzip), or save it as text"},
}

// skipMark refuses what is no text in UTF-8 and skips the mark that Windows
// programs put before it.
func (r *Reading) skipMark(from io.Reader, path string) (io.Reader, error) {
	in := bufio.NewReader(from)
	head, err := in.Peek(len("\xfd7zXZ"))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fault.New(kindOf(err), r.reads(), path, plain(err))
	}
	if len(head) == 0 {
		return nil, fault.Text(fault.Incomplete, r.reads(), path, "the file is empty; the export did not write anything")
	}
	for _, f := range otherFormats {
		if !bytes.HasPrefix(head, []byte(f.magic)) {
			continue
		}
		what := f.what
		if what == fromUTF16 && r.o.UTF16 != "" {
			what += ", or " + r.o.UTF16
		}
		return nil, fault.Text(fault.Unsupported, r.reads(), path, what)
	}
	if mark := []byte("\ufeff"); bytes.HasPrefix(head, mark) {
		if _, err := in.Discard(len(mark)); err != nil {
			return nil, fault.New(kindOf(err), r.reads(), path, plain(err))
		}
	}
	return in, nil
}
