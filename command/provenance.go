package command

import (
	"context"
	"slices"

	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
)

// provenance says which role template gave somebody what they have, by the
// journal: the last entry that says they got it is that of a change, and its
// plan names the role.
type provenance struct {
	journal   *journal.Journal
	directory string
	plans     map[plan.ID]*plan.Plan
}

func (d *Desk) provenance(directory string) *provenance {
	return &provenance{d.Executor.Journal, directory, map[plan.ID]*plan.Plan{}}
}

// ofMembership is the role that put a user into a group; empty if none did, or
// nobody knows.
func (p *provenance) ofMembership(ctx context.Context, group, user identity.ID) (string, error) {
	for e, err := range p.entries(ctx, identity.KindGroup, group) {
		if err != nil {
			return "", err
		}
		for i := range e.Effects {
			f := &e.Effects[i]
			switch {
			case f.Kind != identity.KindGroup || f.Object != group:
			case slices.Contains(f.Left, user):
				return "", nil // who has let them in since is not known
			case slices.Contains(f.Joined, user):
				return p.roleOfMember(ctx, &e, user)
			}
		}
	}
	return "", nil
}

// ofAssignment is [provenance.ofMembership] for an assignment, by the journal's
// id of it.
func (p *provenance) ofAssignment(ctx context.Context, id identity.ID) (string, error) {
	for e, err := range p.entries(ctx, identity.KindAssignment, id) {
		if err != nil {
			return "", err
		}
		c, err := p.change(ctx, &e)
		if err != nil || c == nil || c.Kind != plan.AssignmentCreate || e.Result == journal.Already {
			return "", err
		}
		return c.Role, nil
	}
	return "", nil
}

func (p *provenance) entries(ctx context.Context, kind identity.Kind, id identity.ID) func(func(journal.Entry, error) bool) {
	return p.journal.Entries(ctx, p.directory, journal.Filter{
		Types: []journal.Type{journal.TypeOutcome, journal.TypeObservation}, Kind: kind, Object: id, Newest: true,
	})
}

// change is what an entry is the outcome of; nil for an observation.
func (p *provenance) change(ctx context.Context, e *journal.Entry) (*plan.Change, error) {
	if len(e.Changes) != 1 || e.Type != journal.TypeOutcome {
		return nil, nil
	}
	if p.plans[e.Plan] == nil {
		stored, err := p.journal.Plan(ctx, string(e.Plan))
		if err != nil {
			return nil, err
		}
		if p.plans[e.Plan], err = plan.Decode(stored.File); err != nil {
			return nil, err
		}
	}
	changes := p.plans[e.Plan].Changes
	if n := e.Changes[0]; n >= 1 && n <= len(changes) {
		return &changes[n-1], nil
	}
	return nil, nil
}

// roleOfMember is the role for which a change has put a user into a group.
func (p *provenance) roleOfMember(ctx context.Context, e *journal.Entry, user identity.ID) (string, error) {
	c, err := p.change(ctx, e)
	if err != nil || c == nil {
		return "", err
	}
	for _, m := range c.Add {
		if m.Role == "" {
			continue
		}
		id, exists := m.User.ID()
		if !exists {
			if id, err = p.made(ctx, e.Run, m.User); err != nil {
				return "", err
			}
		}
		if id == user {
			return m.Role, nil
		}
	}
	return "", nil
}

// made is what a run's creation became.
func (p *provenance) made(ctx context.Context, run string, s plan.Subject) (identity.ID, error) {
	n, _ := s.NewNumber()
	for e, err := range p.journal.Entries(ctx, p.directory, journal.Filter{Run: run, Types: []journal.Type{journal.TypeOutcome}}) {
		if err != nil {
			return "", err
		}
		if slices.Contains(e.Changes, n) {
			return e.Object, nil
		}
	}
	return "", nil
}
