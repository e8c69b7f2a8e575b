package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"
	"github.com/aws/smithy-go"

	"rollcall/awscall"
)

// served is a running rollcall serve, and what its environment file says.
type served struct {
	t          *testing.T
	process    *exec.Cmd
	complaints func() string
	file       string
	env        map[string]string
}

// serve starts a server in the office, and returns when it is ready.
func (o *office) serve(args ...string) *served {
	o.t.Helper()
	s := &served{t: o.t, file: filepath.Join(o.folder, "env")}
	c, _, complaints := o.command(append([]string{"serve", "--listen", "127.0.0.1:0", "--env", s.file}, args...)...)
	c.Env = append(os.Environ(), "TMPDIR="+o.temporary())
	if err := os.Remove(s.file); err != nil && !errors.Is(err, os.ErrNotExist) {
		o.t.Fatal(err)
	}
	s.process, s.complaints = c, complaints.String
	if err := c.Start(); err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { _ = c.Process.Kill() }) // it may have ended already
	for range 600 {
		if _, err := os.Stat(s.file); err == nil {
			s.source()
			return s
		}
		time.Sleep(50 * time.Millisecond)
	}
	o.t.Fatalf("the server is not ready: %s", complaints)
	return nil
}

// temporary is where an ephemeral server keeps what it has.
func (o *office) temporary() string {
	o.t.Helper()
	folder := filepath.Join(o.folder, "tmp")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		o.t.Fatal(err)
	}
	return folder
}

// source reads the file as a shell does.
func (s *served) source() {
	s.t.Helper()
	out, err := exec.Command("sh", "-c", `env -i sh -c '. "$0"; env' "$0"`, s.file).CombinedOutput()
	if err != nil {
		s.t.Fatalf("the file cannot be sourced: %v\n%s", err, out)
	}
	s.env = map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		s.env[name] = value
	}
}

// stop asks the server to end and returns its exit status.
func (s *served) stop() int {
	s.t.Helper()
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	if err := s.process.Wait(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		s.t.Fatal(err)
	}
	return s.process.ProcessState.ExitCode()
}

func (s *served) client() *identitystore.Client {
	return identitystore.New(identitystore.Options{
		BaseEndpoint: aws.String(s.env["AWS_ENDPOINT_URL"]), Region: s.env["AWS_REGION"], Retryer: aws.NopRetryer{}, HTTPClient: awscall.Direct(nil),
		Credentials: credentials.NewStaticCredentialsProvider(s.env["AWS_ACCESS_KEY_ID"], s.env["AWS_SECRET_ACCESS_KEY"], ""),
	})
}

func (s *served) createUser(name string) (string, error) {
	made, err := s.client().CreateUser(s.t.Context(), newUser(s.env["ROLLCALL_IDENTITY_STORE_ID"], name))
	if err != nil {
		return "", err
	}
	return *made.UserId, nil
}

// get answers with status and body.
func (s *served) get(url string, change func(*http.Request)) (int, string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, url, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	change(r)
	return answered(s.t, r)
}

func (s *served) scim(path string) (int, string) {
	s.t.Helper()
	return s.get(s.env["ROLLCALL_SCIM_URL"]+path, func(r *http.Request) {
		r.Header.Set("Authorization", "Bearer "+s.env["ROLLCALL_SCIM_TOKEN"])
	})
}

func TestServerAndCommandLineShareOneState(t *testing.T) {
	o := newOffice(t)
	s := o.serve()
	if info, err := os.Stat(s.file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v; want mode 0600", info.Mode(), err)
	}

	ann, err := s.createUser("ann")
	if err != nil {
		t.Fatal(err)
	}
	if code, body := s.scim("Users/" + ann); code != 200 || !strings.Contains(body, `"userName":"ann"`) {
		t.Errorf("by SCIM: %d %s", code, body)
	}
	if code, body := s.scim("/Users"); code != 200 || !strings.Contains(body, ann) {
		t.Errorf("by SCIM, with a doubled slash: %d %s", code, body)
	}
	if shown := o.must("user", "show", "ann", "--output", "json").out; !strings.Contains(shown, ann) {
		t.Errorf("by the command line: %s", shown)
	}
	if events := o.must("directory", "events", "--output", "json").out; !strings.Contains(events, `"door": "aws"`) {
		t.Errorf("there is no event of it: %s", events)
	}

	o.must("user", "create", "bob", "--given-name", "Bob", "--family-name", "Ray")
	list, err := s.client().ListUsers(t.Context(), &identitystore.ListUsersInput{IdentityStoreId: aws.String(s.env["ROLLCALL_IDENTITY_STORE_ID"])})
	if err != nil || len(list.Users) != 2 {
		t.Errorf("the command line's user is not there: %v, %v", list, err)
	}

	bob := strings.Trim(strings.TrimSpace(o.must("user", "show", "bob", "--query", "id").out), `"`)
	described, err := s.client().DescribeUser(t.Context(), &identitystore.DescribeUserInput{IdentityStoreId: aws.String(s.env["ROLLCALL_IDENTITY_STORE_ID"]), UserId: &bob})
	if err != nil || *described.UserName != "bob" {
		t.Errorf("the command line's user is described as %v, %v", described, err)
	}

	token := strings.Trim(strings.TrimSpace(o.must("token", "list", "--query", "[0].id").out), `"`)
	o.must("token", "revoke", token)
	if code, body := s.scim("Users"); code != 401 {
		t.Errorf("a revoked token: %d %s", code, body)
	}
	o.must("access-key", "disable", s.env["AWS_ACCESS_KEY_ID"])
	_, err = s.createUser("eve")
	var refused smithy.APIError
	if !errors.As(err, &refused) || refused.ErrorCode() != "UnrecognizedClientException" {
		t.Errorf("a disabled key: %v", err)
	}
	if status := s.stop(); status != 0 {
		t.Errorf("exit status %d: %s", status, s.complaints())
	}
	o.wantKept(s)
}

// wantKept starts the server of a kept state again: what was shown before is not
// shown again, and how to make another is.
func (o *office) wantKept(s *served) {
	t := o.t
	t.Helper()
	o.must("token", "create")
	again := o.serve()
	text, err := os.ReadFile(again.file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"# AWS_ACCESS_KEY_ID: there is", "another: rollcall access-key create", "# ROLLCALL_OPERATOR: there are",
		"# ROLLCALL_SCIM_TOKEN: there is a token", "another: rollcall token create",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the file of a kept state does not say %q:\n%s", want, text)
		}
	}
	if again.env["AWS_SECRET_ACCESS_KEY"] != "" || again.env["ROLLCALL_PASSWORD"] != "" || again.env["ROLLCALL_SCIM_TOKEN"] != "" || again.env["ROLLCALL_IDENTITY_STORE_ID"] != s.env["ROLLCALL_IDENTITY_STORE_ID"] {
		t.Errorf("the file of a kept state:\n%s", text)
	}
	again.stop()
	o.must("token", "create")
	full := o.serve()
	if text, err := os.ReadFile(full.file); err != nil || !strings.Contains(string(text), "another, once one of the two is revoked (rollcall token list") {
		t.Errorf("the file of a store with two tokens: %s, %v", text, err)
	}
	full.stop()
}

func TestAnEphemeralServerLeavesNothing(t *testing.T) {
	o := newOffice(t)
	s := o.serve("--ephemeral")
	if _, err := s.createUser("ann"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"ROLLCALL_URL", "AWS_DEFAULT_REGION", "ROLLCALL_INSTANCE_ARN", "ROLLCALL_OPERATOR", "ROLLCALL_PASSWORD",
	} {
		if s.env[name] == "" {
			t.Errorf("%s is not set", name)
		}
	}
	if status := s.stop(); status != 0 {
		t.Errorf("exit status %d: %s", status, s.complaints())
	}
	for _, gone := range []string{s.file, filepath.Join(o.folder, ".rollcall")} {
		if _, err := os.Stat(gone); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is there: %v", gone, err)
		}
	}
	if left, err := os.ReadDir(o.temporary()); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestCallsInFlightAreFinished(t *testing.T) {
	o := newOffice(t)
	plan := filepath.Join(o.folder, "faults.yaml")
	if err := os.WriteFile(plan, []byte("faults: [{operation: CreateUser, fault: slow, delay: 2s}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := o.serve("--ephemeral", "--faults", plan)
	made := make(chan error, 1)
	go func() {
		_, err := s.createUser("ann")
		made <- err
	}()
	for s.inFlight() < 2 { // this question is one of them
		time.Sleep(10 * time.Millisecond)
	}
	if status := s.stop(); status != 0 {
		t.Errorf("exit status %d: %s", status, s.complaints())
	}
	if err := <-made; err != nil {
		t.Errorf("the call in flight: %v", err)
	}
}

// Whoever shows nothing learns that the server is alive and ready, and no more.
func TestNothingElseIsAnsweredWithoutCredentials(t *testing.T) {
	s := newOffice(t).serve("--ephemeral")
	store, scim := s.env["ROLLCALL_IDENTITY_STORE_ID"], strings.TrimPrefix(s.env["ROLLCALL_SCIM_URL"], s.env["ROLLCALL_URL"])
	open := map[string]bool{"/healthz": true, "/readyz": true}
	for _, path := range []string{
		"/healthz", "/readyz", "/", "/metrics", "/_rollcall/faults", "/identitystores", "/identitystores/" + store + "/users",
		scim, scim + "Users", scim + "ServiceProviderConfig", scim + "Schemas", "/nothing",
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions} {
			for _, target := range []string{"", "AWSIdentityStore.ListIdentityStores", "SWBExternalService.ListInstances", "AWSOrganizationsV20161128.ListAccounts"} {
				code, body := s.get(s.env["ROLLCALL_URL"]+path, func(r *http.Request) {
					r.Method = method
					r.Header.Set("X-Amz-Target", target)
				})
				if may := open[path] && (method == http.MethodGet || method == http.MethodHead); (code < 300) != may || code >= 500 {
					t.Errorf("%s %s %s: %d %s", method, path, target, code, body)
				}
			}
		}
	}
	form := func(r *http.Request) {
		r.Method, r.Body = http.MethodPost, io.NopCloser(strings.NewReader("Action=GetCallerIdentity&Version=2011-06-15"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if code, body := s.get(s.env["ROLLCALL_URL"]+"/", form); code != 403 {
		t.Errorf("GetCallerIdentity: %d %s", code, body)
	}
	s.stop()
}

func (s *served) inFlight() int {
	s.t.Helper()
	code, body := s.get(s.env["ROLLCALL_URL"]+"/metrics", func(r *http.Request) {
		r.SetBasicAuth(s.env["ROLLCALL_OPERATOR"], s.env["ROLLCALL_PASSWORD"])
	})
	if code != 200 {
		s.t.Fatalf("metrics: %d %s", code, body)
	}
	_, number, _ := strings.Cut(body, "\nrollcall_http_requests_in_flight ")
	if strings.TrimSpace(number) == "1" {
		return 1
	}
	return 2
}

func TestTLSIsServed(t *testing.T) {
	o := newOffice(t)
	pool := o.certificate()
	s := o.serve("--ephemeral", "--tls-cert", filepath.Join(o.folder, "cert.pem"), "--tls-key", filepath.Join(o.folder, "key.pem"))
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, s.env["ROLLCALL_URL"]+"/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	got.Body.Close()
	client.CloseIdleConnections()
	if got.StatusCode != 200 || !strings.HasPrefix(s.env["AWS_ENDPOINT_URL"], "https://") {
		t.Errorf("status %d at %s", got.StatusCode, s.env["AWS_ENDPOINT_URL"])
	}
	s.stop()
}

// certificate writes one for 127.0.0.1 and returns who vouches for it.
func (o *office) certificate() *x509.CertPool {
	o.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		o.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		o.t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		o.t.Fatal(err)
	}
	pool := x509.NewCertPool()
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: cert}, "key.pem": {Type: "PRIVATE KEY", Bytes: private}} {
		text := pem.EncodeToMemory(block)
		pool.AppendCertsFromPEM(text)
		if err := os.WriteFile(filepath.Join(o.folder, name), text, 0o600); err != nil {
			o.t.Fatal(err)
		}
	}
	return pool
}

func newUser(store, name string) *identitystore.CreateUserInput {
	return &identitystore.CreateUserInput{
		IdentityStoreId: &store, UserName: &name, DisplayName: &name, Name: &types.Name{GivenName: &name, FamilyName: &name},
	}
}

func TestAnyCredentialsAreTakenOnlyWithAWarning(t *testing.T) {
	o := newOffice(t)
	s := o.serve("--ephemeral", "--accept-any-credentials")
	s.env["AWS_SECRET_ACCESS_KEY"] = "anything"
	if _, err := s.createUser("ann"); err != nil {
		t.Error(err)
	}
	s.stop()
	if !strings.Contains(s.complaints(), "Warning: any credentials are accepted") {
		t.Errorf("it is not warned about: %s", s.complaints())
	}
}
