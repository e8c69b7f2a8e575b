package sqldb

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"rollcall/fault"
	"rollcall/sqldb/sqldbtest"
)

func wantRefusal(t *testing.T, url string, kind fault.Kind, words string) {
	t.Helper()
	db, err := Open(context.Background(), url, notes())
	if err == nil {
		_ = db.Close()
	}
	if !fault.Is(err, kind) || !strings.Contains(err.Error(), words) {
		t.Errorf("got %v, want %v saying %q", err, kind, words)
	}
}

func TestAFileThatCannotBeOpenedIsExplained(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "letter.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("Dear Sir or Madam, ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	short := filepath.Join(dir, "short.txt")
	if err := os.WriteFile(short, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, "sqlite:"+filepath.Join(dir, "none", "x.db"), fault.NotFound, "create it")
	wantRefusal(t, "sqlite:"+dir, fault.Invalid, "name a file in it")
	wantRefusal(t, "sqlite:"+filepath.Join(text, "x.db"), fault.Invalid, "not a")
	wantRefusal(t, "sqlite:"+text, fault.Invalid, "not a SQLite database")
	wantRefusal(t, "sqlite:"+short, fault.Invalid, "not a SQLite database")
	if left, err := os.ReadFile(text); err != nil || !strings.HasPrefix(string(left), "Dear") {
		t.Errorf("the file was changed: %.20q, %v", left, err)
	}
}

// Root may write everywhere, so as root the test runs again as nobody.
func TestAFolderThatMayNotBeWrittenIsExplained(t *testing.T) {
	if os.Geteuid() == 0 {
		again(t)
		return
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "x.db")
	if err := open(t, "sqlite:"+file).Close(); err != nil {
		t.Fatal(err)
	}
	for path, mode := range map[string]os.FileMode{file: 0o400, dir: 0o500} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		wantRefusal(t, "sqlite:"+file, fault.Denied, "permission")

		if err := os.Chmod(path, 0o700); err != nil {
			t.Fatal(err)
		}
	}
}

func again(t *testing.T) {
	dir, err := os.MkdirTemp("", "sqldb-") //nolint:usetesting // the folder outlives one test on purpose
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	binary, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(dir, "sqldb.test")
	if err := os.WriteFile(copied, binary, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(copied, "-test.run=^"+t.Name()+"$")
	cmd.Dir = dir
	cmd.Env = []string{"TMPDIR=" + dir}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("as nobody: %v\n%s", err, out)
	}
}

func TestAFileWithAnyNameIsForItsOwnerOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), `a b?c=d#e%20"f'.db`)
	db := open(t, "sqlite:"+path)
	if err := db.Write(context.Background(), func(tx *Tx) error { return insert(tx, 1, "one") }); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, path + "-wal", path + "-shm", path + ".lock", path + ".queue"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Error(err)
		} else if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + "-wal"); !os.IsNotExist(err) {
		t.Errorf("the log is left behind: %v", err)
	}
}

func TestAServerThatDoesNotLetUsInIsExplainedWithoutThePassword(t *testing.T) {
	good, err := url.Parse(sqldbtest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(u *url.URL)) string {
		u := *good
		change(&u)
		return u.String()
	}
	name := good.User.Username()
	for what, c := range map[string]struct {
		url   string
		kind  fault.Kind
		words string
	}{
		"wrong password": {with(func(u *url.URL) { u.User = url.UserPassword(name, "s3cret") }), fault.Unauthenticated, "check the user, the password"},
		"no such user":   {with(func(u *url.URL) { u.User = url.UserPassword("nobody_here", "s3cret") }), fault.Unauthenticated, "nobody_here"},
		"no database":    {with(func(u *url.URL) { u.Path = "/nothing_here" }), fault.NotFound, "does not exist"},
		"no server":      {with(func(u *url.URL) { u.User = url.UserPassword(name, "s3cret"); u.Host = "127.0.0.1:1" }), fault.Unavailable, "check host and port"},
	} {
		t.Run(what, func(t *testing.T) {
			wantRefusal(t, c.url, c.kind, c.words)
			if _, err := Open(context.Background(), c.url, notes()); err == nil || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the password is in the error: %v", err)
			}
		})
	}
}

func TestASchemaIsMadeAndKeepsItsTables(t *testing.T) {
	one, two := open(t, sqldbtest.Postgres(t)), open(t, sqldbtest.Postgres(t))
	for _, db := range []*DB{one, two} {
		if err := db.Write(context.Background(), func(tx *Tx) error { return insert(tx, 1, "one") }); err != nil {
			t.Error(err)
		}
	}
}

func TestACommitIsDurableWhateverTheServersDefault(t *testing.T) {
	db := open(t, sqldbtest.Postgres(t))
	err := db.Write(context.Background(), func(tx *Tx) error {
		var mode string
		if err := tx.Row("SHOW synchronous_commit").Scan(&mode); err != nil {
			return err
		}
		if mode == "off" {
			t.Error("synchronous_commit is off")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	lite := open(t, sqldbtest.SQLite(t))
	err = lite.Write(context.Background(), func(tx *Tx) error {
		for pragma, want := range map[string]string{"synchronous": "2", "foreign_keys": "1", "journal_mode": "wal"} {
			var got string
			if err := tx.Row("PRAGMA " + pragma).Scan(&got); err != nil {
				return err
			}
			if got != want {
				t.Errorf("%s is %s, want %s", pragma, got, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
