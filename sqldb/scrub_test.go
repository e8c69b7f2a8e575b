package sqldb_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"rollcall/sqldb"
)

func TestNothingIsLeftInTheFileOfWhatWasDeleted(t *testing.T) {
	folder := t.TempDir()
	db, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(folder, "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	write := func(statement string, args ...any) {
		t.Helper()
		if err := db.Write(t.Context(), func(tx *sqldb.Tx) error { _, err := tx.Exec(statement, args...); return err }); err != nil {
			t.Fatal(err)
		}
	}
	write("CREATE TABLE people (name TEXT)")
	for range 100 {
		write("INSERT INTO people VALUES ($1)", "planted somebody")
	}
	write("DELETE FROM people WHERE rowid > 1")
	write("UPDATE people SET name = 'x'")
	if err := db.Scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(folder, f.Name()))
		if err != nil || bytes.Contains(text, []byte("planted")) {
			t.Errorf("%s still has it, %v", f.Name(), err)
		}
	}
	write("INSERT INTO people VALUES ('goes on')")
}
