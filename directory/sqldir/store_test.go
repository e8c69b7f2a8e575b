package sqldir_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"rollcall/directory"
	"rollcall/directory/sqldir"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb/sqldbtest"
)

func TestAStoreKeepsItsInstanceAndItsIDs(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		c := openCenter(t, url)
		d, err := c.Store(t.Context(), store, sqldir.Options{BareIDs: true})
		if err != nil {
			t.Fatal(err)
		}
		before, err := d.Store(t.Context())
		if err != nil || !regexp.MustCompile(`^arn:aws:sso:::instance/ssoins-[0-9a-f]{16}$`).MatchString(before.Instance) {
			t.Errorf("instance %q, %v", before.Instance, err)
		}
		again := openStore(t, openCenter(t, url), store) // without the option
		if after, err := again.Store(t.Context()); after != before || err != nil {
			t.Errorf("opened again it is %v, %v; want %v", after, err, before)
		}
		u, err := again.CreateUser(t.Context(), person(1))
		if err != nil || len(u.ID) != 36 {
			t.Errorf("the id is %s, %v; want a bare UUID, as the store was made", u.ID, err)
		}
		if stores, err := c.Stores(t.Context()); err != nil || len(stores) != 1 || stores[0] != before {
			t.Errorf("stores %v, %v", stores, err)
		}
	})
}

func TestAMalformedStoreIDIsRefused(t *testing.T) {
	c := openCenter(t, sqldbtest.SQLite(t))
	for _, id := range []identity.StoreID{"", "corp", "d-12345", "d-1234567890'"} {
		if _, err := c.Store(t.Context(), id, sqldir.Options{}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v, want invalid", id, err)
		}
	}
}

// Two stores hold the same people, and neither can see or touch the other's.
func TestStoresOfOneDatabaseAreApart(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		c := openCenter(t, url)
		mine, other := openStore(t, c, "d-1111111111"), openStore(t, c, "d-2222222222")
		ours, theirs := fill(t, mine), fill(t, other)
		for what, do := range strangers(theirs, ours) {
			if err := do(t.Context()); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s of another store: %v, want not found", what, err)
			}
		}
		for what, got := range map[string]func() (identity.ID, error){
			"userName":    found(mine.FindUser, directory.Key{Attribute: directory.KeyUserName, Value: ours.user.UserName}),
			"email":       found(mine.FindUser, directory.Key{Attribute: directory.KeyEmail, Value: ours.user.Email()}),
			"external id": found(mine.FindUser, directory.Key{Attribute: directory.KeyExternalID, Value: ours.user.ExternalIDs[0].ID}),
		} {
			if id, err := got(); id != ours.user.ID || err != nil {
				t.Errorf("by %s: %s, %v; want our own %s", what, id, err, ours.user.ID)
			}
		}
		page, err := mine.ListUsers(t.Context(), directory.PageRequest{})
		if err != nil || len(page.Items) != 2 {
			t.Errorf("our users: %d, %v; want 2", len(page.Items), err)
		}
		first, err := mine.ListUsers(t.Context(), directory.PageRequest{Limit: 1})
		if err != nil || first.Next == "" || strings.Trim(first.Next, "-_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") != "" {
			t.Errorf("the page token is %q, %v", first.Next, err)
		}
		if _, err := other.ListUsers(t.Context(), directory.PageRequest{Token: first.Next}); !fault.Is(err, fault.Invalid) {
			t.Errorf("the token of another store: %v, want invalid", err)
		}
		events, err := mine.Events(t.Context(), 0, 100)
		if err != nil || len(events) != 4 || events[3].Number != 4 {
			t.Errorf("our events: %d, %v; want 4, numbered by themselves", len(events), err)
		}
	})
}

func found(find func(context.Context, directory.Key) (identity.User, error), key directory.Key) func() (identity.ID, error) {
	return func() (identity.ID, error) {
		u, err := find(context.Background(), key)
		return u.ID, err
	}
}

// strangers are the calls of d's store on objects of another one.
func strangers(own, other filled) map[string]func(context.Context) error {
	d := own.driver
	return map[string]func(context.Context) error{
		"User":  func(ctx context.Context) error { _, err := d.User(ctx, other.user.ID); return err },
		"Group": func(ctx context.Context) error { _, err := d.Group(ctx, other.group.ID); return err },
		"ListMembers": func(ctx context.Context) error {
			_, err := d.ListMembers(ctx, other.group.ID, directory.PageRequest{})
			return err
		},
		"ListMemberships": func(ctx context.Context) error {
			_, err := d.ListMemberships(ctx, other.user.ID, directory.PageRequest{})
			return err
		},
		"FindMembership": func(ctx context.Context) error {
			_, err := d.FindMembership(ctx, other.group.ID, other.user.ID)
			return err
		},
		"SetActive": func(ctx context.Context) error { _, err := d.SetActive(ctx, other.user.ID, "", false); return err },
		"SetExternalIDs": func(ctx context.Context) error {
			return d.SetExternalIDs(ctx, identity.KindGroup, other.group.ID, "", nil)
		},
		"AddMember user":  func(ctx context.Context) error { _, err := d.AddMember(ctx, own.group.ID, other.user.ID); return err },
		"AddMember group": func(ctx context.Context) error { _, err := d.AddMember(ctx, other.group.ID, own.user.ID); return err },
		"ChangeMembers": func(ctx context.Context) error {
			return d.ChangeMembers(ctx, own.group.ID, []identity.ID{other.user.ID}, nil)
		},
		"RemoveMember": func(ctx context.Context) error { return d.RemoveMember(ctx, other.membership.ID) },
		"DeleteUser":   func(ctx context.Context) error { return d.DeleteUser(ctx, other.user.ID, "") },
		"DeleteGroup":  func(ctx context.Context) error { return d.DeleteGroup(ctx, other.group.ID, "") },
	}
}

type filled struct {
	driver     *sqldir.Driver
	user       identity.User
	group      identity.Group
	membership identity.Membership
}

func fill(t *testing.T, d *sqldir.Driver) filled {
	t.Helper()
	people(t, d, 1, 2)
	u, err := d.CreateUser(t.Context(), person(7))
	if err != nil {
		t.Fatal(err)
	}
	g, err := d.CreateGroup(t.Context(), identity.Group{DisplayName: "staff"})
	if err != nil {
		t.Fatal(err)
	}
	m, err := d.AddMember(t.Context(), g.ID, u.ID)
	if err != nil {
		t.Fatal(err)
	}
	return filled{d, u, g, m}
}

func TestTimesAreTheClockGivenToTheMicrosecond(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		now := time.Date(2024, 2, 29, 23, 59, 59, 123456789, time.FixedZone("far", 5*3600))
		d, err := openCenter(t, url).Store(t.Context(), store, sqldir.Options{Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		u, err := d.CreateUser(t.Context(), person(1))
		if want := now.Truncate(time.Microsecond).UTC(); err != nil || u.CreatedAt != want || u.UpdatedAt != want {
			t.Errorf("created at %v, %v; want %v", u.CreatedAt, err, want)
		}
	})
}

// The longest names have four bytes a character, more than PostgreSQL indexes
// as they are; they are unique and found all the same.
func TestTheLongestNamesAreUniqueAndFound(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		d := openStore(t, openCenter(t, url), store)
		name := longName()
		made, err := d.CreateGroup(t.Context(), identity.Group{DisplayName: name})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.CreateGroup(t.Context(), identity.Group{DisplayName: strings.ToLower(name)}); !fault.Is(err, fault.Conflict) {
			t.Errorf("the same name in lower case: %v, want conflict", err)
		}
		got, err := d.FindGroup(t.Context(), directory.Key{Attribute: directory.KeyDisplayName, Value: name})
		if err != nil || got.ID != made.ID || got.DisplayName != name {
			t.Errorf("found %s, %v; want %s", got.ID, err, made.ID)
		}
		long := identity.ExternalID{Issuer: name[:4*identity.MaxExternalID], ID: name[4:4*identity.MaxExternalID] + "x"}
		if err := d.SetExternalIDs(t.Context(), identity.KindGroup, made.ID, "", []identity.ExternalID{long}); err != nil {
			t.Errorf("the longest external id: %v", err)
		}
	})
}

// longName is 1,024 different enough characters of four bytes each: a text
// that repeats itself would be compressed.
func longName() string {
	var name strings.Builder
	for i := range rune(identity.MaxText) {
		name.WriteRune(0x20000 + i*37%0xa000) // CJK ideographs of extension B
	}
	return strings.Replace(name.String(), string(rune(0x20000)), "𐐀", 1) // one with a lower case
}
