// Package csvsource reads people, groups and memberships from CSV files
// (RFC 4180): one row a person, one row a group, one row a membership, and a
// header above them whose names are the attributes.
//
// It is strict: a row that is too short or too long, a quote that is not
// closed, a column that is not there, an anchor that is missing or there twice
// refuses the whole source. What the format cannot tell is a file that ends
// exactly after a row, with others missing: a manifest shows that, or else the
// brakes.
package csvsource

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/source"
	"rollcall/source/exportfile"
)

const reads = "read CSV"

// Options say what to read and what is in it.
type Options struct {
	People Table // who works here

	// Groups are the groups. When it has no paths, the groups are those that
	// Memberships name.
	Groups Table

	// Memberships say who is in which group. Without paths there are none, and
	// no groups either.
	Memberships Memberships

	// Delimiter stands between values: comma, semicolon, tab or pipe. Zero is a
	// comma.
	Delimiter byte

	// Manifest is a file that says how many rows each file has and what its
	// SHA-256 is; empty means that there is none. See exportfile.
	Manifest string

	// Open opens a file; nil means os.Open. See exportfile.
	Open func(path string) (io.ReadCloser, error)
}

// Table is a kind of row and the files that hold it. Columns go by their names
// in the header, case aside. Whatever column is named here must be there.
type Table struct {
	Paths  []string // read in this order, each with its own header
	Anchor string   // the column of what never changes
	Key    string   // the column that memberships name the rows by; empty: the anchor

	Columns map[string]string // from column to attribute; the others are attributes by their own names
	Lists   map[string]string // from a column that holds several values to what separates them
}

// Memberships are the files that say who is in which group. A member is a
// person or another group, by its key.
type Memberships struct {
	Paths  []string
	Group  string // the column of the group's key; empty: "group"
	Member string // the column of the member's key; empty: "member"
}

// Driver reads CSV files. It holds nothing between two reads.
type Driver struct{ o Options }

var _ source.Driver = (*Driver)(nil)

// New checks the options; it opens no file. It fails with fault.Invalid.
func New(o Options) (*Driver, error) {
	invalid := func(why string) (*Driver, error) {
		return nil, fault.Text(fault.Invalid, "open CSV source", "", why)
	}
	if o.Delimiter == 0 {
		o.Delimiter = ','
	}
	switch {
	case len(o.People.Paths) == 0:
		return invalid("no file of people is named")
	case o.People.Anchor == "":
		return invalid("the anchor of people is not named: a column whose values never change")
	case len(o.Groups.Paths) > 0 && o.Groups.Anchor == "":
		return invalid("the anchor of groups is not named: a column whose values never change")
	case len(o.Groups.Paths) > 0 && len(o.Memberships.Paths) == 0:
		return invalid("there is a file of groups and none of memberships, so that all groups would be empty")
	case !isDelimiter(o.Delimiter):
		return invalid(fmt.Sprintf("%q is no delimiter; there are comma, semicolon, tab and pipe", o.Delimiter))
	}
	if o.Memberships.Group == "" {
		o.Memberships.Group = "group"
	}
	if o.Memberships.Member == "" {
		o.Memberships.Member = "member"
	}
	return &Driver{o: o}, nil
}

func isDelimiter(sign byte) bool {
	for _, d := range delimiters {
		if d.sign == sign {
			return true
		}
	}
	return false
}

// Read reads all files: people, groups, memberships. The report's bytes and
// SHA-256 are those of the files in this order, one after another.
//
// Errors name file, line, column and the column's name. fault.Incomplete: cut,
// damaged or empty, a header or column that is missing or there twice, a row
// that is not as long as the header, an anchor missing or there twice, a
// membership of a group that is not there, changed while it was read, not what
// the manifest says. fault.Unsupported: compressed or UTF-16, or more
// memberships than nesting.MaxMemberships. fault.NotFound, fault.Denied and
// fault.Unavailable: a file that cannot be opened or read.
//
// A member who is neither person nor group makes the group add-only.
func (d *Driver) Read(ctx context.Context, r source.Receiver) (source.Report, error) {
	began := time.Now()
	files, err := exportfile.Begin(exportfile.Options{
		Format: "CSV", Unit: exportfile.Rows, UTF16: `save as "CSV UTF-8"`, Open: d.o.Open, Manifest: d.o.Manifest,
	})
	if err != nil {
		return source.Report{}, err
	}
	c := newCollector(d.o, r)
	for _, step := range []struct {
		paths []string
		read  func(ctx context.Context, r *records, sealed bool) (rows int, err error)
	}{
		{d.o.People.Paths, c.readPeople}, {d.o.Groups.Paths, c.readGroups}, {d.o.Memberships.Paths, c.readMemberships},
	} {
		for _, path := range step.paths {
			err := files.File(path, func(in io.Reader, sealed bool) (int, error) {
				return step.read(ctx, newRecords(in, path, d.o.Delimiter), sealed)
			})
			if err != nil {
				return source.Report{}, err
			}
		}
	}
	report, err := c.finish(ctx)
	if err != nil {
		return source.Report{}, err
	}
	if err := files.Done(&report); err != nil {
		return source.Report{}, err
	}
	report.Elapsed = time.Since(began)
	return report, nil
}

// form is how the anchors of a table are written.
func (t Table) form() identity.AnchorForm {
	name := t.Anchor
	for column, attribute := range t.Columns {
		if strings.EqualFold(column, t.Anchor) {
			name = attribute
		}
	}
	return identity.FormOfAnchor(name)
}

// key is the column that memberships name the rows by.
func (t Table) key() string {
	if t.Key == "" {
		return t.Anchor
	}
	return t.Key
}
