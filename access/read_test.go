package access_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"rollcall/access"
	"rollcall/assignment"
	"rollcall/assignment/sqlassignment"
	"rollcall/directory"
	"rollcall/directory/memdir"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
	"rollcall/sqldb"
)

const testStore = identity.StoreID("d-1234567890")

// asked is an access side that knows which permission sets it was asked about,
// and refuses to answer about one.
type asked struct {
	*sqlassignment.Driver
	about  []string
	refuse string
}

func (a *asked) ListAccountsWith(ctx context.Context, set string, only assignment.Provisioned, page assignment.PageRequest) (assignment.Page[string], error) {
	a.about = append(a.about, set)
	if set == a.refuse {
		return assignment.Page[string]{}, fault.Text(fault.Denied, "list accounts", set, "not allowed")
	}
	return a.Driver.ListAccountsWith(ctx, set, only, page)
}

// reading is a reader over ann, who has three permission sets in one account,
// and the time that it is.
type reading struct {
	access.Reader
	asked *asked
	sets  []string
	ann   identity.ID
	now   time.Time
}

func newReading(t *testing.T) *reading {
	t.Helper()
	ctx, r := t.Context(), &reading{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	db, err := sqldb.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "state.db"), sqlassignment.Migrations(), access.Migrations)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	people := memdir.New(testStore)
	ann, err := people.CreateUser(ctx, identity.User{UserName: "ann", DisplayName: "Ann", Name: identity.Name{GivenName: "Ann", FamilyName: "Ek"}, Active: true})
	if err != nil {
		t.Fatal(err)
	}
	driver, err := sqlassignment.Open(ctx, db, directory.Store{ID: testStore, Instance: "arn:aws:sso:::instance/ssoins-1234567890abcdef"}, sqlassignment.Options{Directory: people})
	if err != nil {
		t.Fatal(err)
	}
	if err := driver.Seed(ctx, nil, []identity.Account{{ID: "222200000001", Name: "prod", Email: "prod@example.com"}}); err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		s, err := driver.CreatePermissionSet(ctx, identity.PermissionSet{Name: fmt.Sprint("Set", n)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := driver.CreateAssignment(ctx, identity.Assignment{
			Principal: identity.Principal{Store: testStore, Kind: identity.KindUser, ID: ann.ID}, PermissionSet: s.ARN, Account: "222200000001",
		}); err != nil {
			t.Fatal(err)
		}
	}
	r.ann, r.asked = ann.ID, &asked{Driver: driver}
	r.Reader = access.Reader{
		Directory: directory.New("aws", people), Access: assignment.New("aws", r.asked), Cache: access.NewCache(db), MaxAge: 15 * time.Minute,
		Now: func() time.Time { return r.now },
	}
	for set, err := range r.Access.PermissionSets(ctx) { // in the order of every read
		if err != nil {
			t.Fatal(err)
		}
		r.sets = append(r.sets, set)
	}
	return r
}

// read reads everything, and returns it with what was asked for that.
func (r *reading) read(t *testing.T) (f *access.Facts, about []string, err error) {
	t.Helper()
	r.asked.about = nil
	f, err = r.Read(t.Context(), access.Scope{})
	return f, slices.Compact(r.asked.about), err
}

func (r *reading) must(t *testing.T) (*access.Facts, []string) {
	t.Helper()
	f, about, err := r.read(t)
	if err != nil {
		t.Fatal(err)
	}
	return f, about
}

func TestAReadThatWasInterruptedGoesOnWhereItStopped(t *testing.T) {
	r := newReading(t)
	r.asked.refuse = r.sets[1]
	if f, about, err := r.read(t); !fault.Is(err, fault.Denied) || f != nil && len(f.Assignments) == 3 {
		t.Fatalf("%+v, asked about %v: %v", f, about, err)
	}
	begun := r.now
	r.asked.refuse, r.now = "", r.now.Add(5*time.Minute)
	f, about := r.must(t)
	if want := r.sets[1:]; !slices.Equal(about, want) {
		t.Errorf("asked about %v, want %v", about, want)
	}
	if !f.Taken.Equal(begun) {
		t.Errorf("it is of %v, and its oldest part of %v", f.Taken, begun)
	}
	r.Cache = nil
	whole, _ := r.must(t)
	if diff := cmp.Diff(whole, f, cmpopts.IgnoreFields(access.Facts{}, "Taken")); diff != "" {
		t.Errorf("read in two goes it is another (-at once +in two):\n%s", diff)
	}
}

func TestNothingThatIsKeptIsOlderThanWasAsked(t *testing.T) {
	const most = 15 * time.Minute
	for name, c := range map[string]struct {
		later, taken time.Duration // since the first read
		asked        int
	}{
		"just inside":  {most, 0, 0},
		"just outside": {most + time.Millisecond, most + time.Millisecond, 3},
	} {
		t.Run(name, func(t *testing.T) {
			r := newReading(t)
			r.must(t)
			first := r.now
			r.now = first.Add(c.later)
			if f, about := r.must(t); len(about) != c.asked || !f.Taken.Equal(first.Add(c.taken)) || len(f.Assignments) != 3 {
				t.Errorf("asked about %d, of %v, %d assignments", len(about), f.Taken, len(f.Assignments))
			}
		})
	}
}

func TestWhatAPlanChangesIsReadAnew(t *testing.T) {
	r := newReading(t)
	r.Kept = true
	if _, _, err := r.read(t); !fault.Is(err, fault.NotFound) {
		t.Errorf("nothing is kept, and it is read: %v", err)
	}
	r.Kept = false
	r.must(t)
	one := plan.Assignment{Principal: identity.KindUser, PermissionSet: r.sets[2], Account: "222200000001"}
	p := &plan.Plan{Header: plan.Header{Directory: "aws"}, Changes: []plan.Change{{Kind: plan.AssignmentDelete, Subject: plan.Existing(r.ann), Assignment: &one}}}
	if err := r.Cache.ForgetTouched(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if _, about := r.must(t); !slices.Equal(about, r.sets[2:]) {
		t.Errorf("asked about %v, want %v", about, r.sets[2:])
	}
	if err := r.Cache.Forget(t.Context(), "aws"); err != nil {
		t.Fatal(err)
	}
	if _, about := r.must(t); !slices.Equal(about, r.sets) {
		t.Errorf("asked about %v, want all", about)
	}
}
