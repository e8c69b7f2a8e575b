package link

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"time"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

// Format is the first line's "format" of a file of links.
const Format = "rollcall-links/1"

// fileHeader is the first line of a file of links. Its count shows a file that
// was cut at the end of a line.
type fileHeader struct {
	Format string                      `json:"format"`
	Links  int                         `json:"links"`            // lines that follow
	Stores map[string]identity.StoreID `json:"stores,omitempty"` // what the directories' names meant
}

// fileLine is one link in a file.
type fileLine struct {
	Directory   string          `json:"directory"`
	Kind        identity.Kind   `json:"kind"`
	Source      string          `json:"source"`
	Anchor      identity.Anchor `json:"anchor"`
	Object      identity.ID     `json:"object"`
	Origin      Origin          `json:"origin"`
	Name        string          `json:"name,omitempty"`
	Fingerprint string          `json:"fingerprint,omitempty"`
	Since       time.Time       `json:"since"`
}

// Export writes every link as JSON Lines: a header {"format", "links",
// "stores"}, then a link a line. Without externalIds on the target this file
// is the only record of what is ours.
func (s *Store) Export(ctx context.Context, w io.Writer) error {
	head := fileHeader{Format: Format, Stores: map[string]identity.StoreID{}}
	var all []Link
	err := s.db.Read(ctx, func(q sqldb.Query) (err error) {
		all, err = list(q, "SELECT "+columns+" FROM links ORDER BY directory, kind, anchor, source")
		if err != nil {
			return err
		}
		head.Stores, err = stores(q)
		return err
	})
	if err != nil {
		return sqldb.Fault("export links", "", err)
	}
	head.Links = len(all)
	return writeFile(w, head, all)
}

func stores(q sqldb.Query) (map[string]identity.StoreID, error) {
	all := map[string]identity.StoreID{}
	rows, err := q.Rows("SELECT directory, store FROM directory_stores")
	if err != nil {
		return nil, err
	}
	err = sqldb.Each(rows, func(row func(...any) error) error {
		var directory string
		var store identity.StoreID
		err := row(&directory, &store)
		all[directory] = store
		return err
	})
	return all, err
}

func writeFile(w io.Writer, head fileHeader, all []Link) error {
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(head); err != nil {
		return fault.New(fault.Unavailable, "export links", "", err)
	}
	for _, l := range all {
		err := enc.Encode(fileLine{
			Directory: l.Directory, Kind: l.Record.Kind, Source: l.Record.Source, Anchor: l.Record.Anchor,
			Object: l.Object, Origin: l.Origin, Name: l.Name, Fingerprint: l.Fingerprint, Since: l.Since,
		})
		if err != nil {
			return fault.New(fault.Unavailable, "export links", "", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fault.New(fault.Unavailable, "export links", "", err)
	}
	return nil
}
