package undo

import (
	"cmp"
	"slices"
	"strings"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
)

// ordered numbers the steps so that each stands after what it needs; where
// that leaves a choice, disabling comes first and deleting last.
func (p *planner) ordered() ([]plan.Change, error) {
	rank := map[plan.Kind]int{}
	for i, k := range plan.Kinds() {
		rank[k] = i
	}
	slices.SortStableFunc(p.steps, func(a, b *step) int {
		return cmp.Or(
			cmp.Compare(rank[a.change.Kind], rank[b.change.Kind]),
			strings.Compare(identity.Fold(a.change.Name), identity.Fold(b.change.Name)),
		)
	})
	o := order{planned: make(map[*step]bool, len(p.steps))}
	for _, s := range p.steps {
		o.planned[s] = true
	}
	for _, s := range p.steps {
		if err := o.put(s); err != nil {
			return nil, err
		}
	}
	changes := make([]plan.Change, len(o.sorted))
	for i, s := range o.sorted {
		changes[i] = o.change(s)
	}
	return changes, nil
}

type order struct {
	planned map[*step]bool
	sorted  []*step
}

// put appends s after everything it needs.
func (o *order) put(s *step) error {
	switch {
	case s == nil || !o.planned[s] || s.number > 0:
		return nil
	case s.open:
		return fault.Text(fault.Internal, "undo", "", "changes need each other")
	}
	s.open = true
	for _, need := range s.needs {
		if err := o.put(need); err != nil {
			return err
		}
	}
	s.open = false
	o.sorted = append(o.sorted, s)
	s.number = len(o.sorted)
	return nil
}

// change is a step with its number, its subject and its members' subjects.
func (o *order) change(s *step) plan.Change {
	c := s.change
	c.Number = s.number
	switch {
	case c.Kind.Creates():
		c.Subject = plan.New(s.number)
	case s.makes != nil:
		c.Subject = plan.New(s.makes.number)
	}
	for _, j := range s.adds {
		if j.makes != nil {
			j.member.User = plan.New(j.makes.number)
		}
		c.Add = append(c.Add, j.member)
	}
	for _, need := range s.needs {
		if need != nil && o.planned[need] {
			c.Needs = append(c.Needs, need.number)
		}
	}
	slices.Sort(c.Needs)
	c.Needs = slices.Compact(c.Needs)
	return c
}
