package ldapsource

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"rollcall/fault"
	"rollcall/source"
	"rollcall/source/ldapsource/ldaptest"
)

// failing reads and wants a failure of a kind that says why.
func failing(t *testing.T, o Options, kind fault.Kind, why string) {
	t.Helper()
	_, err := source.New("test", driver(t, o)).Read(t.Context())
	if !fault.Is(err, kind) || !strings.Contains(fmt.Sprint(err), why) {
		t.Errorf("got %v, want %s with %q", err, kind, why)
	}
	if strings.Contains(fmt.Sprint(err), "hunter2") {
		t.Errorf("the password is shown: %v", err)
	}
}

func TestServersAreReachedInEveryWay(t *testing.T) {
	s := ldaptest.StartSlapd(t, ldaptest.SlapdOptions{})
	s.Add(t, awkward(s.Suffix))
	port := func(text string) uint16 {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		n, _ := strconv.ParseUint(u.Port(), 10, 16)
		return uint16(n)
	}
	secure := func(servers ...string) Options {
		o := plain(s)
		o.Servers, o.Plain, o.TLS = servers, false, trusting(t, s.CA)
		return o
	}
	dns := func(_ context.Context, service, proto, name string) (string, []*net.SRV, error) {
		if name != "corp.test" || proto != "tcp" {
			return "", nil, fmt.Errorf("no such host")
		}
		if service == "ldaps" {
			return "", []*net.SRV{{Target: "127.0.0.1.", Port: port(s.LDAPS)}}, nil
		}
		return "", []*net.SRV{{Target: "127.0.0.1.", Port: 1}, {Target: "127.0.0.1.", Port: port(s.URL)}}, nil
	}
	t.Run("those that answer", func(t *testing.T) {
		for name, o := range map[string]Options{
			"LDAPS":                 secure(s.LDAPS),
			"StartTLS":              secure(s.URL),
			"the first is away":     secure("ldaps://127.0.0.1:1", s.LDAPS),
			"found in DNS":          secure("srv://corp.test"),
			"found in DNS by LDAPS": secure("srvs://corp.test"),
			"plain":                 plain(s),
		} {
			o.Lookup = dns
			if snap := snapshot(t, driver(t, o)); len(snap.People) != 5 || snap.Report.Bytes == 0 {
				t.Errorf("%s: %d people, %d bytes", name, len(snap.People), snap.Report.Bytes)
			}
		}
	})
	t.Run("those that do not", func(t *testing.T) {
		strange := secure(s.LDAPS)
		strange.TLS = nil
		strangeStart := secure(s.URL)
		strangeStart.TLS = nil
		misnamed, misnamedStart := secure(s.LDAPS), secure(s.URL)
		misnamed.TLS.ServerName, misnamedStart.TLS.ServerName = "dc1.corp.test", "dc1.corp.test"
		wrong := secure(s.LDAPS)
		wrong.Bind.Password = password("hunter2")
		nobody := secure(s.LDAPS)
		nobody.Bind.Password = password("")
		unknown := secure("srv://elsewhere.test")
		unknown.Lookup = dns
		for name, c := range map[string]struct {
			o    Options
			kind fault.Kind
			why  string
		}{
			"an authority nobody knows":           {strange, fault.Unavailable, "issued by nobody who is trusted"},
			"an authority nobody knows, StartTLS": {strangeStart, fault.Unavailable, "issued by nobody who is trusted"},
			"a certificate for another":           {misnamed, fault.Unavailable, "for another name"},
			"a certificate for another, StartTLS": {misnamedStart, fault.Unavailable, "for another name"},
			"the port of the other protocol":      {secure(strings.Replace(s.URL, "ldap:", "ldaps:", 1)), fault.Unavailable, "does not speak TLS there"},
			"nobody listens":                      {secure("ldaps://127.0.0.1:1"), fault.Unavailable, "connection refused"},
			"nobody listens at either":            {secure("ldaps://127.0.0.1:1", "ldap://127.0.0.1:2"), fault.Unavailable, "2 servers"},
			"a domain without servers":            {unknown, fault.Unavailable, "find servers: srv://elsewhere.test"},
			"a wrong password":                    {wrong, fault.Unauthenticated, "does not take this user with this password"},
			"a wrong password is tried only once": {withServers(wrong, s.LDAPS, "ldaps://127.0.0.1:1"), fault.Unauthenticated, "does not take this user"},
			"an empty password is not for nobody": {nobody, fault.Unauthenticated, "the password is empty"},
		} {
			t.Run(name, func(t *testing.T) { failing(t, c.o, c.kind, c.why) })
		}
	})
}

func withServers(o Options, servers ...string) Options {
	o.Servers = servers
	return o
}

func TestAnExpiredCertificateIsNamed(t *testing.T) {
	s := ldaptest.StartSlapd(t, ldaptest.SlapdOptions{Expires: time.Now().Add(-time.Hour)})
	for _, server := range []string{s.LDAPS, s.URL} {
		o := plain(s)
		o.Servers, o.Plain, o.TLS = []string{server}, false, trusting(t, s.CA)
		failing(t, o, fault.Unavailable, "expired")
	}
}

// A server that takes the connection and says nothing is given up on.
func TestASilentServerIsNotWaitedForWithoutEnd(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	o := Options{
		Servers: []string{"ldap://" + l.Addr().String()}, Plain: true, AnswerTimeout: 50 * time.Millisecond,
		ConnectTimeout: 50 * time.Millisecond,
	}
	o.Rules.Base = "dc=x"
	failing(t, o, fault.Unavailable, "silent for 50ms")
	o.Plain = false
	failing(t, o, fault.Unavailable, "silent for 50ms")
	o.Servers = []string{"ldaps://" + l.Addr().String()}
	failing(t, o, fault.Unavailable, "deadline exceeded")
}

func TestWhatIsWrongWithTheOptionsIsSaid(t *testing.T) {
	good := func() Options {
		o := Options{Servers: []string{"ldaps://dc1"}}
		o.Rules.Base = "dc=x"
		return o
	}
	if _, err := New(good()); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		spoil func(*Options)
		want  string
	}{
		"no server":                  {func(o *Options) { o.Servers = nil }, "no server is named"},
		"no URL":                     {func(o *Options) { o.Servers = []string{"dc1"} }, "want ldaps://HOST"},
		"another protocol":           {func(o *Options) { o.Servers = []string{"https://dc1"} }, "there is ldaps://HOST"},
		"a URL with a user":          {func(o *Options) { o.Servers = []string{"ldap://a:b@dc1"} }, "have keys of their own"},
		"no base":                    {func(o *Options) { o.Rules.Base = "" }, "base: invalid: it is missing"},
		"a base that is no name":     {func(o *Options) { o.Rules.Base = "people" }, "base"},
		"a filter that does not end": {func(o *Options) { o.Filter = "(cn=a" }, "not a filter"},
		"a canary elsewhere":         {func(o *Options) { o.Canaries = []string{"cn=a,dc=y"} }, "does not lie under the base"},
		"a canary that is no name":   {func(o *Options) { o.Canaries = []string{"a"} }, "canary a"},
		"pages too small":            {func(o *Options) { o.PageSize = -1 }, "want 1 to 10000"},
		"pages too large":            {func(o *Options) { o.PageSize = 10_001 }, "want 1 to 10000"},
		"no dialect":                 {func(o *Options) { o.Dialect = "novell" }, `no dialect "novell"`},
		"a user without a password":  {func(o *Options) { o.Bind.User = "cn=a" }, "needs a password or Kerberos"},
		"a subtree elsewhere":        {func(o *Options) { o.Rules.Within = []string{"ou=a,dc=y"} }, "does not lie under the base"},
	} {
		o := good()
		c.spoil(&o)
		if _, err := New(o); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
