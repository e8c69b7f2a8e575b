package sqldir

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

// upTo are the migrations that a release had whose last was number last.
func upTo(t *testing.T, last int) sqldb.Migrations {
	t.Helper()
	all := Migrations()
	some := fstest.MapFS{}
	for _, dialect := range []string{"sqlite", "postgres"} {
		files, err := fs.Glob(all.FS, path.Join(dialect, "*.sql"))
		if err != nil || len(files) < last {
			t.Fatal(files, err)
		}
		for _, file := range files[:last] {
			text, err := fs.ReadFile(all.FS, file)
			if err != nil {
				t.Fatal(err)
			}
			some[file] = &fstest.MapFile{Data: text}
		}
	}
	return sqldb.Migrations{Owner: all.Owner, FS: some}
}

func memberID(user, group int) identity.ID {
	return identity.ID(fmt.Sprintf("1234567890-00000000-0000-4000-%04d-%012d", user, group))
}

func objectID(n int) identity.ID { return memberID(0, n) }

// olderStore has three users, each in one group more than the one before, as a
// release left them that had not the tables of migration 5.
func olderStore(t *testing.T, url string) {
	t.Helper()
	db, err := sqldb.Open(t.Context(), url, upTo(t, 4))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Write(t.Context(), func(tx *sqldb.Tx) error {
		if err := insertStore(tx, "d-1234567890", false); err != nil {
			return err
		}
		for n := 1; n <= 3; n++ {
			if _, err := tx.Exec(`INSERT INTO users (key, store, id, revision, active, user_name, user_name_fold, display_name, given_name, family_name, rest,
				created_at, updated_at, created_by, updated_by) VALUES ($1, 1, $2, 1, $3, $4, $4, 'U', 'U', 'U', '{}', 1, 1, '', '')`,
				n, string(objectID(n)), true, fmt.Sprint("user", n)); err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO groups (key, store, id, revision, display_name, display_name_fold, description, external_ids,
				created_at, updated_at, created_by, updated_by) VALUES ($1, 1, $2, 1, $3, $3, '', '', 1, 1, '', '')`,
				n, string(objectID(10+n)), fmt.Sprint("group", n)); err != nil {
				return err
			}
		}
		for user := 1; user <= 3; user++ {
			for group := 1; group <= user; group++ {
				if _, err := tx.Exec(insertMembership, group, user, string(memberID(user, group)), 1, ""); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestMembershipsOfAnOlderReleaseAreFoundAsBefore(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		olderStore(t, url)
		c, err := Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		d, err := c.Store(t.Context(), "d-1234567890", Options{})
		if err != nil {
			t.Fatal(err)
		}
		listed := func(user int) (all []identity.ID) {
			page, err := d.ListMemberships(t.Context(), objectID(user), directory.PageRequest{})
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range page.Items {
				all = append(all, m.ID)
			}
			return all
		}
		if got, want := listed(3), []identity.ID{memberID(3, 1), memberID(3, 2), memberID(3, 3)}; !slices.Equal(got, want) {
			t.Errorf("memberships %v, want %v", got, want)
		}
		if err := d.DeleteUser(t.Context(), objectID(3), ""); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Membership(t.Context(), memberID(3, 1)); !fault.Is(err, fault.NotFound) {
			t.Errorf("a membership of the deleted user: %v", err)
		}
		if err := d.RemoveMember(t.Context(), memberID(2, 1)); err != nil {
			t.Fatal(err)
		}
		if got, want := listed(2), []identity.ID{memberID(2, 2)}; !slices.Equal(got, want) {
			t.Errorf("memberships %v, want %v", got, want)
		}
	})
}

// The tables are the same whether they were made by this release or brought up
// to date by it, and SQLite finds nothing wrong with them.
func TestTablesBroughtUpToDateAreSound(t *testing.T) {
	url := sqldbtest.SQLite(t)
	olderStore(t, url)
	db, err := sqldb.Open(t.Context(), url, Migrations())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for query, want := range map[string]string{
		`PRAGMA integrity_check`:                                                   "ok",
		`SELECT count(*) FROM pragma_foreign_key_check`:                            "0",
		`SELECT group_concat("table") FROM pragma_foreign_key_list('memberships')`: "groups",
		`SELECT count(*) FROM user_groups_settled`:                                 "6",
		`SELECT count(*) FROM sqlite_schema WHERE name = 'memberships_of_user'`:    "0",
	} {
		var got string
		if err := db.Read(t.Context(), func(q sqldb.Query) error { return q.Row(query).Scan(&got) }); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", strings.TrimSpace(query), got, err, want)
		}
	}
}
