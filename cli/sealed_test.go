package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rollcall/directory"
	"rollcall/directory/sqldir"
	"rollcall/identity"
	"rollcall/plan"
)

// shop is a state folder with a configuration, as an operator has it.
type shop struct{ dir string }

const manyPeople = 1000

func newShop(t *testing.T) shop {
	t.Helper()
	s := shop{t.TempDir()}
	s.write(t, "rollcall.yaml", "sources:\n  corp: {kind: ldif, path: company.ldif, anchor: entryUUID}\n"+
		"syncs:\n  corp:\n    source: corp\n    mapping: {preset: inetorgperson}\n    groups: ignore\n")
	return s
}

func (s shop) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// people writes the source: everybody's name ends with the word given.
func (s shop) people(t *testing.T, word string) {
	t.Helper()
	var text strings.Builder
	text.WriteString("version: 1\n\ndn: dc=example,dc=com\nobjectClass: domain\ndc: example\n\n")
	for n := range manyPeople {
		fmt.Fprintf(&text, "dn: uid=u%04d,dc=example,dc=com\nobjectClass: inetOrgPerson\nentryUUID: 00000000-0000-4000-8000-%012d\n"+
			"uid: u%04d\ncn: Person %d %s\nsn: Person\ngivenName: Number%d\n\n", n, n, n, n, word, n)
	}
	text.WriteString("dn: cn=few,dc=example,dc=com\nobjectClass: groupOfNames\nentryUUID: 00000000-0000-4000-9000-000000000001\ncn: few\nmember: uid=u0000,dc=example,dc=com\n\n")
	s.write(t, "company.ldif", text.String())
}

// run runs one command as if it had been typed, and returns its exit status.
func (s shop) run(t *testing.T, state string, args ...string) (status int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	a := &app{in: new(bytes.Buffer), out: &stdout, err: &stderr}
	root := newRoot(a)
	root.SetArgs(append([]string{"--state", filepath.Join(s.dir, state), "--config", filepath.Join(s.dir, "rollcall.yaml")}, args...))
	err := root.ExecuteContext(t.Context())
	a.complain(err)
	return exitStatus(t.Context(), err), stdout.String(), stderr.String()
}

func (s shop) must(t *testing.T, want int, args ...string) string {
	t.Helper()
	status, out, errs := s.run(t, "state", args...)
	if status != want {
		t.Fatalf("%v: exit status %d, want %d\n%s%s", args, status, want, out, errs)
	}
	return errs
}

// client is another client of the same directory: nobody tells us what it does.
func (s shop) client(t *testing.T, do func(ctx context.Context, d *sqldir.Driver, users []identity.User)) {
	t.Helper()
	ctx := directory.WithActor(t.Context(), directory.Actor{Name: "somebody", Door: "aws"})
	center, err := sqldir.Open(ctx, "sqlite:"+filepath.Join(s.dir, "state", "directory.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer center.Close()
	stores, err := center.Stores(ctx)
	if err != nil || len(stores) != 1 {
		t.Fatalf("%v, %v", stores, err)
	}
	d, err := center.Store(ctx, stores[0].ID, sqldir.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var users []identity.User
	for u, err := range directory.New("local", d).Users(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		users = append(users, u)
	}
	slices.SortFunc(users, func(a, b identity.User) int { return strings.Compare(a.UserName, b.UserName) })
	do(ctx, d, users)
}

func (s shop) names(t *testing.T) map[string]string {
	t.Helper()
	names := map[string]string{}
	s.client(t, func(_ context.Context, _ *sqldir.Driver, users []identity.User) {
		for _, u := range users {
			names[u.UserName] = u.DisplayName
		}
	})
	return names
}

// Of a plan's thousand changes exactly those three are refused whose users
// another client has changed since, with both versions; all others are made.
func TestASealedPlanRefusesExactlyWhatHasMovedOn(t *testing.T) {
	s := newShop(t)
	s.people(t, "One")
	s.must(t, exitDone, "sync", "run", "corp")
	s.people(t, "Two")
	file := filepath.Join(s.dir, "p.json")
	s.must(t, exitDone, "plan", "corp", "--out", file)

	moved := []string{"u0007", "u0500", "u0999"}
	s.client(t, func(ctx context.Context, d *sqldir.Driver, users []identity.User) {
		for _, u := range users {
			if !slices.Contains(moved, u.UserName) {
				continue
			}
			if _, err := d.UpdateUser(ctx, u.ID, "", []identity.Edit{{Path: "displayName", New: identity.Value(`"Somebody Else"`)}}); err != nil {
				t.Fatal(err)
			}
		}
	})
	errs := s.must(t, exitStale, "apply", file)
	if n := strings.Count(errs, "stale: update user"); n != len(moved) {
		t.Errorf("%d are refused:\n%s", n, errs)
	}
	for _, name := range moved {
		n := strings.TrimLeft(name[1:], "0")
		if !strings.Contains(errs, "stale: update user "+name+":") ||
			!strings.Contains(errs, "displayName: planned on Person "+n+" One, now Somebody Else") {
			t.Errorf("%s is not shown with both versions:\n%s", name, errs)
		}
	}
	if !strings.Contains(errs, "997 changes made, 3 stale") {
		t.Errorf("it does not say what was made:\n%s", errs)
	}
	for name, now := range s.names(t) {
		want := "Two"
		if slices.Contains(moved, name) {
			want = "Else"
		}
		if !strings.HasSuffix(now, want) {
			t.Errorf("%s is called %s, want … %s", name, now, want)
		}
	}

	t.Run("and not a second time", func(t *testing.T) {
		errs := s.must(t, exitStale, "apply", file)
		if !regexp.MustCompile(`run r-[0-9a-v]{20} has carried it out already`).MatchString(errs) {
			t.Errorf("%s", errs)
		}
	})
	t.Run("and not in another store", func(t *testing.T) {
		status, _, errs := s.run(t, "elsewhere", "apply", file)
		if status != exitStale || !strings.Contains(errs, "it was made for identity store") {
			t.Errorf("exit status %d: %s", status, errs)
		}
		if _, out, _ := s.run(t, "elsewhere", "user", "list", "--output", "json", "--query", "length(@)"); strings.TrimSpace(out) != "0" {
			t.Errorf("it has %s users", out)
		}
	})
}

func TestOneAlteredByteOfAPlanFileIsRefusedBeforeAnyWrite(t *testing.T) {
	s := newShop(t)
	s.people(t, "One")
	file := filepath.Join(s.dir, "p.json")
	s.must(t, exitDone, "plan", "corp", "--out", file)
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(good); at += 4999 {
		altered := bytes.Clone(good)
		altered[at] ^= 1
		if _, err := plan.Decode(altered); err == nil {
			t.Errorf("byte %d of %d", at, len(good))
		}
	}
	// Anywhere, and in the seal itself.
	for _, at := range []int{0, 1, 100, len(good) / 2, len(good) - 70, len(good) - 10, len(good) - 1} {
		altered := bytes.Clone(good)
		altered[at] ^= 1
		s.write(t, "altered.json", string(altered))
		status, _, errs := s.run(t, "state", "apply", filepath.Join(s.dir, "altered.json"))
		if status != exitStale && status != exitUsage {
			t.Errorf("byte %d: exit status %d: %s", at, status, errs)
		}
	}
	if n := len(s.names(t)); n != 0 {
		t.Errorf("%d users were written", n)
	}
	s.must(t, exitDone, "apply", file)
	if n := len(s.names(t)); n != manyPeople {
		t.Errorf("%d users after the good one", n)
	}
}
