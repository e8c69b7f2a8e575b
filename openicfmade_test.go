package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rollcall/awscall"
)

// made is a connector with connectors that a client makes, which reach another
// server as AWS.
type made struct {
	*connector
	there *served
}

func newMade(t *testing.T) *made {
	t.Helper()
	o := newOffice(t)
	there := (&office{t: t, folder: t.TempDir(), binary: o.binary}).serve("--ephemeral", "--quotas", "aws")
	o.write("rollcall.yaml", "directories:\n  local: {kind: embedded}\n")
	s := o.serve()
	return &made{&connector{t: t, url: s.env["ROLLCALL_URL"], token: o.operatorToken(s.env["ROLLCALL_OPERATOR"])}, there}
}

const awsiamRef = `{"connectorName":"org.forgerock.openicf.connectors.awsiam.AwsIamConnector"}`

// make makes a connector with these properties beside the least there must be,
// and is then its client.
func (m *made) make(t *testing.T, name string, more map[string]string) *connector {
	t.Helper()
	env := m.there.env
	properties := map[string]string{
		"accessKey": env["AWS_ACCESS_KEY_ID"], "secretKey": env["AWS_SECRET_ACCESS_KEY"], "roleArn": "arn:aws:iam::123456789012:role/idm",
		"roleSessionName": "idm", "region": "us-east-1", "identityStoreId": env["ROLLCALL_IDENTITY_STORE_ID"], "endpointUrl": env["ROLLCALL_URL"],
	}
	var all []string
	for name, value := range more {
		properties[name] = value
	}
	for name, value := range properties {
		all = append(all, fmt.Sprintf("%q:%q", name, value))
	}
	one := *m.connector
	one.t, one.instance, one.behind = t, name, m.there
	one.raw("PUT", "/openidm/config/provisioner.openicf/"+name, `{"connectorRef":`+awsiamRef+`,"configurationProperties":{`+strings.Join(all, ",")+`}}`).want(t, 201)
	return &one
}

// The last of seed 001's rows: what a connector's own properties do.
func TestAConnectorsPropertiesDoWhatTheySay(t *testing.T) {
	t.Parallel()
	m := newMade(t)
	t.Run("a good AWS key", func(t *testing.T) {
		m.make(t, "good", nil).call("POST", "?_action=test", "").want(t, 200, `"ok":true`)
	})
	t.Run("a bad AWS key", func(t *testing.T) {
		bad := m.make(t, "bad", map[string]string{"secretKey": "wrong"})
		bad.call("POST", "?_action=test", "").want(t, 200, `"error":"Connection Error"`, `"ok":false`)
		bad.call("GET", "/__ACCOUNT__?_queryFilter=true", "").want(t, 503)
	})
	t.Run("a filter for one object is a lookup", func(t *testing.T) {
		m.make(t, "lookup", nil).account("looked-up")
		count := func() (n [3]int) {
			for i, operation := range []string{"GetUserId", "DescribeUser", "ListUsers"} {
				n[i] = callsMade(t, m.url, m.token, operation)
			}
			return n
		}
		before := count()
		m.raw("GET", filtered("/openidm/system/lookup/__ACCOUNT__", `__NAME__ eq "looked-up"`), "").want(t, 200, `"resultCount":1,`)
		if after := count(); after != [3]int{before[0] + 1, before[1] + 1, before[2]} {
			t.Errorf("GetUserId, DescribeUser and ListUsers were called %v times, and are %v now", before, after)
		}
	})
	t.Run("secret at rest", func(t *testing.T) {
		got := m.raw("GET", "/openidm/config/provisioner.openicf/good", "").want(t, 200, `"$crypto"`)
		if strings.Contains(got.text, m.there.env["AWS_SECRET_ACCESS_KEY"]) {
			t.Errorf("the secret is in the clear: %s", got.text)
		}
	})
	t.Run("session expiration time", func(t *testing.T) {
		for seconds, code := range map[int]int{899: 400, 900: 201, 3600: 201, 3601: 400} {
			m.raw("PUT", "/openidm/config/provisioner.openicf/session"+strconv.Itoa(seconds), fmt.Sprintf(`{"connectorRef":`+awsiamRef+`,"configurationProperties":{"directory":"local","sessionExpirationTime":%d}}`, seconds)).want(t, code)
		}
	})
	t.Run("rate limits", func(t *testing.T) {
		// At least, and so true on any machine: 25 calls at 10 a second, the
		// first ten of them at once.
		limited := m.make(t, "limited", map[string]string{"writeRateLimit": "10/sec"})
		limited.account("first") // opens the session
		began := time.Now()
		for i := range 25 {
			limited.account("limited" + strconv.Itoa(i))
		}
		if took := time.Since(began); took < 1500*time.Millisecond {
			t.Errorf("25 users took %s", took)
		}
	})
	t.Run("proxy", func(t *testing.T) {
		var passed atomic.Int64
		proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			passed.Add(1)
			forward(w, r)
		}))
		defer proxy.Close()
		at, err := url.Parse(proxy.URL)
		if err != nil {
			t.Fatal(err)
		}
		through := m.make(t, "through", map[string]string{"proxyHost": at.Hostname(), "proxyPort": at.Port()})
		through.call("POST", "?_action=test", "").want(t, 200, `"ok":true`)
		before := passed.Load()
		through.account("proxied")
		if before == 0 || passed.Load() == before {
			t.Errorf("%d calls went through the proxy, then %d", before, passed.Load())
		}
	})
}

// forward is what a proxy for plain HTTP does.
func forward(w http.ResponseWriter, r *http.Request) {
	again, err := http.NewRequestWithContext(r.Context(), r.Method, r.URL.String(), r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	again.Header, again.ContentLength = r.Header.Clone(), r.ContentLength
	again.Header.Del("Proxy-Connection")
	got, err := awscall.Direct(nil).Do(again)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer got.Body.Close()
	for name, values := range got.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(got.StatusCode)
	_, _ = io.Copy(w, got.Body) // whoever asked sees that it ends early
}

// callsMade is how many calls of an operation of AWS a server has made.
func callsMade(t *testing.T, url, token, operation string) (n int) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	status, text := answered(t, r)
	if status != http.StatusOK {
		t.Fatalf("status %d: %s", status, text)
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "rollcall_api_requests_total{") && strings.Contains(line, `operation="`+operation+`"`) {
			_, count, _ := strings.Cut(strings.TrimSpace(line), "} ")
			one, err := strconv.Atoi(count)
			if err != nil {
				t.Fatal(err)
			}
			n += one
		}
	}
	return n
}
