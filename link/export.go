package link

import (
	"bufio"
	"context"
	"encoding/json"
	"io"

	"rollcall/fault"
	"rollcall/sqldb"
)

const exportOp = "export links"

// Export writes the links of a directory and all holds as JSON Lines: a header
// {"format", "directory", "store", "links", "holds"}, then a link a line, then
// a hold a line. [ReadFile] reads it.
func (s *Store) Export(ctx context.Context, directory string, w io.Writer) error {
	f := File{Directory: directory}
	err := s.db.Read(ctx, func(q sqldb.Query) (err error) {
		if f.Links, err = list(q, "SELECT "+columns+" FROM links WHERE directory = $1 ORDER BY kind, anchor, source", directory); err != nil {
			return err
		}
		if f.Holds, err = sqldb.Collect(q, scanHold, "SELECT "+holdColumns+" FROM holds ORDER BY source, anchor"); err != nil {
			return err
		}
		f.Store, err = bound(q, directory)
		return err
	})
	if err != nil {
		return sqldb.Fault(exportOp, "directory "+directory, err)
	}
	return f.write(w)
}

func (f *File) write(w io.Writer) error {
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	lines := []any{fileHeader{Format: Format, Directory: f.Directory, Store: f.Store, Links: len(f.Links), Holds: len(f.Holds)}}
	for _, l := range f.Links {
		lines = append(lines, fileLink{
			Kind: l.Record.Kind, Source: l.Record.Source, Anchor: l.Record.Anchor,
			Object: l.Object, Origin: l.Origin, Name: l.Name, Fingerprint: l.Fingerprint, Since: l.Since,
		})
	}
	for _, h := range f.Holds {
		lines = append(lines, fileHold(h))
	}
	for _, line := range lines {
		if err := enc.Encode(line); err != nil {
			return fault.New(fault.Unavailable, exportOp, "", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fault.New(fault.Unavailable, exportOp, "", err)
	}
	return nil
}
