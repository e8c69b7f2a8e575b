package awsdir_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"rollcall/awscall"
	"rollcall/directory"
	"rollcall/directory/awsdir"
	"rollcall/emulate"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/identitycentertest"
)

// queue holds every call back until it is opened, and counts who waits.
type queue struct {
	mu      sync.Mutex
	waiting map[awscall.Family]int
	came    chan struct{}
	open    chan struct{}
}

func newQueue() *queue {
	return &queue{waiting: map[awscall.Family]int{}, came: make(chan struct{}, 100), open: make(chan struct{})}
}

func (q *queue) line() awscall.Line {
	return awscall.Line{Pace: func(ctx context.Context, c awscall.Call) (func(error), error) {
		q.mu.Lock()
		q.waiting[c.Family]++
		q.mu.Unlock()
		q.came <- struct{}{}
		select {
		case <-q.open:
		case <-ctx.Done():
		}
		return nil, ctx.Err()
	}}
}

func TestMembersAreReadFromTheServiceThatHasLessToDo(t *testing.T) {
	for name, c := range map[string]struct {
		everybody   bool // is being listed as well
		api, bySCIM int
	}{
		"nothing else is read": {false, 8, 8},
		// Its pages come one after the other, so that it may not wait long.
		"everybody is listed": {true, 3, 14},
	} {
		t.Run(name, func(t *testing.T) {
			srv := identitycentertest.New(t)
			group := identity.ID(srv.Group("staff", srv.User("ann")))
			q := newQueue()
			d := directory.New("aws", reach(t, srv, func(o *awsdir.Options) { o.Line = q.line() }))
			var all sync.WaitGroup
			if c.everybody {
				all.Go(func() {
					for _, err := range d.Users(t.Context()) {
						ok(t, err)
					}
				})
				<-q.came
			}
			for range 16 {
				all.Go(func() {
					n := 0
					for _, err := range d.MemberIDs(t.Context(), group) {
						ok(t, err)
						n++
					}
					if n != 1 {
						t.Errorf("%d members, want 1", n)
					}
				})
			}
			for range 16 {
				<-q.came
			}
			q.mu.Lock()
			api, bySCIM := q.waiting[awscall.IdentityStore], q.waiting[awscall.SCIM]
			q.mu.Unlock()
			close(q.open)
			all.Wait()
			if api != c.api || bySCIM != c.bySCIM {
				t.Errorf("%d calls to the API and %d by SCIM, want %d and %d", api, bySCIM, c.api, c.bySCIM)
			}
		})
	}
}

// full is a server with a group of 250 and somebody in 120 groups.
func full(t *testing.T) (srv *identitycentertest.Server, group, user identity.ID) {
	t.Helper()
	srv = identitycentertest.New(t)
	var all []string
	for i := range 250 {
		all = append(all, srv.User(fmt.Sprint("user", i)))
	}
	group = identity.ID(srv.Group("staff", all...))
	for i := range 119 {
		srv.Group(fmt.Sprint("group", i), all[0])
	}
	return srv, group, identity.ID(all[0])
}

// besideSCIM runs do while the API has so much to do that SCIM is asked for
// what it can answer.
func besideSCIM(t *testing.T, srv *identitycentertest.Server, l *ledger, do func(directory.IDLister)) {
	t.Helper()
	began := make(chan struct{})
	line := l.line()
	d := reach(t, srv, func(o *awsdir.Options) {
		o.Line.Pace = func(ctx context.Context, c awscall.Call) (func(error), error) {
			if c.Operation == "ListUsers" && c.Family == awscall.IdentityStore {
				close(began)
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return line.Pace(ctx, c)
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() {
		if _, err := d.ListUsers(ctx, directory.PageRequest{}); err == nil {
			t.Error("the listing that was held back came to its end")
		}
	})
	<-began
	do(d.(directory.IDLister))
	cancel()
	all.Wait()
}

// listing is a list of ids, page by page.
type listing func(directory.IDLister, directory.PageRequest) (directory.Page[identity.ID], error)

func (l listing) count(t *testing.T, d directory.IDLister) int {
	t.Helper()
	seen, token := map[identity.ID]bool{}, ""
	for {
		page, err := l(d, directory.PageRequest{Token: token})
		ok(t, err)
		for _, id := range page.Items {
			seen[id] = true
		}
		if token = page.Next; token == "" {
			return len(seen)
		}
	}
}

func TestAListingOfIDsIsCompleteFromEitherServiceAndStaysWithIt(t *testing.T) {
	srv, group, user := full(t)
	calls := new(ledger)
	plain := reach(t, srv, func(o *awsdir.Options) { o.Line = calls.line() }).(directory.IDLister)
	members := func(d directory.IDLister, p directory.PageRequest) (directory.Page[identity.ID], error) {
		return d.ListMemberIDs(t.Context(), group, p)
	}
	groups := func(d directory.IDLister, p directory.PageRequest) (directory.Page[identity.ID], error) {
		return d.ListGroupIDs(t.Context(), user, p)
	}
	for name, c := range map[string]struct {
		list      listing
		want      int
		api, scim string
	}{
		"members": {members, 250, "identitystore ListGroupMemberships", "scim ListUsers"},
		"groups":  {groups, 120, "identitystore ListGroupMembershipsForMember", "scim ListGroups"},
	} {
		t.Run(name, func(t *testing.T) {
			check := func(d directory.IDLister, call string) {
				t.Helper()
				calls.take()
				if n := c.list.count(t, d); n != c.want {
					t.Errorf("%d ids, want %d", n, c.want)
				}
				if got, want := calls.take(), strings.TrimSuffix(strings.Repeat(call+", ", (c.want+99)/100), ", "); got != want {
					t.Errorf("calls %s, want %s", got, want)
				}
			}
			check(plain, c.api)
			besideSCIM(t, srv, calls, func(d directory.IDLister) { check(d, c.scim) })
		})
	}
}

// Whatever SCIM says no with, for now or for ever, nobody is missed.
func TestAShutSCIMEndpointOnlyMakesListingsSlower(t *testing.T) {
	for _, kind := range []emulate.Kind{emulate.Expired, emulate.Denied} {
		t.Run(string(kind), func(t *testing.T) {
			srv := identitycentertest.New(t)
			group := identity.ID(srv.Group("staff", srv.User("ann"), srv.User("bob")))
			srv.Faults(emulate.Fault{Service: emulate.SCIM, Operation: "*", Kind: kind})
			calls := new(ledger)
			besideSCIM(t, srv, calls, func(d directory.IDLister) {
				for range 3 {
					page, err := d.ListMemberIDs(t.Context(), group, directory.PageRequest{})
					ok(t, err)
					if len(page.Items) != 2 {
						t.Errorf("%d members, want 2", len(page.Items))
					}
				}
			})
			if all := calls.take(); strings.Count(all, "scim") != 1 || strings.Count(all, "identitystore") != 3 {
				t.Errorf("calls %s", all)
			}
		})
	}
}

func TestAGroupThatIsGoneIsGoneForBothServices(t *testing.T) {
	srv := identitycentertest.New(t)
	besideSCIM(t, srv, new(ledger), func(d directory.IDLister) {
		_, err := d.ListMemberIDs(t.Context(), "906714a5b2-00000000-0000-4000-8000-000000000000", directory.PageRequest{})
		wantKind(t, "list members", err, fault.NotFound, false)
	})
}
