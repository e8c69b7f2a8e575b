package cli

import (
	"strings"
	"testing"

	"rollcall/config"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

func TestTheSecondTokenIsSentWhenTheFirstIsRefusedAndSomebodyIsTold(t *testing.T) {
	s := there(t)
	t.Setenv("OLD_TOKEN", "expired")
	f := away(t, "api: none\n"+scimAt(s.URL, s.URL, s.SCIMURL, "token: 'env:OLD_TOKEN', next_token: 'env:SCIM_TOKEN'"))
	d, err := f.directory(t.Context(), "aws")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if names, err := userNames(t, d); err != nil || len(names) != 1 {
			t.Fatalf("%v, %v", names, err)
		}
	}
	told := f.errs.String()
	if strings.Count(told, "Warning") != 1 || !strings.Contains(told, "env:OLD_TOKEN is refused") || !strings.Contains(told, "env:SCIM_TOKEN") || strings.Contains(told, s.SCIMToken) {
		t.Errorf("said %q", told)
	}
}

func TestAWriteIsSentOnceMoreWithTheOtherToken(t *testing.T) {
	s := there(t)
	t.Setenv("OLD_TOKEN", "expired")
	f := away(t, "api: none\n"+scimAt(s.URL, s.URL, s.SCIMURL, "token: 'env:OLD_TOKEN', next_token: 'env:SCIM_TOKEN'"))
	d, err := f.directory(t.Context(), "aws")
	if err != nil {
		t.Fatal(err)
	}
	g, err := directory.WriterFor(d).CreateGroup(t.Context(), identity.Group{DisplayName: "night"})
	if err != nil || g.ID == "" {
		t.Fatalf("%+v, %v", g, err)
	}
	if _, err := d.Group(t.Context(), g.ID); err != nil {
		t.Error(err)
	}
}

func TestWithoutAnotherTokenTheRefusalStands(t *testing.T) {
	s := there(t)
	t.Setenv("OLD_TOKEN", "expired")
	t.Setenv("OLDER_TOKEN", "revoked")
	for name, tokens := range map[string]string{
		"one":  "token: 'env:OLD_TOKEN'",
		"two":  "token: 'env:OLD_TOKEN', next_token: 'env:OLDER_TOKEN'",
		"same": "token: 'env:OLD_TOKEN', next_token: 'env:OLD_TOKEN'",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := away(t, "api: none\n"+scimAt(s.URL, s.URL, s.SCIMURL, tokens)).users(t)
			if !fault.Is(err, fault.Unauthenticated) {
				t.Errorf("%v", err)
			}
		})
	}
}

// A token that was renewed where it is kept needs no second one, and no alert.
func TestATokenThatWasRenewedInItsStoreIsReadAgain(t *testing.T) {
	s := there(t)
	v, address := vaultBefore(t, s.URL, map[string]string{"token": s.SCIMToken})
	f := away(t, "api: none\n"+scimAt(address, s.URL, s.SCIMURL, "token: 'aws-sm:token'"))
	d, err := f.directory(t.Context(), "aws")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := userNames(t, d); err != nil {
		t.Fatal(err)
	}
	v.put("token", "stale")
	c, err := f.cloud(t.Context(), "aws", f.config.Directories["aws"])
	if err != nil {
		t.Fatal(err)
	}
	ref := f.config.Directories["aws"].SCIM.Token
	if got, err := c.secrets.read(t.Context(), ref); err != nil || got != "stale" {
		t.Fatalf("%q, %v", got, err)
	}
	v.put("token", s.SCIMToken)
	tokens := &scimTokens{secrets: c.secrets, list: []config.Secret{ref}, alert: func(string, ...any) { t.Error("an alert") }}
	if token, ok := tokens.after(t.Context(), "stale"); !ok || token != s.SCIMToken {
		t.Errorf("%q, %v", token, ok)
	}
	if token, ok := tokens.after(t.Context(), s.SCIMToken); ok {
		t.Errorf("the token that was refused is sent again: %q", token)
	}
}
