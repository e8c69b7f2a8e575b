package approval_test

import (
	"context"
	"crypto/rand"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall/approval"
	"rollcall/caller"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/keyring"
	"rollcall/plan"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

// desk is one state with requests in it.
type desk struct {
	*approval.Store
	journal *journal.Journal
	db      *sqldb.DB
	now     time.Time
}

func each(t *testing.T, test func(t *testing.T, d *desk)) {
	t.Helper()
	sqldbtest.Each(t, func(t *testing.T, url string) {
		db, err := sqldb.Open(t.Context(), url, journal.Migrations, approval.Migrations)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		keys, err := keyring.Open(filepath.Join(t.TempDir(), "key"))
		if err != nil {
			t.Fatal(err)
		}
		d := &desk{journal: journal.Open(db, keys), db: db, now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
		d.Store = approval.New(db, d.journal, func() time.Time { d.now = d.now.Add(time.Second); return d.now })
		test(t, d)
	})
}

// creating is a plan of the sync corp that creates somebody; no two are of the
// same moment.
func creating(name string) *plan.Plan {
	return &plan.Plan{
		Header:  plan.Header{Origin: plan.FromSync, Sync: "corp", Directory: "local", Store: "d-1234567890", Basis: plan.Basis{SourceSHA256: rand.Text()}},
		Changes: []plan.Change{{Number: 1, Kind: plan.UserCreate, Subject: plan.New(1), Name: name, Reason: "in source corp"}},
	}
}

var eve = plan.Actor{Name: "eve", Door: "cli"}

// ask stores a plan and asks for k approvals of it.
func (d *desk) ask(t *testing.T, p *plan.Plan, by plan.Actor, k int) approval.Request {
	t.Helper()
	file, id, err := plan.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.journal.SavePlan(t.Context(), file, p); err != nil {
		t.Fatal(err)
	}
	r, err := d.Ask(t.Context(), p, id, by, approval.Needs{Approvers: k, Why: []string{"all: one of its changes counts"}}, "")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (d *desk) decide(name string, role caller.Role, r approval.Request, approve bool) (approval.Request, error) {
	return d.Decide(context.Background(), approval.Choice{
		Plan: r.Plan, Approve: approve, Comment: "because", By: caller.Operator{Name: name, Role: role}, Door: "test",
	})
}

// begin is what the run of a plan asks in its first transaction.
func (d *desk) begin(r approval.Request) error {
	return d.db.Write(context.Background(), func(tx *sqldb.Tx) error { return d.Begin(tx, r.Plan) })
}

func TestAPlanBeginsOnlyOnceEnoughOthersHaveAgreed(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		r := d.ask(t, creating("ann"), eve, 2)
		if err := d.begin(r); !fault.Is(err, fault.Stale) {
			t.Errorf("it begins with none: %v", err)
		}
		for name, c := range map[string]struct {
			role caller.Role
			kind fault.Kind
		}{"eve": {caller.Admin, fault.Denied}, "EVE": {caller.Admin, fault.Denied}, "carl": {caller.Worker, fault.Denied}, "dora": {caller.Reader, fault.Denied}} {
			if _, err := d.decide(name, c.role, r, true); !fault.Is(err, c.kind) {
				t.Errorf("%s: %v", name, err)
			}
		}
		one, err := d.decide("ann", caller.Approver, r, true)
		if err != nil || one.Status != approval.Waiting || one.Have() != 1 {
			t.Fatalf("%+v, %v", one, err)
		}
		if _, err := d.decide("ann", caller.Approver, r, false); !fault.Is(err, fault.Conflict) {
			t.Errorf("ann decides twice: %v", err)
		}
		if err := d.begin(r); !fault.Is(err, fault.Stale) {
			t.Errorf("it begins with one of two: %v", err)
		}
		two, err := d.decide("bob", caller.Admin, r, true)
		if err != nil || two.Status != approval.Approved {
			t.Fatalf("%+v, %v", two, err)
		}
		if err := d.begin(r); err != nil {
			t.Fatal(err)
		}
		if err := d.begin(r); !fault.Is(err, fault.Stale) {
			t.Errorf("it begins twice: %v", err)
		}
		var said []string
		for e, err := range d.journal.Entries(t.Context(), "local", journal.Filter{}) {
			if err != nil {
				t.Fatal(err)
			}
			if e.Plan != r.Plan {
				t.Errorf("entry %d is of plan %s", e.Seq, e.Plan)
			}
			said = append(said, e.Actor.Name+" "+string(e.Verdict)+" "+e.Text)
		}
		if want := []string{"eve asked ", "ann approved because", "bob approved because"}; !slices.Equal(said, want) {
			t.Errorf("the journal says %q, want %q", said, want)
		}
		if v, err := d.journal.Verify(t.Context(), "local", nil); err != nil || v.Problem != nil {
			t.Errorf("%+v, %v", v.Problem, err)
		}
	})
}

func TestOneRejectionEndsARequest(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		r := d.ask(t, creating("ann"), eve, 1)
		if _, err := d.decide("bob", caller.Approver, r, true); err != nil {
			t.Fatal(err)
		}
		if r, err := d.decide("ann", caller.Approver, r, false); err != nil || r.Status != approval.Rejected { // also of one that is approved
			t.Fatalf("%+v, %v", r, err)
		}
		if _, err := d.decide("carl", caller.Approver, r, true); !fault.Is(err, fault.Conflict) {
			t.Errorf("it is approved afterwards: %v", err)
		}
		if err := d.begin(r); !fault.Is(err, fault.Stale) {
			t.Errorf("it begins: %v", err)
		}
		stored, err := d.journal.Plan(t.Context(), string(r.Plan))
		if err != nil || stored.Status != journal.Rejected {
			t.Errorf("the plan is %s, %v", stored.Status, err)
		}
		// Who asks by itself is told the same again, a person may ask anew.
		if again := d.ask(t, creating("ann"), plan.Actor{Name: "schedule", Door: approval.Unattended}, 1); again.Plan != r.Plan || again.Status != approval.Rejected {
			t.Errorf("the schedule gets %+v", again)
		}
		if again := d.ask(t, creating("ann"), eve, 1); again.Plan == r.Plan || again.Status != approval.Waiting {
			t.Errorf("a person gets %+v", again)
		}
	})
}

func TestARequestIsSupersededOnlyByOtherChanges(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		r := d.ask(t, creating("ann"), eve, 2)
		if _, err := d.decide("ann", caller.Approver, r, true); err != nil {
			t.Fatal(err)
		}
		if same := d.ask(t, creating("ann"), eve, 2); same.Plan != r.Plan || same.Have() != 1 {
			t.Errorf("the same changes again: %+v", same)
		}
		if more := d.ask(t, creating("ann"), eve, 3); more.Plan != r.Plan || more.Needs.Approvers != 3 {
			t.Errorf("with a stricter rule: %+v", more)
		}
		other := d.ask(t, creating("bob"), eve, 2)
		if old, err := d.Request(t.Context(), string(r.Plan)); err != nil || old.Status != approval.Superseded || !strings.Contains(old.Note, string(other.Plan)) {
			t.Errorf("%+v, %v", old, err)
		}
		if err := d.begin(r); !fault.Is(err, fault.Stale) {
			t.Errorf("it begins: %v", err)
		}
		command := creating("carl")
		command.Origin, command.Sync = plan.FromCommand, ""
		d.ask(t, command, eve, 1)
		if err := d.Overtake(t.Context(), "local", "corp", "", eve); err != nil {
			t.Fatal(err)
		}
		open, err := d.Requests(t.Context(), true, 10)
		if err != nil || len(open) != 1 || open[0].Sync != "" {
			t.Errorf("open are %+v, %v", open, err)
		}
		if all, err := d.Requests(t.Context(), false, 10); err != nil || len(all) != 3 {
			t.Errorf("%d in all, %v", len(all), err)
		}
	})
}

func TestACommentHasItsLimits(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		for name, c := range map[string]struct {
			comment string
			approve bool
			fine    bool
		}{
			"none, to approve":          {"", true, true},
			"none, to reject":           {"", false, false},
			"as long as may":            {strings.Repeat("é", approval.MaxComment), true, true},
			"one character more":        {strings.Repeat("é", approval.MaxComment+1), true, false},
			"as long as may, to reject": {strings.Repeat("x", approval.MaxComment), false, true},
		} {
			r := d.ask(t, creating(name), eve, 1)
			_, err := d.Decide(t.Context(), approval.Choice{Plan: r.Plan, Approve: c.approve, Comment: c.comment, By: caller.Operator{Name: "ann", Role: caller.Approver}})
			if (err == nil) != c.fine || err != nil && !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestNobodyDecidesAboutWhatNobodyAskedFor(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		p := creating("ann")
		file, id, _ := plan.Encode(p)
		if _, err := d.journal.SavePlan(t.Context(), file, p); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Request(t.Context(), string(id)); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		if _, err := d.decide("ann", caller.Admin, approval.Request{Plan: id}, true); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		if err := d.begin(approval.Request{Plan: id}); err != nil {
			t.Errorf("a plan that nobody asked about is held up: %v", err)
		}
		boom := errors.New("boom")
		err := d.journal.Decide(t.Context(), "try", "", func(*sqldb.Tx) ([]journal.Deciding, error) {
			return []journal.Deciding{{Plan: id, Target: "local"}}, boom
		})
		if !errors.Is(err, boom) {
			t.Error(err)
		}
		for e, err := range d.journal.Entries(t.Context(), "local", journal.Filter{}) {
			t.Errorf("entry %d was written, %v", e.Seq, err)
		}
	})
}

func TestRulesSayWhatNeedsApproval(t *testing.T) {
	ann := plan.Existing("u1")
	give := func(set, account string) plan.Change {
		return plan.Change{Number: 1, Kind: plan.AssignmentCreate, Subject: ann, Name: "ann", Assignment: &plan.Assignment{
			Principal: identity.KindUser, PermissionSet: "arn:aws:sso:::permissionSet/i/ps-" + set, SetName: set, Account: "222200000001", AccountName: account,
		}}
	}
	join := plan.Change{Number: 1, Kind: plan.GroupMembers, Subject: "g1", Name: "prod-admins", Add: []plan.Member{{User: ann}, {User: "u2"}}, Remove: []plan.Member{{User: "u3"}}}
	off := plan.Change{Number: 1, Kind: plan.UserDisable, Subject: ann, Name: "ann"}
	drop := plan.Change{Number: 1, Kind: plan.GroupDelete, Subject: "g1", Name: "prod-admins"}
	rename := plan.Change{Number: 1, Kind: plan.GroupUpdate, Subject: "g1", Name: "x", Edits: []identity.Edit{{Path: "displayName", New: identity.Value(`"prod-x"`)}}}
	for name, c := range map[string]struct {
		rule   approval.Rule
		change plan.Change
		want   int
	}{
		"anything":                    {approval.Rule{}, give("Admin", "prod"), 2},
		"disabling never":             {approval.Rule{}, off, 0},
		"by origin":                   {approval.Rule{Kinds: []string{"sync"}}, give("Admin", "prod"), 2},
		"by another origin":           {approval.Rule{Kinds: []string{"undo"}}, give("Admin", "prod"), 0},
		"by kind":                     {approval.Rule{Kinds: []string{"group.*"}}, drop, 2},
		"by another kind":             {approval.Rule{Kinds: []string{"user.delete"}}, drop, 0},
		"a permission set":            {approval.Rule{PermissionSets: []string{"adm*"}}, give("Admin", "prod"), 2},
		"another permission set":      {approval.Rule{PermissionSets: []string{"adm*"}}, give("Reader", "prod"), 0},
		"an account by its name":      {approval.Rule{Accounts: []string{"prod"}}, give("Admin", "Prod"), 2},
		"an account by its id":        {approval.Rule{Accounts: []string{"222200000001"}}, give("Admin", ""), 2},
		"another account":             {approval.Rule{Accounts: []string{"lab"}}, give("Admin", "Prod"), 0},
		"a group":                     {approval.Rule{Groups: []string{"prod-*"}}, join, 2},
		"a group's new name":          {approval.Rule{Groups: []string{"prod-*"}}, rename, 2},
		"another group":               {approval.Rule{Groups: []string{"lab-*"}}, join, 0},
		"one of the three":            {approval.Rule{Groups: []string{"lab-*"}, Accounts: []string{"prod"}}, give("Admin", "prod"), 2},
		"as many as need none":        {approval.Rule{MoreThan: 2}, join, 0},
		"one more":                    {approval.Rule{MoreThan: 1}, join, 2},
		"this directory":              {approval.Rule{Directories: []string{"local"}}, join, 2},
		"a joiner, among movers":      {approval.Rule{Kinds: []string{"joiner"}}, join, 0},
		"a mover":                     {approval.Rule{Kinds: []string{"mover"}}, join, 2},
		"a mover put out":             {approval.Rule{Kinds: []string{"mover"}}, off, 0},
		"another directory":           {approval.Rule{Directories: []string{"aws"}}, join, 0},
		"a kind in another directory": {approval.Rule{Kinds: []string{"group.*"}, Directories: []string{"aws"}}, drop, 0},
	} {
		t.Run(name, func(t *testing.T) {
			c.rule.Approvers, c.rule.Name = 2, "rule"
			p := &plan.Plan{Header: plan.Header{Origin: plan.FromSync, Event: plan.Mover, Directory: "local"}, Changes: []plan.Change{c.change}}
			n := approval.Rules{c.rule, {Approvers: 1, Name: "never", Kinds: []string{"undo"}}}.Of(p, nil, func(string) string { return "" })
			if n.Approvers != c.want || len(n.Why) != c.want/2 {
				t.Errorf("%+v, want %d approvers", n, c.want)
			}
		})
	}
}
