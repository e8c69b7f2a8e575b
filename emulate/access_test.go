package emulate_test

import (
	"context"
	"testing"

	"rollcall/assignment"
	"rollcall/assignment/sqlassignment"
	"rollcall/caller"
	"rollcall/directory/sqldir"
	"rollcall/emulate"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

// instance is an access side of its own, with one group in its directory.
func instance(t *testing.T) (emulate.Access, identity.Principal) {
	t.Helper()
	db, err := sqldb.Open(t.Context(), sqldbtest.SQLite(t), sqldir.Migrations(), sqlassignment.Migrations())
	ok(t, err)
	t.Cleanup(func() { db.Close() })
	people, err := sqldir.New(db).Store(t.Context(), "d-1234567890", sqldir.Options{})
	ok(t, err)
	staff, err := people.CreateGroup(t.Context(), identity.Group{DisplayName: "staff"})
	ok(t, err)
	s, err := people.Store(t.Context())
	ok(t, err)
	d, err := sqlassignment.Open(t.Context(), db, s, sqlassignment.Options{Directory: people})
	ok(t, err)
	return d, identity.Principal{Store: s.ID, Kind: identity.KindGroup, ID: staff.ID}
}

func createSet(t *testing.T, a emulate.Access, name string) (string, error) {
	t.Helper()
	s, err := a.CreatePermissionSet(t.Context(), identity.PermissionSet{Name: name}, nil)
	return s.ARN, err
}

func TestAnInstanceHoldsSoMuch(t *testing.T) {
	for object, create := range map[emulate.Object]func(ctx context.Context, a emulate.Access, name string) error{
		emulate.PermissionSets: func(ctx context.Context, a emulate.Access, name string) error {
			_, err := a.CreatePermissionSet(ctx, identity.PermissionSet{Name: name}, nil)
			return err
		},
		emulate.Applications: func(ctx context.Context, a emulate.Access, name string) error {
			_, err := a.CreateApplication(ctx, identity.Application{Name: name, Provider: "arn:aws:sso::aws:applicationProvider/custom"}, nil, "")
			return err
		},
	} {
		t.Run(string(object), func(t *testing.T) {
			g := limited(t, object, 2)
			inner, _ := instance(t)
			another, _ := instance(t)
			a := g.Access(inner)
			ok(t, create(t.Context(), a, "one"))
			ok(t, create(t.Context(), a, "two"))
			is(t, create(t.Context(), a, "three"), fault.Quota)
			ok(t, create(t.Context(), g.Access(another), "three"))
		})
	}
}

func TestAnAccountHasSoManyPermissionSets(t *testing.T) {
	inner, staff := instance(t)
	a := limited(t, emulate.Provisioned, 1).Access(inner)
	give := func(set string) error {
		_, err := a.CreateAssignment(t.Context(), identity.Assignment{Principal: staff, Account: caller.DefaultAccount, PermissionSet: set})
		return err
	}
	first, err := createSet(t, a, "First")
	ok(t, err)
	second, err := createSet(t, a, "Second")
	ok(t, err)
	ok(t, give(first))
	is(t, give(second), fault.Quota)
	ok(t, give(first)) // it is there already
}

func TestPagesOfAccessAreCutShortToo(t *testing.T) {
	inner, staff := instance(t)
	g := failing(t, emulate.Fault{Service: emulate.IdentityStore, Operation: "List*", Kind: emulate.Short, Page: 1})
	a := g.Access(inner)
	if got, want := assignment.New("a", a).Abilities(), assignment.New("b", inner).Abilities(); got != want {
		t.Errorf("abilities %+v, want %+v", got, want)
	}
	for _, name := range []string{"First", "Second"} {
		set, err := createSet(t, a, name)
		ok(t, err)
		_, err = a.CreateAssignment(t.Context(), identity.Assignment{Principal: staff, Account: caller.DefaultAccount, PermissionSet: set})
		ok(t, err)
	}
	during(t, g, "ListUsers", func(ctx context.Context) {
		for what, list := range map[string]func(assignment.PageRequest) (int, string, error){
			"permission sets": func(p assignment.PageRequest) (int, string, error) { return sizes(a.ListPermissionSets(ctx, p)) },
			"those in an account": func(p assignment.PageRequest) (int, string, error) {
				return sizes(a.ListPermissionSetsIn(ctx, caller.DefaultAccount, assignment.Anyhow, p))
			},
			"a principal's": func(p assignment.PageRequest) (int, string, error) {
				return sizes(a.ListAssignmentsFor(ctx, staff, "", p))
			},
			"requests": func(p assignment.PageRequest) (int, string, error) {
				return sizes(a.ListRequests(ctx, assignment.Creation, "", p))
			},
		} {
			n, next, err := list(assignment.PageRequest{Limit: 100})
			ok(t, err)
			if n != 1 || next == "" {
				t.Errorf("%s: %d with token %q, want one and a token", what, n, next)
				continue
			}
			if n, next, err = list(assignment.PageRequest{Limit: 100, Token: next}); err != nil || n != 1 || next != "" {
				t.Errorf("%s, the rest: %d with token %q, %v", what, n, next, err)
			}
		}
	})
}

func sizes[T any](p assignment.Page[T], err error) (int, string, error) {
	return len(p.Items), p.Next, err
}
