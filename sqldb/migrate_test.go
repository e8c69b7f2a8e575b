package sqldb

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"rollcall/fault"
	"rollcall/sqldb/sqldbtest"
)

const (
	colour1 = "-- +goose Up\nCREATE TABLE colour (id BIGINT PRIMARY KEY);\nINSERT INTO colour (id) VALUES (1);\n"
	colour2 = "-- +goose Up\nALTER TABLE colour ADD COLUMN name TEXT NOT NULL DEFAULT 'red';\n"
)

func colourName(db *DB) (name string, err error) {
	err = db.Read(context.Background(), func(q Query) error { return q.Row("SELECT name FROM colour").Scan(&name) })
	return name, err
}

func TestEachOwnerHasItsOwnVersions(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		if err := open(t, url, notes()).Close(); err != nil {
			t.Fatal(err)
		}
		db := open(t, url, notes(), owner("colours", colour1, colour2))
		if name, err := colourName(db); name != "red" || err != nil {
			t.Errorf("%q, %v", name, err)
		}
		for owner, want := range map[string]int64{"notes": 1, "colours": 2} {
			if got, err := storedVersion(context.Background(), db.reads, db.Dialect(), owner); got != want || err != nil {
				t.Errorf("%s: version %d, %v, want %d", owner, got, err, want)
			}
		}
	})
}

func TestANewReleaseBringsOldTablesUpToDate(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		if err := open(t, url, owner("colours", colour1)).Close(); err != nil {
			t.Fatal(err)
		}
		if name, err := colourName(open(t, url, owner("colours", colour1, colour2))); name != "red" || err != nil {
			t.Errorf("%q, %v", name, err)
		}
	})
}

// Nothing is changed: not even another owner's tables are made.
func TestADatabaseOfANewerReleaseIsRefused(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		newer := open(t, url, owner("colours", colour1, colour2))
		_, err := Open(context.Background(), url, notes(), owner("colours", colour1))
		if !fault.Is(err, fault.Invalid) {
			t.Fatalf("got %v", err)
		}
		for _, want := range []string{"colours", "version 2", "up to 1", "newer release"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q does not say %q", err, want)
			}
		}
		if got, err := storedVersion(context.Background(), newer.reads, newer.Dialect(), "notes"); got != 0 || err != nil {
			t.Errorf("notes: version %d, %v", got, err)
		}
	})
}

func TestAMigrationThatFailsLeavesTheVersionBefore(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		broken := "-- +goose Up\nCREATE TABLE shape (id BIGINT);\nINSERT INTO nowhere VALUES (1);\n"
		if _, err := Open(context.Background(), url, owner("colours", colour1, broken)); err == nil || !strings.Contains(err.Error(), "colours") {
			t.Fatalf("got %v", err)
		}
		if name, err := colourName(open(t, url, owner("colours", colour1, colour2))); name != "red" || err != nil {
			t.Errorf("%q, %v", name, err)
		}
	})
}

func TestAnOpenWaitsForTheMigrationOfAnotherProcess(t *testing.T) {
	url := sqldbtest.SQLite(t)
	path := strings.TrimPrefix(url, "sqlite:")
	release, err := lockFile(context.Background(), path+".lock")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
	defer cancel()
	if _, err := Open(ctx, url, notes()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("while the lock is held: %v", err)
	}
	release()
	open(t, url)
}

func TestACopyThatHasLostItsJournalModeGetsItBack(t *testing.T) {
	url := sqldbtest.SQLite(t)
	db := open(t, url)
	copied := filepath.Join(t.TempDir(), "copy.db")
	conn, err := db.engine.(*sqliteEngine).writes.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(context.Background(), "VACUUM INTO $1", copied); err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	var mode string
	if err := open(t, "sqlite:"+copied).reads.QueryRow("PRAGMA journal_mode").Scan(&mode); mode != "wal" || err != nil {
		t.Errorf("journal mode %q, %v", mode, err)
	}
}

func TestMistakesInMigrationsAreFoundBeforeAnythingIsOpened(t *testing.T) {
	uneven := notes()
	uneven.FS.(fstest.MapFS)["sqlite/00002_x.sql"] = &fstest.MapFile{Data: []byte(colour1)}
	for name, owners := range map[string][]Migrations{
		"numbers differ":  {uneven},
		"owner twice":     {notes(), notes()},
		"name with space": {owner("my notes", note1)},
		"name too long":   {owner(strings.Repeat("a", 41), note1)},
		"no name":         {owner("", note1)},
		"no files":        {{Owner: "notes", FS: fstest.MapFS{}}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Open(context.Background(), "sqlite:/nowhere/at/all", owners...); !fault.Is(err, fault.Internal) {
				t.Errorf("got %v", err)
			}
		})
	}
	if err := checkOwners([]Migrations{owner(strings.Repeat("a", 40), note1)}); err != nil {
		t.Errorf("the longest name: %v", err)
	}
}
