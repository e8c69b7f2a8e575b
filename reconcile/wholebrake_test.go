package reconcile_test

import (
	"fmt"
	"strings"
	"testing"

	"rollcall/baseline"
	"rollcall/directory/memdir"
	"rollcall/identity"
	"rollcall/link"
	"rollcall/plan"
	"rollcall/reconcile"
	"rollcall/source"
)

// staffOf is a firm in line with its source: so many people, all in one OU and
// in one group, of which nothing has changed since.
func staffOf(t *testing.T, people int, limits plan.Limits) *firm {
	w := &firm{
		driver: memdir.New("d-1234567890"), links: map[identity.Record]link.Link{}, absent: map[baseline.Key]baseline.Absence{}, snap: &source.Snapshot{Source: "corp"}, now: march,
	}
	w.open()
	w.by = reconcile.By{Mapping: w.rules(t)}
	table, _ := reconcile.TableNamed(reconcile.Default)
	w.settings = reconcile.Settings{
		Sync: "corp", Directory: "local", Table: table, Issuer: "rollcall:corp", ManageGroups: true, Limits: limits,
		UserPaths: w.by.Mapping.UserPaths(), GroupPaths: w.by.Mapping.GroupPaths(),
	}
	all := source.Group{Anchor: "g", Name: "cn=all", Attributes: source.Attributes{"cn": {"all"}}}
	for i := range people {
		name := fmt.Sprintf("p%03d", i)
		w.putPerson(source.Person{Anchor: identity.Anchor(name), Name: "uid=" + name + ",ou=a,dc=x", Attributes: source.Attributes{"uid": {name}, "cn": {name}, "title": {"T"}}})
		all.Members = append(all.Members, source.Member{Anchor: identity.Anchor(name)})
	}
	w.snap = &source.Snapshot{Source: "corp", People: w.snap.People, Groups: []source.Group{all}}
	for range 2 {
		p, in := w.plan(t)
		w.carryOut(t, p, in)
	}
	return w
}

// What has changed is held against all there are: each brake trips at the same
// number as if everything had been looked at.
func TestTheBrakesOfWhatHasChangedCountEverybody(t *testing.T) {
	limits := plan.Limits{
		UsersOff: plan.Threshold{Percent: 10}, UsersRenamed: plan.Threshold{Percent: 10}, Missing: plan.Threshold{Percent: 5}, Emptied: 2,
		GroupLeavers: plan.Leaving{Percent: 50, Of: 4, All: 2}, AttributeLost: plan.Losing{Share: 20, People: 5, Left: 50},
	}
	for name, c := range map[string]struct {
		happens func(w *firm, i int) // to somebody
		most    int                  // to how many it may happen, of forty
	}{
		"people leave": {func(w *firm, i int) {
			w.alterPerson(i, func(p *source.Person) { p.Attributes = source.Attributes{"uid": p.Attributes["uid"], "out": {"x"}} })
		}, 4},
		"people are disabled": {func(w *firm, i int) { w.alterAttribute(i, "off", "x") }, 4},
		"people are renamed": {func(w *firm, i int) {
			w.alterAttribute(i, "uid", strings.ToUpper(w.snap.People[i].Attributes.First("uid")))
		}, 4},
		"people leave a group": {func(w *firm, i int) { w.turnMember(0, w.snap.People[i].Anchor) }, 20},
		"titles are lost":      {func(w *firm, i int) { w.alterAttribute(i, "title", "") }, 20},
	} {
		t.Run(name, func(t *testing.T) {
			for _, n := range []int{c.most, c.most + 1} {
				w := staffOf(t, 40, limits)
				for i := range n {
					c.happens(w, i)
				}
				before := w.parts
				p, _ := w.plan(t)
				if tripped := len(p.Brakes) > 0; tripped != (n > c.most) {
					t.Errorf("%d: brakes %v", n, p.Brakes)
				}
				if w.parts == before {
					t.Errorf("%d: everything was planned, and not what had changed", n)
				}
			}
		})
	}
}

func (w *firm) alterPerson(i int, alter func(*source.Person)) {
	p := w.snap.People[i]
	alter(&p)
	w.putPerson(p)
}

func (w *firm) alterAttribute(i int, name, value string) {
	w.alterPerson(i, func(p *source.Person) {
		a := source.Attributes{}
		for known, values := range p.Attributes {
			a[known] = values
		}
		if a[name] = []string{value}; value == "" {
			delete(a, name)
		}
		p.Attributes = a
	})
}
