package directorytest

import (
	"context"
	"errors"
	"testing"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

var contextTests = []test{
	{"ACallForACallerWhoHasGoneEndsAtOnce", goneCaller},
	{"AWriteWithoutAnActorIsMade", noActor},
}

func goneCaller(t *testing.T, d directory.Driver) {
	u, g := addUser(t, d, User("ann")), addGroup(t, d, "staff")
	m := addMember(t, d, g.ID, u.ID)
	gone, leave := context.WithCancel(ctx(t))
	leave()
	before := everything(t, d)
	for what, call := range everyCall(t, gone, d, u.ID, g.ID, m.ID) {
		err := call()
		switch {
		case err == nil:
			t.Errorf("%s: it worked", what)
		case !errors.Is(err, context.Canceled) && !fault.Is(err, fault.Unavailable):
			t.Errorf("%s: %v; want the context's error or unavailable", what, err)
		}
	}
	wantSame(t, "what is stored", before, everything(t, d))
}

// everyCall lists one call of each method, all of which would work.
func everyCall(t *testing.T, ctx context.Context, d directory.Driver, u, g, m identity.ID) map[string]func() error {
	t.Helper()
	first := directory.PageRequest{}
	calls := map[string]func() error{
		"Store":           func() error { _, err := d.Store(ctx); return err },
		"ListUsers":       func() error { _, err := d.ListUsers(ctx, first); return err },
		"ListGroups":      func() error { _, err := d.ListGroups(ctx, first); return err },
		"ListMembers":     func() error { _, err := d.ListMembers(ctx, g, first); return err },
		"ListMemberships": func() error { _, err := d.ListMemberships(ctx, u, first); return err },
		"User":            func() error { _, err := d.User(ctx, u); return err },
		"Group":           func() error { _, err := d.Group(ctx, g); return err },
		"FindUser":        func() error { _, err := d.FindUser(ctx, key(directory.KeyUserName, "ann")); return err },
		"FindGroup":       func() error { _, err := d.FindGroup(ctx, key(directory.KeyDisplayName, "staff")); return err },
		"FindMembership":  func() error { _, err := d.FindMembership(ctx, g, u); return err },
		"CreateUser":      func() error { _, err := d.CreateUser(ctx, User("ben")); return err },
		"CreateGroup":     func() error { _, err := d.CreateGroup(ctx, Group("other")); return err },
		"UpdateUser": func() error {
			_, err := d.UpdateUser(ctx, u, "", []identity.Edit{set(t, "title", "Clerk")})
			return err
		},
		"UpdateGroup": func() error {
			_, err := d.UpdateGroup(ctx, g, "", []identity.Edit{groupEdit(t, d, "new")})
			return err
		},
		"DeleteUser":   func() error { return d.DeleteUser(ctx, u, "") },
		"DeleteGroup":  func() error { return d.DeleteGroup(ctx, g, "") },
		"AddMember":    func() error { _, err := d.AddMember(ctx, g, u); return err },
		"RemoveMember": func() error { return d.RemoveMember(ctx, m) },
	}
	if s, ok := d.(directory.StatusSetter); ok {
		calls["SetActive"] = func() error { _, err := s.SetActive(ctx, u, "", false); return err }
	}
	if s, ok := d.(directory.ExternalIDSetter); ok {
		calls["SetExternalIDs"] = func() error {
			return s.SetExternalIDs(ctx, identity.KindUser, u, "", keepable(d, eid("i", "1")))
		}
	}
	if c, ok := d.(directory.MemberChanger); ok {
		calls["ChangeMembers"] = func() error { return c.ChangeMembers(ctx, g, nil, []identity.ID{u}) }
	}
	if f, ok := d.(directory.Feeder); ok {
		calls["Events"] = func() error { _, err := f.Events(ctx, 0, 10); return err }
	}
	return calls
}

func noActor(t *testing.T, d directory.Driver) {
	made, err := d.CreateUser(t.Context(), User("ann"))
	wantNone(t, "create user", err)
	wantSame(t, "what is stored", User("ann"), made, given)
}
