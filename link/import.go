package link

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

const (
	importOp = "import links"
	maxLine  = 1 << 20 // bytes; a link has a few hundred
)

// Import adds the links of a file that [Store.Export] wrote, all or none, and
// returns how many were new. Those known already stay as they are.
//
// It fails with fault.Invalid, naming the line, if the file is malformed, cut
// or says something twice; with fault.Conflict if it contradicts what is known:
// a record with another object, an object with another record, a directory
// that means another store.
func (s *Store) Import(ctx context.Context, r io.Reader) (n int, err error) {
	head, links, err := readFile(r)
	if err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		n = 0
		if err := checkStores(tx, head.Stores); err != nil {
			return err
		}
		for i, l := range links {
			fresh, err := add(tx, l)
			if err != nil {
				return at(i+2, err)
			}
			if fresh {
				n++
			}
		}
		return nil
	})
	if err != nil {
		return 0, sqldb.Fault(importOp, "", err)
	}
	return n, nil
}

// checkStores binds the directories that the file names, if they are new here.
func checkStores(tx *sqldb.Tx, stores map[string]identity.StoreID) error {
	for directory, store := range stores {
		known, err := bound(tx, directory)
		switch {
		case err != nil:
			return err
		case known != "" && known != store:
			return fault.Text(fault.Conflict, importOp, "directory "+directory,
				fmt.Sprintf("it means store %s here, and %s in the file", known, store))
		case known == "":
			if err := rebind(tx, directory, store); err != nil {
				return err
			}
		}
	}
	return nil
}

// add puts one link, unless it is there. It reports whether it did.
func add(tx *sqldb.Tx, l Link) (fresh bool, err error) {
	known, found, err := byRecord(tx, l.Directory, l.Record)
	switch {
	case err != nil:
		return false, err
	case found && known.Object != l.Object:
		return false, fault.Text(fault.Conflict, importOp, l.on(), "its record is linked to another object here")
	case found:
		return false, nil
	}
	return true, Put(tx, l)
}

func readFile(r io.Reader) (fileHeader, []Link, error) {
	in := bufio.NewReader(r)
	var head fileHeader
	if err := readLine(in, &head); err != nil {
		return head, nil, at(1, err)
	}
	if head.Format != Format {
		return head, nil, at(1, fmt.Errorf("format is %q, this release reads %q", head.Format, Format))
	}
	var links []Link
	seen := map[Link]bool{}
	for line := 2; ; line++ {
		l, err := readLink(in)
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && seen[key(l)] {
			err = errors.New("the record is linked twice in this directory")
		}
		if err != nil {
			return head, nil, at(line, err)
		}
		seen[key(l)] = true
		links = append(links, l)
	}
	if len(links) != head.Links {
		return head, nil, fault.Text(fault.Invalid, importOp, "",
			fmt.Sprintf("the file has %d links, its first line says %d: it was cut or edited", len(links), head.Links))
	}
	return head, links, nil
}

// key is what a link is unique by.
func key(l Link) Link { return Link{Directory: l.Directory, Record: l.Record} }

func readLink(in *bufio.Reader) (Link, error) {
	var f fileLine
	if err := readLine(in, &f); err != nil {
		return Link{}, err
	}
	l := Link{
		Record:    identity.Record{Source: f.Source, Kind: f.Kind, Anchor: f.Anchor},
		Directory: f.Directory, Object: f.Object, Origin: f.Origin, Name: f.Name, Fingerprint: f.Fingerprint, Since: f.Since,
	}
	return l, l.check()
}

// readLine reads one line of strict JSON; io.EOF at the file's end.
func readLine(in *bufio.Reader, into any) error {
	text, err := in.ReadBytes('\n')
	switch {
	case errors.Is(err, io.EOF) && len(text) == 0:
		return io.EOF
	case errors.Is(err, io.EOF):
		return errors.New("the file is cut: the last line has no end")
	case err != nil:
		return fault.New(fault.Unavailable, importOp, "", err)
	case len(text) > maxLine:
		return fmt.Errorf("more than %d bytes", maxLine)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	err = dec.Decode(into)
	if errors.Is(err, io.EOF) {
		return errors.New("an empty line") // io.EOF would pass for the file's end
	}
	if err != nil {
		return fmt.Errorf("not a line of links: %w", discreet(err))
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value on the line")
	}
	return nil
}

// discreet keeps values out of the message: a time that cannot be read is
// quoted by its own error.
func discreet(err error) error {
	if _, ok := errors.AsType[*time.ParseError](err); ok {
		return errors.New("a time that is not in the form of RFC 3339")
	}
	return err
}

// at says in which line of the file an error is.
func at(line int, err error) error {
	if errors.Is(err, io.EOF) {
		err = errors.New("the file is empty")
	}
	kind := fault.Invalid
	if e, ok := errors.AsType[*fault.Error](err); ok {
		kind = e.Kind
	}
	return fault.New(kind, importOp, fmt.Sprintf("line %d", line), err)
}
