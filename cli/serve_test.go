package cli

import (
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"rollcall/emulate"
	"rollcall/identity"
	"rollcall/identitycenter"
)

func TestQuotasAreAWSsOrNone(t *testing.T) {
	for quotas, want := range map[string]int{"none": 0, "aws": len(emulate.AWS().Rates)} {
		got, err := (&emulation{quotas: quotas}).options()
		if err != nil || len(got.Emulate.Rates) != want {
			t.Errorf("%s: %d rates, %v; want %d", quotas, len(got.Emulate.Rates), err, want)
		}
	}
}

func TestEachBehaviourIsAnother(t *testing.T) {
	plain, err := (&emulation{quotas: "none"}).options()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[identitycenter.Behaviour]string{plain.Behaviour: "none"}
	for name := range behaviours {
		o, err := (&emulation{quotas: "none", behave: []string{name}}).options()
		if err != nil {
			t.Fatal(err)
		}
		if other, twice := seen[o.Behaviour]; twice {
			t.Errorf("%s does what %s does", name, other)
		}
		seen[o.Behaviour] = name
	}
}

func TestAnIssuerIsWhatExternalIDsMayHave(t *testing.T) {
	for issuer, right := range map[string]bool{
		"": true, "scim": true, "urn:x:y": true, strings.Repeat("x", identity.MaxExternalID): true,
		strings.Repeat("x", identity.MaxExternalID+1): false, "a b": false, "a\u200b": false,
	} {
		o, err := (&emulation{quotas: "none", issuer: issuer}).options()
		if (err == nil) != right || right && o.SCIM.Issuer != issuer {
			t.Errorf("%q: %v", issuer, err)
		}
	}
}

func TestAShellReadsWhatIsQuoted(t *testing.T) {
	for _, text := range []string{"", "plain", "it's", "a b", "$HOME `id` \\ \"", "''", "two\nlines"} {
		got, err := exec.CommandContext(t.Context(), "sh", "-c", "printf %s "+quoted(text)).Output()
		if err != nil || string(got) != text {
			t.Errorf("%q became %q, %v", text, got, err)
		}
	}
}

// A command that is shown to people can be typed as it stands, and is not
// quoted where that is for nothing.
func TestANameInACommandIsReadByAShell(t *testing.T) {
	for name, want := range map[string]string{
		"ann": "ann", "ann@example.com": "ann@example.com", "externalId:4711": "externalId:4711", "Đorđe": "Đorđe", "": "''",
		"All Staff": "'All Staff'", "it's": `'it'\''s'`, "a&b": "'a&b'", "$HOME": "'$HOME'", "*": "'*'", "~": "'~'", "a;b": "'a;b'",
	} {
		shown := typed(name)
		got, err := exec.CommandContext(t.Context(), "sh", "-c", "printf %s "+shown).Output()
		if err != nil || string(got) != name || shown != want {
			t.Errorf("%q is shown as %s and read as %q, %v", name, shown, got, err)
		}
	}
}

// A connection that says nothing, or takes nothing, does not stay.
func TestEveryConnectionHasItsLimits(t *testing.T) {
	s := new(site).server(t.Context(), &app{err: t.Output()}, http.NotFoundHandler())
	for name, limit := range map[string]int64{
		"the head": int64(s.ReadHeaderTimeout), "the request": int64(s.ReadTimeout), "the answer": int64(s.WriteTimeout),
		"a pause": int64(s.IdleTimeout), "the head's size": int64(s.MaxHeaderBytes),
	} {
		if limit <= 0 {
			t.Errorf("%s has no limit", name)
		}
	}
}
