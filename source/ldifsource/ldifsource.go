// Package ldifsource reads people and groups from LDIF files (RFC 2849), as
// slapcat, ldapsearch -LLL and their like write them.
//
// Files are read as a stream, entry by entry. A file that is cut, damaged or
// contradicts itself is refused whole, and so is one that lists changes
// instead of entries. What the format cannot tell is a file cut exactly after
// a line: where a file does not end in an empty line the report says so, since
// nothing then shows that its last entry is whole.
package ldifsource

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"strings"
	"time"

	"rollcall/fault"
	"rollcall/source"
	"rollcall/source/ldapentry"
)

// Options say what to read and what is in it.
type Options struct {
	// Paths are the files that make the source together, read in this order.
	Paths []string

	// Open opens one of them; nil means os.Open. A file that can be asked for
	// its size (fs.File) must have kept it when it has been read.
	Open func(path string) (io.ReadCloser, error)

	// Rules say which entries are people and groups.
	Rules ldapentry.Rules
}

// Driver reads LDIF files. It holds nothing between two reads.
type Driver struct{ o Options }

var _ source.Driver = (*Driver)(nil)

// New checks the options; it opens no file. It fails with fault.Invalid.
func New(o Options) (*Driver, error) {
	if len(o.Paths) == 0 {
		return nil, fault.Text(fault.Invalid, "open LDIF source", "", "no file is named")
	}
	if _, err := ldapentry.NewCollector(o.Rules, source.Receiver{}); err != nil {
		return nil, err
	}
	if o.Open == nil {
		o.Open = func(path string) (io.ReadCloser, error) { return os.Open(path) }
	}
	return &Driver{o: o}, nil
}

// Read reads all files. The report's bytes and SHA-256 are those of the files
// one after another, as `cat FILE… | sha256sum` has them.
//
// Errors name the file and line. fault.Incomplete: cut, damaged or empty, a
// name or anchor twice, a person or group without its anchor, nothing under
// the base, changed while it was read. fault.Unsupported: sound, but of a sort
// that is not read: changes, values by URL, compressed, UTF-16. fault.NotFound,
// fault.Denied and fault.Unavailable: a file that cannot be opened or read.
func (d *Driver) Read(ctx context.Context, r source.Receiver) (source.Report, error) {
	began := time.Now()
	c, err := ldapentry.NewCollector(d.o.Rules, r)
	if err != nil {
		return source.Report{}, err
	}
	run := run{collector: c, digest: sha256.New()}
	for _, path := range d.o.Paths {
		if err := d.file(ctx, path, &run); err != nil {
			return source.Report{}, err
		}
	}
	report, err := c.Finish(ctx)
	if err != nil {
		if e, ok := errors.AsType[*fault.Error](err); ok && e.On == "" {
			e.On = strings.Join(d.o.Paths, ", ")
		}
		return source.Report{}, err
	}
	report.Bytes = run.bytes
	report.Origin = strings.Join(d.o.Paths, ", ")
	report.SHA256 = hex.EncodeToString(run.digest.Sum(nil))
	report.Warnings = append(report.Warnings, run.warnings...)
	report.Elapsed = time.Since(began)
	return report, nil
}

// run is one reading of all files.
type run struct {
	collector *ldapentry.Collector
	digest    hash.Hash
	bytes     int64
	warnings  []string
}

func (d *Driver) file(ctx context.Context, path string, run *run) (err error) {
	f, err := d.open(path)
	if err != nil {
		return err
	}
	defer func() {
		if closing := f.Close(); err == nil && closing != nil {
			err = fault.New(fault.Unavailable, "read LDIF", path, closing)
		}
	}()
	counted := &counter{in: f, digest: run.digest}
	in, err := skipMark(counted, path)
	if err != nil {
		return err
	}
	entries := newRecords(in, path)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		e, err := entries.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = run.collector.Add(e)
		}
		if err != nil {
			return err
		}
	}
	if !entries.ended {
		run.warnings = append(run.warnings, fmt.Sprintf(
			"%s does not end in an empty line, so nothing shows that its last entry (line %d) is whole", path, entries.entry.Place.Line))
	}
	run.bytes += counted.bytes
	return f.unchanged(counted.bytes)
}
