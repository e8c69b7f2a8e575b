package cloudtrail_test

import (
	"crypto/tls"
	"net/http/httptest"
	"strings"
	"testing"

	"rollcall/cloudtrail"
	"rollcall/directory"
)

func TestARequestTellsWhereItComesFrom(t *testing.T) {
	r := httptest.NewRequest("POST", "https://scim.example.com/", nil)
	r.RemoteAddr, r.TLS = "[2001:db8::1]:1234", &tls.ConnectionState{Version: tls.VersionTLS13, CipherSuite: tls.TLS_AES_128_GCM_SHA256}
	r.Header.Set("User-Agent", "Okta/1.0")
	want := directory.Call{Source: "2001:db8::1", Agent: "Okta/1.0", Host: "scim.example.com", TLS: "TLSv1.3", Cipher: "TLS_AES_128_GCM_SHA256"}
	if got := cloudtrail.Received(r); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	r.TLS = nil
	want.TLS, want.Cipher = "", ""
	if got := cloudtrail.Received(r); got != want {
		t.Errorf("in the clear: %+v, want %+v", got, want)
	}
}

func TestLongHeadersAreCutBetweenCharacters(t *testing.T) {
	just := strings.Repeat("a", directory.MaxCallText)
	for name, c := range map[string]struct{ given, want string }{
		"just inside":        {just, just},
		"one more":           {just + "b", just},
		"within a character": {just[1:] + "é", just[1:]},
		"bytes of no text":   {strings.Repeat("\xff", directory.MaxCallText+1), ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/", nil)
			r.Header["User-Agent"] = []string{c.given}
			if got := cloudtrail.Received(r).Agent; got != c.want {
				t.Errorf("%d bytes, want %d", len(got), len(c.want))
			}
		})
	}
}
