package sqldb

import (
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"

	"rollcall/fault"
)

// place is where a database is, from its URL.
type place struct {
	dialect  Dialect
	path     string          // SQLite: absolute
	postgres *pgxpool.Config // PostgreSQL
	schema   string          // PostgreSQL: its own schema, or empty
	name     string          // for error texts; no password in it
}

const openOp = "open database"

const urlForms = `write "sqlite:PATH" or "postgres://user:password@host:port/database"`

// parse reads a database URL. It looks at neither file nor server.
func parse(text string) (place, error) {
	scheme, rest, ok := strings.Cut(text, ":")
	switch {
	case ok && scheme == "sqlite":
		return parseSQLite(rest)
	case ok && (scheme == "postgres" || scheme == "postgresql"):
		return parsePostgres(text)
	case ok && len(scheme) <= 12 && !strings.ContainsAny(scheme, `/\@ `):
		return place{}, invalidURL(fmt.Sprintf("%q is not a kind of database known here: %s", scheme, urlForms))
	}
	return place{}, invalidURL("the URL does not say which kind of database it means: " + urlForms)
}

func parseSQLite(path string) (place, error) {
	switch {
	case path == "":
		return place{}, invalidURL(`"sqlite:" names no file: write sqlite:PATH`)
	case strings.ContainsRune(path, 0):
		return place{}, invalidURL("the path holds a NUL byte")
	case strings.HasPrefix(path, ":memory:"):
		return place{}, invalidURL("a database in memory cannot be shared between connections: name a file in a temporary folder")
	case strings.HasPrefix(path, "//"):
		return place{}, invalidURL(fmt.Sprintf("%q: the path follows the colon directly: write sqlite:/folder/file or sqlite:folder/file", "sqlite:"+path))
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return place{}, fault.New(fault.Invalid, openOp, path, err)
	}
	return place{dialect: SQLite, path: abs, name: path}, nil
}

// schemaName keeps to names that mean the same quoted and unquoted.
var schemaName = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)

func parsePostgres(text string) (place, error) {
	// The parsers' own errors quote the URL, password and all.
	u, err := url.Parse(text)
	if err != nil {
		return place{}, invalidURL("not a valid PostgreSQL URL (special characters in a password are written %XX): " + urlForms)
	}
	config, err := pgxpool.ParseConfig(text)
	if err != nil {
		return place{}, invalidURL(fmt.Sprintf("not a valid PostgreSQL URL for host %q: check port and parameters; %s", u.Host, urlForms))
	}
	schema := config.ConnConfig.RuntimeParams["search_path"]
	if schema != "" && (!schemaName.MatchString(schema) || strings.HasPrefix(schema, "pg_")) {
		return place{}, invalidURL(fmt.Sprintf("search_path=%q: name one schema, with small letters, digits and underscores, at most 63, not starting with pg_", schema))
	}
	if !u.Query().Has("pool_max_conns") {
		config.MaxConns = poolSize
	}
	c := config.ConnConfig
	name := fmt.Sprintf("postgres database %q at %s:%d", c.Database, c.Host, c.Port)
	if schema != "" {
		name += fmt.Sprintf(", schema %q", schema)
	}
	return place{dialect: Postgres, postgres: config, schema: schema, name: name}, nil
}

func invalidURL(text string) error {
	return fault.Text(fault.Invalid, openOp, "", text)
}
