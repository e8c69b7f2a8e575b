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
	"errors"
	"fmt"
	"io"
	"time"

	"rollcall/fault"
	"rollcall/source"
	"rollcall/source/exportfile"
	"rollcall/source/ldapentry"
)

// Options say what to read and what is in it.
type Options struct {
	// Paths are the files that make the source together, read in this order.
	Paths []string

	// Open opens one of them; nil means os.Open. A file that can be asked for
	// its size (fs.File) must have kept it when it has been read.
	Open func(path string) (io.ReadCloser, error)

	// Manifest is a file that says how many entries each of them has and what
	// its SHA-256 is; empty means that there is none. See exportfile.
	Manifest string

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
	return &Driver{o: o}, nil
}

// Read reads all files. The report's bytes and SHA-256 are those of the files
// one after another, as `cat FILE… | sha256sum` has them.
//
// Errors name the file and line. fault.Incomplete: cut, damaged or empty, a
// name or anchor twice, a person or group without its anchor, nothing under
// the base, changed while it was read, not what the manifest says.
// fault.Unsupported: sound, but of a sort that is not read: changes, values by
// URL, compressed, UTF-16. fault.NotFound, fault.Denied and fault.Unavailable:
// a file that cannot be opened or read.
func (d *Driver) Read(ctx context.Context, r source.Receiver) (source.Report, error) {
	began := time.Now()
	c, err := ldapentry.NewCollector(d.o.Rules, r)
	if err != nil {
		return source.Report{}, err
	}
	files, err := exportfile.Begin(exportfile.Options{
		Format: "LDIF", Unit: exportfile.Entries, UTF16: "use ldifde without -u", Open: d.o.Open, Manifest: d.o.Manifest,
	})
	if err != nil {
		return source.Report{}, err
	}
	var warnings []string
	for _, path := range d.o.Paths {
		err := files.File(path, func(in io.Reader, sealed bool) (int, error) {
			entries := newRecords(in, path)
			count, err := collect(ctx, entries, c)
			if !entries.ended && !sealed {
				warnings = append(warnings, fmt.Sprintf(
					"%s does not end in an empty line, so nothing shows that its last entry (line %d) is whole", path, entries.entry.Place.Line))
			}
			return count, err
		})
		if err != nil {
			return source.Report{}, err
		}
	}
	report, err := c.Finish(ctx)
	if err != nil {
		return source.Report{}, exportfile.Place(err, d.o.Paths)
	}
	if err := files.Done(&report); err != nil {
		return source.Report{}, err
	}
	report.Warnings = append(report.Warnings, warnings...)
	report.Elapsed = time.Since(began)
	return report, nil
}

// collect gives the entries of a file to c and counts them.
func collect(ctx context.Context, entries *records, c *ldapentry.Collector) (count int, err error) {
	for {
		if err := ctx.Err(); err != nil {
			return count, err
		}
		e, err := entries.next()
		if errors.Is(err, io.EOF) {
			return count, nil
		}
		if err == nil {
			err = c.Add(e)
		}
		if err != nil {
			return count, err
		}
		count++
	}
}
