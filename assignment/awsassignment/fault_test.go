package awsassignment_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall/assignment"
	"rollcall/assignment/awsassignment"
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
var meanings = map[emulate.Kind]outcome{
	emulate.Throttle: {fault.Throttled, false},
	emulate.Error:    {fault.Unavailable, true},
	emulate.Drop:     {fault.Unavailable, true},
	emulate.Lost:     {fault.Unavailable, true},
	emulate.Torn:     {fault.Unavailable, true},
	emulate.Conflict: {fault.Conflict, false},
	emulate.Stale:    {fault.Conflict, false}, // sso-admin's conflicts have no reason
	emulate.Expired:  {fault.Unauthenticated, false},
	emulate.Denied:   {fault.Denied, false},
}

// scene is an instance with a user, a permission set, an application, and the
// user's assignment to both.
type scene struct {
	center
	there identity.Assignment
	uses  identity.ApplicationAssignment
}

func play(t *testing.T, options ...identitycentertest.Option) scene {
	t.Helper()
	s := scene{center: serve(t, options...)}
	ann := identity.Principal{Store: identitycentertest.StoreID, Kind: identity.KindUser, ID: identity.ID(s.User("ann"))}
	s.there = identity.Assignment{Principal: ann, PermissionSet: s.PermissionSet("Reader"), Account: accounts[0]}
	_, err := s.embedded.CreateAssignment(t.Context(), s.there)
	ok(t, err)
	app, err := s.embedded.CreateApplication(t.Context(), wiki, nil, "")
	ok(t, err)
	s.uses = identity.ApplicationAssignment{Application: app.ARN, Principal: ann}
	ok(t, s.embedded.CreateApplicationAssignment(t.Context(), s.uses))
	return s
}

var wiki = identity.Application{Name: "wiki", Provider: "arn:aws:sso::aws:applicationProvider/custom", Enabled: true, AssignmentRequired: true}

// A write's answer is what may be torn, unless it is empty.
var writes = map[string]struct {
	empty bool
	do    func(ctx context.Context, d *awsassignment.Driver, s *scene) error
}{
	"CreateAccountAssignment": {false, func(ctx context.Context, d *awsassignment.Driver, s *scene) error {
		elsewhere := s.there
		elsewhere.Account = accounts[1]
		_, err := d.CreateAssignment(ctx, elsewhere)
		return err
	}},
	"DeleteAccountAssignment": {false, func(ctx context.Context, d *awsassignment.Driver, s *scene) error {
		_, err := d.DeleteAssignment(ctx, s.there)
		return err
	}},
	"CreatePermissionSet": {false, func(ctx context.Context, d *awsassignment.Driver, _ *scene) error {
		_, err := d.CreatePermissionSet(ctx, identity.PermissionSet{Name: "Writer"}, nil)
		return err
	}},
	"ProvisionPermissionSet": {false, func(ctx context.Context, d *awsassignment.Driver, s *scene) error {
		_, err := d.ProvisionPermissionSet(ctx, s.there.PermissionSet, "")
		return err
	}},
	"AttachManagedPolicyToPermissionSet": {true, func(ctx context.Context, d *awsassignment.Driver, s *scene) error {
		return d.AttachPolicy(ctx, s.there.PermissionSet, identity.Policy{ARN: "arn:aws:iam::aws:policy/ReadOnlyAccess"})
	}},
	"TagResource": {true, func(ctx context.Context, d *awsassignment.Driver, s *scene) error {
		return d.TagResource(ctx, s.there.PermissionSet, []identity.Tag{{Key: "team"}})
	}},
	"UpdateInstance": {true, func(ctx context.Context, d *awsassignment.Driver, _ *scene) error {
		return d.RenameInstance(ctx, "main")
	}},
	"AddRegion": {false, func(ctx context.Context, d *awsassignment.Driver, _ *scene) error {
		_, err := d.AddRegion(ctx, "eu-west-1")
		return err
	}},
	"CreateApplication": {false, func(ctx context.Context, d *awsassignment.Driver, _ *scene) error {
		_, err := d.CreateApplication(ctx, wiki, nil, "")
		return err
	}},
	"DeleteApplicationAssignment": {true, func(ctx context.Context, d *awsassignment.Driver, s *scene) error {
		return d.DeleteApplicationAssignment(ctx, s.uses)
	}},
}

func TestEveryFailureOfAWriteHasItsMeaningAndNoWriteIsSentTwice(t *testing.T) {
	s := play(t)
	for kind, want := range meanings {
		for operation, w := range writes {
			if kind == emulate.Torn && w.empty {
				continue
			}
			t.Run(string(kind)+" "+operation, func(t *testing.T) {
				c, sent := s, new(wire)
				if kind == emulate.Lost || kind == emulate.Torn { // it happens
					c = play(t)
				}
				d := c.reach(t, sent.through)
				c.Faults(emulate.Fault{Service: emulate.SSOAdmin, Operation: "*", Kind: kind})
				wantKind(t, operation, w.do(t.Context(), d, &c), want.kind, want.unsettled)
				if got := sent.take(); got != operation {
					t.Errorf("requests: %s; want %s", got, operation)
				}
			})
		}
	}
}

func TestEveryFailureOfAReadHasItsMeaning(t *testing.T) {
	s := play(t)
	for kind, want := range meanings {
		t.Run(string(kind), func(t *testing.T) {
			d := s.reach(t, nil)
			s.Faults(emulate.Fault{Operation: "*", Kind: kind})
			_, err := d.ListPermissionSets(t.Context(), assignment.PageRequest{})
			wantKind(t, "list permission sets", err, want.kind, false)
			_, err = d.PermissionSet(t.Context(), s.there.PermissionSet)
			wantKind(t, "describe permission set", err, want.kind, false)
			_, err = d.ListAssignmentsFor(t.Context(), s.there.Principal, "", assignment.PageRequest{})
			wantKind(t, "list assignments for a principal", err, want.kind, false)
			_, err = d.Policies(t.Context(), s.there.PermissionSet)
			wantKind(t, "read policies", err, want.kind, false)
			if kind == emulate.Conflict || kind == emulate.Stale {
				want.kind = fault.Stale // Organizations calls both a concurrent modification
			}
			_, err = d.ListAccounts(t.Context(), "", assignment.PageRequest{})
			wantKind(t, "list accounts", err, want.kind, false)
		})
	}
}

// What is lost happened, and a read tells.
func TestALostAnswerIsSettledByReading(t *testing.T) {
	s := play(t)
	d := s.reach(t, nil)
	a := s.there
	a.Account = accounts[1]
	s.Faults(emulate.Fault{Operation: "CreateAccountAssignment", Kind: emulate.Lost})
	_, err := d.CreateAssignment(t.Context(), a)
	wantKind(t, "create assignment", err, fault.Unavailable, true)
	s.Faults()
	page, err := d.ListRequests(t.Context(), assignment.Creation, assignment.InProgress, assignment.PageRequest{})
	ok(t, err)
	found := false
	for _, listed := range page.Items {
		r, err := d.Request(t.Context(), assignment.Creation, listed.ID)
		ok(t, err)
		found = found || r.Assignment == a
	}
	if !found {
		t.Errorf("no request in progress is for it: %+v", page.Items)
	}
	s.clock.pass(delay)
	assigned, err := d.ListAssignments(t.Context(), a.Account, a.PermissionSet, assignment.PageRequest{})
	ok(t, err)
	if len(assigned.Items) != 1 || assigned.Items[0] != a {
		t.Errorf("assigned: %+v", assigned.Items)
	}
}

func TestWhatIsHalfDoneIsUnsettled(t *testing.T) {
	open := wiki
	open.AssignmentRequired = false
	no, name := false, "Wiki 2"
	for _, kind := range []emulate.Kind{emulate.Throttle, emulate.Denied, emulate.Error, emulate.Drop, emulate.Lost} {
		t.Run(string(kind), func(t *testing.T) {
			s := play(t)
			d := s.reach(t, nil)
			s.Faults(emulate.Fault{Operation: "PutApplicationAssignmentConfiguration", Kind: kind})
			_, err := d.CreateApplication(t.Context(), open, nil, "")
			wantKind(t, "create application", err, fault.Unavailable, true)
			err = d.UpdateApplication(t.Context(), s.uses.Application, assignment.ApplicationChange{Name: &name, AssignmentRequired: &no})
			wantKind(t, "update application", err, fault.Unavailable, true)
			s.Faults()
			a, err := d.Application(t.Context(), s.uses.Application)
			if err != nil || a.Name != name || a.AssignmentRequired != (kind != emulate.Lost) {
				t.Errorf("it is %+v, %v", a, err)
			}
		})
	}
}

func TestShortPagesGoOn(t *testing.T) {
	s := play(t)
	for _, name := range []string{"b", "c", "d"} {
		s.PermissionSet(name)
	}
	ok(t, s.embedded.AttachPolicy(t.Context(), s.there.PermissionSet, identity.Policy{Name: "a"}))
	ok(t, s.embedded.AttachPolicy(t.Context(), s.there.PermissionSet, identity.Policy{Name: "b"}))
	ok(t, s.embedded.TagResource(t.Context(), s.there.PermissionSet, []identity.Tag{{Key: "a"}, {Key: "b"}, {Key: "c"}}))
	s.Faults(emulate.Fault{Operation: "List*", Kind: emulate.Short})
	d := s.reach(t, nil)
	i, sets, all := assignment.New("aws", d), 0, 0
	for _, err := range i.PermissionSets(t.Context()) {
		ok(t, err)
		sets++
	}
	for _, err := range i.Accounts(t.Context()) {
		ok(t, err)
		all++
	}
	policies, err := d.Policies(t.Context(), s.there.PermissionSet)
	ok(t, err)
	tags, err := d.Tags(t.Context(), s.there.PermissionSet)
	ok(t, err)
	if sets != 4 || all != len(accounts)+2 || len(policies.Customer) != 2 || len(tags) != 3 {
		t.Errorf("%d permission sets, %d accounts, %d policies, %d tags", sets, all, len(policies.Customer), len(tags))
	}
}

func TestARefusalSaysWhatCanBeDone(t *testing.T) {
	s := play(t)
	d := s.reach(t, nil)
	s.Faults(emulate.Fault{Operation: "*", Kind: emulate.Denied})
	_, err := d.ListPermissionSets(t.Context(), assignment.PageRequest{})
	if !strings.Contains(err.Error(), "delegated administrator for IAM Identity Center") {
		t.Errorf("sso-admin: %v", err)
	}
	_, err = d.ListAccounts(t.Context(), "", assignment.PageRequest{})
	if !strings.Contains(err.Error(), "management account") {
		t.Errorf("Organizations: %v", err)
	}
}

// A server that is not there has certainly done nothing.
func TestAWriteThatNeverLeftIsNotUnsettled(t *testing.T) {
	d := elsewhere(t, "http://127.0.0.1:1", func(o *awsassignment.Options) {
		o.HTTP = &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			return nil, errors.New("no way there")
		}}}
	})
	wantKind(t, "rename", d.RenameInstance(t.Context(), "main"), fault.Unavailable, false)
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

func TestAnAnswerThatDoesNotComeInTimeLeavesAWriteUnsettled(t *testing.T) {
	url, _ := silent(t)
	d := elsewhere(t, url, func(o *awsassignment.Options) { o.Line.Timeout = 300 * time.Millisecond })
	wantKind(t, "rename", d.RenameInstance(t.Context(), "main"), fault.Unavailable, true)
}

func TestACallerWhoGoesDuringAWriteLeavesItUnsettled(t *testing.T) {
	url, arrived := silent(t)
	d := elsewhere(t, url, func(o *awsassignment.Options) { o.Line.Timeout = time.Hour })
	ctx, leave := context.WithCancel(t.Context())
	go func() { <-arrived; leave() }()
	err := d.RenameInstance(ctx, "main")
	wantKind(t, "rename", err, fault.Unavailable, true)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v does not say that the caller went", err)
	}
}
