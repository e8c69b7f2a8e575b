package sqlcaller_test

import (
	"bytes"
	"context"
	"sync"
	"testing"
	"time"

	"rollcall/caller"
	"rollcall/caller/sqlcaller"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

const store = identity.StoreID("d-1234567890")

var monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func open(t *testing.T, url string) (*sqlcaller.Center, *sqlcaller.Operators) {
	t.Helper()
	db, err := sqldb.Open(t.Context(), url, sqlcaller.Migrations(), sqlcaller.OperatorMigrations())
	ok(t, err)
	t.Cleanup(func() { ok(t, db.Close()) })
	return sqlcaller.New(db), sqlcaller.NewOperators(db)
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func is(t *testing.T, err error, k fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != k {
		t.Fatalf("got %v, want %v", err, k)
	}
}

func same[T comparable](t *testing.T, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestKeysComeBackAsStored(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		c, _ := open(t, url)
		ctx := t.Context()
		key := caller.Key{
			ID: "AKIAQQQQQQQQQQQQQQQQ", Name: "ci", Account: "111122223333", Role: "Deploy", ReadOnly: true, Active: true,
			CreatedAt: monday, CreatedBy: "ann",
		}
		ok(t, c.InsertKey(ctx, key, []byte{0, 1, 2}))
		is(t, c.InsertKey(ctx, key, []byte{1}), fault.Conflict)
		got, sealed, err := c.Key(ctx, key.ID)
		ok(t, err)
		same(t, got, key)
		if !bytes.Equal(sealed, []byte{0, 1, 2}) {
			t.Errorf("sealed %v", sealed)
		}
		ok(t, c.SetKeyActive(ctx, key.ID, false))
		ok(t, c.UseKey(ctx, key.ID, monday.Add(time.Hour)))
		ok(t, c.UseKey(ctx, key.ID, monday)) // a later time is stored
		ok(t, c.UseKey(ctx, "AKIANONE", monday))
		all, err := c.Keys(ctx)
		ok(t, err)
		key.Active, key.LastUsedAt = false, monday.Add(time.Hour)
		same(t, len(all), 1)
		same(t, all[0], key)
		ok(t, c.DeleteKey(ctx, key.ID))
		is(t, c.DeleteKey(ctx, key.ID), fault.NotFound)
		is(t, c.SetKeyActive(ctx, key.ID, true), fault.NotFound)
		_, _, err = c.Key(ctx, key.ID)
		is(t, err, fault.NotFound)
	})
}

func TestTokensComeBackAsStored(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		c, _ := open(t, url)
		ctx := t.Context()
		for _, ask := range [][2]string{{"", ""}, {"t1", "t1"}, {"t2", "t1"}} {
			tenant, err := c.Tenant(ctx, store, ask[0])
			ok(t, err)
			same(t, tenant, ask[1])
		}
		token := caller.Token{ID: "abc", Store: store, Tenant: "t1", CreatedAt: monday, CreatedBy: "ann", ExpiresAt: monday.AddDate(1, 0, 0)}
		ok(t, c.InsertToken(ctx, token, caller.Digest{1, 2}, 1))
		is(t, c.InsertToken(ctx, caller.Token{ID: "abd", Store: store}, caller.Digest{}, 1), fault.Quota)
		ok(t, c.UseToken(ctx, "abc", monday.Add(time.Hour)))
		token.LastUsedAt = monday.Add(time.Hour)
		got, digest, err := c.Token(ctx, "abc")
		ok(t, err)
		same(t, got, token)
		same(t, digest, caller.Digest{1, 2})
		all, err := c.Tokens(ctx, store)
		ok(t, err)
		same(t, len(all), 1)
		is(t, c.DeleteToken(ctx, "d-0000000000", "abc"), fault.NotFound)
		ok(t, c.DeleteToken(ctx, store, "abc"))
		_, _, err = c.Token(ctx, "abc")
		is(t, err, fault.NotFound)
	})
}

func TestManyMakeTokensAtOnceAndTwoSucceed(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		a, _ := open(t, url)
		b, _ := open(t, url) // as another process would
		ctx := context.WithoutCancel(t.Context())
		_, err := a.Tenant(ctx, store, "t1")
		ok(t, err)
		results := make([]error, 12)
		var all sync.WaitGroup
		for n := range results {
			all.Go(func() {
				c := []*sqlcaller.Center{a, b}[n%2]
				results[n] = c.InsertToken(ctx, caller.Token{ID: string(rune('a' + n)), Store: store}, caller.Digest{}, 2)
			})
		}
		all.Wait()
		made := 0
		for _, err := range results {
			switch {
			case err == nil:
				made++
			case !fault.Is(err, fault.Quota):
				t.Error(err)
			}
		}
		same(t, made, 2)
	})
}

func TestOperatorsComeBackAsStored(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		_, s := open(t, url)
		ctx := t.Context()
		ann := caller.Operator{Name: "ann", Role: caller.Admin, HasPassword: true, CreatedAt: monday, CreatedBy: "root"}
		ok(t, s.PutOperator(ctx, ann, "hash"))
		is(t, s.PutOperator(ctx, ann, "hash"), fault.Conflict)
		ok(t, s.PutOperator(ctx, caller.Operator{Name: "Zoë", Role: caller.Reader, CreatedAt: monday}, ""))
		ok(t, s.SetPassword(ctx, "ann", "hash2"))
		is(t, s.SetPassword(ctx, "bob", "hash2"), fault.NotFound)
		token := caller.OperatorToken{ID: "abc", Operator: "ann", CreatedAt: monday, CreatedBy: "root", ExpiresAt: monday.Add(time.Hour)}
		ok(t, s.InsertOperatorToken(ctx, token, caller.Digest{7}))
		ok(t, s.UseOperatorToken(ctx, "abc", monday.Add(time.Minute)))
		ok(t, s.UseOperator(ctx, "ann", monday)) // a later time is stored
		token.LastUsedAt, ann.LastUsedAt = monday.Add(time.Minute), monday.Add(time.Minute)
		gotToken, digest, owner, err := s.OperatorToken(ctx, "abc")
		ok(t, err)
		same(t, gotToken, token)
		same(t, digest, caller.Digest{7})
		same(t, owner, ann)
		all, err := s.OperatorTokens(ctx, "ann")
		ok(t, err)
		same(t, len(all), 1)

		ok(t, s.RevokeOperator(ctx, "ann", monday.Add(time.Hour)))
		ok(t, s.RevokeOperator(ctx, "ann", monday.Add(2*time.Hour))) // the first counts
		is(t, s.RevokeOperator(ctx, "bob", monday), fault.NotFound)
		is(t, s.InsertOperatorToken(ctx, token, caller.Digest{7}), fault.NotFound)
		_, _, _, err = s.OperatorToken(ctx, "abc")
		is(t, err, fault.NotFound)
		got, hash, err := s.Operator(ctx, "ann")
		ok(t, err)
		ann.HasPassword, ann.RevokedAt = false, monday.Add(time.Hour)
		same(t, got, ann)
		same(t, hash, "")
		ok(t, s.PutOperator(ctx, caller.Operator{Name: "ann", Role: caller.Reader, CreatedAt: monday}, "hash3"))
		list, err := s.Operators(ctx)
		ok(t, err)
		same(t, len(list), 2)
		same(t, list[1].Role, caller.Reader)
		same(t, list[1].Revoked(), false)
	})
}

// What one process revokes, the next request to another is refused.
func TestARevocationIsSeenByEveryProcess(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		a, aOperators := open(t, url)
		b, bOperators := open(t, url)
		ctx := t.Context()
		serve := caller.NewTokens(a, caller.Options{})
		cli := caller.NewTokens(b, caller.Options{})
		token, text, err := cli.Create(ctx, store, "ann")
		ok(t, err)
		_, err = serve.Endpoint(store).Authenticate(ctx, token.Tenant, text)
		ok(t, err)
		ok(t, cli.Revoke(ctx, store, token.ID))
		_, err = serve.Endpoint(store).Authenticate(ctx, token.Tenant, text)
		is(t, err, fault.Unauthenticated)

		here, there := caller.NewOperators(aOperators, caller.Options{}), caller.NewOperators(bOperators, caller.Options{})
		_, err = there.Create(ctx, caller.Operator{Name: "ann", Role: caller.Admin}, "correct horse battery")
		ok(t, err)
		_, err = here.CheckPassword(ctx, "ann", "correct horse battery", "")
		ok(t, err)
		ok(t, there.Revoke(ctx, "ann"))
		_, err = here.CheckPassword(ctx, "ann", "correct horse battery", "")
		is(t, err, fault.Unauthenticated)
	})
}

// A database that does not answer is no wrong password.
func TestADatabaseThatIsGoneIsNotARefusal(t *testing.T) {
	db, err := sqldb.Open(t.Context(), sqldbtest.SQLite(t), sqlcaller.Migrations(), sqlcaller.OperatorMigrations())
	ok(t, err)
	ok(t, db.Close())
	tokens := caller.NewTokens(sqlcaller.New(db), caller.Options{})
	_, err = tokens.Endpoint(store).Authenticate(t.Context(), "t", "rcs_"+string(bytes.Repeat([]byte("a"), 64)))
	is(t, err, fault.Unavailable)
	operators := caller.NewOperators(sqlcaller.NewOperators(db), caller.Options{})
	_, err = operators.CheckPassword(t.Context(), "ann", "correct horse battery", "")
	is(t, err, fault.Unavailable)
}
