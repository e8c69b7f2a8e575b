package caller_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"rollcall/fault"
	"rollcall/identity"
)

const (
	store = identity.StoreID("d-1234567890")
	other = identity.StoreID("d-0987654321")
)

func TestATokenOpensItsStoreForAYear(t *testing.T) {
	g := open(t)
	token, text, err := g.tokens.Create(t.Context(), store, "ann")
	ok(t, err)
	if !regexp.MustCompile(`^[0-9a-f]{11}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`).MatchString(token.Tenant) {
		t.Errorf("tenant %q", token.Tenant)
	}
	if token.DaysLeft(g.now) != 365 || token.DaysLeft(g.now.Add(time.Second)) != 364 || token.DaysLeft(token.ExpiresAt.Add(48*time.Hour)) != 0 {
		t.Errorf("days left: %d", token.DaysLeft(g.now))
	}
	actor, err := g.tokens.Endpoint(store).Authenticate(t.Context(), token.Tenant, text)
	ok(t, err)
	if actor.Name != "token "+token.ID {
		t.Errorf("%+v", actor)
	}
	g.now = token.ExpiresAt.Add(-time.Millisecond)
	_, err = g.tokens.Endpoint(store).Authenticate(t.Context(), token.Tenant, text)
	ok(t, err)
	g.now = token.ExpiresAt
	_, err = g.tokens.Endpoint(store).Authenticate(t.Context(), token.Tenant, text)
	is(t, err, fault.Unauthenticated)
}

func TestWhateverIsNoTokenOfTheStoreIsRefusedInTheSameWords(t *testing.T) {
	g := open(t)
	token, text, err := g.tokens.Create(t.Context(), store, "ann")
	ok(t, err)
	theirs, their, err := g.tokens.Create(t.Context(), other, "ann")
	ok(t, err)
	if theirs.Tenant == token.Tenant {
		t.Error("two stores share a tenant")
	}
	said := map[string]bool{}
	for name, c := range map[string]struct{ tenant, text string }{
		"another tenant":       {theirs.Tenant, text},
		"no tenant":            {"", text},
		"another store's":      {theirs.Tenant, their},
		"another secret":       {token.Tenant, text[:len(text)-1] + flip(text[len(text)-1])},
		"an unknown id":        {token.Tenant, text[:4] + strings.Repeat("a", 12) + text[16:]},
		"nothing":              {token.Tenant, ""},
		"shorter":              {token.Tenant, text[:len(text)-1]},
		"longer":               {token.Tenant, text + "a"},
		"upper case":           {token.Tenant, strings.ToUpper(text)},
		"an operator's prefix": {token.Tenant, "rco_" + text[4:]},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := g.tokens.Endpoint(store).Authenticate(t.Context(), c.tenant, c.text)
			is(t, err, fault.Unauthenticated)
			said[err.Error()] = true
		})
	}
	if len(said) != 1 {
		t.Errorf("the refusals differ: %v", said)
	}
}

func flip(c byte) string {
	if c == 'a' {
		return "b"
	}
	return "a"
}

func TestAStoreHasTwoTokensAtMost(t *testing.T) {
	g := open(t)
	first, firstText, err := g.tokens.Create(t.Context(), store, "ann")
	ok(t, err)
	second, _, err := g.tokens.Create(t.Context(), store, "ann")
	ok(t, err)
	if first.Tenant != second.Tenant {
		t.Error("one store, two tenants")
	}
	g.now = g.now.AddDate(2, 0, 0) // expired ones count
	_, _, err = g.tokens.Create(t.Context(), store, "ann")
	is(t, err, fault.Quota)
	_, _, err = g.tokens.Create(t.Context(), other, "ann")
	ok(t, err)

	is(t, g.tokens.Revoke(t.Context(), other, first.ID), fault.NotFound)
	ok(t, g.tokens.Revoke(t.Context(), store, first.ID))
	is(t, g.tokens.Revoke(t.Context(), store, first.ID), fault.NotFound)
	_, err = g.tokens.Endpoint(store).Authenticate(t.Context(), first.Tenant, firstText)
	is(t, err, fault.Unauthenticated)
	third, _, err := g.tokens.Create(t.Context(), store, "ann")
	ok(t, err)
	all, err := g.tokens.List(t.Context(), store)
	ok(t, err)
	if len(all) != 2 || all[0].ID != second.ID || all[1].ID != third.ID || all[1].CreatedBy != "ann" {
		t.Errorf("%+v", all)
	}
}

func TestAStoreWithoutTokensHasNoTenantYet(t *testing.T) {
	g := open(t)
	tenant, err := g.tokens.Tenant(t.Context(), store)
	ok(t, err)
	if tenant != "" {
		t.Errorf("got %q", tenant)
	}
	token, _, err := g.tokens.Create(t.Context(), store, "ann")
	ok(t, err)
	ok(t, g.tokens.Revoke(t.Context(), store, token.ID))
	if tenant, err = g.tokens.Tenant(t.Context(), store); err != nil || tenant != token.Tenant {
		t.Errorf("got %q, %v", tenant, err)
	}
}

func FuzzTokens(f *testing.F) {
	g := open(f)
	token, text, err := g.tokens.Create(f.Context(), store, "ann")
	ok(f, err)
	_, s := g.session(f, 0)
	f.Add(text)
	f.Add(strings.Replace(text, "rcs_", "rco_", 1))
	f.Add(s.Token)
	f.Add("")
	f.Fuzz(func(t *testing.T, guess string) {
		if guess == text {
			return
		}
		if _, err := g.tokens.Endpoint(store).Authenticate(t.Context(), token.Tenant, guess); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%q: %v", guess, err)
		}
		if _, err := g.operators.CheckToken(t.Context(), guess); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%q as an operator's: %v", guess, err)
		}
		if strings.ContainsAny(guess, "\r\n") || guess == s.Token {
			return
		}
		c := credentialsOf(s)
		c.SessionToken = guess
		if _, err := g.come(t, c); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%q as a session: %v", guess, err)
		}
	})
}
