package mapping

import (
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"rollcall/identity"
)

func TestNamesAreTakenApart(t *testing.T) {
	for dn, want := range map[string]struct{ ou, parent string }{
		`uid=ann,ou=Research,ou=people,dc=x`:     {"Research", "ou=Research,ou=people,dc=x"},
		`cn=a\,b, OU = R\2CD , dc=x`:             {"R,D", "OU = R\\2CD , dc=x"},
		`cn=a\\,ou=x`:                            {"x", "ou=x"},
		`cn=ann+ou=Multi,dc=x`:                   {"Multi", "dc=x"},
		`cn=ou\=no,dc=x`:                         {"", "dc=x"},
		`ou=B\C3\BCro`:                           {"Büro", ""},
		`ou=ends\ ,dc=x`:                         {"ends ", "dc=x"},
		`ou=ends\`:                               {`ends\`, ""},
		`dc=x`:                                   {"", ""},
		``:                                       {"", ""},
		`CN=Ann Example,OU=Vertrieb,DC=x,DC=org`: {"Vertrieb", "OU=Vertrieb,DC=x,DC=org"},
	} {
		if ou, up := nearestOU(dn), parent(dn); ou != want.ou || up != want.parent {
			t.Errorf("%q: ou %q, parent %q; want %+v", dn, ou, up, want)
		}
	}
}

func TestCleanTextIsTextThatAWSTakes(t *testing.T) {
	for dirty, want := range map[string]string{
		"":                                      "",
		"Ann":                                   "Ann",
		" Ann\u200b  \u00a0Ex\u00adample\t\r\n": "Ann Example",
		"\u200b":                                "",
		"Zoë O’Brien-Ní 李":                      "Zoë O’Brien-Ní 李",
		"a\xffb":                                "ab",
		"a\ufffdb":                              "a\ufffdb",
		"\x00a\x1bb":                            "ab",
	} {
		if got := clean(dirty); got != want {
			t.Errorf("clean(%q) = %q, want %q", dirty, got, want)
		}
	}
}

func TestCleaningIsDoneOnceAndForAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := clean(string(rapid.SliceOfN(rapid.Byte(), 0, 64).Draw(t, "bytes")) + rapid.StringN(0, 64, -1).Draw(t, "text"))
		if text == "" {
			return
		}
		if g := (&identity.Group{DisplayName: "x", Description: text}); g.Validate() != nil || !utf8.ValidString(text) {
			t.Fatalf("%q: %v", text, g.Validate())
		}
		if clean(text) != text {
			t.Fatalf("%q is cleaned again to %q", text, clean(text))
		}
	})
}
