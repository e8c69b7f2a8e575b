// Package sqldbtest gives tests real databases: a fresh SQLite file, a fresh
// schema on a real PostgreSQL server. It starts a server of its own if it is
// given none, and does not pretend: there is no fake.
package sqldbtest

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// The environment a test run can set.
const (
	// ServerEnv holds the URL of a PostgreSQL server to use instead of a
	// throw-away one. Its user must be allowed to create schemas.
	ServerEnv = "ROLLCALL_TEST_POSTGRES"
	// RequireEnv set to 1 makes a missing PostgreSQL a failure, not a skip; so does CI.
	RequireEnv = "ROLLCALL_REQUIRE_POSTGRES"
)

// SQLite returns the URL of a file that does not exist yet, in a folder that
// goes when t ends.
func SQLite(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "test.db")
}

// Postgres returns the URL of a schema that does not exist yet, which goes
// when t ends. It skips t where there is no PostgreSQL to be had, or fails it
// if that is required.
func Postgres(t testing.TB) string {
	t.Helper()
	server := os.Getenv(ServerEnv)
	if server == "" {
		var err error
		server, err = ownServer()
		switch {
		case errors.Is(err, errMissing) && !required():
			t.Skip(err)
		case err != nil:
			t.Fatal(err)
		}
	}
	u, err := url.Parse(server)
	if err != nil {
		t.Fatalf("%s is not a URL", ServerEnv) // the error would quote the password
	}
	schema := "test_" + strings.ToLower(rand.Text()[:16])
	query := u.Query()
	query.Del("search_path")
	u.RawQuery = query.Encode()
	dropURL := u.String()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	t.Cleanup(func() { dropSchema(t, dropURL, schema) })
	return u.String()
}

// Each runs test once for each dialect, as a subtest with the dialect's name.
func Each(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

func required() bool {
	ci := os.Getenv("CI")
	return os.Getenv(RequireEnv) == "1" || ci != "" && ci != "false" && ci != "0"
}

func dropSchema(t testing.TB, server, schema string) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Errorf("drop schema %s: %v", schema, err)
		return
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "SET lock_timeout = 10000; DROP SCHEMA IF EXISTS "+schema+" CASCADE"); err != nil {
		t.Errorf("drop schema %s: %v (is a database still open?)", schema, err)
	}
}
