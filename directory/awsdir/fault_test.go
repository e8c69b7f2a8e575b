package awsdir_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"rollcall/directory"
	"rollcall/directory/awsdir"
	"rollcall/directory/directorytest"
	"rollcall/emulate"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/identitycentertest"
)

// outcome is what a fault means to whoever made a call.
type outcome struct {
	kind      fault.Kind
	unsettled bool // of a write
}

// meanings are those of every fault but slowness and short pages.
var meanings = map[emulate.Kind]struct{ api, scim outcome }{
	emulate.Throttle: {outcome{fault.Throttled, false}, outcome{fault.Throttled, false}},
	emulate.Error:    {outcome{fault.Unavailable, true}, outcome{fault.Unavailable, true}},
	emulate.Drop:     {outcome{fault.Unavailable, true}, outcome{fault.Unavailable, true}},
	emulate.Lost:     {outcome{fault.Unavailable, true}, outcome{fault.Unavailable, true}},
	emulate.Torn:     {outcome{fault.Unavailable, true}, outcome{fault.Unavailable, true}},
	emulate.Conflict: {outcome{fault.Conflict, false}, outcome{fault.Conflict, false}},
	emulate.Stale:    {outcome{fault.Stale, false}, outcome{fault.Conflict, false}}, // SCIM's answer says no more
	emulate.Expired:  {outcome{fault.Unauthenticated, false}, outcome{fault.Unauthenticated, false}},
	emulate.Denied:   {outcome{fault.Denied, false}, outcome{fault.Denied, false}},
}

// struck is a server on which every call of an operation goes wrong, and a
// driver whose requests are counted.
func struck(t *testing.T, way string, f emulate.Fault) (directory.Driver, *wire, *identitycentertest.Server) {
	t.Helper()
	srv, w := identitycentertest.New(t), new(wire)
	d := reach(t, srv, func(o *awsdir.Options) {
		ways[way](o)
		o.HTTP = &http.Client{Transport: w}
	})
	srv.Faults(f)
	return d, w, srv
}

func TestEveryFailureOfAWriteHasItsMeaningAndNoWriteIsSentTwice(t *testing.T) {
	for kind, means := range meanings {
		for name, c := range map[string]struct {
			service emulate.Service
			want    outcome
			do      func(d directory.Driver, u, g identity.ID) error
		}{
			"API CreateUser": {emulate.IdentityStore, means.api, func(d directory.Driver, _, _ identity.ID) error {
				_, err := d.CreateUser(t.Context(), directorytest.User("ben"))
				return err
			}},
			"API UpdateUser": {emulate.IdentityStore, means.api, func(d directory.Driver, u, _ identity.ID) error {
				_, err := d.UpdateUser(t.Context(), u, "", []identity.Edit{{Path: "title", New: identity.Value(`"Clerk"`)}})
				return err
			}},
			"API CreateGroupMembership": {emulate.IdentityStore, means.api, func(d directory.Driver, u, g identity.ID) error {
				_, err := d.AddMember(t.Context(), g, u)
				return err
			}},
			"SCIM CreateUser": {emulate.SCIM, means.scim, func(d directory.Driver, _, _ identity.ID) error {
				_, err := d.CreateUser(t.Context(), anchored(directorytest.User("ben")))
				return err
			}},
			"SCIM PatchUser": {emulate.SCIM, means.scim, func(d directory.Driver, u, _ identity.ID) error {
				_, err := d.(directory.StatusSetter).SetActive(t.Context(), u, "", false)
				return err
			}},
			"SCIM PatchGroup": {emulate.SCIM, means.scim, func(d directory.Driver, u, g identity.ID) error {
				return d.(directory.MemberChanger).ChangeMembers(t.Context(), g, []identity.ID{u}, nil)
			}},
		} {
			if kind == emulate.Torn && name == "SCIM PatchGroup" || kind == emulate.Torn && name == "SCIM PatchUser" {
				continue // their answers have nothing in them that could be torn, or that matters
			}
			t.Run(string(kind)+" "+name, func(t *testing.T) {
				way := map[emulate.Service]string{emulate.IdentityStore: "API only", emulate.SCIM: "SCIM only"}[c.service]
				d, w, srv := struck(t, way, emulate.Fault{Service: c.service, Operation: "*", Kind: kind})
				err := c.do(d, identity.ID(srv.User("ann")), identity.ID(srv.Group("all")))
				wantKind(t, name, err, c.want.kind, c.want.unsettled)
				for request, n := range w.sent {
					if n != 1 {
						t.Errorf("%s was sent %d times", request, n)
					}
				}
				if len(w.sent) != 1 {
					t.Errorf("requests: %v, want one", w.sent)
				}
			})
		}
	}
}

func TestEveryFailureOfAReadHasItsMeaning(t *testing.T) {
	for kind, means := range meanings {
		for way, service := range map[string]emulate.Service{"API only": emulate.IdentityStore, "SCIM only": emulate.SCIM} {
			t.Run(string(kind)+" "+way, func(t *testing.T) {
				want := means.api
				if service == emulate.SCIM {
					want = means.scim
				}
				srv := identitycentertest.New(t)
				d := reach(t, srv, ways[way])
				u := identity.ID(srv.User("ann"))
				srv.Faults(emulate.Fault{Service: service, Operation: "*", Kind: kind})
				_, err := d.User(t.Context(), u)
				wantKind(t, "user", err, want.kind, false)
				_, err = d.ListUsers(t.Context(), directory.PageRequest{})
				wantKind(t, "list users", err, want.kind, false)
			})
		}
	}
}

func TestAThrottledAnswerSaysHowLongToWait(t *testing.T) {
	d, _, _ := struck(t, "both", emulate.Fault{Operation: "CreateUser", Kind: emulate.Throttle, RetryAfter: emulate.Duration(7 * time.Second)})
	_, err := d.CreateUser(t.Context(), directorytest.User("ben"))
	if got := fault.RetryAfter(err); got != 7*time.Second {
		t.Errorf("wait %v, want 7s (%v)", got, err)
	}
}

// What is lost happened, and a read tells.
func TestALostAnswerIsSettledByReading(t *testing.T) {
	for name, u := range map[string]identity.User{"API": directorytest.User("ann"), "SCIM": anchored(directorytest.User("ann"))} {
		t.Run(name, func(t *testing.T) {
			d, w, srv := struck(t, "both", emulate.Fault{Operation: "CreateUser", Kind: emulate.Lost})
			_, err := d.CreateUser(t.Context(), u)
			wantKind(t, "create user", err, fault.Unavailable, true)
			srv.Faults()
			found, err := d.FindUser(t.Context(), directory.Key{Attribute: directory.KeyUserName, Value: "ann"})
			ok(t, err)
			if edits, err := identity.UserEdits(&found, &u, nil); err != nil || len(edits) > 0 {
				t.Errorf("it differs in %v, %v", edits, err)
			}
			for request, n := range w.sent {
				if n != 1 {
					t.Errorf("%s was sent %d times", request, n)
				}
			}
		})
	}
}

// An update whose own answer came, and whose reading back did not, happened.
func TestAnUpdateThatCannotBeReadBackIsUnsettled(t *testing.T) {
	d, _, srv := struck(t, "both", emulate.Fault{Operation: "DescribeUser", Kind: emulate.Denied})
	u := identity.ID(srv.User("ann"))
	_, err := d.UpdateUser(t.Context(), u, "", []identity.Edit{{Path: "title", New: identity.Value(`"Clerk"`)}})
	wantKind(t, "update user", err, fault.Unavailable, true)
	_, err = d.(directory.StatusSetter).SetActive(t.Context(), u, "", false)
	wantKind(t, "set active", err, fault.Unavailable, true)
	srv.Faults()
	got, err := d.User(t.Context(), u)
	ok(t, err)
	if got.Title != "Clerk" || got.Active {
		t.Errorf("title %q, active %v", got.Title, got.Active)
	}
}

func TestShortPagesGoOn(t *testing.T) {
	for way, change := range ways {
		t.Run(way, func(t *testing.T) {
			srv := identitycentertest.New(t)
			group := identity.ID(srv.Group("all", srv.User("u1"), srv.User("u2"), srv.User("u3"), srv.User("u4")))
			srv.Faults(emulate.Fault{Operation: "List*", Kind: emulate.Short})
			d, n := directory.New("aws", reach(t, srv, change)), 0
			for _, err := range d.Users(t.Context()) {
				ok(t, err)
				n++
			}
			for _, err := range d.Members(t.Context(), group) {
				ok(t, err)
				n++
			}
			if n != 8 {
				t.Errorf("%d users and members, want 4 and 4", n)
			}
		})
	}
}

// A server that is not there has certainly done nothing.
func TestAWriteThatNeverLeftIsNotUnsettled(t *testing.T) {
	srv := identitycentertest.New(t)
	for way, change := range ways {
		d := reach(t, srv, func(o *awsdir.Options) {
			change(o)
			o.HTTP = &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
				return nil, errors.New("no way there")
			}}}
		})
		_, err := d.CreateUser(t.Context(), directorytest.User("ann"))
		wantKind(t, way, err, fault.Unavailable, false)
	}
}

// silent is a server that takes requests and never answers; arrived is closed
// with the first.
func silent(t *testing.T) (url string, arrived chan struct{}) {
	t.Helper()
	arrived = make(chan struct{})
	var once sync.Once
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then does it notice that the caller has gone
		once.Do(func() { close(arrived) })
		<-r.Context().Done()
	}))
	t.Cleanup(s.Close)
	return s.URL, arrived
}

// unheard are drivers whose calls nobody answers.
func unheard(t *testing.T, timeout time.Duration) map[string]func() (directory.Driver, chan struct{}) {
	return map[string]func() (directory.Driver, chan struct{}){
		"API only": func() (directory.Driver, chan struct{}) {
			url, arrived := silent(t)
			return elsewhere(t, url, func(o *awsdir.Options) { o.SCIM, o.Line.Timeout = nil, timeout }), arrived
		},
		"SCIM only": func() (directory.Driver, chan struct{}) {
			url, arrived := silent(t)
			return elsewhere(t, url, func(o *awsdir.Options) { o.AWS, o.Line.Timeout = nil, timeout }), arrived
		},
	}
}

func TestAnAnswerThatDoesNotComeInTimeLeavesAWriteUnsettled(t *testing.T) {
	for way, open := range unheard(t, time.Second) {
		d, _ := open()
		_, err := d.CreateUser(t.Context(), directorytest.User("ann"))
		wantKind(t, way, err, fault.Unavailable, true)
	}
}

func TestACallerWhoGoesDuringAWriteLeavesItUnsettled(t *testing.T) {
	for way, open := range unheard(t, time.Hour) {
		d, arrived := open()
		ctx, leave := context.WithCancel(t.Context())
		go func() { <-arrived; leave() }()
		_, err := d.CreateUser(ctx, directorytest.User("ann"))
		wantKind(t, way, err, fault.Unavailable, true)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v does not say that the caller went", way, err)
		}
	}
}
