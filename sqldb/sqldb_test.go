package sqldb

import (
	"context"
	"os"
	"slices"
	"testing"
	"testing/fstest"
)

// TestMain lets the test binary be the other process that some tests need.
func TestMain(m *testing.M) {
	if role := os.Getenv("SQLDB_TEST_ROLE"); role != "" {
		os.Exit(play(role))
	}
	os.Exit(m.Run())
}

const note1 = `-- +goose Up
CREATE TABLE note (id BIGINT PRIMARY KEY, text TEXT NOT NULL, CONSTRAINT note_text UNIQUE (text));
CREATE TABLE reply (id BIGINT PRIMARY KEY, note BIGINT NOT NULL REFERENCES note (id));
CREATE TABLE late (id BIGINT PRIMARY KEY, note BIGINT NOT NULL REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED);
CREATE UNIQUE INDEX note_lower ON note (lower(text));
`

// notes is an owner for tests: note has two unique values, reply a foreign
// key, late one that is checked at the commit.
func notes() Migrations { return owner("notes", note1) }

// owner makes migrations of the given texts, the same for both dialects.
func owner(name string, texts ...string) Migrations {
	files := fstest.MapFS{}
	for i, text := range texts {
		for _, d := range []Dialect{SQLite, Postgres} {
			files[d.String()+"/0000"+string(rune('1'+i))+"_x.sql"] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return Migrations{Owner: name, FS: files}
}

func open(t testing.TB, url string, owners ...Migrations) *DB {
	t.Helper()
	if owners == nil {
		owners = []Migrations{notes()}
	}
	db, err := Open(context.Background(), url, owners...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func insert(tx *Tx, id int64, text string) error {
	_, err := tx.Exec("INSERT INTO note (id, text) VALUES ($1, $2)", id, text)
	return err
}

func ids(t testing.TB, db *DB) []int64 {
	t.Helper()
	var all []int64
	err := db.Read(context.Background(), func(q Query) (err error) {
		all, err = idsIn(q)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func idsIn(q Query) (all []int64, err error) {
	rows, err := q.Rows("SELECT id FROM note ORDER BY id")
	if err != nil {
		return nil, err
	}
	err = Each(rows, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		all = append(all, id)
		return err
	})
	return all, err
}

func wantIDs(t testing.TB, db *DB, want ...int64) {
	t.Helper()
	if got := ids(t, db); !slices.Equal(got, want) {
		t.Errorf("notes %v are there, want %v", got, want)
	}
}

// together runs functions as one group, in their order, and returns what each
// Write said. It works as a writer of its own on a database not yet written to.
func together(t *testing.T, db *DB, fns ...func(tx *Tx) error) []error {
	t.Helper()
	w := &writer{engine: db.engine, pool: db.writer.pool, jobs: make(chan *job), closing: make(chan struct{})}
	beside := &DB{engine: db.engine, reads: db.reads, writer: w}
	said := make([]error, len(fns))
	done := make(chan bool)
	var group []*job
	for i, fn := range fns {
		go func() {
			defer func() { done <- true }()
			defer func() { _ = recover() }()
			said[i] = beside.Write(context.Background(), fn)
		}()
		group = append(group, <-w.jobs)
	}
	w.settle(group, w.begin(context.Background()))
	for range fns {
		<-done
	}
	if w.conn != nil {
		if err := w.conn.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return said
}
