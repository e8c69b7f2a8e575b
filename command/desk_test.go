package command_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall/apply"
	"rollcall/command"
	"rollcall/directory"
	"rollcall/directory/memdir"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/keyring"
	"rollcall/lifecycle"
	"rollcall/link"
	"rollcall/plan"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

// desk is a desk over a directory in memory, and what stands behind it.
type desk struct {
	*command.Desk
	t      *testing.T
	writer *directory.Writer
	links  *link.Store
}

type clock struct{}

func (clock) Now() time.Time { return time.Now() }

func (clock) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

var olga = plan.Actor{Name: "olga", Door: "test"}

func newDesk(t *testing.T) *desk {
	t.Helper()
	db, err := sqldb.Open(t.Context(), sqldbtest.SQLite(t), link.Migrations, journal.Migrations)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	keys, err := keyring.Open(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	target := directory.New("local", memdir.New("d-1234567890"))
	d := &desk{t: t, writer: directory.WriterFor(target), links: link.New(db)}
	d.Desk = &command.Desk{
		Executor: &apply.Executor{Directory: target, Journal: journal.Open(db, keys), Links: d.links, Clock: clock{}},
		Limits:   func(context.Context, plan.Actor) (plan.Limits, error) { return plan.DefaultLimits(), nil },
	}
	return d
}

func (d *desk) begin() *command.Draft {
	d.t.Helper()
	draft, err := d.Begin(d.t.Context(), olga)
	if err != nil {
		d.t.Fatal(err)
	}
	return draft
}

// make carries a draft out, and wants nothing to be left unmade.
func (d *desk) make(draft *command.Draft) *apply.Result {
	d.t.Helper()
	result, err := draft.Make(d.t.Context(), "try it")
	if err != nil {
		d.t.Fatal(err)
	}
	return result
}

func person(name string) identity.User {
	return identity.User{UserName: name, DisplayName: name, Name: identity.Name{GivenName: "G", FamilyName: "F"}, Active: true}
}

// user and team are made behind the desk's back.
func (d *desk) user(name string) identity.User {
	d.t.Helper()
	u, err := d.writer.CreateUser(d.t.Context(), person(name))
	if err != nil {
		d.t.Fatal(err)
	}
	return u
}

func (d *desk) team(name string, members ...identity.User) identity.Group {
	d.t.Helper()
	g, err := d.writer.CreateGroup(d.t.Context(), identity.Group{DisplayName: name})
	if err != nil {
		d.t.Fatal(err)
	}
	for _, u := range members {
		if _, err := d.writer.AddMember(d.t.Context(), g.ID, u.ID); err != nil {
			d.t.Fatal(err)
		}
	}
	return g
}

func TestARequestIsPlannedAndCarriedOut(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	draft := d.begin()
	created, err := draft.NewUser(ctx, person("ann"), "asked")
	if err != nil {
		t.Fatal(err)
	}
	n := draft.Add(created)
	group, err := draft.NewGroup(identity.Group{DisplayName: "staff"}, "asked")
	if err != nil {
		t.Fatal(err)
	}
	g := draft.Add(group)
	draft.Add(plan.Change{Kind: plan.GroupMembers, Subject: plan.New(g), Name: "staff", Add: []plan.Member{{User: plan.New(n), Name: "ann"}}, Needs: []int{n, g}, Reason: "asked"})
	result := d.make(draft)
	ann, err := d.Directory().User(ctx, result.Created[plan.New(n)])
	if err != nil || ann.UserName != "ann" || !ann.Active {
		t.Fatalf("got %+v, %v", ann, err)
	}
	groups, err := d.begin().GroupsOf(ctx, ann.ID)
	if err != nil || len(groups) != 1 || groups[0].DisplayName != "staff" {
		t.Errorf("she is in %v, %v", groups, err)
	}

	draft = d.begin()
	edits := []identity.Edit{{Path: "title", New: identity.Value(`"Lead"`)}}
	if err := draft.ChangeUser(ctx, ann, edits, "asked", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := draft.SwitchUser(ctx, ann, false, "asked"); err != nil {
		t.Fatal(err)
	}
	d.make(draft)
	if ann, err = d.Directory().User(ctx, ann.ID); err != nil || ann.Title != "Lead" || ann.Active {
		t.Errorf("got %+v, %v", ann, err)
	}
	draft = d.begin()
	if err := draft.ChangeUser(ctx, ann, edits, "asked", func([]identity.Edit) error { return errors.New("asked about nothing") }); err != nil || !draft.Plan.Empty() {
		t.Errorf("what is so already is planned: %v, %v", draft.Plan.Changes, err)
	}
	if result, err := draft.Make(ctx, "nothing"); result != nil || err != nil {
		t.Errorf("nothing is carried out: %v, %v", result, err)
	}
}

func TestWhatCannotBeIsRefusedBeforeItIsPlanned(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	draft, ann := d.begin(), d.user("ann")
	if _, err := draft.NewUser(ctx, identity.User{UserName: "x"}, ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("a user without a name: %v", err)
	}
	if _, err := draft.NewGroup(identity.Group{}, ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("a group without a name: %v", err)
	}
	for _, edits := range [][]identity.Edit{{{Path: "shoe", New: identity.Value(`"42"`)}}, {{Path: "userName"}}} {
		if err := draft.ChangeUser(ctx, ann, edits, "", nil); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v: %v", edits, err)
		}
	}
	stop := errors.New("stop")
	if err := draft.ChangeUser(ctx, ann, []identity.Edit{{Path: "title", New: identity.Value(`"x"`)}}, "", func([]identity.Edit) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("what the caller refuses is planned: %v", err)
	}
	if !draft.Plan.Empty() {
		t.Errorf("there are changes: %v", draft.Plan.Changes)
	}
}

func TestARefusalAndAFailureAreTold(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	draft := d.begin()
	c, err := draft.NewUser(ctx, person("AWSReservedSSO"), "")
	if err != nil {
		t.Fatal(err)
	}
	draft.Add(c)
	_, err = draft.Make(ctx, "protected")
	if braked, ok := errors.AsType[*apply.BrakedError](err); !ok || braked.Plan == "" {
		t.Errorf("a protected name: %v", err)
	}
	d.user("ann")
	draft = d.begin()
	if c, err = draft.NewUser(ctx, person("ANN"), ""); err != nil {
		t.Fatal(err)
	}
	draft.Add(c)
	result, err := draft.Make(ctx, "taken")
	if unmade, ok := errors.AsType[command.Unmade](err); !ok || unmade.Failure.Fault != fault.Conflict.String() || result == nil || unmade.Result.Run != result.Run {
		t.Errorf("a name that is taken: %v, %v", result, err)
	}
}

func TestWhoeverLeavesIsDisabledFirstAndDeletedLast(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	ann, bob := d.user("ann"), d.user("bob")
	d.team("staff", ann, bob)
	d.team("oncall", ann)
	draft := d.begin()
	if err := draft.Leave(ctx, []identity.User{ann, bob}, plan.Disable, "they left"); err != nil {
		t.Fatal(err)
	}
	if got, want := outline(draft.Plan), "user.disable(ann) user.disable(bob)"; got != want {
		t.Errorf("disabling is planned as %s", got)
	}
	draft = d.begin()
	members, err := draft.EndUser(ctx, ann, "asked")
	if err != nil || members != 2 {
		t.Fatalf("%d memberships end, %v", members, err)
	}
	if got, want := outline(draft.Plan), "user.disable(ann) group.members(oncall)<1 group.members(staff)<1 user.delete(ann)<1,2,3"; got != want {
		t.Errorf("the end of one whom the caller names is planned as %s", got)
	}
	d.make(draft)
	if _, err := d.Directory().User(ctx, ann.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("she is there: %v", err)
	}
}

// Here is nobody who could tell what assignments they have.
func TestALeaverOfWhomNotAllCanBeReadIsNotDeleted(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	ann, bob := d.user("ann"), d.user("bob")
	d.team("staff", ann, bob)
	draft := d.begin()
	if err := draft.Leave(ctx, []identity.User{ann, bob}, plan.Delete, "they left"); err != nil {
		t.Fatal(err)
	}
	if got, want := outline(draft.Plan), "user.disable(ann) user.disable(bob) group.members(staff)<1,2"; got != want {
		t.Errorf("it is planned as %s", got)
	}
	if about := draft.Plan.Attention; len(about) != 2 || about[0].Situation != command.Unread || about[0].Name != "ann" {
		t.Errorf("attention is drawn to %v", about)
	}
	d.make(draft)
	if now := d.After(ctx, draft.Plan.Leavers[0]); now.State != lifecycle.Disabled || len(now.Groups) != 0 {
		t.Errorf("afterwards she is %+v", now)
	}
}

// outline is a plan's changes and what each waits for.
func outline(p *plan.Plan) string {
	var all []string
	for _, c := range p.Changes {
		text := string(c.Kind) + "(" + c.Name + ")"
		for i, n := range c.Needs {
			text += map[bool]string{true: "<", false: ","}[i == 0] + string(rune('0'+n))
		}
		all = append(all, text)
	}
	return strings.Join(all, " ")
}

func TestAGroupThatEndsNamesWhoWasInIt(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	ann := d.user("ann")
	g := d.team("staff", ann)
	draft := d.begin()
	if err := draft.EndGroupWhole(ctx, g, "asked"); err != nil {
		t.Fatal(err)
	}
	if ends := draft.Plan.Changes[0].Ends; len(ends) != 1 || ends[0].Name != "ann" {
		t.Errorf("it ends %v", ends)
	}
	if _, err := d.writer.AddMember(ctx, g.ID, d.user("bob").ID); err != nil {
		t.Fatal(err)
	}
	if _, err := draft.Make(ctx, "end"); err == nil {
		t.Error("a group that somebody joined since is deleted")
	}
}

func TestWhoIsHeldOrProvisionedByOthersIsTold(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	if err := d.links.Hold(ctx, link.Hold{Source: "hr", Anchor: "7", Name: "ann", Since: time.Now(), Reason: "left"}); err != nil {
		t.Fatal(err)
	}
	other := person("eve")
	other.ExternalIDs = []identity.ExternalID{{Issuer: "scim", ID: "7"}}
	for _, u := range []identity.User{person("ANN"), other} {
		if r, err := d.HeldAs(ctx, &u); err != nil || r == nil || r.Anchor != "7" {
			t.Errorf("%s is held as %v, %v", u.UserName, r, err)
		}
	}
	stranger := person("bob")
	if r, err := d.HeldAs(ctx, &stranger); err != nil || r != nil {
		t.Errorf("bob is held as %v, %v", r, err)
	}
	draft := d.begin()
	c, err := draft.NewUser(ctx, person("ann"), "")
	if err != nil {
		t.Fatal(err)
	}
	draft.Add(c)
	if _, err := draft.Make(ctx, "let in"); err == nil {
		t.Error("somebody who is held is created")
	}
	made, err := d.writer.CreateUser(ctx, identity.User{UserName: "zoe", DisplayName: "Z", Name: identity.Name{GivenName: "G", FamilyName: "F"}, ExternalIDs: []identity.ExternalID{{Issuer: "scim", ID: "9"}}})
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	draft = d.begin()
	draft.Foreign = func(_ identity.Kind, name string, _ []identity.ExternalID) { told = append(told, name) }
	if _, err := draft.User(ctx, made, plan.UserUpdate, ""); err != nil || !slices.Equal(told, []string{"zoe"}) {
		t.Errorf("told of %v, %v", told, err)
	}
}
