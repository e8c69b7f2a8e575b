package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall/cloudtrail"
	"rollcall/directory"
	"rollcall/drift"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/mapping"
	"rollcall/plan"
	"rollcall/realtime"
	"rollcall/work"
)

// shelf is a queue in this process: what is neither deleted nor put off is
// delivered again.
type shelf struct {
	waiting []drift.Message
	later   []time.Duration
}

func (q *shelf) Receive(context.Context) ([]drift.Message, error) {
	for i := range q.waiting {
		q.waiting[i].Times++
	}
	return slices.Clone(q.waiting), nil
}

func (q *shelf) Delete(_ context.Context, m drift.Message) error {
	q.waiting = slices.DeleteFunc(q.waiting, func(w drift.Message) bool { return w.ID == m.ID })
	return nil
}

func (q *shelf) Later(_ context.Context, _ drift.Message, after time.Duration) error {
	q.later = append(q.later, after)
	return nil
}

// hearing is a site whose directory's events are heard.
type hearing struct {
	*site
	queue    *shelf
	listener *drift.Listener
	center   *directory.Directory
	read     int64 // the last event that was put into the queue
	outcomes []drift.Outcome
	notices  []work.Notice
	failing  error // of whoever is to be told
}

// others are who else may write.
var others = map[string]directory.Actor{
	"api": {Name: "Admin/eve@corp.test", Door: "aws"}, "scim": {Name: "token abcdefgh2345", Door: "scim"}, "console": {Name: "eve", Door: "cli"},
}

const ownARN = "arn:aws:sts::000000000000:assumed-role/Rollcall/test"

func newHearing(t *testing.T) *hearing {
	t.Helper()
	h := &hearing{site: newSite(t), queue: &shelf{}}
	h.corp()
	h.sync()
	h.center = directory.New("local", h.driver)
	m, err := mapping.Compile(mapping.Rules{}, mapping.Options{Preset: "ad"})
	if err != nil {
		t.Fatal(err)
	}
	h.listener = drift.New(drift.Options{
		Queue: h.queue, Directory: h.center, Links: h.links, Journal: h.journal, Book: work.NewBook(h.state), Accepted: h.baselines.Accepted,
		Owners: map[string]drift.Owner{"corp": {Sync: "corp", UserPaths: m.UserPaths(), GroupPaths: m.GroupPaths(), Groups: true}},
		Clock:  realtime.Clock{}, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Count: func(o drift.Outcome) { h.outcomes = append(h.outcomes, o) },
		Tell:  func(_ context.Context, n []work.Notice) error { h.notices = append(h.notices, n...); return h.failing },
		Self:  func(context.Context) string { return ownARN },
	})
	h.deliver() // the first load's own events
	h.queue.waiting = nil
	return h
}

// deliver puts the events of the directory's own log that are new into the
// queue, as EventBridge would.
func (h *hearing) deliver() {
	h.t.Helper()
	store, err := h.center.Store(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	all, err := h.center.Events(h.t.Context(), h.read, 1000)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, e := range all {
		h.read = e.Number
		record, err := cloudtrail.Log{Store: store}.Record(e)
		if err != nil {
			h.t.Fatal(err)
		}
		h.put(cloudtrail.EventBridge(record))
	}
}

func (h *hearing) put(event any) {
	h.t.Helper()
	text, err := json.Marshal(event)
	if err != nil {
		h.t.Fatal(err)
	}
	h.queue.waiting = append(h.queue.waiting, drift.Message{ID: time.Now().String(), Body: text})
}

// act lets the listener deal with what waits, and returns what became of it.
func (h *hearing) act() []drift.Outcome {
	h.t.Helper()
	h.outcomes = nil
	batch, err := h.queue.Receive(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	h.listener.Act(h.t.Context(), batch)
	return h.outcomes
}

// asked are the syncs that somebody wants to be run.
func (h *hearing) asked() int {
	h.t.Helper()
	tasks, err := work.New(work.Options{
		State: h.state, Journal: h.journal, Baselines: h.baselines, Syncs: []work.Sync{{Name: "corp", Target: "local"}}, Log: slog.New(slog.DiscardHandler),
	}).Keep(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return len(tasks)
}

func TestWhatOthersChangeIsFoundByItsEvent(t *testing.T) {
	edit := func(path, value string) []identity.Edit {
		return []identity.Edit{{Path: path, New: identity.Value(value)}}
	}
	for name, c := range map[string]struct {
		by     string
		change func(ctx context.Context, h *hearing) error
		want   drift.Outcome
		says   string
	}{
		"an attribute, by the API": {"api", func(ctx context.Context, h *hearing) error {
			_, err := h.driver.Driver.UpdateUser(ctx, h.user("alice").ID, "", edit("displayName", `"Mallory"`))
			return err
		}, drift.Drifted, "displayName (UpdateUser by role Admin"},
		"an attribute, by SCIM": {"scim", func(ctx context.Context, h *hearing) error {
			_, err := h.driver.Driver.UpdateUser(ctx, h.user("alice").ID, "", edit("displayName", `"Mallory"`))
			return err
		}, drift.Drifted, "displayName (PatchUser by SCIM token abcdefgh2345"},
		"somebody enabled in the console": {"console", func(ctx context.Context, h *hearing) error {
			_, err := h.driver.Driver.SetActive(ctx, h.user("bob").ID, "", true)
			return err
		}, drift.Drifted, "active (EnableUser"},
		"somebody deleted": {"api", func(ctx context.Context, h *hearing) error {
			return h.driver.DeleteUser(ctx, h.user("alice").ID, "")
		}, drift.Drifted, "deleted (DeleteUser"},
		"a group renamed": {"api", func(ctx context.Context, h *hearing) error {
			_, err := h.driver.Driver.UpdateGroup(ctx, h.group("aws-dev").ID, "", edit("displayName", `"aws-x"`))
			return err
		}, drift.Drifted, "displayName (UpdateGroup"},
		"a member added": {"console", func(ctx context.Context, h *hearing) error {
			_, err := h.driver.AddMember(ctx, h.group("aws-admins").ID, h.user("alice").ID)
			return err
		}, drift.Drifted, "members (AddMemberToGroup"},
		"a member taken out by SCIM": {"scim", func(ctx context.Context, h *hearing) error {
			return h.driver.Driver.ChangeMembers(ctx, h.group("aws-dev").ID, nil, []identity.ID{h.user("alice").ID})
		}, drift.Drifted, "members (PatchGroup"},
		"a member taken out by the API, whose event names no group": {"api", func(ctx context.Context, h *hearing) error {
			return h.driver.Driver.ChangeMembers(ctx, h.group("aws-dev").ID, nil, []identity.ID{h.user("alice").ID})
		}, drift.Unclear, ""},
		"an attribute that no source sets": {"api", func(ctx context.Context, h *hearing) error {
			_, err := h.driver.Driver.UpdateUser(ctx, h.user("alice").ID, "", edit("birthdate", `"1990-01-01"`))
			return err
		}, drift.AsLeft, ""},
		"a user of nobody's": {"api", func(ctx context.Context, h *hearing) error {
			_, err := h.driver.Driver.CreateUser(ctx, identity.User{UserName: "local", DisplayName: "L", Name: identity.Name{GivenName: "L", FamilyName: "L"}, Active: true})
			return err
		}, drift.Nothing, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHearing(t)
			if err := c.change(directory.WithActor(t.Context(), others[c.by]), h); err != nil {
				t.Fatal(err)
			}
			h.deliver()
			if got := h.act(); len(got) != 1 || got[0] != c.want {
				t.Errorf("%v, want %s", got, c.want)
			}
			asks := c.want == drift.Drifted || c.want == drift.Unclear
			if got := h.asked(); got > 0 != asks {
				t.Errorf("%d syncs are asked for", got)
			}
			if told := len(h.notices) > 0; told != (c.want == drift.Drifted) || told && !strings.Contains(h.notices[0].Text, c.says) {
				t.Errorf("notices %+v, want %q", h.notices, c.says)
			}
			for _, n := range h.notices {
				if strings.Contains(n.Text+n.Title, "Mallory") || strings.Contains(n.Text+n.Title, "eve") || strings.Contains(n.Text, "alice") {
					t.Errorf("the notice has somebody's data: %+v", n)
				}
			}
			if len(h.queue.waiting) != 0 {
				t.Error("the event is still in the queue")
			}
			if c.want == drift.Drifted {
				h.putRight()
			}
		})
	}
}

// putRight runs the sync; its own events then say nothing, and neither does the
// first one, should it come again.
func (h *hearing) putRight() {
	h.t.Helper()
	h.read = 0
	if _, writes := h.sync(); writes == 0 {
		h.t.Error("the sync had nothing to put right")
	}
	h.outcomes, h.queue.waiting = nil, nil
	h.deliver()
	for _, o := range h.act() {
		if o != drift.AsLeft && o != drift.Nothing && o != drift.Own && o != drift.Again && o != drift.Unclear {
			h.t.Errorf("after the sync an event means %s", o)
		}
	}
}

func TestRollcallsOwnWritesAreKnownByTheJournalAndNotRead(t *testing.T) {
	h := newHearing(t)
	h.export(adPerson("alice", sidAlice, disabled), adPerson("bob", sidBob, disabled), adGroup("aws-admins", sidAdmin, "Alice"), adGroup("aws-dev", sidDev), adGroup("aws-users", sidScope, "Alice", "Bob"))
	h.sync()
	h.deliver()
	if got := h.act(); len(got) == 0 || slices.Contains(got, drift.Drifted) || h.asked() > 0 {
		t.Errorf("%v: our own writes are taken for somebody's", got)
	}
	// By who made them: an event of ours about an object that the journal has just been told of.
	alice := h.user("alice").ID
	event := func(id string) map[string]any {
		return map[string]any{"detail-type": cloudtrail.DetailType, "detail": map[string]any{
			"eventID": id, "eventSource": cloudtrail.SourceIdentityStore, "eventName": "UpdateUser", "eventTime": time.Now().UTC().Truncate(time.Second),
			"userIdentity": map[string]any{"type": "AssumedRole", "arn": ownARN}, "requestParameters": map[string]any{"userId": alice},
		}}
	}
	h.put(event("first"))
	if got := h.act(); !slices.Equal(got, []drift.Outcome{drift.Own}) {
		t.Errorf("%v, want own", got)
	}
	h.put(event("first"))
	if got := h.act(); !slices.Equal(got, []drift.Outcome{drift.Again}) {
		t.Errorf("%v, want duplicate", got)
	}
}

func TestEventsInAnyOrderAndTwiceAskOnce(t *testing.T) {
	h := newHearing(t)
	ctx := directory.WithActor(t.Context(), others["api"])
	for _, name := range []string{`"A"`, `"B"`, `"C"`} {
		if _, err := h.driver.Driver.UpdateUser(ctx, h.user("alice").ID, "", []identity.Edit{{Path: "displayName", New: identity.Value(name)}}); err != nil {
			t.Fatal(err)
		}
	}
	h.deliver()
	h.read -= 3
	h.deliver()
	slices.Reverse(h.queue.waiting)
	got := h.act()
	slices.Sort(got)
	if want := []drift.Outcome{"drift", "drift", "drift", "duplicate", "duplicate", "duplicate"}; !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if len(h.notices) != 1 || h.asked() != 1 {
		t.Errorf("%d notices, %d runs asked for", len(h.notices), h.asked())
	}
}

func TestGarbageIsLeftToTheQueue(t *testing.T) {
	h := newHearing(t)
	h.queue.waiting = []drift.Message{{ID: "1", Body: []byte("not an event")}}
	if got := h.act(); !slices.Equal(got, []drift.Outcome{drift.Garbage}) || len(h.queue.waiting) != 1 || len(h.queue.later) != 0 {
		t.Errorf("%v, %d waiting", got, len(h.queue.waiting))
	}
}

func TestAnEventIsKeptUntilItWasActedOn(t *testing.T) {
	h := newHearing(t)
	ctx := directory.WithActor(t.Context(), others["api"])
	if _, err := h.driver.Driver.SetActive(ctx, h.user("bob").ID, "", true); err != nil {
		t.Fatal(err)
	}
	h.deliver()
	h.failing = errors.New("the state cannot be written")
	if got := h.act(); !slices.Equal(got, []drift.Outcome{drift.Failed}) || len(h.queue.waiting) != 1 || len(h.queue.later) != 1 || h.asked() != 0 {
		t.Errorf("%v, %d waiting, later %v", got, len(h.queue.waiting), h.queue.later)
	}
	h.failing = nil
	if got := h.act(); !slices.Equal(got, []drift.Outcome{drift.Drifted}) || len(h.queue.waiting) != 0 || h.asked() != 1 {
		t.Errorf("%v, %d waiting", got, len(h.queue.waiting))
	}
}

func TestWhileARunIsAtWorkAnEventWaits(t *testing.T) {
	h := newHearing(t)
	if _, err := h.driver.Driver.SetActive(directory.WithActor(t.Context(), others["api"]), h.user("bob").ID, "", true); err != nil {
		t.Fatal(err)
	}
	h.deliver()
	p, err := h.plan()
	if err != nil {
		t.Fatal(err)
	}
	file, _, err := plan.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	id, err := h.journal.SavePlan(t.Context(), file, p)
	if err != nil {
		t.Fatal(err)
	}
	run, err := h.journal.Begin(t.Context(), journal.Start{Plan: id, Target: "local", Sync: "corp"})
	if err != nil {
		t.Fatal(err)
	}
	if got := h.act(); !slices.Equal(got, []drift.Outcome{drift.Postponed}) || len(h.queue.waiting) != 1 || h.queue.later[0] != 10*time.Second {
		t.Errorf("%v, later %v", got, h.queue.later)
	}
	if _, err := run.Finish(t.Context(), journal.Aborted, nil); err != nil {
		t.Fatal(err)
	}
	if got := h.act(); !slices.Equal(got, []drift.Outcome{drift.Drifted}) {
		t.Errorf("%v", got)
	}
}

func TestAPausedSyncIsNotAskedFor(t *testing.T) {
	h := newHearing(t)
	book := work.NewBook(h.state)
	if h.asked() != 0 { // by which the sync becomes known, too
		t.Fatal("somebody has asked")
	}
	if err := book.Pause(t.Context(), "corp", "ann", "change freeze", time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.driver.Driver.SetActive(directory.WithActor(t.Context(), others["api"]), h.user("bob").ID, "", true); err != nil {
		t.Fatal(err)
	}
	h.deliver()
	if got := h.act(); !slices.Equal(got, []drift.Outcome{drift.Drifted}) || len(h.notices) != 1 || h.asked() != 0 {
		t.Errorf("%v, %d notices", got, len(h.notices))
	}
}
