package identity_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"rollcall/fault"
	"rollcall/identity"
)

// same compares users and groups; no list and an empty one are the same.
func same[T any](t interface{ Fatalf(string, ...any) }, what string, want, got T) {
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

func must[T any](t interface{ Fatalf(string, ...any) }) func(T, error) T {
	return func(got T, err error) T {
		if err != nil {
			t.Fatalf("%v", err)
		}
		return got
	}
}

func TestEditsTurnOneUserIntoTheOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := randomUser.Draw(t, "a"), randomUser.Draw(t, "b")
		a.ID, a.Revision = "a", "1"
		edits := must[[]identity.Edit](t)(identity.UserEdits(&a, &b, nil))
		got := a
		if err := got.Apply(edits); err != nil {
			t.Fatalf("apply: %v", err)
		}
		want := b
		want.ID, want.Meta = a.ID, a.Meta // those are the directory's own
		same(t, "a with the edits", want, got)
		if again := must[[]identity.Edit](t)(identity.UserEdits(&got, &b, nil)); len(again) != 0 {
			t.Fatalf("still to edit: %v", again)
		}
	})
}

func TestEditsBackwardsUndo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := randomUser.Draw(t, "a"), randomUser.Draw(t, "b")
		edits := must[[]identity.Edit](t)(identity.UserEdits(&a, &b, nil))
		for i, e := range edits {
			edits[i].Old, edits[i].New = e.New, e.Old
		}
		got := b
		if err := got.Apply(edits); err != nil {
			t.Fatalf("apply: %v", err)
		}
		same(t, "b with the edits undone", a, got)
	})
}

func TestOnlyManagedAttributesAreEdited(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := randomUser.Draw(t, "a"), randomUser.Draw(t, "b")
		paths := managed(identity.UserPaths()).Draw(t, "managed")
		edits := must[[]identity.Edit](t)(identity.UserEdits(&a, &b, paths))
		got := a
		if err := got.Apply(edits); err != nil {
			t.Fatalf("apply: %v", err)
		}
		for _, path := range identity.UserPaths() {
			from := &a
			if paths == nil || slices.Contains(paths, path) {
				from = &b
			}
			want := must[identity.Value](t)(identity.UserValue(from, path))
			if value := must[identity.Value](t)(identity.UserValue(&got, path)); string(value) != string(want) {
				t.Fatalf("%s is %s, want %s", path, value, want)
			}
		}
		if !slices.IsSortedFunc(edits, func(x, y identity.Edit) int {
			return slices.Index(identity.UserPaths(), x.Path) - slices.Index(identity.UserPaths(), y.Path)
		}) {
			t.Fatalf("not in the order of paths: %v", edits)
		}
	})
}

func TestDigestsAreEqualWhereThereIsNothingToEdit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := randomUser.Draw(t, "a"), randomUser.Draw(t, "b")
		paths := managed(identity.UserPaths()).Draw(t, "managed")
		edits := must[[]identity.Edit](t)(identity.UserEdits(&a, &b, paths))
		x, y := must[string](t)(identity.UserDigest(&a, paths)), must[string](t)(identity.UserDigest(&b, paths))
		if (x == y) != (len(edits) == 0) {
			t.Fatalf("digests %s and %s, %d edits", x, y, len(edits))
		}
	})
}

func TestTheSameLawsHoldForGroups(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := randomGroup.Draw(t, "a"), randomGroup.Draw(t, "b")
		paths := managed(identity.GroupPaths()).Draw(t, "managed")
		edits := must[[]identity.Edit](t)(identity.GroupEdits(&a, &b, paths))
		x, y := must[string](t)(identity.GroupDigest(&a, paths)), must[string](t)(identity.GroupDigest(&b, paths))
		if (x == y) != (len(edits) == 0) {
			t.Fatalf("digests %s and %s, %d edits", x, y, len(edits))
		}
		got := a
		if err := got.Apply(edits); err != nil {
			t.Fatalf("apply: %v", err)
		}
		if paths == nil {
			same(t, "a with the edits", b, got)
		}
		if z := must[string](t)(identity.GroupDigest(&got, paths)); z != y {
			t.Fatalf("a with the edits has digest %s, want b's %s", z, y)
		}
	})
}

func TestADigestLeavesOutWhatTheDirectorySets(t *testing.T) {
	a := valid()
	b := valid()
	b.ID, b.Meta = "x", identity.Meta{Revision: "7", CreatedAt: time.Unix(1, 0), UpdatedBy: "ann"}
	if must[string](t)(identity.UserDigest(&a, nil)) != must[string](t)(identity.UserDigest(&b, nil)) {
		t.Error("the digests differ")
	}
}

func TestAnEditSharesNoMemoryWithCopies(t *testing.T) {
	a := valid()
	a.Emails = []identity.Email{{Value: "old@example.com"}}
	b := a
	if err := b.Apply([]identity.Edit{{Path: "emails", New: identity.Value(`[{"value":"new@example.com"}]`)}}); err != nil {
		t.Fatal(err)
	}
	if a.Email() != "old@example.com" || b.Email() != "new@example.com" {
		t.Errorf("a has %s, b %s", a.Email(), b.Email())
	}
}

func TestValuesAreWrittenAsUpdateUserTakesThem(t *testing.T) {
	u := valid()
	u.Title = "<Chief & \"Staff\">"
	u.Emails = []identity.Email{{Value: "ann@example.com", Primary: true}}
	u.Enterprise.Manager = "m"
	for path, want := range map[string]string{
		"title":       `"<Chief & \"Staff\">"`,
		"emails":      `[{"value":"ann@example.com","primary":true}]`,
		"active":      `false`,
		"nickName":    ``,
		"addresses":   ``,
		"externalIds": ``,
		"aws:identitystore:enterprise.manager.value": `"m"`,
	} {
		if got, err := identity.UserValue(&u, path); err != nil || string(got) != want {
			t.Errorf("%s: %s, %v; want %s", path, got, err, want)
		}
	}
	if _, err := identity.UserValue(&u, "titel"); !fault.Is(err, fault.Invalid) {
		t.Errorf("titel: %v, want invalid", err)
	}
	if _, err := identity.GroupValue(&identity.Group{}, "title"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a group's title: %v, want invalid", err)
	}
}

func TestApplyTakesWhatAWSTakes(t *testing.T) {
	for name, tt := range map[string]struct {
		path, value string
		works       bool
	}{
		"a text":                {"title", `"x"`, true},
		"null":                  {"title", `null`, true},
		"null with space":       {"title", " null\n", true},
		"nothing":               {"title", ``, true},
		"a null list":           {"emails", `null`, true},
		"an empty list":         {"emails", `[]`, true},
		"a list":                {"emails", `[{"value":"x","type":"y","primary":true}]`, true},
		"a flag":                {"active", `true`, true},
		"an empty text":         {"title", `""`, false},
		"a number":              {"title", `7`, false},
		"a text for a flag":     {"active", `"true"`, false},
		"a text for a list":     {"emails", `"x"`, false},
		"an unknown key":        {"emails", `[{"value":"x","kind":"y"}]`, false},
		"no JSON":               {"title", `x`, false},
		"half a text":           {"title", `"x`, false},
		"two values":            {"title", `"x" "y"`, false},
		"something behind":      {"emails", `[]]`, false},
		"bytes that are none":   {"title", "\"\xff\"", false},
		"an unknown path":       {"titel", `"x"`, false},
		"a path in other case":  {"Title", `"x"`, false},
		"no path":               {"", `"x"`, false},
		"a part of a list":      {"emails.value", `"x"`, false},
		"the whole of the name": {"name", `{"givenName":"x"}`, false},
	} {
		u := valid()
		err := u.Apply([]identity.Edit{{Path: tt.path, New: identity.Value(tt.value)}})
		if tt.works && err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !tt.works && !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v, want invalid", name, err)
		}
	}
}

func TestApplyDoesNotQuoteTheValue(t *testing.T) {
	for _, value := range []string{`secret`, `{"secret":1}`, `["secret"]`, `"secret" "secret"`} {
		for _, path := range []string{"title", "emails", "active"} {
			u := valid()
			err := u.Apply([]identity.Edit{{Path: path, New: identity.Value(value)}})
			if err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), path) {
				t.Errorf("%s = %s: %v", path, value, err)
			}
		}
	}
}

func TestPathsAreThoseOfTheIdentityStore(t *testing.T) {
	for _, path := range append(identity.UserPaths(), identity.GroupPaths()...) {
		head, dotted, _ := strings.Cut(path, ".")
		if strings.ContainsAny(head, " _-") || strings.Count(dotted, ".") > 2 || len(path) > 255 {
			t.Errorf("%q is no AttributePath (aws-contract 3.4)", path)
		}
	}
	for kind, paths := range map[string][]string{"user": identity.UserPaths(), "group": identity.GroupPaths()} {
		sorted := slices.Sorted(slices.Values(paths))
		if len(slices.Compact(sorted)) != len(paths) {
			t.Errorf("a %s's path is listed twice: %v", kind, paths)
		}
	}
}

func TestTextAttributesAreReachedByPath(t *testing.T) {
	for _, path := range identity.UserPaths() {
		u := valid()
		at, ok := identity.UserText(path)
		if !ok {
			continue
		}
		*at(&u) = "new"
		if got, err := identity.UserValue(&u, path); err != nil || string(got) != `"new"` {
			t.Errorf("%s: %s, %v", path, got, err)
		}
	}
	if _, ok := identity.UserText("emails"); ok {
		t.Error("emails are no text")
	}
	if _, ok := identity.GroupText("description"); !ok {
		t.Error("a description is a text")
	}
}

func TestEditsAreJSON(t *testing.T) {
	raw, err := json.Marshal([]identity.Edit{{Path: "title", Old: identity.Value(`"a"`)}, {Path: "nickName", New: identity.Value(`"b"`)}})
	want := `[{"path":"title","old":"a"},{"path":"nickName","new":"b"}]`
	if err != nil || string(raw) != want {
		t.Errorf("%s, %v; want %s", raw, err, want)
	}
}
