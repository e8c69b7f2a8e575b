package emulate_test

import (
	"context"
	"sync"
	"testing"

	"rollcall/directory"
	"rollcall/directory/memdir"
	"rollcall/emulate"
	"rollcall/fault"
	"rollcall/identity"
)

func TestTheObjectTooManyIsRefused(t *testing.T) {
	for operation, c := range map[string]struct {
		service emulate.Service
		object  emulate.Object
	}{
		"CreateUser":          {emulate.IdentityStore, emulate.Users},
		"CreateGroup":         {emulate.SCIM, emulate.Groups},
		"CreatePermissionSet": {emulate.SSOAdmin, emulate.PermissionSets},
		"CreateApplication":   {emulate.SSOAdmin, emulate.Applications},
	} {
		t.Run(operation, func(t *testing.T) {
			have := emulate.AWS().Objects[c.object] - 1
			o := newClock().options()
			o.Objects = emulate.AWS().Objects
			o.Count = map[emulate.Object]func(context.Context) (int, error){c.object: func(context.Context) (int, error) { return have, nil }}
			g := gate(t, o)
			ok(t, g.Admit(t.Context(), emulate.Call{Service: c.service, Operation: operation}))
			have++
			is(t, g.Admit(t.Context(), emulate.Call{Service: c.service, Operation: operation}), fault.Quota)
			ok(t, g.Admit(t.Context(), emulate.Call{Service: c.service, Operation: "ListUsers"}))
		})
	}
}

func TestADirectoryIsCountedPageByPage(t *testing.T) {
	d := memdir.New("d-1234567890")
	for _, name := range []string{"a", "b", "c"} {
		_, err := d.CreateUser(t.Context(), identity.User{
			UserName: name, DisplayName: name, Name: identity.Name{GivenName: name, FamilyName: name},
		})
		ok(t, err)
	}
	for kind, want := range map[identity.Kind]int{identity.KindUser: 3, identity.KindGroup: 0} {
		n, err := emulate.CountIn(pagesOfOne{d}, kind)(t.Context())
		ok(t, err)
		if n != want {
			t.Errorf("%s: counted %d, want %d", kind, n, want)
		}
	}
}

// pagesOfOne is a directory that gives one item a page, as any may.
type pagesOfOne struct{ directory.Reader }

func (p pagesOfOne) ListUsers(ctx context.Context, r directory.PageRequest) (directory.Page[identity.User], error) {
	r.Limit = 1
	return p.Reader.ListUsers(ctx, r)
}

// Whoever comes at once takes turns, so the last place is given away once.
func TestTheLastPlaceIsTakenOnce(t *testing.T) {
	var mu sync.Mutex
	have := 0
	var s *site
	o := newClock().options()
	o.Objects = map[emulate.Object]int{emulate.Users: 5}
	o.Count = map[emulate.Object]func(context.Context) (int, error){emulate.Users: func(context.Context) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		return int(s.done.Load()), nil
	}}
	s = serve(t, gate(t, o))
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			status, _, err := s.post(t)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if status == 200 {
				have++
			}
		})
	}
	all.Wait()
	if have != 5 || s.done.Load() != 5 {
		t.Errorf("%d were told so, %d made", have, s.done.Load())
	}
}
