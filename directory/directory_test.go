package directory_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"rollcall/directory"
	"rollcall/directory/directorytest"
	"rollcall/directory/memdir"
	"rollcall/fault"
	"rollcall/identity"
)

// scripted is a directory whose users come in the pages that pages says.
type scripted struct {
	*memdir.Driver
	pages func(token string) (directory.Page[identity.User], error)
}

func (s scripted) ListUsers(_ context.Context, p directory.PageRequest) (directory.Page[identity.User], error) {
	return s.pages(p.Token)
}

func page(next string, names ...string) directory.Page[identity.User] {
	out := directory.Page[identity.User]{Next: next}
	for _, name := range names {
		out.Items = append(out.Items, identity.User{UserName: name})
	}
	return out
}

func TestAListingEndsCompleteOrWithAnError(t *testing.T) {
	denied := fault.New(fault.Denied, "list users", "", nil)
	for name, tt := range map[string]struct {
		pages map[string]directory.Page[identity.User]
		fails string // the token whose page fails
		want  []string
		kind  fault.Kind
		whole bool
	}{
		"one page":                 {map[string]directory.Page[identity.User]{"": page("", "a", "b")}, "-", []string{"a", "b"}, 0, true},
		"an empty page in between": {map[string]directory.Page[identity.User]{"": page("1", "a"), "1": page("2"), "2": page("", "b")}, "-", []string{"a", "b"}, 0, true},
		"nothing at all":           {map[string]directory.Page[identity.User]{"": page("")}, "-", nil, 0, true},
		"the first page fails":     {nil, "", nil, fault.Denied, false},
		"a later page fails":       {map[string]directory.Page[identity.User]{"": page("1", "a")}, "1", []string{"a"}, fault.Denied, false},
		"the same token again":     {map[string]directory.Page[identity.User]{"": page("1", "a"), "1": page("1", "b")}, "-", []string{"a"}, fault.Incomplete, false},
		"a token of long ago": {map[string]directory.Page[identity.User]{
			"": page("1", "a"), "1": page("2", "b"), "2": page("3", "c"), "3": page("1", "d"),
		}, "-", []string{"a", "b", "c"}, fault.Incomplete, false},
	} {
		t.Run(name, func(t *testing.T) {
			d := directory.New("test", scripted{memdir.New("d-1234567890"), func(token string) (directory.Page[identity.User], error) {
				if token == tt.fails {
					return directory.Page[identity.User]{}, denied
				}
				return tt.pages[token], nil
			}})
			var got []string
			var last error
			for u, err := range d.Users(t.Context()) {
				if last != nil {
					t.Errorf("%v came after the error", u)
				}
				if last = err; err == nil {
					got = append(got, u.UserName)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("listed %v, want %v", got, tt.want)
			}
			if tt.whole != (last == nil) || (!tt.whole && !fault.Is(last, tt.kind)) {
				t.Errorf("it ended with %v, want %v", last, tt.kind)
			}
		})
	}
}

func TestAListingThatIsNotReadToItsEndAsksForNoMore(t *testing.T) {
	asked := 0
	d := directory.New("test", scripted{memdir.New("d-1234567890"), func(string) (directory.Page[identity.User], error) {
		asked++
		return page(fmt.Sprint(asked), "a", "b"), nil
	}})
	for _, err := range d.Users(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if asked != 1 {
		t.Errorf("%d pages were asked for, want 1", asked)
	}
}

func TestAPageThatFailsForTheMomentIsAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlaky(nil)
		for i := range 250 {
			if _, err := f.CreateUser(t.Context(), directorytest.User(fmt.Sprint("u", i))); err != nil {
				t.Fatal(err)
			}
		}
		f.fail = func(_ string, call int) error {
			if call%2 == 1 { // every page, once
				return fault.New(fault.Throttled, "list users", "", nil)
			}
			return nil
		}
		users, err := all(directory.New("test", f).Users(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		seen := map[identity.ID]bool{}
		for _, u := range users {
			seen[u.ID] = true
		}
		if len(users) != 250 || len(seen) != 250 {
			t.Errorf("%d users listed, %d of them different; want 250", len(users), len(seen))
		}
	})
}

// founding can create groups with members, too.
type founding struct{ *memdir.Driver }

func (f founding) CreateGroupWith(ctx context.Context, g identity.Group, members []identity.ID) (identity.Group, error) {
	made, err := f.CreateGroup(ctx, g)
	if err != nil {
		return made, err
	}
	return made, f.ChangeMembers(ctx, made.ID, members, nil)
}

func TestAbilitiesAreWhatTheDriverImplements(t *testing.T) {
	whole := founding{memdir.New("d-1234567890")}
	for name, tt := range map[string]struct {
		driver directory.Driver
		want   directory.Abilities
	}{
		"all of them":  {whole, directory.Abilities{Status: true, ExternalIDs: true, BulkMembers: true, Founding: true, Revisions: true, Feed: true, Network: true}},
		"none of them": {bare{whole}, directory.Abilities{}},
	} {
		got := directory.New("test", tt.driver).Abilities()
		if got != tt.want {
			t.Errorf("%s: %+v, want %+v", name, got, tt.want)
		}
		for _, line := range got.Table() {
			if line.Has != tt.want.Status || line.Name == "" || line.Does == "" {
				t.Errorf("%s: the table says %+v", name, line)
			}
		}
	}
	if n := len(directory.Abilities{}.Table()); n != 7 {
		t.Errorf("the table has %d lines, want one for each of the 7 abilities", n)
	}
}

func TestADirectoryWithoutALogSaysSo(t *testing.T) {
	_, err := directory.New("aws", bare{memdir.New("d-1234567890")}).Events(t.Context(), 0, 1)
	if !fault.Is(err, fault.Unsupported) {
		t.Errorf("got %v, want unsupported", err)
	}
}

func TestAnActorIsWrittenWithItsDoor(t *testing.T) {
	for want, a := range map[string]directory.Actor{
		"cli/ann": {Name: "ann", Door: "cli"},
		"ann":     {Name: "ann"},
		"cli":     {Door: "cli"},
		"":        {},
	} {
		if got := directory.ActorOf(directory.WithActor(t.Context(), a)); got != a || got.String() != want {
			t.Errorf("%+v came back as %+v, written %q; want %q", a, got, got, want)
		}
	}
	if got := directory.ActorOf(t.Context()); got != (directory.Actor{}) {
		t.Errorf("nobody's context carries %+v", got)
	}
}
