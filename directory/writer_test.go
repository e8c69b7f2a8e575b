package directory_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/directory"
	"rollcall/directory/directorytest"
	"rollcall/directory/memdir"
	"rollcall/fault"
	"rollcall/identity"
)

// watched notes the size of each call and the revision it was given.
type watched struct {
	*memdir.Driver
	sizes     []string
	revisions []string
}

func (w *watched) UpdateUser(ctx context.Context, id identity.ID, revision string, edits []identity.Edit) (identity.User, error) {
	w.sizes, w.revisions = append(w.sizes, fmt.Sprint("edit ", len(edits))), append(w.revisions, revision)
	return w.Driver.UpdateUser(ctx, id, revision, edits)
}

func (w *watched) UpdateGroup(ctx context.Context, id identity.ID, revision string, edits []identity.Edit) (identity.Group, error) {
	w.sizes, w.revisions = append(w.sizes, fmt.Sprint("edit ", len(edits))), append(w.revisions, revision)
	return w.Driver.UpdateGroup(ctx, id, revision, edits)
}

func (w *watched) SetActive(ctx context.Context, id identity.ID, revision string, active bool) (identity.User, error) {
	w.sizes, w.revisions = append(w.sizes, fmt.Sprint("active ", active)), append(w.revisions, revision)
	return w.Driver.SetActive(ctx, id, revision, active)
}

func (w *watched) SetExternalIDs(ctx context.Context, k identity.Kind, id identity.ID, revision string, ids []identity.ExternalID) error {
	w.sizes, w.revisions = append(w.sizes, fmt.Sprint("ids ", len(ids))), append(w.revisions, revision)
	return w.Driver.SetExternalIDs(ctx, k, id, revision, ids)
}

func (w *watched) ChangeMembers(ctx context.Context, g identity.ID, add, remove []identity.ID) error {
	w.sizes = append(w.sizes, fmt.Sprintf("+%d -%d", len(add), len(remove)))
	return w.Driver.ChangeMembers(ctx, g, add, remove)
}

func edit(t *testing.T, path string, value any) identity.Edit {
	t.Helper()
	raw, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return identity.Edit{Path: path, New: raw}
}

// started is a writer of d, with ann and staff in it.
func started(t *testing.T, d directory.Driver) (w *directory.Writer, ann identity.User, staff identity.Group) {
	t.Helper()
	w = directory.WriterFor(directory.New("aws", d))
	ann, err := w.CreateUser(t.Context(), directorytest.User("ann"))
	if err != nil {
		t.Fatal(err)
	}
	staff, err = w.CreateGroup(t.Context(), directorytest.Group("staff"))
	if err != nil {
		t.Fatal(err)
	}
	return w, ann, staff
}

func TestManyEditsAreSeveralCallsThatFollowTheRevision(t *testing.T) {
	d := &watched{Driver: memdir.New("d-1234567890")}
	w, ann, _ := started(t, d)
	edits := []identity.Edit{
		edit(t, identity.PathExternalIDs, []identity.ExternalID{{Issuer: "corp", ID: "1"}}),
		edit(t, identity.PathActive, false),
	}
	for i := range 2*identity.MaxOperations + 1 {
		edits = append(edits, edit(t, "title", fmt.Sprint("Clerk ", i)))
	}
	got, err := w.UpdateUser(t.Context(), ann.ID, ann.Revision, edits)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"active false", "edit 100", "edit 100", "edit 1", "ids 1"}
	if diff := cmp.Diff(want, d.sizes); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	slices.Sort(d.revisions)
	if d.revisions = slices.Compact(d.revisions); len(d.revisions) != len(want) || d.revisions[0] == "" {
		t.Errorf("the calls were given %d different revisions %q, want %d", len(d.revisions), d.revisions, len(want))
	}
	stored, err := d.User(t.Context(), ann.ID)
	if diff := cmp.Diff(stored, got); err != nil || diff != "" {
		t.Errorf("what came back is not what is stored (-want +got): %v\n%s", err, diff)
	}
	if got.Active || got.Title != "Clerk 200" || len(got.ExternalIDs) != 1 {
		t.Errorf("stored: active %v, title %q, external ids %v", got.Active, got.Title, got.ExternalIDs)
	}
}

func TestAnUnconditionalUpdateStaysOne(t *testing.T) {
	d := &watched{Driver: memdir.New("d-1234567890")}
	w, ann, staff := started(t, d)
	ids := edit(t, identity.PathExternalIDs, []identity.ExternalID{{Issuer: "corp", ID: "1"}})
	if _, err := w.UpdateUser(t.Context(), ann.ID, "", []identity.Edit{edit(t, "active", false), edit(t, "title", "Clerk"), ids}); err != nil {
		t.Fatal(err)
	}
	g, err := w.UpdateGroup(t.Context(), staff.ID, "", []identity.Edit{edit(t, "description", "new"), ids})
	if err != nil || g.Description != "new" || len(g.ExternalIDs) != 1 {
		t.Fatalf("the group is %+v, %v", g, err)
	}
	if slices.ContainsFunc(d.revisions, func(r string) bool { return r != "" }) {
		t.Errorf("calls were given the revisions %q", d.revisions)
	}
}

func TestAStaleUpdateWritesNothing(t *testing.T) {
	d := memdir.New("d-1234567890")
	w, ann, staff := started(t, d)
	for _, edits := range [][]identity.Edit{{edit(t, "active", false)}, {edit(t, "title", "x")}, {edit(t, "active", false), edit(t, "title", "x")}} {
		if _, err := w.UpdateUser(t.Context(), ann.ID, "old", edits); !fault.Is(err, fault.Stale) {
			t.Errorf("user: %v, want stale", err)
		}
	}
	if _, err := w.UpdateGroup(t.Context(), staff.ID, "old", []identity.Edit{edit(t, "description", "x")}); !fault.Is(err, fault.Stale) {
		t.Errorf("group: %v, want stale", err)
	}
	if got, err := d.User(t.Context(), ann.ID); err != nil || got.Revision != ann.Revision {
		t.Errorf("the user was written to: %+v, %v", got, err)
	}
}

func TestNoEditsReturnWhatIsStored(t *testing.T) {
	w, ann, staff := started(t, memdir.New("d-1234567890"))
	if got, err := w.UpdateUser(t.Context(), ann.ID, "", nil); err != nil || got.Revision != ann.Revision || got.UserName != "ann" {
		t.Errorf("user: %+v, %v", got, err)
	}
	if got, err := w.UpdateGroup(t.Context(), staff.ID, "", nil); err != nil || got.Revision != staff.Revision || got.DisplayName != "staff" {
		t.Errorf("group: %+v, %v", got, err)
	}
	if _, err := w.UpdateUser(t.Context(), staff.ID, "", nil); !fault.Is(err, fault.NotFound) {
		t.Errorf("nobody: %v, want not found", err)
	}
}

func TestWhatADirectoryCannotDoIsRefusedBeforeAnythingIsWritten(t *testing.T) {
	d := memdir.New("d-1234567890")
	w, ann, staff := started(t, bare{d})
	ids := edit(t, identity.PathExternalIDs, []identity.ExternalID{{Issuer: "corp", ID: "1"}})
	for name, edits := range map[string][]identity.Edit{
		"status": {edit(t, "title", "x"), edit(t, "active", false)}, "external ids": {edit(t, "title", "x"), ids},
	} {
		if _, err := w.UpdateUser(t.Context(), ann.ID, "", edits); !fault.Is(err, fault.Unsupported) {
			t.Errorf("%s: %v, want unsupported", name, err)
		}
	}
	if _, err := w.UpdateGroup(t.Context(), staff.ID, "", []identity.Edit{edit(t, "description", "x"), ids}); !fault.Is(err, fault.Unsupported) {
		t.Errorf("group: %v, want unsupported", err)
	}
	events, err := d.Events(t.Context(), 0, 100)
	if err != nil || len(events) != 2 {
		t.Errorf("%d writes, %v; want the 2 that made user and group", len(events), err)
	}
}

func TestAGroupHasNoStatus(t *testing.T) {
	w, _, staff := started(t, memdir.New("d-1234567890"))
	if _, err := w.UpdateGroup(t.Context(), staff.ID, "", []identity.Edit{edit(t, "active", false)}); !fault.Is(err, fault.Invalid) {
		t.Errorf("got %v, want invalid", err)
	}
}

func TestWhatIsInvalidIsNotSent(t *testing.T) {
	f := newFlaky(nil)
	w := directory.WriterFor(directory.New("test", f))
	if _, err := w.CreateUser(t.Context(), identity.User{UserName: "ann"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("user: %v, want invalid", err)
	}
	if _, err := w.CreateGroup(t.Context(), identity.Group{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("group: %v, want invalid", err)
	}
	if f.called("CreateUser")+f.called("CreateGroup") != 0 {
		t.Error("the driver was called")
	}
}

func TestManyMembersChangeInPieces(t *testing.T) {
	for name, tt := range map[string]struct {
		hide bool
		want []string
	}{
		"where many change at once": {false, []string{"+100 -0", "+100 -0", "+5 -95", "+0 -25"}},
		"where one changes at once": {true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			d := &watched{Driver: memdir.New("d-1234567890")}
			var driver directory.Driver = d
			if tt.hide {
				driver = bare{d}
			}
			w, _, staff := started(t, driver)
			var users []identity.ID
			for i := range 325 {
				u, err := w.CreateUser(t.Context(), directorytest.User(fmt.Sprint("u", i)))
				if err != nil {
					t.Fatal(err)
				}
				users = append(users, u.ID)
			}
			old, fresh := users[:120], users[120:]
			if err := w.ChangeMembers(t.Context(), staff.ID, old, nil); err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second time there is nothing to do
				d.sizes = nil
				if err := w.ChangeMembers(t.Context(), staff.ID, fresh, old); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(tt.want, d.sizes); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			var got []identity.ID
			for m, err := range directory.New("test", d).Members(t.Context(), staff.ID) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, m.UserID)
			}
			slices.Sort(got)
			slices.Sort(fresh)
			if !slices.Equal(got, fresh) {
				t.Errorf("%d members, want the %d new ones", len(got), len(fresh))
			}
		})
	}
}

func TestAnUnknownMemberIsRefusedEitherWay(t *testing.T) {
	const nobody identity.ID = "00000000-0000-4000-8000-000000000000"
	whole := memdir.New("d-1234567890")
	_, ann, staff := started(t, whole)
	for name, d := range map[string]directory.Driver{"at once": whole, "one by one": bare{whole}} {
		w := directory.WriterFor(directory.New("test", d))
		if err := w.ChangeMembers(t.Context(), staff.ID, []identity.ID{nobody}, nil); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: add nobody: %v, want not found", name, err)
		}
		if err := w.ChangeMembers(t.Context(), nobody, []identity.ID{ann.ID}, nil); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: add to no group: %v, want not found", name, err)
		}
		if err := w.ChangeMembers(t.Context(), staff.ID, nil, []identity.ID{nobody}); err != nil {
			t.Errorf("%s: remove nobody: %v", name, err)
		}
	}
}
