package sqlcaller_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"rollcall/caller"
	"rollcall/caller/sqlcaller"
	"rollcall/directory"
	"rollcall/directory/sqldir"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

// logged opens keys and tokens whose changes are in the logs of two stores.
func logged(t *testing.T, url string) (*sqlcaller.Center, map[identity.StoreID]*sqldir.Driver) {
	t.Helper()
	db, err := sqldb.Open(t.Context(), url, sqldir.Migrations(), sqlcaller.Migrations())
	ok(t, err)
	t.Cleanup(func() { ok(t, db.Close()) })
	center := sqldir.New(db)
	stores := map[identity.StoreID]*sqldir.Driver{}
	for _, id := range []identity.StoreID{store, other} {
		stores[id], err = center.Store(t.Context(), id, sqldir.Options{})
		ok(t, err)
	}
	return sqlcaller.New(db, sqlcaller.Record(center.Record)), stores
}

const other = identity.StoreID("d-0987654321")

// lines are a store's log: what happened to what, and whether there was and is
// something.
func lines(t *testing.T, d *sqldir.Driver) []string {
	t.Helper()
	all, err := d.Events(t.Context(), 0, 100)
	ok(t, err)
	var out []string
	for _, e := range all {
		same(t, e.Actor, directory.Actor{Name: "ann", Door: "cli"})
		line := e.Operation + " " + string(e.Kind) + " " + string(e.ID)
		if e.Before != nil {
			line += " -"
		}
		if e.After != nil {
			line += " +"
		}
		out = append(out, line)
	}
	return out
}

func TestWhoMayComeInIsLogged(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		c, stores := logged(t, url)
		ctx := directory.WithActor(t.Context(), directory.Actor{Name: "ann", Door: "cli"})
		const id = "AKIAQQQQQQQQQQQQQQQQ"
		ok(t, c.InsertKey(ctx, caller.Key{ID: id, Name: "ci", Account: "111122223333", Role: "Deploy", Active: true, CreatedAt: monday}, []byte("sealed-secret")))
		ok(t, c.SetKeyActive(ctx, id, true)) // is so already
		ok(t, c.SetKeyActive(ctx, id, false))
		ok(t, c.UseKey(ctx, id, monday))
		ok(t, c.DeleteKey(ctx, id))
		is(t, c.DeleteKey(ctx, id), fault.NotFound)

		_, err := c.Tenant(ctx, store, "tenant-1")
		ok(t, err)
		_, err = c.Tenant(ctx, store, "tenant-2")
		ok(t, err)
		ok(t, c.InsertToken(ctx, caller.Token{ID: "abc", Store: store, Tenant: "tenant-1", CreatedAt: monday, ExpiresAt: monday.AddDate(1, 0, 0)}, caller.Digest{}, 1))
		is(t, c.InsertToken(ctx, caller.Token{ID: "abd", Store: store, Tenant: "tenant-1"}, caller.Digest{}, 1), fault.Quota)
		ok(t, c.UseToken(ctx, "abc", monday))
		is(t, c.DeleteToken(ctx, other, "abc"), fault.NotFound)
		ok(t, c.DeleteToken(ctx, store, "abc"))

		keys := []string{"CreateAccessKey accesskey " + id + " +", "UpdateAccessKey accesskey " + id + " - +", "DeleteAccessKey accesskey " + id + " -"}
		tokens := []string{"CreateProvisioningTenant scimtenant tenant-1 +", "CreateBearerToken scimtoken abc +", "DeleteBearerToken scimtoken abc -"}
		same(t, strings.Join(lines(t, stores[other]), "\n"), strings.Join(keys, "\n"))
		same(t, strings.Join(lines(t, stores[store]), "\n"), strings.Join(append(keys, tokens...), "\n"))
	})
}

func TestTheLogHasNoSecrets(t *testing.T) {
	c, stores := logged(t, sqldbtest.SQLite(t))
	tokens := caller.NewTokens(c, caller.Options{})
	_, text, err := tokens.Create(t.Context(), store, "ann")
	ok(t, err)
	ok(t, c.InsertKey(t.Context(), caller.Key{ID: "AKIAQQQQQQQQQQQQQQQQ", Name: "ci"}, []byte("sealed-secret")))
	all, err := stores[store].Events(t.Context(), 0, 100)
	ok(t, err)
	same(t, len(all), 3)
	for _, e := range all {
		for _, secret := range []string{text, text[len(text)-20:], "sealed-secret", "c2VhbGVk"} {
			if strings.Contains(string(e.Before)+string(e.After), secret) {
				t.Errorf("%s has a secret: %s", e.Operation, e.After)
			}
		}
	}
}

func TestAChangeThatCannotBeLoggedIsNotMade(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db, err := sqldb.Open(t.Context(), url, sqlcaller.Migrations())
		ok(t, err)
		t.Cleanup(func() { ok(t, db.Close()) })
		full := false
		c := sqlcaller.New(db, sqlcaller.Record(func(context.Context, *sqldb.Tx, identity.StoreID, time.Time, ...directory.Event) error {
			if full {
				return errors.New("the log is full")
			}
			return nil
		}))
		ctx, key := t.Context(), caller.Key{ID: "AKIAQQQQQQQQQQQQQQQQ", Active: true}
		token := caller.Token{ID: "abc", Store: store, Tenant: "tenant-1"}
		ok(t, c.InsertKey(ctx, key, []byte{1}))
		_, err = c.Tenant(ctx, store, "tenant-1")
		ok(t, err)
		ok(t, c.InsertToken(ctx, token, caller.Digest{}, 2))
		full = true
		for what, err := range map[string]error{
			"insert key":   c.InsertKey(ctx, caller.Key{ID: "AKIAZZZZZZZZZZZZZZZZ"}, []byte{1}),
			"disable key":  c.SetKeyActive(ctx, key.ID, false),
			"delete key":   c.DeleteKey(ctx, key.ID),
			"insert token": c.InsertToken(ctx, caller.Token{ID: "abd", Store: store, Tenant: "tenant-1"}, caller.Digest{}, 2),
			"delete token": c.DeleteToken(ctx, store, token.ID),
		} {
			if err == nil {
				t.Errorf("%s: it is done", what)
			}
		}
		keys, err := c.Keys(ctx)
		ok(t, err)
		tokens, err := c.Tokens(ctx, store)
		ok(t, err)
		if len(keys) != 1 || !keys[0].Active || len(tokens) != 1 {
			t.Errorf("there are %+v and %+v", keys, tokens)
		}
	})
}
