package mapping

import (
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"rollcall/identity"
	"rollcall/source"
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

// accountExpires says when an account ends; it ends at that moment.
func TestAnAccountExpiresAtItsMoment(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	m := compiled(t, Rules{User: map[string]string{"active": `!expired(person.accountExpires)`}}, Options{Now: func() time.Time { return now }})
	for value, want := range map[string]bool{
		"": true, "0": true, "9223372036854775807": true,
		"134169156000000000": false, // this moment
		"134169156000000001": true,  // a tenth of a microsecond later is later, if not by much
		"134169156010000000": true,
		"134169155990000000": false,
		"1":                  false, // 1601
	} {
		u, err := m.Person(source.Person{Attributes: source.Attributes{"accountexpires": {value}}})
		if err != nil || u.User.Active != want {
			t.Errorf("%q: active %v, want %v, %v", value, u.User.Active, want, err)
		}
	}
	for _, value := range []string{"-1", "never", "1e9"} {
		if _, err := m.Person(source.Person{Attributes: source.Attributes{"accountexpires": {value}}}); err == nil {
			t.Errorf("%q is a moment", value)
		}
	}
}
