package sqlassignment_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"rollcall/assignment"
	"rollcall/assignment/sqlassignment"
	"rollcall/directory"
	"rollcall/directory/sqldir"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb/sqldbtest"
)

func TestANewInstanceIsThatOfItsStore(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		h := open(t, url, &clock{now: begin})
		s, err := h.people.Store(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got, err := h.driver.Describe(t.Context())
		if err != nil || got.ARN != s.Instance || got.Store != store || got.Owner != "111122223333" || got.Name != "" || !got.CreatedAt.Equal(begin) {
			t.Errorf("it is %+v, %v", got, err)
		}
		if len(got.Regions) != 1 || got.Regions[0].Name != "us-east-1" {
			t.Errorf("regions %+v, want us-east-1", got.Regions)
		}
		again := openStore(t, h.db, &clock{now: begin.Add(time.Hour)}, store)
		if kept, err := again.driver.Describe(t.Context()); err != nil || !kept.CreatedAt.Equal(begin) {
			t.Errorf("opened again it is %+v, %v", kept, err)
		}
	})
}

func TestOptionsThatCannotBeAreRefused(t *testing.T) {
	db := openDB(t, sqldbtest.SQLite(t))
	people, err := sqldir.New(db).Store(t.Context(), store, sqldir.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := people.Store(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		store directory.Store
		spoil func(*sqlassignment.Options)
		want  fault.Kind
	}{
		"no directory":       {s, func(o *sqlassignment.Options) { o.Directory = nil }, fault.Internal},
		"a negative delay":   {s, func(o *sqlassignment.Options) { o.Delay = -1 }, fault.Invalid},
		"no region":          {s, func(o *sqlassignment.Options) { o.Region = "here" }, fault.Invalid},
		"a name of spaces":   {s, func(o *sqlassignment.Options) { o.Name = "a b" }, fault.Invalid},
		"an owner in words":  {s, func(o *sqlassignment.Options) { o.Owner = "us" }, fault.Invalid},
		"no e-mail":          {s, func(o *sqlassignment.Options) { o.Email = "us" }, fault.Invalid},
		"no organization":    {s, func(o *sqlassignment.Options) { o.ID = "us" }, fault.Invalid},
		"no root":            {s, func(o *sqlassignment.Options) { o.Root = "r-1" }, fault.Invalid},
		"a store without it": {directory.Store{ID: store}, func(*sqlassignment.Options) {}, fault.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			o := sqlassignment.Options{Directory: people}
			c.spoil(&o)
			if _, err := sqlassignment.Open(t.Context(), db, c.store, o); !fault.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
	if _, err := sqlassignment.Open(t.Context(), db, s, sqlassignment.Options{Directory: people}); err != nil {
		t.Errorf("nothing is wrong, and: %v", err)
	}
}

// Two instances of one database hold the same names, and neither can see or
// touch what is the other's.
func TestInstancesOfOneDatabaseAreApart(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		mine := open(t, url, &clock{now: begin})
		other := openStore(t, mine.db, mine.clock, "d-2222222222")
		if err := other.driver.Seed(t.Context(), nil, []identity.Account{{ID: accounts[0], Name: "Theirs", Email: "theirs@example.com"}}); err != nil {
			t.Fatal(err)
		}
		ours, theirs := mine.fill(t), other.fill(t)
		for what, do := range map[string]func(context.Context) error{
			"describe": func(ctx context.Context) error {
				_, err := mine.driver.PermissionSet(ctx, theirs.PermissionSet)
				return err
			},
			"delete": func(ctx context.Context) error { return mine.driver.DeletePermissionSet(ctx, theirs.PermissionSet) },
			"tags":   func(ctx context.Context) error { _, err := mine.driver.Tags(ctx, theirs.PermissionSet); return err },
			"list":   func(ctx context.Context) error { return listed(ctx, mine.driver, theirs) },
			"take theirs": func(ctx context.Context) error {
				_, err := mine.driver.DeleteAssignment(ctx, of(theirs, ours.Principal))
				return err
			},
			"an account": func(ctx context.Context) error { _, err := other.driver.Account(ctx, accounts[1]); return err },
			"give it to ours": func(ctx context.Context) error {
				_, err := mine.driver.CreateAssignment(ctx, of(theirs, ours.Principal))
				return err
			},
		} {
			if err := do(t.Context()); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v, want not found", what, err)
			}
		}
		if _, err := mine.driver.CreateAssignment(t.Context(), of(ours, theirs.Principal)); !fault.Is(err, fault.Invalid) {
			t.Errorf("give ours to their principal: %v, want invalid", err)
		}
		page, err := mine.driver.ListPermissionSets(t.Context(), assignment.PageRequest{Limit: 1})
		if err != nil || page.Next == "" {
			t.Fatalf("page %+v, %v", page, err)
		}
		if _, err := other.driver.ListPermissionSets(t.Context(), assignment.PageRequest{Token: page.Next}); !fault.Is(err, fault.Invalid) {
			t.Errorf("our token on their listing: %v, want invalid", err)
		}
	})
}

func listed(ctx context.Context, d *sqlassignment.Driver, a identity.Assignment) error {
	_, err := d.ListAssignments(ctx, a.Account, a.PermissionSet, assignment.PageRequest{})
	return err
}

func of(a identity.Assignment, p identity.Principal) identity.Assignment {
	a.Principal = p
	return a
}

// fill makes two permission sets and gives the first to a group.
func (h house) fill(t *testing.T) identity.Assignment {
	t.Helper()
	g, err := h.people.CreateGroup(t.Context(), identity.Group{DisplayName: "staff"})
	if err != nil {
		t.Fatal(err)
	}
	s, err := h.people.Store(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a := identity.Assignment{Principal: identity.Principal{Store: s.ID, Kind: identity.KindGroup, ID: g.ID}, Account: accounts[0]}
	for _, name := range []string{"Second", "First"} {
		set, err := h.driver.CreatePermissionSet(t.Context(), identity.PermissionSet{Name: name}, nil)
		if err != nil {
			t.Fatal(err)
		}
		a.PermissionSet = set.ARN
	}
	if _, err := h.driver.CreateAssignment(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	h.clock.pass(delay)
	return a
}

func TestSeedingIsRepeatable(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		d := open(t, url, &clock{now: begin}).driver
		a := identity.Account{ID: accounts[0], Name: "Live", Email: "live@example.com", Parent: "ou-1234-new00000"}
		for range 2 {
			if err := d.Seed(t.Context(), []identity.Unit{{ID: "ou-1234-new00000", Name: "New"}}, []identity.Account{a}); err != nil {
				t.Fatal(err)
			}
		}
		got, err := d.Account(t.Context(), accounts[0])
		if err != nil || got.Name != "Live" || got.Parent != a.Parent || got.Status != identity.AccountActive || !got.JoinedAt.Equal(begin) {
			t.Errorf("it is %+v, %v", got, err)
		}
		if other, err := d.Account(t.Context(), accounts[1]); err != nil || other.Name != "Test" {
			t.Errorf("what was not named is %+v, %v", other, err)
		}
	})
}

func TestAnOrganizationMayHaveItsOwnIds(t *testing.T) {
	db := openDB(t, sqldbtest.SQLite(t))
	people, err := sqldir.New(db).Store(t.Context(), store, sqldir.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := people.Store(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	o := sqlassignment.Options{Directory: people, ID: "o-exampleorgid", Root: "r-abcd", Owner: "999988887777"}
	d, err := sqlassignment.Open(t.Context(), db, s, o)
	if err != nil {
		t.Fatal(err)
	}
	payer := identity.Account{ID: "999988887777", Name: "Payer", Email: "payer@example.com"}
	if err := d.Seed(t.Context(), nil, []identity.Account{payer}); err != nil {
		t.Fatal(err)
	}
	want := identity.Organization{ID: o.ID, Management: o.Owner, Email: payer.Email}
	if got, err := d.Organization(t.Context()); err != nil || got != want {
		t.Errorf("it is %+v, %v; want %+v", got, err, want)
	}
	if got, err := d.Account(t.Context(), o.Owner); err != nil || got.Parent != o.Root {
		t.Errorf("the management account is %+v, %v", got, err)
	}
}

func TestAWrongSeedIsRefusedAsAWhole(t *testing.T) {
	d := open(t, sqldbtest.SQLite(t), &clock{now: begin}).driver
	good := identity.Account{ID: "444444444444", Name: "Good", Email: "good@example.com"}
	with := func(set func(*identity.Account)) []identity.Account {
		bad := good
		set(&bad)
		return []identity.Account{good, bad}
	}
	for name, c := range map[string]struct {
		units    []identity.Unit
		accounts []identity.Account
		want     string
	}{
		"no such parent":         {nil, with(func(a *identity.Account) { a.Parent = "ou-1234-nowhere0" }), "does not exist"},
		"no parent's form":       {nil, with(func(a *identity.Account) { a.Parent = "Production" }), "parent"},
		"no e-mail":              {nil, with(func(a *identity.Account) { a.Email = "" }), "email"},
		"eleven digits":          {nil, with(func(a *identity.Account) { a.ID = "44444444444" }), "twelve digits"},
		"a unit below nothing":   {[]identity.Unit{{ID: "ou-1234-a0000000", Name: "A", Parent: "ou-1234-nowhere0"}}, nil, "does not exist"},
		"a unit above itself":    {[]identity.Unit{{ID: "ou-1234-a0000000", Name: "A", Parent: "ou-1234-a0000000"}}, nil, "does not exist"},
		"a unit moved":           {[]identity.Unit{{ID: "ou-1234-security", Name: "Security"}}, nil, "cannot be moved"},
		"another root":           {[]identity.Unit{{ID: "r-zzzz", Name: "Root"}}, nil, "id"},
		"the root":               {[]identity.Unit{{ID: "r-1234", Name: "Trunk"}}, nil, "the root"},
		"a status that is wrong": {nil, with(func(a *identity.Account) { a.Status = "GONE" }), "status"},
	} {
		t.Run(name, func(t *testing.T) {
			err := d.Seed(t.Context(), c.units, c.accounts)
			if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v; want invalid, and %q said", err, c.want)
			}
			if _, err := d.Account(t.Context(), good.ID); !fault.Is(err, fault.NotFound) {
				t.Errorf("the good account: %v, want not found", err)
			}
		})
	}
}

func TestWithoutADelayRequestsSettleAtOnce(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		h := open(t, url, &clock{now: begin})
		s, err := h.people.Store(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		quick, err := sqlassignment.Open(t.Context(), h.db, s, sqlassignment.Options{Directory: h.people, Now: h.clock.time})
		if err != nil {
			t.Fatal(err)
		}
		a := h.fill(t)
		for range 2 { // nothing is in the way of the next
			gone, err := quick.DeleteAssignment(t.Context(), a)
			if err != nil || gone.State != assignment.InProgress {
				t.Fatalf("%+v, %v; want it in progress", gone, err)
			}
			if r, err := quick.Request(t.Context(), assignment.Deletion, gone.ID); err != nil || r.State != assignment.Succeeded {
				t.Errorf("%+v, %v; want it done", r, err)
			}
			if _, err := quick.CreateAssignment(t.Context(), a); err != nil {
				t.Fatal(err)
			}
		}
		if page, err := quick.ListAssignments(t.Context(), a.Account, a.PermissionSet, assignment.PageRequest{}); err != nil || len(page.Items) != 1 {
			t.Errorf("%d assignments, %v; want 1", len(page.Items), err)
		}
	})
}

func TestAnInstanceOfOneAccountHasNoPermissionSets(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		h := open(t, url, &clock{now: begin})
		a := h.fill(t) // in the other one
		people, err := sqldir.New(h.db).Store(t.Context(), "d-3333333333", sqldir.Options{})
		if err != nil {
			t.Fatal(err)
		}
		s, err := people.Store(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		d, err := sqlassignment.Open(t.Context(), h.db, s, sqlassignment.Options{Directory: people, OfAccount: true})
		if err != nil {
			t.Fatal(err)
		}
		a.Principal.Store = ""
		for what, do := range map[string]func(context.Context) error{
			"create a permission set": func(ctx context.Context) error {
				_, err := d.CreatePermissionSet(ctx, identity.PermissionSet{Name: "x"}, nil)
				return err
			},
			"list them": func(ctx context.Context) error {
				_, err := d.ListPermissionSets(ctx, assignment.PageRequest{})
				return err
			},
			"describe": func(ctx context.Context) error { _, err := d.PermissionSet(ctx, a.PermissionSet); return err },
			"assign":   func(ctx context.Context) error { _, err := d.CreateAssignment(ctx, a); return err },
			"unassign": func(ctx context.Context) error { _, err := d.DeleteAssignment(ctx, a); return err },
			"provision": func(ctx context.Context) error {
				_, err := d.ProvisionPermissionSet(ctx, a.PermissionSet, "")
				return err
			},
			"list a principal's": func(ctx context.Context) error {
				_, err := d.ListAssignmentsFor(ctx, a.Principal, "", assignment.PageRequest{})
				return err
			},
			"list an account's": func(ctx context.Context) error {
				_, err := d.ListPermissionSetsIn(ctx, "111122223333", assignment.Anyhow, assignment.PageRequest{})
				return err
			},
			"list requests": func(ctx context.Context) error {
				_, err := d.ListRequests(ctx, assignment.Creation, "", assignment.PageRequest{})
				return err
			},
		} {
			if err := do(t.Context()); !fault.Is(err, fault.Unsupported) {
				t.Errorf("%s: %v, want unsupported", what, err)
			}
		}
		if i, err := d.Describe(t.Context()); err != nil || !i.OfAccount {
			t.Errorf("it is %+v, %v", i, err)
		}
		if _, err := d.CreateApplication(t.Context(), identity.Application{Name: "x", Provider: "arn:aws:sso::aws:applicationProvider/custom"}, nil, ""); err != nil {
			t.Errorf("an application: %v", err)
		}
	})
}
