package awsdoor_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/smithy-go"

	"rollcall/assignment"
	"rollcall/assignment/sqlassignment"
	"rollcall/awsjson"
	"rollcall/awsjson/sigv4"
	"rollcall/awsquery"
	"rollcall/caller"
	"rollcall/caller/sqlcaller"
	"rollcall/directory"
	"rollcall/directory/sqldir"
	"rollcall/door/awsdoor"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/keyring"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

const (
	storeID = "d-906771b2aa"
	account = "111122223333"
	region  = "us-east-1"
)

// stores are directories by their store's id.
type stores map[identity.StoreID]*directory.Directory

func (s stores) Open(_ context.Context, id identity.StoreID) (*directory.Directory, error) {
	if d, ok := s[id]; ok {
		return d, nil
	}
	return nil, fault.Text(fault.NotFound, "open store", string(id), "there is none")
}

func (s stores) List(context.Context) ([]identity.StoreID, error) {
	var ids []identity.StoreID
	for id := range s {
		ids = append(ids, id)
	}
	return ids, nil
}

// instances are access sides by their ARN.
type instances map[string]*assignment.Instance

func (i instances) Open(_ context.Context, arn string) (*assignment.Instance, error) {
	if found, ok := i[arn]; ok {
		return found, nil
	}
	return nil, fault.Text(fault.NotFound, "open instance", arn, "there is none")
}

func (i instances) List(context.Context) ([]string, error) {
	return slices.Collect(maps.Keys(i)), nil
}

// site is a running door over an embedded Identity Center.
type site struct {
	t      *testing.T
	url    string
	driver *sqldir.Driver
	client *identitystore.Client // signs with key

	instance string // the ARN of the store's
	access   *sqlassignment.Driver
	clock    *clock // of the access side

	keys                        *caller.Keys
	late                        atomic.Int64 // how far the clock of the keys is behind
	key, reader, session, ended sigv4.Credentials
}

// start serves the stores with these ids, or [storeID] alone.
func start(t *testing.T, change func(*awsdoor.Options), ids ...identity.StoreID) *site {
	t.Helper()
	db, err := sqldb.Open(t.Context(), sqldbtest.SQLite(t), sqldir.Migrations(), sqlassignment.Migrations())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s, all := &site{t: t, clock: new(clock)}, stores{}
	for _, id := range append(slices.Clone(ids), storeID) {
		if s.driver, err = sqldir.New(db).Store(t.Context(), id, sqldir.Options{}); err != nil {
			t.Fatal(err)
		}
		all[id] = directory.New(string(id), s.driver)
	}
	s.grant(db)
	s.admit()
	o := awsdoor.Options{
		Stores: all, Callers: s.keys, Instances: instances{s.instance: assignment.New(storeID, s.access)},
		Account: account, Region: region, Log: slog.New(slog.DiscardHandler),
		Sessions: func(_ context.Context, by caller.Caller, r caller.AssumeRole) (caller.Session, error) {
			return s.keys.AssumeRole(by, r)
		},
	}
	if change != nil {
		change(&o)
	}
	mux := http.NewServeMux()
	awsdoor.New(o).Mount(mux)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	s.client = s.as(s.key)
	return s
}

// grant opens the instance of the last store: the access side of the site.
func (s *site) grant(db *sqldb.DB) {
	s.t.Helper()
	store, err := s.driver.Store(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	s.instance = store.Instance
	s.access, err = sqlassignment.Open(s.t.Context(), db, store, sqlassignment.Options{
		Directory: s.driver, Record: s.driver.Record, Owner: account, Now: s.clock.now, Delay: requestDelay, Fails: s.clock.fails,
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// requestDelay is how long a request of sso-admin is in progress, on the clock
// of its site.
const requestDelay = time.Minute

// clock is the time of an instance, and why what is begun now fails.
type clock struct {
	mu     sync.Mutex
	ahead  time.Duration
	reason string
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

// pass lets time pass.
func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// fail makes what is begun from now on fail for a reason, or succeed for none.
func (c *clock) fail(reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reason = reason
}

func (c *clock) fails(assignment.Work, identity.Assignment) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reason
}

// admit makes the keys and sessions of a site.
func (s *site) admit() {
	s.t.Helper()
	db, err := sqldb.Open(s.t.Context(), sqldbtest.SQLite(s.t), sqlcaller.Migrations())
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { db.Close() })
	ring, err := keyring.Open(filepath.Join(s.t.TempDir(), "key"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.keys = caller.NewKeys(sqlcaller.New(db), ring, caller.Options{Now: func() time.Time { return time.Now().Add(-time.Duration(s.late.Load())) }})
	s.key, s.reader = s.newKey("tester", false), s.newKey("reader", true)
	s.session = s.newSession()
	s.late.Store(int64(2 * time.Hour))
	s.ended = s.newSession()
	s.late.Store(0)
}

func (s *site) newKey(name string, readOnly bool) sigv4.Credentials {
	s.t.Helper()
	k, secret, err := s.keys.Create(s.t.Context(), caller.Key{Name: name, Account: account, Role: "Tester", ReadOnly: readOnly})
	if err != nil {
		s.t.Fatal(err)
	}
	return sigv4.Credentials{AccessKey: k.ID, Secret: secret}
}

func (s *site) newSession() sigv4.Credentials {
	s.t.Helper()
	by := caller.Caller{Name: "tester", Account: account, Role: "Tester", KeyID: s.key.AccessKey}
	made, err := s.keys.AssumeRole(by, caller.AssumeRole{RoleARN: "arn:aws:iam::" + account + ":role/Tester", Name: "session"})
	if err != nil {
		s.t.Fatal(err)
	}
	return sigv4.Credentials{AccessKey: made.KeyID, Secret: made.Secret, SessionToken: made.Token}
}

// as is a client of AWS's own SDK with those credentials.
func (s *site) as(k sigv4.Credentials) *identitystore.Client {
	return identitystore.New(identitystore.Options{
		BaseEndpoint: aws.String(s.url), Region: region, Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider(k.AccessKey, k.Secret, k.SessionToken),
	})
}

// answer is what came back for a request of our own making.
type answer struct {
	status int
	header http.Header
	body   map[string]any
	raw    string
}

// call signs and sends an operation whose body is written out.
func (s *site) call(operation, body string) answer {
	s.t.Helper()
	return s.callOf(awsjson.IdentityStore, awsjson.SigningName, operation, body)
}

// callOf is call for another service.
func (s *site) callOf(service, signingName, operation, body string) answer {
	s.t.Helper()
	r := s.request(http.MethodPost, "/", body)
	r.Header.Set("Content-Type", awsjson.ContentType)
	r.Header.Set(awsjson.HeaderTarget, awsjson.Target(service, operation))
	sigv4.Sign(r, []byte(body), s.key, region, signingName, time.Now())
	return s.do(r)
}

func (s *site) request(method, path, body string) *http.Request {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, bytes.NewReader([]byte(body)))
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

func (s *site) send(r *http.Request, body string) answer {
	s.t.Helper()
	sigv4.Sign(r, []byte(body), s.key, region, awsjson.SigningName, time.Now())
	return s.do(r)
}

func (s *site) do(r *http.Request) answer {
	s.t.Helper()
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer got.Body.Close()
	raw, err := io.ReadAll(got.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	a := answer{status: got.StatusCode, header: got.Header, raw: string(raw)}
	if got.ContentLength != int64(len(raw)) || got.TransferEncoding != nil {
		s.t.Errorf("the answer has length %d and transfer encoding %v, want one piece of %d", got.ContentLength, got.TransferEncoding, len(raw))
	}
	if len(raw) > 0 && got.Header.Get("Content-Type") != awsquery.ContentType {
		if err := json.Unmarshal(raw, &a.body); err != nil {
			s.t.Fatalf("the answer is no JSON object: %v: %s", err, raw)
		}
	}
	return a
}

// refused returns the error that AWS's SDK made of err, which must be of that
// type.
func refused(t *testing.T, what string, err error, code string) smithy.APIError {
	t.Helper()
	var e smithy.APIError
	if !errors.As(err, &e) {
		t.Fatalf("%s: %v, want %s", what, err, code)
	}
	if e.ErrorCode() != code {
		t.Errorf("%s: %s (%s), want %s", what, e.ErrorCode(), e.ErrorMessage(), code)
	}
	return e
}

func must[T any](t *testing.T, what string) func(T, error) T {
	return func(got T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		return got
	}
}
