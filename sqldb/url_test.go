package sqldb

import (
	"path/filepath"
	"strings"
	"testing"

	"rollcall/fault"
)

func TestParsingAURL(t *testing.T) {
	wd, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]place{
		"sqlite:x.db":                     {dialect: SQLite, path: filepath.Join(wd, "x.db")},
		"sqlite:/a/x.db":                  {dialect: SQLite, path: "/a/x.db"},
		"sqlite:../x.db":                  {dialect: SQLite, path: filepath.Join(filepath.Dir(wd), "x.db")},
		"sqlite:/a b/50%25?x=1#y.db":      {dialect: SQLite, path: "/a b/50%25?x=1#y.db"},
		"sqlite:C:x":                      {dialect: SQLite, path: filepath.Join(wd, "C:x")},
		"postgres://u:p@h/d":              {dialect: Postgres, name: `postgres database "d" at h:5432`},
		"postgresql://u:p@h:1/d":          {dialect: Postgres, name: `postgres database "d" at h:1`},
		"postgres://u@h/d?search_path=st": {dialect: Postgres, schema: "st", name: `postgres database "d" at h:5432, schema "st"`},
		"postgres:///d?host=/run/pg":      {dialect: Postgres, name: `postgres database "d" at /run/pg:5432`},
		"postgres://u@h/d?search_path=" + strings.Repeat("a", 63): {
			dialect: Postgres, schema: strings.Repeat("a", 63),
			name: `postgres database "d" at h:5432, schema "` + strings.Repeat("a", 63) + `"`,
		},
	} {
		t.Run(url, func(t *testing.T) {
			got, err := parse(url)
			if err != nil {
				t.Fatal(err)
			}
			if got.dialect != want.dialect || got.path != want.path || got.schema != want.schema {
				t.Errorf("got %+v, want %+v", got, want)
			}
			if want.name != "" && got.name != want.name {
				t.Errorf("named %q, want %q", got.name, want.name)
			}
		})
	}
}

func TestAURLThatCannotBeMeantIsRefusedWithoutItsPassword(t *testing.T) {
	for name, url := range map[string]string{
		"empty":               "",
		"a path alone":        "/a/x.db",
		"no scheme":           "s3cret@host",
		"another database":    "mysql://u:s3cret@h/d",
		"no file":             "sqlite:",
		"in memory":           "sqlite::memory:",
		"slashes":             "sqlite:///a/x.db",
		"NUL":                 "sqlite:a\x00b",
		"bad port":            "postgres://u:s3cret@h:port/d",
		"bad escape":          "postgres://u:s3cret%zz@h/d",
		"bad parameter":       "postgres://u:s3cret@h/d?connect_timeout=soon",
		"bad pool size":       "postgres://u:s3cret@h/d?pool_max_conns=many",
		"two schemas":         "postgres://u:s3cret@h/d?search_path=a,b",
		"schema with capital": "postgres://u:s3cret@h/d?search_path=State",
		"system schema":       "postgres://u:s3cret@h/d?search_path=pg_catalog",
		"schema too long":     "postgres://u:s3cret@h/d?search_path=" + strings.Repeat("a", 64),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse(url)
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("got %v", err)
			}
			if strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the password is in the error: %v", err)
			}
		})
	}
}
