// Package link remembers what is ours: which record of a source of truth
// belongs to which object of a directory, who is held, and which store a
// directory's name has meant.
//
// Without a link an object is somebody else's, whatever its externalId says.
// A record has at most one object in a directory, an object at most one record.
package link

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"time"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

//go:embed sqlite postgres
var tables embed.FS

// Migrations are the tables of links, holds and directory stores.
var Migrations = sqldb.Migrations{Owner: "link", FS: tables}

// Origin says how an object became ours.
type Origin string

// The origins of a link.
const (
	Created Origin = "created" // we made the object
	Adopted Origin = "adopted" // it was there, and a person confirmed it
)

// Link pairs a record with an object of one directory.
type Link struct {
	Record      identity.Record
	Directory   string // as the configuration calls it
	Object      identity.ID
	Origin      Origin
	Name        string // userName or displayName as last seen
	Fingerprint string // of what was last written; the writer's own form
	Since       time.Time
}

// Store reads links and holds. It is safe for concurrent use.
type Store struct{ db *sqldb.DB }

// New returns the links kept in db, which was opened with [Migrations].
func New(db *sqldb.DB) *Store { return &Store{db: db} }

const columns = "directory, kind, anchor, source, object, origin, name, fingerprint, since"

// Links lists every link of a directory, of all sources, sorted by kind, then
// anchor, then source, byte by byte.
func (s *Store) Links(ctx context.Context, directory string) ([]Link, error) {
	var all []Link
	err := s.db.Read(ctx, func(q sqldb.Query) (err error) {
		all, err = list(q, "SELECT "+columns+" FROM links WHERE directory = $1 ORDER BY kind, anchor, source", directory)
		return err
	})
	return all, sqldb.Fault("list links", "directory "+directory, err)
}

// ByObject returns the link of an object. It fails with fault.NotFound if the
// object is not ours.
func (s *Store) ByObject(ctx context.Context, directory string, kind identity.Kind, id identity.ID) (Link, error) {
	return s.one(ctx, string(kind)+" "+string(id), func(q sqldb.Query) (Link, bool, error) {
		return byObject(q, directory, kind, id)
	})
}

// ByRecord returns the link of a record in a directory. It fails with
// fault.NotFound if the record has no object there.
func (s *Store) ByRecord(ctx context.Context, directory string, r identity.Record) (Link, error) {
	return s.one(ctx, string(r.Kind)+" of source "+r.Source, func(q sqldb.Query) (Link, bool, error) {
		return byRecord(q, directory, r)
	})
}

func (s *Store) one(ctx context.Context, on string, find func(sqldb.Query) (Link, bool, error)) (Link, error) {
	var l Link
	var found bool
	err := s.db.Read(ctx, func(q sqldb.Query) (err error) {
		l, found, err = find(q)
		return err
	})
	if err == nil && !found {
		return Link{}, fault.Text(fault.NotFound, "find link", on, "it has no link in this directory")
	}
	return l, sqldb.Fault("find link", on, err)
}

func byObject(q sqldb.Query, directory string, kind identity.Kind, id identity.ID) (Link, bool, error) {
	return optional(q.Row("SELECT "+columns+" FROM links WHERE directory = $1 AND kind = $2 AND object = $3",
		directory, string(kind), string(id)))
}

func byRecord(q sqldb.Query, directory string, r identity.Record) (Link, bool, error) {
	return optional(q.Row("SELECT "+columns+" FROM links WHERE directory = $1 AND kind = $2 AND anchor = $3 AND source = $4",
		directory, string(r.Kind), string(r.Anchor), r.Source))
}

func optional(row *sql.Row) (Link, bool, error) {
	l, err := scan(row.Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return Link{}, false, nil
	}
	return l, err == nil, err
}

func list(q sqldb.Query, query string, args ...any) ([]Link, error) {
	return sqldb.Collect(q, scan, query, args...)
}

func scan(row func(...any) error) (l Link, err error) {
	var since int64
	err = row(&l.Directory, &l.Record.Kind, &l.Record.Anchor, &l.Record.Source,
		&l.Object, &l.Origin, &l.Name, &l.Fingerprint, &since)
	l.Since = moment(since)
	return l, err
}

// Times are kept in whole milliseconds.
func moment(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
