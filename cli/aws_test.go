package cli

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall/config"
	"rollcall/fault"
	"rollcall/identitycentertest"
)

func TestTheUsualChainOfCredentialsSigns(t *testing.T) {
	s := there(t)
	away(t, reach(s.URL)).sees(t, "ann")
}

func TestAStaticKeySignsWhateverTheEnvironmentSays(t *testing.T) {
	s := there(t)
	key, err := s.Config.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
	t.Setenv("MY_ID", key.AccessKeyID)
	t.Setenv("MY_SECRET", key.SecretAccessKey)
	_, err = away(t, reach(s.URL)).users(t)
	if !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("the environment's key: %v", err)
	}
	away(t, reach(s.URL)+"access_key: {id: 'env:MY_ID', secret: 'env:MY_SECRET'}\n").sees(t, "ann")
}

func TestAProfileSigns(t *testing.T) {
	s := there(t)
	key, err := s.Config.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f := away(t, reach(s.URL)+"profile: audit\n") // which takes AWS's files away
	file := filepath.Join(t.TempDir(), "credentials")
	text := fmt.Sprintf("[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n[audit]\naws_access_key_id = %s\naws_secret_access_key = %s\n", key.AccessKeyID, key.SecretAccessKey)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", file)
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	f.sees(t, "ann")
	f = away(t, reach(s.URL)+"profile: nobody\n")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", file)
	if _, err := f.users(t); !fault.Is(err, fault.Unauthenticated) || !strings.Contains(err.Error(), "nobody") {
		t.Errorf("a profile that there is not: %v", err)
	}
}

func TestNoMoreConnectionsAreOpenThanAreSaid(t *testing.T) {
	there(t)
	var mu sync.Mutex
	open, most := map[net.Conn]bool{}, 0
	slow := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(20 * time.Millisecond) // so that calls meet
		w.WriteHeader(http.StatusNoContent)
	}))
	slow.Config.ConnState = func(c net.Conn, state http.ConnState) {
		mu.Lock()
		defer mu.Unlock()
		switch state {
		case http.StateNew:
			open[c] = true
		case http.StateClosed, http.StateHijacked:
			delete(open, c)
		}
		most = max(most, len(open))
	}
	slow.Start()
	defer slow.Close()
	f := away(t, reach(slow.URL)+"network: {connections: 2}\n")
	c, err := f.cloud(t.Context(), "aws", f.config.Directories["aws"])
	if err != nil {
		t.Fatal(err)
	}
	defer c.http.CloseIdleConnections()
	var calls sync.WaitGroup
	for range 8 {
		calls.Go(func() {
			q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, slow.URL, nil)
			if err != nil {
				t.Error(err)
				return
			}
			answer, err := c.http.Do(q)
			if err != nil {
				t.Error(err)
				return
			}
			_ = answer.Body.Close()
		})
	}
	calls.Wait()
	if most != 2 {
		t.Errorf("%d connections were open at one time, want 2", most)
	}
}

func TestInstanceStoreAndRegionAreFoundWhereTheyAreNotSaid(t *testing.T) {
	s := there(t)
	for name, keys := range map[string]string{
		"nothing":        "",
		"the region":     "region: us-east-1\n",
		"another region": "region: eu-west-1\n",
		"the instance":   "instance: " + s.InstanceARN + "\n",
		"the store":      "store: " + s.IdentityStoreID + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			f := away(t, "endpoint_url: "+s.URL+"\n"+keys)
			f.sees(t, "ann")
			d, err := f.directory(t.Context(), "aws")
			if err != nil {
				t.Fatal(err)
			}
			if store, err := d.Store(t.Context()); err != nil || string(store.ID) != s.IdentityStoreID || store.Instance != s.InstanceARN {
				t.Errorf("%+v, %v", store, err)
			}
		})
	}
	_, err := away(t, "endpoint_url: "+s.URL+"\ninstance: arn:aws:sso:::instance/ssoins-0000000000000000\n").users(t)
	if !fault.Is(err, fault.NotFound) {
		t.Errorf("an instance that nobody has: %v", err)
	}
}

func TestTheWorkIsDoneInTheRoleThatIsSaid(t *testing.T) {
	s := there(t)
	away(t, reach(s.URL)+"assume_role: {role: 'arn:aws:iam::111122223333:role/Rollcall', duration: 15m}\n").sees(t, "ann")
}

// stsOf answers AssumeRole with sessions of such a length, and keeps what it
// was asked.
func stsOf(t *testing.T, length time.Duration) (address string, asked *[]url.Values) {
	t.Helper()
	asked = new([]url.Values)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		form, err := url.ParseQuery(string(body))
		if err != nil {
			t.Error(err)
		}
		*asked = append(*asked, form)
		fmt.Fprintf(w, `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<AssumedRoleUser><Arn>arn:aws:sts::111122223333:assumed-role/R/s</Arn><AssumedRoleId>AROA:s</AssumedRoleId></AssumedRoleUser>
<Credentials><AccessKeyId>ASIA%d</AccessKeyId><SecretAccessKey>x</SecretAccessKey><SessionToken>y</SessionToken><Expiration>%s</Expiration></Credentials>
</AssumeRoleResult></AssumeRoleResponse>`, len(*asked), time.Now().Add(length).UTC().Format(time.RFC3339))
	}))
	t.Cleanup(s.Close)
	return s.URL, asked
}

func TestASessionIsRenewedBeforeItEnds(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	for name, c := range map[string]struct {
		left time.Duration
		asks int
	}{
		"more than five minutes left":    {renewBefore + time.Minute, 1},
		"not quite five minutes left":    {renewBefore - time.Second, 3},
		"a session that is over at once": {-time.Minute, 3},
	} {
		t.Run(name, func(t *testing.T) {
			address, asked := stsOf(t, c.left)
			f := away(t, reach(address)+"assume_role: {role: 'arn:aws:iam::111122223333:role/R', session_name: nightly, external_id: x1, duration: 20m}\n")
			cloud, err := f.cloud(t.Context(), "aws", f.config.Directories["aws"])
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				if _, err := cloud.config.Credentials.Retrieve(t.Context()); err != nil && c.left > 0 {
					t.Fatal(err)
				}
			}
			if len(*asked) != c.asks {
				t.Errorf("asked %d times, want %d", len(*asked), c.asks)
			}
			for _, want := range [][2]string{{"RoleArn", "arn:aws:iam::111122223333:role/R"}, {"RoleSessionName", "nightly"}, {"ExternalId", "x1"}, {"DurationSeconds", "1200"}} {
				if got := (*asked)[0].Get(want[0]); got != want[1] {
					t.Errorf("%s is %q, want %q", want[0], got, want[1])
				}
			}
		})
	}
}

func TestBothWiresGoThroughTheProxy(t *testing.T) {
	s := there(t)
	secure, ca := overTLS(t, pass(t, s.URL))
	t.Setenv("PROXY_PASSWORD", "sesame:and more")
	const authorization = "Basic bWU6c2VzYW1lOmFuZCBtb3Jl"
	for name, c := range map[string]struct {
		url, method string
		overTLS     bool
	}{
		"plain": {s.URL, "POST", false}, "in a tunnel": {secure, "CONNECT", false},
		"plain, to a proxy with TLS": {s.URL, "POST", true}, "in a tunnel, to a proxy with TLS": {secure, "CONNECT", true},
	} {
		t.Run(name, func(t *testing.T) {
			p := forward(t, authorization)
			address := p.URL
			if c.overTLS {
				address, _ = overTLS(t, p.Config.Handler)
			}
			network := fmt.Sprintf("network: {proxy: '%s', ca: '%s'", address, ca)
			tenant := strings.TrimPrefix(s.SCIMURL, s.URL)
			f := away(t, reach(c.url)+"scim: {url: '"+c.url+tenant+"', token: 'env:SCIM_TOKEN'}\n"+network+", proxy_user: me, proxy_password: 'env:PROXY_PASSWORD'}\n")
			f.sees(t, "ann")
			if p.refused > 0 || len(p.passed) == 0 || p.passed[0] != c.method {
				t.Errorf("refused %d, passed %v", p.refused, p.passed)
			}
			if err := away(t, reach(c.url)+network+"}\n").once(t); err == nil || p.refused == 0 {
				t.Errorf("without the password: %v", err)
			}
		})
	}
}

func TestACertificateOfOurOwnIsTrustedWhereItIsNamed(t *testing.T) {
	s := there(t)
	secure, ca := overTLS(t, pass(t, s.URL))
	away(t, reach(secure)+"network: {ca: '"+ca+"'}\n").sees(t, "ann")
	if err := away(t, reach(secure)).once(t); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate of nobody's: %v", err)
	}
	for name, file := range map[string]string{"a file that is not there": ca + "x", "no certificate": configName} {
		_, err := away(t, reach(secure)+"network: {ca: '"+file+"'}\n").users(t)
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What never answers is given up, long before the other time limit.
func TestWhatDoesNotAnswerIsGivenUp(t *testing.T) {
	there(t)
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	defer silent.Close()
	deaf, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.Close()
	for name, c := range map[string]struct{ url, network string }{
		"an answer":     {silent.URL, "{request_timeout: 50ms, connect_timeout: 1h}"},
		"a secure line": {"https://" + deaf.Addr().String(), "{request_timeout: 1h, connect_timeout: 50ms}"},
	} {
		t.Run(name, func(t *testing.T) {
			f := away(t, reach(c.url)+"network: "+c.network+"\n")
			if err := f.once(t); !fault.Is(err, fault.Unavailable) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestTheSCIMAddressIsTakenInEveryForm(t *testing.T) {
	s := there(t)
	base, tenant := s.URL, strings.Split(strings.TrimPrefix(s.SCIMURL, s.URL+"/"), "/")[0]
	for name, scim := range map[string]config.SCIM{
		"full, with a slash":          {URL: base + "/" + tenant + "/scim/v2/"},
		"full":                        {URL: base + "/" + tenant + "/scim/v2"},
		"base and tenant in one":      {URL: base + "/" + tenant},
		"the same, with a slash":      {URL: base + "/" + tenant + "/"},
		"base, tenant apart":          {URL: base, Tenant: tenant},
		"base with slash":             {URL: base + "/", Tenant: "/" + tenant + "/"},
		"base with the end of a path": {URL: base + "/scim/v2/", Tenant: tenant},
		"tenant said twice":           {URL: base + "/" + tenant + "/scim/v2/", Tenant: tenant},
	} {
		t.Run(name, func(t *testing.T) {
			keys := fmt.Sprintf("api: none\nstore: %s\nscim: {url: '%s', tenant: '%s', token: 'env:SCIM_TOKEN'}\n", identitycentertest.StoreID, scim.URL, scim.Tenant)
			away(t, strings.ReplaceAll(keys, ", tenant: ''", "")).sees(t, "ann")
		})
	}
}
