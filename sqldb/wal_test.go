package sqldb

import (
	"context"
	"os"
	"strings"
	"testing"

	"rollcall/sqldb/sqldbtest"
)

func TestTheLogIsEmptiedWhenItIsLongUnlessAReaderHoldsIt(t *testing.T) {
	url := sqldbtest.SQLite(t)
	db := open(t, url)
	path := strings.TrimPrefix(url, "sqlite:")
	e := db.engine.(*sqliteEngine)
	logSize := func() int64 {
		info, err := os.Stat(path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	write := func(id int64) {
		err := db.Write(context.Background(), func(tx *Tx) error { return insert(tx, id, strings.Repeat(string(rune('a'+id)), 50_000)) })
		if err != nil {
			t.Fatal(err)
		}
	}
	setLimit := func(n int64) {
		if err := db.Write(context.Background(), func(tx *Tx) error { e.walLimit = n; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	write(1)
	if logSize() == 0 {
		t.Fatal("there is no log to begin with")
	}
	err := db.Read(context.Background(), func(q Query) error {
		if _, err := idsIn(q); err != nil {
			return err
		}
		write(2)
		setLimit(1)
		write(3)
		if logSize() == 0 {
			t.Error("the log of an older snapshot was emptied")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	write(4)
	setLimit(1)
	if err := db.Write(context.Background(), func(*Tx) error { return nil }); err != nil { // runs once the log is tidied
		t.Fatal(err)
	}
	if size := logSize(); size != 0 {
		t.Errorf("the log has %d bytes, though nobody reads", size)
	}
	wantIDs(t, db, 1, 2, 3, 4)
}
