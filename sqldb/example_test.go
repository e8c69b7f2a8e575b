package sqldb_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing/fstest"

	"rollcall/sqldb"
)

// An owner embeds its migrations; here they are written out.
var greetings = sqldb.Migrations{Owner: "greetings", FS: fstest.MapFS{
	"sqlite/00001_greeting.sql":   {Data: []byte("-- +goose Up\nCREATE TABLE greeting (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;\n")},
	"postgres/00001_greeting.sql": {Data: []byte("-- +goose Up\nCREATE TABLE greeting (id BIGINT PRIMARY KEY, text TEXT NOT NULL);\n")},
}}

func Example() {
	dir, err := os.MkdirTemp("", "example")
	check(err)
	defer os.RemoveAll(dir)

	ctx := context.Background()
	db, err := sqldb.Open(ctx, "sqlite:"+filepath.Join(dir, "greetings.db"), greetings)
	check(err)
	defer db.Close()
	check(db.Write(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec("INSERT INTO greeting (id, text) VALUES ($1, $2)", 1, "good morning")
		return err
	}))
	check(db.Read(ctx, func(q sqldb.Query) error {
		rows, err := q.Rows("SELECT text FROM greeting ORDER BY id")
		if err != nil {
			return err
		}
		return sqldb.Each(rows, func(scan func(...any) error) error {
			var text string
			err := scan(&text)
			fmt.Println(text)
			return err
		})
	}))
	// Output: good morning
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
