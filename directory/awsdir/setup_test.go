package awsdir_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"rollcall/awscall"
	"rollcall/directory"
	"rollcall/directory/awsdir"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/identitycentertest"
)

// ways are the configurations, by what each leaves out.
var ways = map[string]func(*awsdir.Options){
	"both":      func(*awsdir.Options) {},
	"API only":  func(o *awsdir.Options) { o.SCIM = nil },
	"SCIM only": func(o *awsdir.Options) { o.AWS = nil },
}

// reach is a driver that reaches a running Identity Center by both ways, but
// for what change makes of it.
func reach(t *testing.T, srv *identitycentertest.Server, change func(*awsdir.Options)) directory.Driver {
	t.Helper()
	o := awsdir.Options{
		Store: directory.Store{ID: identity.StoreID(srv.IdentityStoreID), Instance: srv.InstanceARN},
		AWS:   &srv.Config,
		SCIM:  &awsdir.SCIM{URL: srv.SCIMURL, Token: token(srv.SCIMToken)},
		// The server has another name for it, as AWS has.
		Issuer: "corp",
	}
	if change != nil {
		change(&o)
	}
	d, err := awsdir.New(o)
	ok(t, err)
	return d
}

// elsewhere is a driver of whatever answers at url.
func elsewhere(t *testing.T, url string, change func(*awsdir.Options)) directory.Driver {
	t.Helper()
	o := awsdir.Options{
		Store: directory.Store{ID: "d-1234567890"}, Issuer: "corp",
		AWS:  &aws.Config{Region: "us-east-1", BaseEndpoint: &url, Credentials: credentials.NewStaticCredentialsProvider("AKID", "secret", "")},
		SCIM: &awsdir.SCIM{URL: url + "/tenant/scim/v2", Token: token("t")},
	}
	change(&o)
	d, err := awsdir.New(o)
	ok(t, err)
	return d
}

func token(text string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return text, nil }
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

// ledger notes every call that a driver makes.
type ledger struct {
	mu    sync.Mutex
	calls []string
}

// line is a line whose calls are noted.
func (l *ledger) line() awscall.Line {
	return awscall.Line{Pace: func(_ context.Context, c awscall.Call) (func(error), error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		name := string(c.Family) + " " + c.Operation
		if c.Write {
			name += "!"
		}
		l.calls = append(l.calls, name)
		return nil, nil
	}}
}

// take returns what was noted since it was last asked.
func (l *ledger) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := strings.Join(l.calls, ", ")
	l.calls = nil
	return all
}

// wire counts what really leaves, request by request.
type wire struct {
	mu   sync.Mutex
	sent map[string]int
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	name := r.Method + " " + r.URL.Path
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		_, name, _ = strings.Cut(target, ".")
	}
	w.mu.Lock()
	if w.sent == nil {
		w.sent = map[string]int{}
	}
	w.sent[name]++
	w.mu.Unlock()
	return http.DefaultTransport.RoundTrip(r)
}
