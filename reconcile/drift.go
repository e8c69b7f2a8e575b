package reconcile

import (
	"bytes"
	"context"
	"time"

	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
)

// Drift is one thing that a source owns and that somebody else has changed on
// the target since a sync wrote it.
type Drift struct {
	Kind   identity.Kind  `json:"kind"`
	Object identity.ID    `json:"object,omitempty"` // empty for what is gone
	Name   string         `json:"name"`
	Field  string         `json:"field"`            // a path, DriftMember or DriftGone
	Target identity.Value `json:"target,omitempty"` // as it is
	Source identity.Value `json:"source,omitempty"` // as it should be
	Member string         `json:"member,omitempty"` // userName
	By     string         `json:"by,omitempty"`     // who wrote to the object last, where the target says so
	At     time.Time      `json:"at,omitzero"`      // when
	Change int            `json:"change"`           // that would put it right, by its number in the plan
}

// The fields of a drift that are no attribute.
const (
	DriftAdded   = "member added"
	DriftRemoved = "member removed"
	DriftGone    = "deleted"
)

// Remembered tells what syncs wrote; a journal does.
type Remembered interface {
	Written(ctx context.Context, target string, kind identity.Kind, id identity.ID) (journal.Written, error)
}

// Drifts picks from a plan's changes those that put right what somebody else
// changed: where the target is not as the last sync left it. Changes that are due
// because the source or the mapping changed are none.
func Drifts(ctx context.Context, p *plan.Plan, now *Current, past Remembered) ([]Drift, error) {
	d := drifts{ctx: ctx, target: p.Directory, past: past, meta: map[identity.ID]identity.Meta{}}
	for i := range now.Users {
		d.meta[now.Users[i].ID] = now.Users[i].Meta
	}
	for i := range now.Groups {
		d.meta[now.Groups[i].ID] = now.Groups[i].Meta
	}
	for i := range p.Changes {
		if err := d.look(&p.Changes[i]); err != nil {
			return nil, err
		}
	}
	return d.found, nil
}

type drifts struct {
	ctx    context.Context
	target string
	past   Remembered
	meta   map[identity.ID]identity.Meta
	found  []Drift
}

func (d *drifts) look(c *plan.Change) error {
	if c.Kind.Creates() {
		if c.Again {
			d.found = append(d.found, Drift{Kind: c.Kind.Object(), Name: c.Name, Field: DriftGone, Change: c.Number})
		}
		return nil
	}
	id, there := c.Subject.ID()
	if !there || c.Record == nil || c.Kind.Assigns() || c.Kind.Denies() {
		return nil
	}
	was, err := d.past.Written(d.ctx, d.target, c.Kind.Object(), id)
	if err != nil {
		return err
	}
	one := Drift{Kind: c.Kind.Object(), Object: id, Name: c.Name, Change: c.Number, By: d.meta[id].UpdatedBy, At: d.meta[id].UpdatedAt}
	if c.Kind == plan.GroupMembers {
		d.members(one, c, was)
		return nil
	}
	if was.Attributes == nil || c.Kind.Deletes() {
		return nil
	}
	for _, e := range c.Edits {
		if !bytes.Equal(was.Attributes[e.Path], e.Old) {
			one.Field, one.Target, one.Source = e.Path, e.Old, e.New
			d.found = append(d.found, one)
		}
	}
	return nil
}

// members finds who is in although no sync put them there, and who is out
// although the last sync that touched them put them in. The group's own time
// says nothing about its members.
func (d *drifts) members(one Drift, c *plan.Change, was journal.Written) {
	one.By, one.At = "", time.Time{}
	for _, m := range c.Add {
		if id, there := m.User.ID(); there && was.Members[id] {
			one.Field, one.Member = DriftRemoved, m.Name
			d.found = append(d.found, one)
		}
	}
	for _, m := range c.Remove {
		if id, there := m.User.ID(); there && !was.Members[id] {
			one.Field, one.Member = DriftAdded, m.Name
			d.found = append(d.found, one)
		}
	}
}
