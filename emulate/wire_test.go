package emulate_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"rollcall/directory"
	"rollcall/directory/memdir"
	"rollcall/emulate"
	"rollcall/fault"
	"rollcall/identity"
)

func TestWhatHappensOnTheWire(t *testing.T) {
	for kind, c := range map[emulate.Kind]struct {
		done   int32
		status int
		body   string
	}{
		emulate.Drop: {0, 0, ""},
		emulate.Lost: {1, 0, ""},
		emulate.Torn: {1, 200, "01234"},
	} {
		t.Run(string(kind), func(t *testing.T) {
			s := serve(t, failing(t, emulate.Fault{Operation: "*", Kind: kind, Call: 2}))
			for n, wantDone := range []int32{1, 1 + c.done, 2 + c.done} {
				status, body, err := s.post(t)
				if n == 1 {
					if err == nil || status != c.status || body != c.body {
						t.Errorf("got %d %q, %v", status, body, err)
					}
				} else if err != nil || status != 200 || body != "0123456789" {
					t.Errorf("call %d: %d %q, %v", n+1, status, body, err)
				}
				if s.done.Load() != wantDone {
					t.Errorf("call %d: %d done, want %d", n+1, s.done.Load(), wantDone)
				}
			}
		})
	}
}

func TestFaultsOfTheWireNeedTheHandler(t *testing.T) {
	for _, kind := range []emulate.Kind{emulate.Drop, emulate.Lost, emulate.Torn, emulate.Short} {
		is(t, failing(t, emulate.Fault{Operation: "*", Kind: kind}).Admit(t.Context(), call("CreateUser")), fault.Internal)
	}
}

func TestAHandlerWithoutFaultsIsNotNoticed(t *testing.T) {
	s := serve(t, gate(t, emulate.Options{}))
	if status, body, err := s.post(t); err != nil || status != 200 || body != "0123456789" {
		t.Errorf("%d %q, %v", status, body, err)
	}
}

// during runs fn inside a request that was admitted as operation.
func during(t *testing.T, g *emulate.Gate, operation string, fn func(ctx context.Context)) {
	t.Helper()
	w := httptest.NewRecorder()
	g.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		ok(t, g.Admit(r.Context(), call(operation)))
		fn(r.Context())
	})).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil))
}

func TestAPageCutShortHasATokenToGoOn(t *testing.T) {
	inner := memdir.New("d-1234567890")
	g := failing(t, emulate.Fault{Operation: "List*", Kind: emulate.Short, Page: 2})
	d := g.Directory(inner)
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		u, err := d.CreateUser(t.Context(), identity.User{
			UserName: name, DisplayName: name, Name: identity.Name{GivenName: name, FamilyName: name},
		})
		ok(t, err)
		group, err := d.CreateGroup(t.Context(), identity.Group{DisplayName: name})
		ok(t, err)
		_, err = d.AddMember(t.Context(), group.ID, u.ID)
		ok(t, err)
	}
	during(t, g, "ListUsers", func(ctx context.Context) {
		users, err := d.ListUsers(ctx, directory.PageRequest{Limit: 100})
		ok(t, err)
		groups, err := d.ListGroups(ctx, directory.PageRequest{})
		ok(t, err)
		if len(users.Items) != 2 || users.Next == "" || len(groups.Items) != 2 || groups.Next == "" {
			t.Errorf("%d users, %d groups", len(users.Items), len(groups.Items))
		}
		if users, err = d.ListUsers(ctx, directory.PageRequest{Limit: 1}); err != nil || len(users.Items) != 1 {
			t.Errorf("less was asked for: %d, %v", len(users.Items), err)
		}
		all, err := directory.New("local", d).ListUsers(ctx, directory.PageRequest{Limit: -1})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("a negative limit: %d, %v", len(all.Items), err)
		}
		members, err := d.ListMembers(ctx, groups.Items[0].ID, directory.PageRequest{})
		ok(t, err)
		of, err := d.ListMemberships(ctx, members.Items[0].UserID, directory.PageRequest{})
		ok(t, err)
		if len(members.Items) != 1 || len(of.Items) != 1 {
			t.Errorf("%d members, %d memberships", len(members.Items), len(of.Items))
		}
	})
	during(t, g, "DescribeUser", func(ctx context.Context) {
		if users, err := d.ListUsers(ctx, directory.PageRequest{}); err != nil || len(users.Items) != 5 {
			t.Errorf("another operation: %d, %v", len(users.Items), err)
		}
	})
	if got, want := directory.New("a", d).Abilities(), directory.New("b", inner).Abilities(); got != want {
		t.Errorf("abilities %+v, want %+v", got, want)
	}
}

func TestSCIMIsReachedFromWhereTheStoreSays(t *testing.T) {
	d := memdir.New("d-1234567890")
	ok(t, d.SetNetwork(t.Context(), directory.Network{SCIMSources: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}))
	from := "192.0.2.7"
	g := failing(t, emulate.Fault{Service: emulate.SCIM, Operation: "PatchUser", Kind: emulate.Throttle})
	admit := g.ForSCIM(d, func(*http.Request) directory.Origin { return directory.Origin{IP: netip.MustParseAddr(from)} })
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	ok(t, admit(r, "ListUsers"))
	is(t, admit(r, "PatchUser"), fault.Throttled)
	from = "198.51.100.7"
	is(t, admit(r, "ListUsers"), fault.Denied)
}
