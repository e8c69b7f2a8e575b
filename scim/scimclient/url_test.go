package scimclient_test

import (
	"net/netip"
	"strings"
	"testing"

	"rollcall/scim/scimclient"
)

// Whatever is read as an address is one that a token may be sent to, and is
// read the same again.
func FuzzParseURL(f *testing.F) {
	for _, s := range []string{
		"https://scim.us-east-1.amazonaws.com/t/scim/v2/", "http://127.0.0.1:8480/t", "http://localhost/a/scim/v2/scim/v2", "http://evil@localhost/t",
		"http://localhost.evil.com/t/scim/v2", "https://h/%2f/scim/v2", "https://h//t//scim/v2", "https://h/t%2Fscim%2Fv2",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := scimclient.ParseURL(s)
		if err != nil {
			return
		}
		ip, noIP := netip.ParseAddr(u.Hostname())
		here := u.Hostname() == "localhost" || noIP == nil && ip.IsLoopback()
		if u.Scheme != "https" && (u.Scheme != "http" || !here) {
			t.Errorf("%q is read as %s", s, u)
		}
		if !strings.HasSuffix(u.Path, "/scim/v2") || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
			t.Errorf("%q is read as %s", s, u)
		}
		if again, err := scimclient.ParseURL(u.String()); err != nil || again.String() != u.String() {
			t.Errorf("%q is read as %s and then as %v, %v", s, u, again, err)
		}
	})
}
