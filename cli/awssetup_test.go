package cli

import (
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"rollcall/config"
	"rollcall/directory"
	"rollcall/identitycentertest"
)

// far is a house whose directory "aws" is elsewhere, and what it says to
// people.
type far struct {
	*house
	errs *bytes.Buffer
}

// away opens a house whose directory has these keys. Nothing but the test says
// who signs.
func away(t *testing.T, keys string) far {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_PROFILE": "", "AWS_REGION": "", "AWS_DEFAULT_REGION": "", "AWS_ENDPOINT_URL": "", "AWS_CA_BUNDLE": "",
	} {
		t.Setenv(name, value)
	}
	folder := t.TempDir()
	file := filepath.Join(folder, configName)
	text := "directories:\n  aws:\n    kind: aws\n"
	for line := range strings.Lines(keys) {
		text += "    " + line
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	f := far{errs: new(bytes.Buffer)}
	a := &app{in: new(bytes.Buffer), out: new(bytes.Buffer), err: f.errs, state: filepath.Join(folder, "state"), configFile: file, output: "table"}
	if f.house, err = a.openWith(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// users are the names in the directory.
func (f far) users(t *testing.T) ([]string, error) {
	t.Helper()
	d, err := f.directory(t.Context(), "aws")
	if err != nil {
		return nil, err
	}
	return userNames(t, d)
}

// once asks AWS one thing, one time.
func (f far) once(t *testing.T) error {
	t.Helper()
	c, err := f.cloud(t.Context(), "aws", f.config.Directories["aws"])
	if err != nil {
		return err
	}
	_, err = c.find(t.Context())
	return err
}

func userNames(t *testing.T, d *directory.Directory) ([]string, error) {
	t.Helper()
	var names []string
	for u, err := range d.Users(t.Context()) {
		if err != nil {
			return names, err
		}
		names = append(names, u.UserName)
	}
	return names, nil
}

// sees fails the test unless the one user there is is seen.
func (f far) sees(t *testing.T, want string) {
	t.Helper()
	names, err := f.users(t)
	if err != nil || strings.Join(names, " ") != want {
		t.Errorf("users %q, %v; want %s\n%s", names, err, want, f.errs)
	}
}

// there is a running Identity Center with a user "ann", its key in the
// environment.
func there(t *testing.T) *identitycentertest.Server {
	t.Helper()
	s := identitycentertest.New(t)
	s.User("ann")
	key, err := s.Config.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", key.AccessKeyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", key.SecretAccessKey)
	t.Setenv("AWS_SESSION_TOKEN", "")
	t.Setenv("SCIM_TOKEN", s.SCIMToken)
	return s
}

// reach is the least that says where s is.
func reach(url string) string {
	return fmt.Sprintf("region: %s\nendpoint_url: %s\nstore: %s\n", identitycentertest.Region, url, identitycentertest.StoreID)
}

// pass hands requests on to a server as they are: their host is signed.
func pass(t *testing.T, to string) *httputil.ReverseProxy {
	t.Helper()
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host = target.Scheme, target.Host
		r.Out.Host = r.In.Host
	}}
}

// overTLS serves a handler by https, and returns its address and the file of
// the certificate that signed its own.
func overTLS(t *testing.T, h http.Handler) (address, ca string) {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	s.StartTLS()
	t.Cleanup(s.Close)
	ca = filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(ca, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return s.URL, ca
}

// forwarder is a proxy that lets one user through.
type forwarder struct {
	*httptest.Server
	mu      sync.Mutex
	refused int
	passed  []string // method and host
}

func forward(t *testing.T, authorization string) *forwarder {
	t.Helper()
	f := new(forwarder)
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		if r.Header.Get("Proxy-Authorization") != authorization {
			f.refused++
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		f.passed = append(f.passed, r.Method)
		if r.Method == http.MethodConnect {
			tunnel(w, r)
			return
		}
		pass(t, "http://"+r.URL.Host).ServeHTTP(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

// tunnel copies bytes between whoever asks and the host asked for.
func tunnel(w http.ResponseWriter, r *http.Request) {
	to, err := (&net.Dialer{}).DialContext(r.Context(), "tcp", r.Host)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	from, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		_ = to.Close()
		return
	}
	_, _ = io.WriteString(from, "HTTP/1.1 200 Connection established\r\n\r\n")
	for _, c := range [][2]net.Conn{{from, to}, {to, from}} {
		go func() {
			_, _ = io.Copy(c[0], c[1])
			_ = c[0].Close()
		}()
	}
}
