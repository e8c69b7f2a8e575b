package link

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
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

// Added is how much of a file was new.
type Added struct{ Links, Holds int }

// Import adds what a file holds to a directory, all or nothing, in the
// transaction that tells the journal who wanted that. What is known already
// stays as it is.
//
// It fails with fault.Conflict if the file contradicts what is known: a record
// with another object, an object with another record, a directory that means
// another store.
func (f *File) Import(tx *sqldb.Tx, directory string) (Added, error) {
	news, err := f.news(tx, directory)
	if err != nil {
		return Added{}, sqldb.Fault(importOp, "directory "+directory, err)
	}
	for _, l := range news.Links {
		if err := Put(tx, l); err != nil {
			return Added{}, err
		}
	}
	for _, h := range news.Holds {
		if err := PutHold(tx, h); err != nil {
			return Added{}, err
		}
	}
	return Added{len(news.Links), len(news.Holds)}, nil
}

// Compare returns what [File.Import] would add, and fails as it would.
func (s *Store) Compare(ctx context.Context, f *File, directory string) (news File, err error) {
	err = s.db.Read(ctx, func(q sqldb.Query) (err error) {
		news, err = f.news(q, directory)
		return err
	})
	return news, sqldb.Fault(importOp, "directory "+directory, err)
}

// news is what of a file is not known here, as links of a directory.
func (f *File) news(q sqldb.Query, directory string) (news File, err error) {
	store, err := bound(q, directory)
	if err == nil && store != f.Store {
		err = fault.Text(fault.Conflict, importOp, "directory "+directory, fmt.Sprintf(
			"it means store %s here, and the links are of store %s: name its directory with --directory", store, f.Store))
	}
	if err != nil {
		return news, err
	}
	for i, l := range f.Links {
		l.Directory = directory
		fresh, err := isNew(q, l)
		if err != nil {
			return news, at(i+2, err)
		}
		if fresh {
			news.Links = append(news.Links, l)
		}
	}
	for _, h := range f.Holds {
		_, err := scanHold(q.Row("SELECT "+holdColumns+" FROM holds WHERE source = $1 AND anchor = $2", h.Source, string(h.Anchor)).Scan)
		if errors.Is(err, sql.ErrNoRows) {
			news.Holds = append(news.Holds, h)
		} else if err != nil {
			return news, err
		}
	}
	return news, nil
}

// holdsAlone is the way on where links contradict each other: holds cannot.
const holdsAlone = "to take over who is held alone, add --holds"

// isNew tells whether a link is not there yet.
func isNew(q sqldb.Query, l Link) (bool, error) {
	known, found, err := byRecord(q, l.Directory, l.Record)
	switch {
	case err != nil:
		return false, err
	case found && known.Object != l.Object:
		return false, fault.Text(fault.Conflict, importOp, l.on(), "its record is linked to another object here; "+holdsAlone)
	case found:
		return false, nil
	}
	owner, taken, err := byObject(q, l.Directory, l.Record.Kind, l.Object)
	if err == nil && taken {
		err = fault.Text(fault.Conflict, importOp, l.on(), "it belongs to another record here, of source "+owner.Record.Source+"; "+holdsAlone)
	}
	return true, err
}

// ReadFile reads what [Store.Export] wrote. It fails with fault.Invalid, naming
// the line, if the file is malformed, cut or says something twice.
func ReadFile(r io.Reader) (*File, error) {
	in := bufio.NewReader(r)
	var head fileHeader
	if err := readLine(in, &head); err != nil {
		return nil, at(1, err)
	}
	switch {
	case head.Format != Format:
		return nil, at(1, fmt.Errorf("format is %q, this release reads %q", head.Format, Format))
	case head.Store == "" || head.Directory == "":
		return nil, at(1, errors.New("it does not say of which directory and store the links are"))
	}
	f := &File{Directory: head.Directory, Store: head.Store}
	seen := map[identity.Record]bool{}
	objects := map[Link]bool{}
	for line := 2; ; line++ {
		var err error
		if len(f.Links) < head.Links {
			err = f.readLink(in, seen, objects)
		} else {
			err = f.readHold(in, seen)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, at(line, err)
		}
	}
	if len(f.Links) != head.Links || len(f.Holds) != head.Holds {
		return nil, fault.Text(fault.Invalid, importOp, "", fmt.Sprintf(
			"the file has %d links and %d holds, its first line says %d and %d: it was cut or edited", len(f.Links), len(f.Holds), head.Links, head.Holds))
	}
	return f, nil
}

func (f *File) readLink(in *bufio.Reader, seen map[identity.Record]bool, objects map[Link]bool) error {
	var line fileLink
	if err := readLine(in, &line); err != nil {
		return err
	}
	l := Link{
		Record:    identity.Record{Source: line.Source, Kind: line.Kind, Anchor: line.Anchor},
		Directory: f.Directory, Object: line.Object, Origin: line.Origin, Name: line.Name, Fingerprint: line.Fingerprint, Since: line.Since,
	}
	object := Link{Record: identity.Record{Kind: l.Record.Kind}, Object: l.Object}
	switch err := l.check(); {
	case err != nil:
		return err
	case seen[l.Record]:
		return errors.New("the record is linked twice")
	case objects[object]:
		return errors.New("the object is linked twice")
	}
	seen[l.Record], objects[object] = true, true
	f.Links = append(f.Links, l)
	return nil
}

func (f *File) readHold(in *bufio.Reader, seen map[identity.Record]bool) error {
	var line fileHold
	if err := readLine(in, &line); err != nil {
		return err
	}
	h, who := Hold(line), identity.Record{Source: line.Source, Anchor: line.Anchor} // of no kind, unlike a link's
	switch err := h.check(); {
	case err != nil:
		return err
	case seen[who]:
		return errors.New("somebody is held twice")
	}
	seen[who] = true
	f.Holds = append(f.Holds, h)
	return nil
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
