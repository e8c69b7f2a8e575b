package sqldbtest_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"rollcall/sqldb/sqldbtest"
)

// A schema is not there before, and not there after.
func TestPostgresGivesAFreshSchemaAndDropsIt(t *testing.T) {
	var url, schema string
	var count func() int
	t.Run("inside", func(t *testing.T) {
		url = sqldbtest.Postgres(t)
		config, err := pgx.ParseConfig(url)
		if err != nil {
			t.Fatal(err)
		}
		schema = config.RuntimeParams["search_path"]
		count = func() (n int) {
			conn, err := pgx.ConnectConfig(context.Background(), config)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close(context.Background())
			if err := conn.QueryRow(context.Background(), "SELECT count(*) FROM pg_namespace WHERE nspname = $1", schema).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		if count() != 0 {
			t.Error("the schema exists before anybody made it")
		}
		conn, err := pgx.ConnectConfig(context.Background(), config)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.Background())
		if _, err := conn.Exec(context.Background(), "CREATE SCHEMA "+schema+"; CREATE TABLE thing (id int)"); err != nil {
			t.Fatal(err)
		}
	})
	if url == "" {
		t.Skip("no PostgreSQL")
	}
	if count() != 0 {
		t.Error("the schema outlives its test")
	}
}

func TestSQLiteGivesAFileThatDoesNotExistYet(t *testing.T) {
	path := strings.TrimPrefix(sqldbtest.SQLite(t), "sqlite:")
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("%s: %v, want that it does not exist", path, err)
	}
}
