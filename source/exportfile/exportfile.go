// Package exportfile reads the files that a system exports its people and
// groups to, whatever their format: each file once, as a stream, counted and
// digested, and held against a manifest where there is one. What is in a file
// is the business of whoever reads the format.
package exportfile

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
	"strings"

	"rollcall/fault"
	"rollcall/source"
)

// Options say how to read files of one format.
type Options struct {
	Format string // what errors call it: "LDIF"
	Unit   string // what a file is made of, by the manifest's word: Entries or Rows
	UTF16  string // how to export in UTF-8 instead, beside iconv: "use ldifde without -u"; may be empty

	// Open opens a file; nil means os.Open. A file that can be asked for its
	// size (fs.File) must have kept it when it has been read.
	Open func(path string) (io.ReadCloser, error)

	// Manifest is the path of the manifest; empty means that there is none.
	Manifest string
}

// Reading is one reading of all files of a source. It is for one goroutine.
type Reading struct {
	o        Options
	manifest *manifest // nil when there is none
	digest   hash.Hash
	bytes    int64
	paths    []string
}

// Begin begins a reading with the manifest. It fails with fault.Incomplete
// when that cannot be understood, and as [Reading.File] does when it cannot be
// read.
func Begin(o Options) (*Reading, error) {
	if o.Open == nil {
		o.Open = func(path string) (io.ReadCloser, error) { return os.Open(path) }
	}
	r := &Reading{o: o, digest: sha256.New()}
	if o.Manifest == "" {
		return r, nil
	}
	var err error
	r.manifest, err = readManifest(o)
	return r, err
}

// File opens a file and lets read take it from beginning to end and say how
// many units it holds. Sealed tells read that the manifest has the file's
// digest, so that a file which is not whole will be found out.
//
// It fails with whatever read says; with fault.Incomplete when the file is
// empty, is not what the manifest says, or changed while it was read; with
// fault.Unsupported when it is compressed or in UTF-16; with fault.NotFound,
// fault.Denied and fault.Unavailable when it cannot be opened or read.
func (r *Reading) File(path string, read func(in io.Reader, sealed bool) (units int, err error)) (err error) {
	promised, err := r.manifest.promised(path)
	if err != nil {
		return err
	}
	f, err := r.open(path)
	if err != nil {
		return err
	}
	defer func() {
		if closing := f.Close(); err == nil && closing != nil {
			err = fault.New(fault.Unavailable, r.reads(), path, closing)
		}
	}()
	counted := &counter{in: f, digests: []io.Writer{r.digest}}
	own := sha256.New()
	if promised.SHA256 != "" {
		counted.digests = append(counted.digests, own)
	}
	in, err := r.skipMark(counted, path)
	if err != nil {
		return err
	}
	units, err := read(in, promised.SHA256 != "")
	if err != nil {
		return err
	}
	r.bytes += counted.bytes
	r.paths = append(r.paths, path)
	if err := r.unchanged(f, counted.bytes); err != nil {
		return err
	}
	return r.manifest.kept(path, promised, units, own)
}

// Done ends the reading and puts its evidence into the report: the bytes and
// the digest are those of the files one after another, as `cat FILE… |
// sha256sum` has them. It fails with fault.Incomplete when the manifest has a
// file that was not read.
func (r *Reading) Done(report *source.Report) error {
	if err := r.manifest.done(); err != nil {
		return err
	}
	report.Bytes = r.bytes
	report.Origin = strings.Join(r.paths, ", ")
	report.SHA256 = hex.EncodeToString(r.digest.Sum(nil))
	return nil
}

func (r *Reading) reads() string { return "read " + r.o.Format }

// Place names the files that make a source together, for errors that are
// about no file alone.
func Place(err error, paths []string) error {
	if e, ok := errors.AsType[*fault.Error](err); ok && e.On == "" {
		e.On = strings.Join(paths, ", ")
	}
	return err
}

// counter counts and digests what passes.
type counter struct {
	in      io.Reader
	digests []io.Writer
	bytes   int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	for _, d := range c.digests {
		d.Write(p[:n]) //nolint:errcheck // a hash never fails
	}
	c.bytes += int64(n)
	return n, err
}
