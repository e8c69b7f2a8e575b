package emulate_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"rollcall/directory"
	"rollcall/directory/memdir"
	"rollcall/emulate"
	"rollcall/fault"
	"rollcall/identity"
)

// limited is a gate with one quota.
func limited(t testing.TB, o emulate.Object, most int) *emulate.Gate {
	t.Helper()
	options := newClock().options()
	options.Objects = map[emulate.Object]int{o: most}
	return gate(t, options)
}

func createUser(ctx context.Context, d directory.Driver, name string) error {
	_, err := d.CreateUser(ctx, identity.User{UserName: name, DisplayName: name, Name: identity.Name{GivenName: name, FamilyName: name}})
	return err
}

func createGroup(ctx context.Context, d directory.Driver, name string) error {
	_, err := d.CreateGroup(ctx, identity.Group{DisplayName: name})
	return err
}

func TestTheObjectTooManyIsRefused(t *testing.T) {
	type create = func(ctx context.Context, d directory.Driver, name string) error
	for object, makes := range map[emulate.Object]struct{ one, another create }{
		emulate.Users:  {createUser, createGroup},
		emulate.Groups: {createGroup, createUser},
	} {
		t.Run(string(object), func(t *testing.T) {
			g := limited(t, object, 2)
			d, elsewhere := g.Directory(memdir.New("d-1111111111")), g.Directory(memdir.New("d-2222222222"))
			ok(t, makes.one(t.Context(), d, "a"))
			ok(t, makes.one(t.Context(), d, "b"))
			is(t, makes.one(t.Context(), d, "c"), fault.Quota)
			ok(t, makes.another(t.Context(), d, "c"))
			ok(t, makes.one(t.Context(), elsewhere, "c"))
		})
	}
}

func TestADirectoryIsCountedPageByPage(t *testing.T) {
	d := limited(t, emulate.Users, 3).Directory(pagesOfOne{memdir.New("d-1234567890")})
	for _, name := range []string{"a", "b", "c"} {
		ok(t, createUser(t.Context(), d, name))
	}
	is(t, createUser(t.Context(), d, "d"), fault.Quota)
}

// pagesOfOne is a directory that gives one item a page, as any may.
type pagesOfOne struct{ emulate.Embedded }

func (p pagesOfOne) ListUsers(ctx context.Context, r directory.PageRequest) (directory.Page[identity.User], error) {
	r.Limit = 1
	return p.Embedded.ListUsers(ctx, r)
}

// Whoever comes at once takes turns, so the last place is given away once.
func TestTheLastPlaceIsTakenOnce(t *testing.T) {
	d := limited(t, emulate.Users, 5).Directory(memdir.New("d-1234567890"))
	var made atomic.Int32
	var all sync.WaitGroup
	for n := range 16 {
		all.Go(func() {
			switch err := createUser(t.Context(), d, fmt.Sprint("user", n)); {
			case err == nil:
				made.Add(1)
			case !fault.Is(err, fault.Quota):
				t.Error(err)
			}
		})
	}
	all.Wait()
	if made.Load() != 5 {
		t.Errorf("%d were made", made.Load())
	}
}
