package apply

import (
	"context"

	"rollcall/identity"
	"rollcall/plan"
)

// checkSeals compares every object the plan expects with one fresh listing, so
// that an older plan costs no read a change. Changes whose object has moved on
// are refused when their turn comes.
func (w *work) checkSeals(ctx context.Context) error {
	// An object that this run has written to, or may have, is not as planned
	// any more, and rightly so.
	touched := map[plan.Subject]bool{}
	for _, c := range w.plan.Changes {
		if _, settled := w.outcomes[c.Number]; settled || w.begun[c.Number] {
			touched[c.Subject] = true
		}
	}
	expected := map[identity.ID][]plan.Change{}
	for _, c := range w.unsettled() {
		if id, exists := c.Subject.ID(); exists && c.Expect.Digest != "" && !touched[c.Subject] {
			expected[id] = append(expected[id], c)
		}
	}
	if len(expected) == 0 {
		return nil
	}
	for u, err := range w.x.Directory.Users(ctx) {
		if err != nil {
			return err
		}
		if err := w.checkSeal(ctx, expected, u.ID, u.Revision, func() (string, error) { return identity.UserDigest(&u, w.plan.Sealed.User) }); err != nil {
			return err
		}
	}
	for g, err := range w.x.Directory.Groups(ctx) {
		if err != nil {
			return err
		}
		if err := w.checkSeal(ctx, expected, g.ID, g.Revision, func() (string, error) { return identity.GroupDigest(&g, w.plan.Sealed.Group) }); err != nil {
			return err
		}
	}
	for _, changes := range expected { // the listing is complete: what it lacks is gone
		for _, c := range changes {
			if !c.Kind.Deletes() {
				w.refuse(ctx, c, "it is gone")
			}
		}
	}
	return nil
}

func (w *work) checkSeal(ctx context.Context, expected map[identity.ID][]plan.Change, id identity.ID, revision string, digest func() (string, error)) error {
	changes, sealed := expected[id]
	if !sealed {
		return nil
	}
	delete(expected, id)
	now, err := digest()
	if err != nil {
		return err
	}
	for _, c := range changes {
		if c.Expect.Digest != now {
			w.refuse(ctx, c, "it changed since the plan was made")
		} else if c.Expect.Revision != "" {
			w.revision[id] = revision // what the seal covers is unchanged; what it does not cover may have moved on
		}
	}
	return nil
}

func (w *work) refuse(ctx context.Context, c plan.Change, why string) {
	j := &job{x: w.x, change: c, plan: w.plan, run: w.run}
	j.craft = j
	j.subject, _ = c.Subject.ID()
	w.refused[c.Number] = j.stale(ctx, why)
}
