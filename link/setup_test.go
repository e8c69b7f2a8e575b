package link_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"rollcall/identity"
	"rollcall/link"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

// state is an open database with its links.
type state struct {
	*link.Store
	db *sqldb.DB
}

func each(t *testing.T, test func(t *testing.T, s state)) {
	t.Helper()
	sqldbtest.Each(t, func(t *testing.T, url string) { test(t, open(t, url)) })
}

func open(t *testing.T, url string) state {
	t.Helper()
	db, err := sqldb.Open(context.Background(), url, link.Migrations)
	ok(t, err)
	t.Cleanup(func() { ok(t, db.Close()) })
	return state{link.New(db), db}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s state) put(links ...link.Link) error {
	return s.db.Write(context.Background(), func(tx *sqldb.Tx) error {
		for _, l := range links {
			if err := link.Put(tx, l); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s state) all(t testing.TB, directory string) []link.Link {
	t.Helper()
	all, err := s.Links(context.Background(), directory)
	ok(t, err)
	return all
}

var monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func id(n int) identity.ID { return identity.ID(fmt.Sprintf("01890000-0000-7000-8000-%012d", n)) }

// person links E<n> of corp with object n of the directory local.
func person(n int) link.Link {
	return link.Link{
		Record:    identity.Record{Source: "corp", Kind: identity.KindUser, Anchor: identity.Anchor(fmt.Sprint("E", n))},
		Directory: "local", Object: id(n), Origin: link.Created, Name: fmt.Sprint("user", n), Fingerprint: "f", Since: monday,
	}
}
