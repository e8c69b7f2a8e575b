package access

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"rollcall/assignment"
	"rollcall/assignment/sqlassignment"
	"rollcall/directory"
	"rollcall/directory/sqldir"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

// center is an embedded Identity Center with a clock of its own, to which anything
// may happen.
type center struct {
	store  identity.StoreID
	people *sqldir.Driver
	access *sqlassignment.Driver
	reader Reader
	now    time.Time
	made   int
}

func openCenter(t *rapid.T, db *sqldb.DB, store identity.StoreID) *center {
	c := &center{store: store, now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	ctx, clock := context.Background(), func() time.Time { return c.now }
	var err error
	c.people, err = sqldir.New(db).Store(ctx, store, sqldir.Options{Now: clock})
	must(t, err)
	s, err := c.people.Store(ctx)
	must(t, err)
	c.access, err = sqlassignment.Open(ctx, db, s, sqlassignment.Options{Directory: c.people, Record: c.people.Record, Now: clock})
	must(t, err)
	must(t, c.access.Seed(ctx, nil, []identity.Account{
		{ID: "222200000001", Name: "prod", Email: "p@example.com"}, {ID: "222200000002", Name: "lab", Email: "l@example.com"},
	}))
	c.reader = Reader{Directory: directory.New("local", c.people), Access: assignment.New("local", c.access), Now: clock}
	return c
}

func must(t *rapid.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// facts are all there is to read.
func (c *center) facts(t *rapid.T) *Facts {
	f, err := c.reader.Read(context.Background(), Scope{})
	must(t, err)
	return f
}

// happen lets one thing happen, if it can.
func (c *center) happen(t *rapid.T, f *Facts) {
	ctx := context.Background()
	c.made++
	name := fmt.Sprint("n", c.made)
	userOf := func() User { return rapid.SampledFrom(f.Users).Draw(t, "user") }
	groupOf := func() Group { return rapid.SampledFrom(f.Groups).Draw(t, "group") }
	var err error
	switch what := rapid.IntRange(0, 11).Draw(t, "what"); {
	case what <= 1 || len(f.Users) == 0:
		_, err = c.people.CreateUser(ctx, identity.User{UserName: name, DisplayName: name, Name: identity.Name{GivenName: "G", FamilyName: "F"}, Active: true})
	case what == 2 || len(f.Groups) == 0:
		_, err = c.people.CreateGroup(ctx, identity.Group{DisplayName: name})
	case what == 3:
		err = c.people.DeleteUser(ctx, userOf().ID, "")
	case what == 4:
		err = c.people.DeleteGroup(ctx, groupOf().ID, "")
	case what == 5:
		u := userOf()
		_, err = c.people.SetActive(ctx, u.ID, "", u.Disabled)
	case what == 6:
		_, err = c.people.UpdateUser(ctx, userOf().ID, "", []identity.Edit{{Path: "userName", New: identity.Value(`"` + name + `"`)}})
	case what <= 8:
		g, u := groupOf(), userOf().ID
		if slices.Contains(g.Members, u) {
			err = c.people.ChangeMembers(ctx, g.ID, nil, []identity.ID{u})
		} else {
			err = c.people.ChangeMembers(ctx, g.ID, []identity.ID{u}, nil)
		}
	case what == 9 && len(f.Sets) < 3:
		_, err = c.access.CreatePermissionSet(ctx, identity.PermissionSet{Name: name}, nil)
	case what == 9 || len(f.Sets) == 0:
		for _, s := range f.Sets { // one that nobody has
			if !slices.ContainsFunc(f.Assignments, func(a identity.Assignment) bool { return a.PermissionSet == s.ARN }) {
				err = c.access.DeletePermissionSet(ctx, s.ARN)
				break
			}
		}
	default:
		c.assign(t, f)
	}
	if !fault.Is(err, fault.NotFound) {
		must(t, err)
	}
}

// assign gives what is not given, and takes what is.
func (c *center) assign(t *rapid.T, f *Facts) {
	a := drawAssignment(t, &Facts{Users: f.Users, Groups: f.Groups, Accounts: f.Accounts, Sets: f.Sets})
	var holders []identity.Principal
	for _, u := range f.Users {
		holders = append(holders, identity.Principal{Store: c.store, Kind: identity.KindUser, ID: u.ID})
	}
	for _, g := range f.Groups {
		holders = append(holders, identity.Principal{Store: c.store, Kind: identity.KindGroup, ID: g.ID})
	}
	a.Principal = rapid.SampledFrom(holders).Draw(t, "principal")
	var err error
	if slices.Contains(f.Assignments, a) {
		_, err = c.access.DeleteAssignment(context.Background(), a)
	} else {
		_, err = c.access.CreateAssignment(context.Background(), a)
	}
	must(t, err)
}

// Whatever happens: who reached what at any moment before is told as it was read
// then, and the difference of two moments is that of the two matrices.
func TestEveryMomentBeforeIsToldByTheDirectorysOwnLog(t *testing.T) {
	db, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "directory.db"), sqldir.Migrations(), sqlassignment.Migrations())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		c := openCenter(t, db, identity.StoreID(fmt.Sprintf("d-%010d", n)))
		moments, matrices := []time.Time{c.now}, [][]Reach{tried(c.facts(t), userName)}
		for range rapid.IntRange(1, 12).Draw(t, "events") {
			c.now = c.now.Add(time.Second)
			c.happen(t, c.facts(t))
			moments, matrices = append(moments, c.now), append(matrices, tried(c.facts(t), userName))
		}
		now := c.facts(t)
		then := make([]*Graph, len(moments))
		for i, at := range moments {
			past, err := c.reader.Since(context.Background(), at)
			must(t, err)
			then[i] = New(now.Before(past))
			if diff := cmp.Diff(matrices[i], then[i].Reaches(), cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("moment %d of %d (-read then +told now):\n%s", i, len(moments), diff)
			}
		}
		a, b := rapid.IntRange(0, len(moments)-1).Draw(t, "from"), rapid.IntRange(0, len(moments)-1).Draw(t, "to")
		if diff := cmp.Diff(differences(matrices[a], matrices[b]), Diff(then[a], then[b]), cmpopts.EquateEmpty(), cmpopts.IgnoreFields(Difference{}, "Ways")); diff != "" {
			t.Fatalf("between %d and %d (-tried +got):\n%s", a, b, diff)
		}
	})
}

// differences tries every reach of two matrices.
func differences(from, to []Reach) []Difference {
	var all []Difference
	for _, r := range from {
		if !slices.Contains(to, r) {
			all = append(all, Difference{Reach: r})
		}
	}
	for _, r := range to {
		if !slices.Contains(from, r) {
			all = append(all, Difference{Reach: r, Gained: true})
		}
	}
	slices.SortFunc(all, func(a, b Difference) int { return compareReach(a.Reach, b.Reach) })
	return all
}

func TestADifferenceNamesTheWaysThatCameOrWent(t *testing.T) {
	u := User{ID: "u1", Name: "ann"}
	set := Set{ARN: "arn:set/ps-1", Name: "Admin"}
	give := func(kind identity.Kind, id identity.ID) identity.Assignment {
		return identity.Assignment{Principal: identity.Principal{Store: testStore, Kind: kind, ID: id}, PermissionSet: set.ARN, Account: "222200000001"}
	}
	ops := Group{ID: "g1", Name: "ops", Members: []identity.ID{u.ID}}
	from := New(&Facts{Store: testStore, Users: []User{u}, Sets: []Set{set}})
	to := New(&Facts{
		Store: testStore, Users: []User{u}, Groups: []Group{ops}, Sets: []Set{set},
		Assignments: []identity.Assignment{give(identity.KindUser, u.ID), give(identity.KindGroup, ops.ID)},
	})
	want := []Difference{{
		Reach: Reach{"ann", "222200000001", "Admin"}, Gained: true, Ways: []string{"ann → assignment → Admin", "ann → ops → assignment → Admin"},
	}}
	if diff := cmp.Diff(want, Diff(from, to)); diff != "" {
		t.Error(diff)
	}
	want[0].Gained = false
	if diff := cmp.Diff(want, Diff(to, from)); diff != "" {
		t.Error(diff)
	}
}
