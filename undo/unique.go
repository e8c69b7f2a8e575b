package undo

import (
	"fmt"
	"slices"
	"strings"

	"rollcall/identity"
	"rollcall/plan"
)

// end is what an object's unique values are before the undo and after it.
type end struct {
	trace         *trace
	before, after []string
}

// settleUnique takes back the steps of objects that cannot have a unique value
// back, because somebody has taken it since and keeps it. What an object then
// keeps is not free for others either, so it looks again until nothing changes.
func (p *planner) settleUnique() error {
	for {
		ends, err := p.ends()
		if err != nil {
			return err
		}
		refused := p.refused(ends)
		if len(refused) == 0 {
			return nil
		}
		for t, why := range refused {
			p.attend("taken", t, p.text(why))
			p.drop(t)
		}
	}
}

// drop takes the steps back that were planned for an object.
func (p *planner) drop(t *trace) {
	p.steps = slices.DeleteFunc(p.steps, func(s *step) bool { return s.trace == t })
	for n, s := range p.of {
		if s.trace == t {
			delete(p.of, n)
		}
	}
	if p.again[t.id] != nil {
		delete(p.again, t.id)
	}
}

// ends works out the unique values of every object with steps.
func (p *planner) ends() ([]end, error) {
	of := map[*trace][]*step{}
	var order []*trace
	for _, s := range p.steps {
		if of[s.trace] == nil {
			order = append(order, s.trace)
		}
		of[s.trace] = append(of[s.trace], s)
	}
	all := make([]end, 0, len(order))
	for _, t := range order {
		e, err := p.end(t, of[t])
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}

func (p *planner) end(t *trace, steps []*step) (end, error) {
	e := end{trace: t}
	var edits []identity.Edit
	deleted := false
	for _, s := range steps {
		deleted = deleted || s.change.Kind.Deletes()
		edits = append(edits, s.change.Edits...)
	}
	if t.kind == identity.KindGroup {
		var g identity.Group
		if p.exists(t.object) {
			g = p.in.Current.Groups[p.groups[t.id]]
			e.before = groupKeys(&g)
		}
		if deleted {
			return e, nil
		}
		err := g.Apply(edits)
		e.after = groupKeys(&g)
		return e, err
	}
	var u identity.User
	if p.exists(t.object) {
		u = p.in.Current.Users[p.users[t.id]]
		e.before = userKeys(&u)
	}
	if deleted {
		return e, nil
	}
	err := u.Apply(edits)
	e.after = userKeys(&u)
	return e, err
}

// userKeys are the values that a store holds once, each with its attribute.
func userKeys(u *identity.User) []string {
	keys := []string{"userName\x00" + identity.Fold(u.UserName)}
	for _, m := range u.Emails {
		if m.Value != "" {
			keys = append(keys, "e-mail\x00"+identity.Fold(m.Value))
		}
	}
	return append(keys, externalKeys("user", u.ExternalIDs)...)
}

func groupKeys(g *identity.Group) []string {
	return append([]string{"displayName\x00" + identity.Fold(g.DisplayName)}, externalKeys("group", g.ExternalIDs)...)
}

func externalKeys(kind string, ids []identity.ExternalID) []string {
	keys := make([]string, len(ids))
	for i, x := range ids {
		keys[i] = "externalId\x00" + kind + "\x00" + x.Issuer + "\x00" + x.ID
	}
	return keys
}

// refused says which objects cannot have a value back, and why.
func (p *planner) refused(ends []end) map[*trace]string {
	taken, free := map[string]int{}, map[string]bool{}
	for _, e := range ends {
		for _, key := range e.after {
			if !slices.Contains(e.before, key) {
				taken[key]++
			}
		}
		for _, key := range e.before {
			if !slices.Contains(e.after, key) {
				free[key] = true
			}
		}
	}
	if len(taken) == 0 {
		return nil
	}
	holders := p.holders(taken)
	refused := map[*trace]string{}
	for _, e := range ends {
		for _, key := range e.after {
			holder, held := holders[key]
			switch {
			case slices.Contains(e.before, key):
			case held && !free[key]:
				refused[e.trace] = fmt.Sprintf("changed or deleted it, and its %s belongs to %s now", attribute(key), holder)
			case taken[key] > 1:
				refused[e.trace] = "changed or deleted it, and another one gets its " + attribute(key) + " back"
			}
		}
	}
	return refused
}

func attribute(key string) string {
	name, _, _ := strings.Cut(key, "\x00")
	return name
}

// holders says who has each of some values now.
func (p *planner) holders(wanted map[string]int) map[string]string {
	held := map[string]string{}
	note := func(who string, keys []string) {
		for _, key := range keys {
			if wanted[key] > 0 {
				held[key] = who
			}
		}
	}
	for i := range p.in.Current.Users {
		u := &p.in.Current.Users[i]
		note("user "+string(u.ID), userKeys(u))
	}
	for i := range p.in.Current.Groups {
		g := &p.in.Current.Groups[i]
		note("group "+string(g.ID), groupKeys(g))
	}
	return held
}

// reverseNeeds turns the needs of the run round: what had to be done first is
// taken back last. Memberships have needs of their own.
func (p *planner) reverseNeeds() {
	changes := p.in.Past.Plan.Changes
	for i := range changes {
		later := &changes[i]
		first := p.of[later.Number]
		if first == nil {
			continue
		}
		for _, n := range later.Needs {
			earlier := &changes[n-1]
			back := p.of[n]
			// A user's deletion waits for its groups' only to find the
			// memberships it was planned with: made again, a group needs nobody.
			byMembers := earlier.Kind == plan.GroupDelete && later.Kind == plan.UserDelete
			if back == nil || back == first || byMembers {
				continue
			}
			back.needs = append(back.needs, first)
		}
	}
}
