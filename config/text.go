package config

import (
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"rollcall/fault"
)

// Strings is a list of texts; in the file a single one may stand for a list.
type Strings []string

// Duration is a length of time, written as Go writes it or in whole days:
// "720h", "30d". It is never negative.
type Duration time.Duration

// checkLiteral tells whoever writes 15 that it needs a unit, not quotes.
func (d *Duration) checkLiteral(text string) error { return needsUnit(text, "15m, 720h or 30d") }

func needsUnit(text, such string) error {
	if text == "" || strings.Trim(text, "0") == "" || strings.Trim(text, "0123456789") != "" {
		return nil
	}
	return fmt.Errorf("a number alone is no length of time; write a unit behind it, such as %s", such)
}

func (d *Duration) setText(text string) error {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil {
			*d = Duration(n) * Duration(24*time.Hour)
			return nil
		}
	}
	parsed, err := time.ParseDuration(text)
	if err != nil || parsed < 0 {
		return fmt.Errorf(`not a length of time; write hours or days, such as "720h" or "30d"`)
	}
	*d = Duration(parsed)
	return nil
}

// Database says where a database is. Its String never shows a password.
type Database struct {
	url      string
	password Secret
}

// databaseParts is a database with its password written apart.
type databaseParts struct {
	URL      string `yaml:"url" doc:"sqlite:PATH or postgres://USER@HOST/DATABASE?search_path=SCHEMA"`
	Password Secret `yaml:"password" doc:"The password of the user in the URL."`
}

const databaseForms = `write "sqlite:PATH" or "postgres://USER@HOST/DATABASE?search_path=SCHEMA"`

func (d *Database) setText(text string) error {
	scheme, rest, _ := strings.Cut(text, ":")
	switch scheme {
	case "sqlite":
		if rest == "" || strings.HasPrefix(rest, "//") {
			return fmt.Errorf("a SQLite database is a path right after the colon: sqlite:state.db, sqlite:/var/lib/rollcall/state.db")
		}
	case "postgres", "postgresql":
		if u, err := url.Parse(text); err != nil || u.Host == "" && u.Query().Get("host") == "" {
			return fmt.Errorf("not a PostgreSQL URL that names a host; %s", databaseForms)
		}
	default:
		return fmt.Errorf("not a database; %s", databaseForms)
	}
	d.url = text
	return nil
}

// String is the database's URL without its password.
func (d Database) String() string {
	u, err := url.Parse(d.url)
	if err != nil || u.User == nil {
		return d.url
	}
	return u.Redacted()
}

// URL returns what to open: relative files are taken to be in folder, the
// password's reference is resolved. It fails with fault.Invalid if that cannot
// be done. The result may hold a password: never print it.
func (d Database) URL(folder string) (string, error) {
	if path, ok := strings.CutPrefix(d.url, "sqlite:"); ok {
		if !filepath.IsAbs(path) {
			path = filepath.Join(folder, path)
		}
		return "sqlite:" + path, nil
	}
	if d.password.IsZero() {
		return d.url, nil
	}
	password, err := d.password.Resolve()
	if err != nil {
		return "", err
	}
	u, err := url.Parse(d.url)
	if err != nil {
		return "", fault.Text(fault.Invalid, "read configuration", "database", "not a URL")
	}
	u.User = url.UserPassword(u.User.Username(), password)
	return u.String(), nil
}

// checkLiteral refuses a password that stands in the file itself.
func (d *Database) checkLiteral(text string) error {
	m := userInfo.FindStringSubmatch(text)
	if m == nil || strings.Contains(m[1], "${") || m[1] == "" {
		return nil
	}
	return fmt.Errorf(`a password is not written here; write {url: "postgres://USER@HOST/DATABASE", password: "env:NAME"}`)
}

var userInfo = regexp.MustCompile(`^[a-z]+://[^/@:]*:(.*)@`)

func (d *Database) parts() any { return &databaseParts{} }

func (d *Database) setParts(parts any) error {
	p := parts.(*databaseParts)
	if err := d.checkLiteral(p.URL); err != nil {
		return err
	}
	if err := d.setText(p.URL); err != nil {
		return err
	}
	d.password = p.Password
	return nil
}

// setText is the short form: one attribute for people and groups.
func (a *Anchors) setText(text string) error {
	a.People, a.Groups = text, text
	return nil
}

// setText is the short form: the name of a shipped table.
func (a *Actions) setText(text string) error {
	a.Table = text
	return nil
}
