package undo

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"rollcall/identity"
	"rollcall/plan"
)

// memberships takes back who joined and who left, group by group, and gives
// the memberships back that ended with what the run deleted. It leaves alone
// what is not as the run left it.
func (p *planner) memberships(traces []*trace) error {
	leave, join := map[identity.ID]map[identity.ID]bool{}, map[identity.ID]map[identity.ID]bool{}
	names := map[identity.ID]string{}
	for _, t := range traces {
		if t.kind == identity.KindGroup {
			names[t.id] = t.name
			leave[t.id], join[t.id] = t.joined, union(join[t.id], t.parted)
		}
		if t.deleted == nil || t.created != nil {
			continue
		}
		for _, tie := range t.deleted.Ends {
			group, user := t.id, tie.Object
			if t.kind == identity.KindUser {
				group, user = tie.Object, t.id
				names[group] = cmp.Or(names[group], tie.Name)
			}
			join[group] = union(join[group], map[identity.ID]bool{user: true})
		}
	}
	all := union(asSet(leave), asSet(join))
	for _, group := range slices.Sorted(maps.Keys(all)) {
		if err := p.membersOf(group, names[group], leave[group], join[group]); err != nil {
			return err
		}
	}
	return nil
}

func asSet[T any](of map[identity.ID]T) map[identity.ID]bool {
	set := make(map[identity.ID]bool, len(of))
	for id := range of {
		set[id] = true
	}
	return set
}

func union(a, b map[identity.ID]bool) map[identity.ID]bool {
	if a == nil {
		a = map[identity.ID]bool{}
	}
	maps.Copy(a, b)
	return a
}

func (p *planner) membersOf(group identity.ID, name string, leave, join map[identity.ID]bool) error {
	o := object{identity.KindGroup, group}
	makes := p.again[group]
	t := &trace{object: o, name: name}
	if l, linked := p.byObject[o]; linked {
		t.record = &l.Record
	}
	if makes != nil {
		t.record = makes.change.Record
	}
	if makes == nil && !p.exists(o) {
		if len(join) > 0 {
			p.attend("gone", t, fmt.Sprintf("it is gone; %s not given back", plural(len(join), "membership is", "memberships are")))
		}
		return nil
	}
	has := asMembers(p.in.Current.Members[group])
	remove := p.leavers(leave, has)
	adds := p.joiners(t, join, leave, has, makes != nil)
	return p.addMembers(t, makes, remove, adds)
}

func asMembers(ids []identity.ID) map[identity.ID]bool {
	set := make(map[identity.ID]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set
}

// leavers are those whom the run added and who are still in.
func (p *planner) leavers(joined, has map[identity.ID]bool) []plan.Member {
	var gone []plan.Member
	for id := range joined {
		if at, there := p.users[id]; there && has[id] {
			gone = append(gone, plan.Member{User: plan.Existing(id), Name: p.in.Current.Users[at].UserName})
		}
	}
	slices.SortFunc(gone, func(a, b plan.Member) int { return strings.Compare(a.Name, b.Name) })
	return gone
}

// joiners are those whom the run put out and who are still out.
func (p *planner) joiners(t *trace, parted, joined, has map[identity.ID]bool, anew bool) []join {
	var back []join
	held, gone := 0, 0
	for id := range parted {
		if anew && joined[id] {
			continue // it was the run that had put them in
		}
		at, there := p.users[id]
		switch {
		case there && has[id]:
		case there && p.isHeld(id, nil):
			held++
		case there:
			m := p.member(id, p.in.Current.Users[at].UserName)
			m.Role = p.roleOf(t.id, id)
			back = append(back, join{member: m})
		case p.again[id] != nil:
			s := p.again[id]
			m := plan.Member{Name: s.change.Name}
			if r := s.change.Record; r != nil && r.Source == p.source() {
				m.Anchor = r.Anchor
			}
			back = append(back, join{member: m, makes: s})
		default:
			gone++
		}
	}
	if held > 0 {
		p.attend("held", t, fmt.Sprintf("%s not added again: put out and held", plural(held, "person is", "people are")))
	}
	if gone > 0 {
		p.attend("gone", t, fmt.Sprintf("%s not added again: the account is gone", plural(gone, "former member is", "former members are")))
	}
	slices.SortFunc(back, func(a, b join) int { return strings.Compare(a.member.Name, b.member.Name) })
	return back
}

// roleOf is the role template that the run took a membership for: it is the
// role's again once it is given back.
func (p *planner) roleOf(group, user identity.ID) string {
	for i := range p.in.Past.Plan.Changes {
		c := &p.in.Past.Plan.Changes[i]
		if c.Kind != plan.GroupMembers || c.Subject != plan.Existing(group) {
			continue
		}
		for _, m := range c.Remove {
			if m.User == plan.Existing(user) {
				return m.Role
			}
		}
	}
	return ""
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (p *planner) member(id identity.ID, name string) plan.Member {
	m := plan.Member{User: plan.Existing(id), Name: name}
	if l, linked := p.byObject[object{identity.KindUser, id}]; linked && l.Record.Source == p.source() {
		m.Anchor = l.Record.Anchor
	}
	return m
}

// addMembers plans a group's members: those who leave first, and apart from
// those who join, because deletions wait for the one and creations go before
// the other.
func (p *planner) addMembers(t *trace, makes *step, remove []plan.Member, adds []join) error {
	c := plan.Change{Kind: plan.GroupMembers, Name: p.nameOf(t), Record: t.record, Reason: "as it was before run " + p.in.Past.Run.ID}
	if makes == nil {
		c.Subject = plan.Existing(t.id)
		if err := p.seal(t.object, &c); err != nil {
			return err
		}
	}
	if len(remove) > 0 {
		s := &step{trace: t, change: c}
		s.change.Remove = remove
		p.steps = append(p.steps, s)
		p.deletionWaits(t.object, s)
		for _, m := range remove {
			id, _ := m.User.ID()
			p.deletionWaits(object{identity.KindUser, id}, s)
		}
	}
	if len(adds) == 0 {
		return nil
	}
	s := &step{trace: t, change: c, makes: makes, adds: adds, needs: []*step{makes}}
	for _, j := range adds {
		s.needs = append(s.needs, j.makes)
	}
	p.steps = append(p.steps, s)
	return nil
}

// deletionWaits makes the deletion of an object, if it is planned, wait for s.
func (p *planner) deletionWaits(o object, s *step) {
	if d := p.deletions[o]; d != nil {
		d.needs = append(d.needs, s)
	}
}
