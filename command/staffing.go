package command

import (
	"context"
	"slices"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
	"rollcall/reconcile"
)

// Wants is what somebody is to have.
type Wants struct {
	Groups      []WantedGroup
	Assignments []WantedAssignment
}

// WantedGroup is a group that somebody is put into or taken out of.
type WantedGroup struct {
	Group identity.Group // one without an id is created
	Role  string         // the role template that wants it; empty: the caller
}

// WantedAssignment is an assignment that somebody is given or loses.
type WantedAssignment struct {
	Assignment plan.Assignment
	Role       string
}

// Staffing is the plan of joiners or movers in the making. It collects what people
// are given and what is taken from them, so that each group is one change of who
// joins and one of who leaves, and [Staffing.Plan] ends it.
//
// Everybody is put into groups first, then given assignments, and only then
// anything is taken from them: nobody is without access in between. One that
// fails stops no other.
type Staffing struct {
	draft  *Draft
	reason string
	joins  []*members
	leaves []*members
	gives  []*assigned
	takes  []*assigned
	access *assignment.Instance
	opened bool
	has    map[identity.ID][]plan.Assignment // what people have themselves, as read
}

// members is a change of one group's members in the making.
type members struct {
	group  identity.Group
	people []*person
	list   []plan.Member
}

// assigned is a change of one assignment in the making.
type assigned struct {
	person *person
	plan.Assignment
	role string
}

// Staffing begins the plan of joiners or movers.
func (d *Draft) Staffing(reason string) *Staffing {
	return &Staffing{draft: d, reason: reason, has: map[identity.ID][]plan.Assignment{}}
}

// give notes what a person gets, as far as they do not have it.
func (s *Staffing) give(ctx context.Context, p *person, w Wants) error {
	for _, g := range w.Groups {
		if err := s.join(ctx, p, g); err != nil {
			return err
		}
	}
	for _, a := range w.Assignments {
		there, err := s.hasItself(ctx, p, a.Assignment)
		if err != nil {
			return err
		}
		if !there {
			s.gives = noted(s.gives, p, a)
		}
	}
	return nil
}

// noted adds an assignment of a person, once.
func noted(all []*assigned, p *person, w WantedAssignment) []*assigned {
	own := userOwn(w.Assignment)
	for _, x := range p.noted {
		if x.Same(own) {
			return all
		}
	}
	p.noted = append(p.noted, own)
	return append(all, &assigned{person: p, Assignment: own, role: w.Role})
}

// userOwn is an assignment as a user's own.
func userOwn(a plan.Assignment) plan.Assignment {
	a.Principal = identity.KindUser
	return a
}

func (s *Staffing) join(ctx context.Context, p *person, w WantedGroup) error {
	in, err := s.isIn(ctx, p, w.Group)
	if err != nil || in {
		return err
	}
	return s.moves(ctx, &s.joins, p, w)
}

// isIn reports whether somebody is in a group.
func (s *Staffing) isIn(ctx context.Context, p *person, g identity.Group) (bool, error) {
	if p.id == "" || g.ID == "" {
		return false, nil
	}
	_, err := s.draft.Directory.FindMembership(ctx, g.ID, p.id)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// moves notes that a person joins or leaves a group.
func (s *Staffing) moves(ctx context.Context, side *[]*members, p *person, w WantedGroup) error {
	at := slices.IndexFunc(*side, func(m *members) bool { return sameGroup(m.group, w.Group) })
	if at < 0 {
		at = len(*side)
		*side = append(*side, &members{group: w.Group})
	}
	m := (*side)[at]
	if slices.Contains(m.people, p) {
		return nil
	}
	member := plan.Member{User: p.subject, Name: p.user.UserName}
	if p.id != "" {
		var err error
		if member, err = s.draft.Member(ctx, p.user); err != nil {
			return err
		}
	}
	member.Role = w.Role
	m.people, m.list = append(m.people, p), append(m.list, member)
	return nil
}

func sameGroup(a, b identity.Group) bool {
	return a.ID == b.ID && (a.ID != "" || identity.SameName(a.DisplayName, b.DisplayName))
}

// take notes what a person loses, as far as they have it.
func (s *Staffing) take(ctx context.Context, p *person, w Wants) error {
	for _, g := range w.Groups {
		in, err := s.isIn(ctx, p, g.Group)
		if err == nil && in {
			err = s.moves(ctx, &s.leaves, p, g)
		}
		if err != nil {
			return err
		}
	}
	for _, a := range w.Assignments {
		there, err := s.hasItself(ctx, p, a.Assignment)
		if err != nil {
			return err
		}
		if there {
			s.takes = noted(s.takes, p, a)
		}
	}
	return nil
}

// hasItself reports whether a person has an assignment themselves.
func (s *Staffing) hasItself(ctx context.Context, p *person, a plan.Assignment) (bool, error) {
	own, err := s.own(ctx, p)
	return slices.ContainsFunc(own, userOwn(a).Same), err
}

// own reads what a person has themselves. Where assignments cannot be reached
// it fails with fault.Unsupported.
func (s *Staffing) own(ctx context.Context, p *person) ([]plan.Assignment, error) {
	if err := s.open(ctx); err != nil || p.id == "" {
		return nil, err
	}
	if own, known := s.has[p.id]; known {
		return own, nil
	}
	own, err := reconcile.Assigned(ctx, s.access, identity.Principal{Store: s.draft.Plan.Store, Kind: identity.KindUser, ID: p.id})
	if err == nil {
		err = reconcile.Name(ctx, s.access, own)
	}
	if err == nil {
		s.has[p.id] = own
	}
	return own, err
}

func (s *Staffing) open(ctx context.Context) (err error) {
	if !s.opened {
		if s.access, err = s.draft.desk.Executor.Access.Open(ctx); err != nil {
			return err
		}
		s.opened = true
	}
	if s.access == nil {
		return fault.Text(fault.Unsupported, "read assignments", "", "this directory is reached by SCIM alone, which has no word for them")
	}
	return nil
}

// Plan adds all that was noted to the plan.
func (s *Staffing) Plan(ctx context.Context) error {
	for _, m := range s.joins {
		if err := s.planMembers(ctx, m, true); err != nil {
			return err
		}
	}
	for _, a := range s.gives {
		s.planAssigned(plan.AssignmentCreate, a, a.person.joined)
	}
	for _, m := range s.leaves {
		if err := s.planMembers(ctx, m, false); err != nil {
			return err
		}
	}
	for _, a := range s.takes {
		s.planAssigned(plan.AssignmentDelete, a, slices.Concat(a.person.joined, a.person.given))
	}
	return nil
}

func (s *Staffing) planMembers(ctx context.Context, m *members, in bool) error {
	c, err := s.changeOf(ctx, m.group)
	if err != nil {
		return err
	}
	c.Remove = m.list
	if in {
		c.Add, c.Remove = m.list, nil
	}
	for _, p := range m.people {
		c.Needs = append(c.Needs, p.needs...)
		if !in {
			c.Needs = slices.Concat(c.Needs, p.joined, p.given)
		}
	}
	slices.Sort(c.Needs)
	c.Needs = slices.Compact(c.Needs)
	n := s.draft.Add(c)
	for _, p := range m.people {
		if in {
			p.joined = append(p.joined, n)
		}
	}
	return nil
}

// changeOf begins the change of a group's members; a group that there is not is
// created before.
func (s *Staffing) changeOf(ctx context.Context, g identity.Group) (plan.Change, error) {
	if g.ID != "" {
		return s.draft.Group(ctx, g, plan.GroupMembers, s.reason)
	}
	made, err := s.draft.NewGroup(g, s.reason)
	if err != nil {
		return plan.Change{}, err
	}
	n := s.draft.Add(made)
	return plan.Change{Kind: plan.GroupMembers, Subject: plan.New(n), Name: g.DisplayName, Reason: s.reason, Needs: []int{n}}, nil
}

func (s *Staffing) planAssigned(kind plan.Kind, a *assigned, before []int) {
	needs := slices.Concat(a.person.needs, before)
	slices.Sort(needs)
	n := s.draft.Add(plan.Change{
		Kind: kind, Subject: a.person.subject, Name: a.person.user.UserName, Record: a.person.record,
		Assignment: &a.Assignment, Role: a.role, Reason: s.reason, Needs: slices.Compact(needs),
	})
	if kind == plan.AssignmentCreate {
		a.person.given = append(a.person.given, n)
	}
}
