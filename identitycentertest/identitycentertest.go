// Package identitycentertest is an AWS IAM Identity Center for tests: a server
// of its own for each, on a throw-away store, that AWS's SDKs and SCIM clients
// cannot tell from the real one.
//
//	srv := identitycentertest.New(t)
//	client := identitystore.NewFromConfig(srv.Config)
//
// Everything goes over the wire, signatures and tokens checked. Nothing is kept
// when the test ends.
package identitycentertest

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"rollcall/awscall"
	"rollcall/caller"
	"rollcall/directory"
	"rollcall/directory/sqldir"
	"rollcall/emulate"
	"rollcall/identity"
	"rollcall/identitycenter"
)

// The store and the region of every server.
const (
	StoreID = "d-1234567890"
	Region  = "us-east-1"
)

// TB is what a server needs of a test: [*testing.T] and [*testing.B] have it,
// and so have those of other frameworks.
type TB interface {
	Helper()
	Context() context.Context
	TempDir() string
	Cleanup(func())
	Log(...any)
	Fatalf(format string, args ...any)
}

// Server is a running Identity Center. It is safe for concurrent use.
type Server struct {
	URL string // of AWS's API

	// Config is for the SDK's clients: region, endpoint and credentials of an
	// access key that may do everything. Clients retry as they usually do; the
	// HTTP client is one that the SDK cannot cut off in the middle of an answer,
	// which on this machine is there before the SDK has put its request away.
	Config aws.Config

	IdentityStoreID string // what AWS's API wants with every call
	InstanceARN     string

	SCIMURL   string // ends in /scim/v2/
	SCIMToken string // to be sent as "Authorization: Bearer …"

	t      TB
	center *identitycenter.Server
	writer *directory.Writer
	access *access
}

// Option is something that a server does another way.
type Option func(*identitycenter.Options)

// AssignmentDelay is how long assignments and provisionings are in progress. A
// client sees each in progress first, however soon it is done; without this
// option the next look finds it done.
func AssignmentDelay(d time.Duration) Option {
	return func(o *identitycenter.Options) { o.AssignmentDelay = d }
}

// AWSQuotas holds clients to AWS's rates and quotas: 20 calls a second for each
// service, and what docs/faults.md lists.
func AWSQuotas() Option {
	return func(o *identitycenter.Options) { o.Emulate = emulate.AWS() }
}

// Behave is another behaviour than the usual.
func Behave(b identitycenter.Behaviour) Option {
	return func(o *identitycenter.Options) { o.Behaviour = b }
}

// New starts a server, which ends with the test. Whatever cannot be started
// ends the test at once.
func New(t TB, options ...Option) *Server {
	t.Helper()
	db, err := fresh(t.Context(), t.TempDir())
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	driver, err := db.Store(t.Context(), StoreID, sqldir.Options{})
	must(t, err)
	d := directory.New("test", driver)
	store, err := d.Store(t.Context())
	must(t, err)
	o := identitycenter.Options{Databases: []*identitycenter.Database{db}, Log: slog.New(slog.NewTextHandler(lines{t}, nil))}
	for _, set := range options {
		set(&o)
	}
	center, err := identitycenter.New(o)
	must(t, err)
	listener := httptest.NewServer(center)
	t.Cleanup(listener.Close)
	s := &Server{
		URL: listener.URL, IdentityStoreID: string(store.ID), InstanceARN: store.Instance,
		t: t, center: center, writer: directory.WriterFor(d), access: &access{database: db, directory: d},
	}
	s.admit(db, store.ID)
	return s
}

// admit makes the access key and the token that the server shows.
func (s *Server) admit(db *identitycenter.Database, store identity.StoreID) {
	s.t.Helper()
	key, secret, err := db.Keys.Create(s.t.Context(), caller.Key{Name: "test", Account: caller.DefaultAccount, Role: caller.DefaultRole, CreatedBy: "test"})
	must(s.t, err)
	s.Config = aws.Config{
		Region: Region, BaseEndpoint: aws.String(s.URL), HTTPClient: awscall.Direct(nil),
		Credentials: credentials.NewStaticCredentialsProvider(key.ID, secret, ""),
	}
	token, text, err := db.Tokens.Create(s.t.Context(), store, "test")
	must(s.t, err)
	s.SCIMURL, s.SCIMToken = s.URL+"/"+token.Tenant+"/scim/v2/", text
}

// User makes a user of that name, enabled, with names and a work e-mail made
// from it, and returns its id. Like [Server.Group] and [Server.Member] it does
// not go over the wire, so that no fault strikes it.
func (s *Server) User(userName string) string {
	s.t.Helper()
	email := userName
	if !strings.Contains(email, "@") {
		email += "@example.com"
	}
	u, err := s.writer.CreateUser(s.t.Context(), identity.User{
		UserName: userName, DisplayName: userName, Active: true,
		Name:   identity.Name{GivenName: userName, FamilyName: userName},
		Emails: []identity.Email{{Value: email, Type: "work", Primary: true}},
	})
	must(s.t, err)
	return string(u.ID)
}

// Group makes a group of that name with these users in it, and returns its id.
func (s *Server) Group(displayName string, userIDs ...string) string {
	s.t.Helper()
	g, err := s.writer.CreateGroup(s.t.Context(), identity.Group{DisplayName: displayName})
	must(s.t, err)
	for _, user := range userIDs {
		s.Member(string(g.ID), user)
	}
	return string(g.ID)
}

// Member puts a user into a group and returns the membership's id.
func (s *Server) Member(groupID, userID string) string {
	s.t.Helper()
	m, err := s.writer.AddMember(s.t.Context(), identity.ID(groupID), identity.ID(userID))
	must(s.t, err)
	return string(m.ID)
}

// Faults are what goes wrong from the next request on, instead of what went
// wrong until now; none is the usual. Operations are named as AWS names them,
// and * and ? stand for anything.
func (s *Server) Faults(faults ...emulate.Fault) {
	s.t.Helper()
	must(s.t, s.center.SetFaults(emulate.FaultPlan{Faults: faults}))
}

func must(t TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("identitycentertest: %v", err)
	}
}

// lines is the test's log, for what the server could not do.
type lines struct{ t TB }

func (l lines) Write(p []byte) (int, error) {
	l.t.Log(strings.TrimSuffix(string(p), "\n"))
	return len(p), nil
}
