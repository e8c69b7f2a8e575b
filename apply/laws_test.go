package apply_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/identity"
	"rollcall/plan"
	"rollcall/reconcile"
)

// under brings a directory in line with one company by the mirror table, then
// looks at it before and after a sync of another company by the table named.
func under(t *testing.T, table string, law func(t *rapid.T, w *world, before, after *reconcile.Current, p *plan.Plan)) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		dir := scratch(t)
		defer os.RemoveAll(dir)
		w := newWorld(t, dir, newDirectory())
		defer w.close()
		addForeign(t, w.driver)
		w.sync(t, company(t, "a"))

		w.table, _ = reconcile.TableNamed(table)
		before := w.look(t)
		p := w.sync(t, company(t, "b"))
		law(t, w, before, w.look(t), p)
	})
}

func (w *world) look(t tester) *reconcile.Current {
	t.Helper()
	c, err := reconcile.Read(context.Background(), w.x.Directory, true)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// userLines and groupLines say what there is, by id, to the last attribute.
func userLines(c *reconcile.Current) map[identity.ID]string {
	lines := map[identity.ID]string{}
	for _, u := range c.Users {
		lines[u.ID] = fmt.Sprintf("%+v", u)
	}
	return lines
}

func groupLines(c *reconcile.Current) map[identity.ID]string {
	lines := map[identity.ID]string{}
	for _, g := range c.Groups {
		lines[g.ID] = fmt.Sprintf("%+v %v", g, slices.Sorted(slices.Values(c.Members[g.ID])))
	}
	return lines
}

// kept reports what is in before and is not the same in after.
func kept(t *rapid.T, before, after map[identity.ID]string) {
	t.Helper()
	for id, line := range before {
		if after[id] != line {
			t.Fatalf("%s was\n%s\nand is\n%s", id, line, after[id])
		}
	}
}

// everybodyIsThere fails if an object is gone.
func everybodyIsThere(t *rapid.T, before, after *reconcile.Current) {
	t.Helper()
	users, groups := userLines(after), groupLines(after)
	for _, u := range before.Users {
		if users[u.ID] == "" {
			t.Fatalf("user %s is gone", u.UserName)
		}
	}
	for _, g := range before.Groups {
		if groups[g.ID] == "" {
			t.Fatalf("group %s is gone", g.DisplayName)
		}
	}
}

func TestReportOnlyWritesNothing(t *testing.T) {
	under(t, "report-only", func(t *rapid.T, _ *world, before, after *reconcile.Current, p *plan.Plan) {
		if !p.Empty() {
			t.Fatalf("it plans to %s", p.Changes[0].Sentence())
		}
		if diff := cmp.Diff(userLines(before), userLines(after)) + cmp.Diff(groupLines(before), groupLines(after)); diff != "" {
			t.Fatalf("it wrote:\n%s", diff)
		}
	})
}

// A new group may have people who are there already as members; nothing else of
// what is there is touched.
func TestCreateOnlyChangesAndRemovesNothingThatExists(t *testing.T) {
	under(t, "create-only", func(t *rapid.T, _ *world, before, after *reconcile.Current, _ *plan.Plan) {
		kept(t, userLines(before), userLines(after))
		kept(t, groupLines(before), groupLines(after))
	})
}

func TestNoDeleteNeverDisablesDeletesOrRemovesAMembership(t *testing.T) {
	under(t, "no-delete", func(t *rapid.T, _ *world, before, after *reconcile.Current, _ *plan.Plan) {
		everybodyIsThere(t, before, after)
		active := map[identity.ID]bool{}
		for _, u := range after.Users {
			active[u.ID] = u.Active
		}
		for _, u := range before.Users {
			if u.Active && !active[u.ID] {
				t.Fatalf("user %s was disabled", u.UserName)
			}
		}
		for group, members := range before.Members {
			for _, m := range members {
				if !slices.Contains(after.Members[group], m) {
					t.Fatalf("%s is no longer in group %s", m, group)
				}
			}
		}
	})
}

// Leavers are disabled and leave the groups that stay; a group that is gone
// from the source keeps its members.
func TestDefaultNeverDeletes(t *testing.T) {
	under(t, reconcile.Default, func(t *rapid.T, _ *world, before, after *reconcile.Current, p *plan.Plan) {
		everybodyIsThere(t, before, after)
		for _, c := range p.Changes {
			if c.Kind.Deletes() {
				t.Fatalf("it plans to %s", c.Sentence())
			}
		}
		for _, a := range p.Attention {
			if a.Situation != string(reconcile.SourceMissing) || a.Kind != identity.KindGroup {
				continue
			}
			if diff := cmp.Diff(slices.Sorted(slices.Values(before.Members[a.Object])), slices.Sorted(slices.Values(after.Members[a.Object]))); diff != "" {
				t.Fatalf("the members of group %s, which is gone from the source, changed:\n%s", a.Name, diff)
			}
		}
	})
}
