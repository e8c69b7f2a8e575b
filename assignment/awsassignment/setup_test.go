package awsassignment_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"rollcall/assignment/awsassignment"
	"rollcall/assignment/sqlassignment"
	"rollcall/directory"
	"rollcall/directory/sqldir"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/identitycenter"
	"rollcall/identitycentertest"
)

const (
	delay     = 5 * time.Second
	suspended = "999999999999"
)

var accounts = []string{"111111111112", "222222222222", "333333333333"}

// clock is the server's time.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

// newClock begins after the store was made, which is when this is run.
func newClock() *clock { return &clock{now: time.Now().Add(time.Hour)} }

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// center is a running Identity Center with an organization. It keeps the store
// open behind the wire, for what the wire cannot do.
type center struct {
	*identitycentertest.Server
	clock    *clock
	people   directory.Driver // without the log, which AWS's API does not give
	embedded *sqlassignment.Driver
}

func serve(t *testing.T, options ...identitycentertest.Option) center {
	t.Helper()
	c := center{clock: newClock()}
	var db *identitycenter.Database
	keep := func(o *identitycenter.Options) {
		db, o.Now, o.AssignmentDelay = o.Databases[0], c.clock.time, delay
	}
	c.Server = identitycentertest.New(t, append([]identitycentertest.Option{keep}, options...)...)
	people, err := db.Store(t.Context(), identitycentertest.StoreID, sqldir.Options{})
	ok(t, err)
	c.people = struct{ directory.Driver }{people}
	c.embedded, err = db.Instance(t.Context(), identitycentertest.StoreID)
	ok(t, err)
	ok(t, c.embedded.Seed(t.Context(), []identity.Unit{
		{ID: "ou-1234-production", Name: "Production"},
		{ID: "ou-1234-security", Name: "Security", Parent: "ou-1234-production"},
	}, []identity.Account{
		{ID: accounts[0], Name: "Prod", Email: "prod@example.com", Parent: "ou-1234-production"},
		{ID: accounts[1], Name: "Test", Email: "test@example.com"},
		{ID: accounts[2], Name: "Log archive", Email: "logs@example.com", Parent: "ou-1234-security", Invited: true},
		{ID: suspended, Name: "Old", Email: "old@example.com", Status: identity.AccountSuspended},
	}))
	return c
}

// reach is a driver of it, over the wire, but for what change makes of it.
func (c center) reach(t *testing.T, change func(*awsassignment.Options)) *awsassignment.Driver {
	t.Helper()
	o := awsassignment.Options{Instance: c.InstanceARN, Store: identity.StoreID(c.IdentityStoreID), AWS: &c.Config}
	if change != nil {
		change(&o)
	}
	d, err := awsassignment.New(o)
	ok(t, err)
	return d
}

// elsewhere is a driver of whatever answers at url.
func elsewhere(t *testing.T, url string, change func(*awsassignment.Options)) *awsassignment.Driver {
	t.Helper()
	o := awsassignment.Options{Instance: instanceARN, Store: "d-1234567890", AWS: config(url)}
	if change != nil {
		change(&o)
	}
	d, err := awsassignment.New(o)
	ok(t, err)
	return d
}

const (
	instanceARN = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
	setARN      = "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef"
	appARN      = "arn:aws:sso::123456789012:application/ssoins-1234567890abcdef/apl-1234567890abcdef"
	userID      = "906771b2aa-0f000000-0000-4000-8000-000000000009"
	requestID   = "0b0d7d4e-1111-2222-3333-444444444444"
)

func config(url string) *aws.Config {
	return &aws.Config{Region: "eu-west-1", BaseEndpoint: &url, Credentials: credentials.NewStaticCredentialsProvider("AKID", "secret", "")}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantKind holds an error to its kind, and to whether it may have happened.
func wantKind(t *testing.T, what string, err error, kind fault.Kind, unsettled bool) {
	t.Helper()
	if !fault.Is(err, kind) || fault.IsUnsettled(err) != unsettled {
		t.Errorf("%s: %v (%v, unsettled %v); want %v, unsettled %v", what, err, fault.KindOf(err), fault.IsUnsettled(err), kind, unsettled)
	}
}

// wire notes what really leaves, request by request.
type wire struct {
	mu   sync.Mutex
	sent []string
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	_, name, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	w.sent = append(w.sent, name)
	w.mu.Unlock()
	return http.DefaultTransport.RoundTrip(r)
}

// take returns what left since it was last asked.
func (w *wire) take() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := strings.Join(w.sent, " ")
	w.sent = nil
	return all
}

func (w *wire) through(o *awsassignment.Options) { o.HTTP = &http.Client{Transport: w} }
