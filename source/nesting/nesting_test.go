package nesting

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rollcall/fault"
	"rollcall/identity"
)

// flatten returns who is in what, as "group: person(path) …" by group anchor.
func flatten(t *testing.T, g *Graph) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := g.Flatten(t.Context(), func(f Flat) error {
		var members []string
		for _, m := range f.Members {
			members = append(members, fmt.Sprintf("%s%v", m.Anchor, m.Path))
		}
		anchor := string(g.groups[f.Group].anchor)
		if _, ok := all[anchor]; ok {
			t.Errorf("group %s came twice", anchor)
		}
		all[anchor] = strings.Join(members, " ")
		if f.Why != "" {
			all[anchor] += " add-only: " + f.Why
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// build makes a graph from "group: member member"; names with a capital are groups.
func build(lines ...string) *Graph {
	g := &Graph{}
	groups, people := map[string]Group{}, map[string]Person{}
	for _, line := range lines {
		name, _, _ := strings.Cut(line, ":")
		groups[name] = g.AddGroup(identity.Anchor(name), "cn="+name)
	}
	for _, line := range lines {
		name, members, _ := strings.Cut(line, ":")
		for _, m := range strings.Fields(members) {
			switch {
			case m == "?":
				g.Unreadable(groups[name], "a member is missing")
			case m[0] <= 'Z':
				g.PutGroup(groups[name], groups[m])
			default:
				if _, ok := people[m]; !ok {
					people[m] = g.AddPerson(identity.Anchor(m))
				}
				g.PutPerson(groups[name], people[m])
			}
		}
	}
	return g
}

func TestGroupsAreFlattened(t *testing.T) {
	for name, c := range map[string]struct{ groups, want []string }{
		"direct, by anchor and once":      {[]string{"A: bob ann bob"}, []string{"A: ann[] bob[]"}},
		"nobody":                          {[]string{"A:"}, []string{"A: "}},
		"nested":                          {[]string{"A: B ann", "B: C bob", "C: cat"}, []string{"A: ann[] bob[B] cat[B C]", "B: bob[] cat[C]", "C: cat[]"}},
		"the direct way is the shortest":  {[]string{"A: B ann", "B: ann"}, []string{"A: ann[]", "B: ann[]"}},
		"the shorter of two ways":         {[]string{"A: B D", "B: C", "C: ann", "D: ann"}, []string{"A: ann[D]", "B: ann[C]", "C: ann[]", "D: ann[]"}},
		"the first by anchors of equals":  {[]string{"A: C B", "C: ann", "B: ann"}, []string{"A: ann[B]", "C: ann[]", "B: ann[]"}},
		"in itself":                       {[]string{"A: A ann"}, []string{"A: ann[]"}},
		"a cycle":                         {[]string{"A: B ann", "B: A bob"}, []string{"A: ann[] bob[B]", "B: ann[A] bob[]"}},
		"a cycle below a group":           {[]string{"A: B", "B: C", "C: B cat"}, []string{"A: cat[B C]", "B: cat[C]", "C: cat[]"}},
		"add-only spreads outwards":       {[]string{"A: B", "B: C", "C: ? cat"}, []string{"A: cat[B C] add-only: nested group cn=C: a member is missing", "B: cat[C] add-only: nested group cn=C: a member is missing", "C: cat[] add-only: a member is missing"}},
		"add-only does not spread inward": {[]string{"A: B ?", "B: bob"}, []string{"A: bob[B] add-only: a member is missing", "B: bob[]"}},
		"add-only round a cycle":          {[]string{"A: B ?", "B: A"}, []string{"A:  add-only: a member is missing", "B:  add-only: nested group cn=A: a member is missing"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := flatten(t, build(c.groups...))
			if len(got) != len(c.want) {
				t.Errorf("%d groups", len(got))
			}
			for _, want := range c.want {
				group, members, _ := strings.Cut(want, ": ")
				if got[group] != members {
					t.Errorf("%s: got %q, want %q", group, got[group], members)
				}
			}
		})
	}
}

// A chain of 4,000 groups is neither too deep nor, its paths written out, 128 MB.
func TestADeepChainStaysSmall(t *testing.T) {
	const n = 4_000
	for name, at := range map[string]func(i int) int{
		"outermost first": func(i int) int { return i },
		"innermost first": func(i int) int { return n - 1 - i },
	} {
		t.Run(name, func(t *testing.T) {
			g := &Graph{}
			for i := range n {
				g.AddGroup(identity.Anchor(fmt.Sprint("g", at(i))), "")
			}
			for i := range n - 1 {
				g.PutGroup(Group(at(i)), Group(at(i+1)))
			}
			g.PutPerson(Group(at(n-1)), g.AddPerson("ann"))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			longest := 0
			if err := g.Flatten(t.Context(), func(f Flat) error {
				longest = max(longest, len(f.Members[0].Path))
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
			if got := (after.TotalAlloc - before.TotalAlloc) >> 20; longest != n-1 || got > 20 {
				t.Errorf("%d MiB for paths of up to %d groups", got, longest)
			}
		})
	}
}

// The same answer as following every way by hand, one step at a time.
func TestPathsAreTheShortestAndFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 14).Draw(t, "groups")
		g := &Graph{}
		for i := range n {
			g.AddGroup(identity.Anchor(fmt.Sprintf("%c", 'A'+i)), "")
		}
		ann := g.AddPerson("ann")
		if rapid.Bool().Draw(t, "in a chain") { // long paths, which are shared
			for i := range n - 1 {
				g.PutGroup(Group(i), Group(i+1))
			}
		}
		number := rapid.IntRange(0, n-1)
		for range rapid.IntRange(0, 3*n).Draw(t, "edges") {
			g.PutGroup(Group(number.Draw(t, "in")), Group(number.Draw(t, "nested")))
		}
		for range rapid.IntRange(1, 2).Draw(t, "memberships") {
			g.PutPerson(Group(number.Draw(t, "holder")), ann)
		}
		err := g.Flatten(context.Background(), func(f Flat) error {
			want, ok := naivePath(g, f.Group)
			if ok != (len(f.Members) == 1) {
				t.Fatalf("%v has %v, want %v", f.Group, f.Members, ok)
			}
			if ok && !slices.Equal(f.Members[0].Path, want) {
				t.Fatalf("%v: path %v, want %v", f.Group, f.Members[0].Path, want)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// naivePath tries all ways of length 0, 1, 2 … and takes the first by anchors.
func naivePath(g *Graph, root Group) ([]identity.Anchor, bool) {
	ways := map[Group][]identity.Anchor{root: nil} // the best way of this length to each group
	for range len(g.groups) {
		var best []identity.Anchor
		found := false
		for at, way := range ways {
			if len(g.groups[at].people) > 0 && (!found || slices.Compare(way, best) < 0) {
				best, found = way, true
			}
		}
		if found {
			return best, true
		}
		next := map[Group][]identity.Anchor{}
		for at, way := range ways {
			for _, nested := range g.groups[at].groups {
				longer := append(slices.Clone(way), g.groups[nested].anchor)
				if old, ok := next[nested]; !ok || slices.Compare(longer, old) < 0 {
					next[nested] = longer
				}
			}
		}
		ways = next
	}
	return nil, false
}

func TestMembershipsWithoutEndAreRefused(t *testing.T) {
	for limit, refused := range map[int]bool{4: false, 3: true} {
		g := build("A: B ann", "B: A bob") // four memberships
		g.limit = limit
		err := g.Flatten(t.Context(), func(Flat) error { return nil })
		if fault.Is(err, fault.Unsupported) != refused {
			t.Errorf("a limit of %d: %v", limit, err)
		}
	}
}

func TestFlattenStops(t *testing.T) {
	g := build("A: ann", "B: ann")
	stop, calls := errors.New("stop"), 0
	if err := g.Flatten(t.Context(), func(Flat) error { calls++; return stop }); !errors.Is(err, stop) || calls != 1 {
		t.Errorf("%d calls, then %v", calls, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := g.Flatten(ctx, func(Flat) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
