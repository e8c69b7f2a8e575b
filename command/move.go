package command

import (
	"context"
	"slices"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
)

// Mover is somebody whose work changes.
type Mover struct {
	User  identity.User
	Edits []identity.Edit // of their attributes; a value that is nil is taken away
	Gets  Wants
	Loses Wants
	Exact bool // of the groups, they keep none but those in Gets
	Role  bool // what a role template gave them, and Gets does not want, is taken
	// Check, if it is not nil, is shown what of their attributes differs, and may
	// refuse it.
	Check func(differ []identity.Edit) error
}

// Move plans that somebody changes: their attributes, then what they get, then
// what they lose. What is so already is not planned again. Kept, if it is not
// nil, is told what a role would take and no role has given.
//
// It fails with fault.Invalid for attributes that cannot be, and for what is to
// be given and taken at once.
func (s *Staffing) Move(ctx context.Context, m Mover, kept func(userName, what string)) error {
	if err := m.contradiction(); err != nil {
		return err
	}
	d := s.draft
	d.Plan.Event = plan.Mover
	p := &person{subject: plan.Existing(m.User.ID), id: m.User.ID, user: m.User}
	var err error
	if p.record, err = d.desk.Record(ctx, identity.KindUser, m.User.ID); err != nil {
		return err
	}
	before := len(d.Plan.Changes)
	if err := d.ChangeUser(ctx, m.User, m.Edits, s.reason, m.Check); err != nil {
		return err
	}
	for _, c := range d.Plan.Changes[before:] {
		p.needs = append(p.needs, c.Number)
	}
	if len(p.needs) == 0 { // else that has said so
		if err := d.sayHeld(ctx, m.User.UserName, p.record); err != nil {
			return err
		}
	}
	if err := s.give(ctx, p, m.Gets); err != nil {
		return err
	}
	if m.Exact {
		if err := s.leaveOthers(ctx, p, m.Gets.Groups); err != nil {
			return err
		}
	}
	if err := s.take(ctx, p, m.Loses); err != nil || !m.Role {
		return err
	}
	return s.takeOldRole(ctx, p, m.Gets, kept)
}

// contradiction says what is to be given and taken at once.
func (m *Mover) contradiction() error {
	for _, g := range m.Loses.Groups {
		if slices.ContainsFunc(m.Gets.Groups, func(x WantedGroup) bool { return sameGroup(x.Group, g.Group) }) {
			return fault.Text(fault.Invalid, "move", m.User.UserName, "group "+g.Group.DisplayName+" is to be joined and left")
		}
	}
	for _, a := range m.Loses.Assignments {
		if slices.ContainsFunc(m.Gets.Assignments, func(x WantedAssignment) bool { return x.Assignment.Same(a.Assignment) }) {
			return fault.Text(fault.Invalid, "move", m.User.UserName, a.Assignment.Text()+" is to be given and taken")
		}
	}
	return nil
}

// leaveOthers takes a person out of all groups but these.
func (s *Staffing) leaveOthers(ctx context.Context, p *person, keep []WantedGroup) error {
	groups, err := s.draft.GroupsOf(ctx, p.id)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if slices.ContainsFunc(keep, func(x WantedGroup) bool { return x.Group.ID == g.ID }) {
			continue
		}
		if err := s.moves(ctx, &s.leaves, p, WantedGroup{Group: g}); err != nil {
			return err
		}
	}
	return nil
}

// takeOldRole takes what role templates have given to a person and the new one
// does not want. What they have otherwise is theirs.
func (s *Staffing) takeOldRole(ctx context.Context, p *person, keep Wants, kept func(userName, what string)) error {
	past := s.draft.desk.provenance(s.draft.Directory.Name())
	groups, err := s.draft.GroupsOf(ctx, p.id)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if slices.ContainsFunc(keep.Groups, func(x WantedGroup) bool { return x.Group.ID == g.ID }) {
			continue
		}
		role, err := past.ofMembership(ctx, g.ID, p.id)
		switch {
		case err != nil:
			return err
		case role != "":
			err = s.moves(ctx, &s.leaves, p, WantedGroup{Group: g, Role: role})
		case kept != nil:
			kept(p.user.UserName, "group "+g.DisplayName)
		}
		if err != nil {
			return err
		}
	}
	return s.takeOldAssignments(ctx, past, p, keep, kept)
}

func (s *Staffing) takeOldAssignments(ctx context.Context, past *provenance, p *person, keep Wants, kept func(userName, what string)) error {
	own, err := s.own(ctx, p)
	if fault.Is(err, fault.Unsupported) && len(keep.Assignments) == 0 {
		return nil // by SCIM alone no role can have given any
	}
	if err != nil {
		return err
	}
	for _, a := range own {
		if slices.ContainsFunc(keep.Assignments, func(x WantedAssignment) bool { return userOwn(x.Assignment).Same(a) }) {
			continue
		}
		role, err := past.ofAssignment(ctx, a.ID(p.id))
		switch {
		case err != nil:
			return err
		case role != "":
			s.takes = noted(s.takes, p, WantedAssignment{Assignment: a, Role: role})
		case kept != nil:
			kept(p.user.UserName, a.Text())
		}
	}
	return nil
}
