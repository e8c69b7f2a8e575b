package mapping

import (
	"errors"
	"strings"

	"rollcall/identity"
	"rollcall/source"
)

// Step is one rule on one entry, with everything it saw. It holds personal
// values: it is for the eyes of whoever asked, not for a log.
type Step struct {
	Rule       string  // "scope.people", "user.email" as written; "check emails.value" for what the directory would refuse
	Expression string  // empty for a check
	Inputs     []Input // in the order they were first read
	Result     string  // JSON; empty where nothing is set or it failed
	Problem    string  // what went wrong, in full; empty if nothing did
}

// Input is an attribute that an expression read.
type Input struct {
	Attribute string   // in lower case; also "dn" and "anchor"
	Values    []string // none if the entry does not have it
}

// Explain maps one person step by step: the scope, which ends it where it says
// no, then each attribute, then what a directory would refuse in the outcome.
func (m *Mapping) Explain(p source.Person) []Step {
	e := m.people.entry()
	e.turnTo(p.Anchor, p.Name, p.Attributes)
	u := identity.User{Active: true}
	steps, in := explain(&m.people, e, &u, identity.UserValue)
	if in {
		steps = append(steps, checks(u.Validate())...)
	}
	return steps
}

// ExplainGroup is [Mapping.Explain] for a group.
func (m *Mapping) ExplainGroup(g source.Group) []Step {
	e := m.groups.entry()
	e.turnTo(g.Anchor, g.Name, g.Attributes)
	var out identity.Group
	steps, in := explain(&m.groups, e, &out, identity.GroupValue)
	if in {
		steps = append(steps, checks(out.Validate())...)
	}
	return steps
}

func explain[T any](a *attributes[T], e *entry, to *T, value func(*T, string) (identity.Value, error)) (steps []Step, in bool) {
	in = true
	step := func(r *rule[T], run func() (string, error)) {
		s := Step{Rule: r.name, Expression: r.expression}
		e.read = s.note
		result, err := run()
		if err != nil {
			s.Problem = fullText(err)
		}
		s.Result = result
		steps = append(steps, s)
	}
	if a.scope != nil {
		step(a.scope, func() (string, error) {
			var err error
			if in, err = a.scope.holds(e); err != nil {
				return "", err
			}
			return map[bool]string{true: "true", false: "false"}[in], nil
		})
	}
	if !in {
		return steps, false
	}
	for i := range a.rules {
		r := &a.rules[i]
		step(r, func() (string, error) {
			if err := r.apply(e, to); err != nil {
				return "", err
			}
			v, err := value(to, r.path)
			return string(v), err
		})
	}
	return steps, true
}

func (s *Step) note(attribute string, values []string) {
	attribute = strings.ToLower(attribute)
	for _, known := range s.Inputs {
		if known.Attribute == attribute {
			return
		}
	}
	s.Inputs = append(s.Inputs, Input{Attribute: attribute, Values: values})
}

// fullText is publicText for somebody who sees the values anyway.
func fullText(err error) string {
	if own, ok := errors.AsType[refusal](err); ok {
		return own.Error()
	}
	return err.Error()
}

func checks(err error) []Step {
	problems, _ := errors.AsType[identity.Problems](err)
	steps := make([]Step, len(problems))
	for i, p := range problems {
		steps[i] = Step{Rule: "check " + p.Field, Problem: p.Problem}
	}
	return steps
}
