package approval

import (
	"context"
	"slices"

	"rollcall/fault"
	"rollcall/journal"
	"rollcall/plan"
	"rollcall/sqldb"
)

// Unattended is the door of whoever asks by itself, again and again: what was
// rejected for them stays rejected until the changes differ.
const Unattended = "work"

// Ask asks for the approval of a stored plan, on behalf of by, and returns the
// request that stands for its changes: an open one about the very same changes
// stays as it is, with its approvals. Open ones of the same sync about others are
// superseded. Override says why brakes are overridden, where some are.
//
// The request is not always one that waits: look at its status.
func (s *Store) Ask(ctx context.Context, p *plan.Plan, id plan.ID, by plan.Actor, n Needs, override string) (Request, error) {
	var r Request
	substance := p.Substance()
	err := s.journal.Decide(ctx, "ask for approval", "plan "+id.Short(), func(tx *sqldb.Tx) ([]journal.Deciding, error) {
		stands, there, err := standing(tx, p, id, substance, by)
		if err != nil {
			return nil, err
		}
		if there {
			r = stands
			return nil, raise(tx, &r, n, override)
		}
		r = Request{
			Plan: id, Directory: p.Directory, Sync: p.Sync, Title: titleOf(p), Changes: len(p.Changes), By: by, Asked: s.now().UTC(),
			Needs: n, Override: override, Status: Waiting, Decisions: []Decision{},
		}
		said, err := s.overtake(tx, p.Directory, p.Sync, id, by, "plan "+string(id))
		if err != nil {
			return nil, err
		}
		asked := journal.Deciding{Plan: id, Target: p.Directory, By: by, Verdict: journal.Asked, Text: override}
		return append(said, asked), insert(tx, &r, substance)
	})
	return r, err
}

// titleOf is what a plan is about, for a list.
func titleOf(p *plan.Plan) string {
	switch {
	case p.Title != "":
		return p.Title
	case p.Sync != "":
		return "sync " + p.Sync
	}
	return string(p.Origin)
}

// standing is the request that stands for a plan's changes already: its own, an
// open one about the same, or one that was rejected for who does not tire.
func standing(q sqldb.Query, p *plan.Plan, id plan.ID, substance string, by plan.Actor) (Request, bool, error) {
	all, err := list(q, `WHERE directory = $1 AND (plan = $2 OR sync = $3 AND substance = $4 AND (ended = 0 OR status = $5))
		ORDER BY CASE WHEN plan = $2 THEN 0 WHEN ended = 0 THEN 1 ELSE 2 END, asked DESC`,
		p.Directory, string(id), p.Sync, substance, string(Rejected))
	for _, r := range all {
		if r.Plan == id || r.Status.Open() || by.Door == Unattended {
			return r, true, nil
		}
	}
	return Request{}, false, err
}

// raise makes an open request need what the configuration wants now, if that is
// more, and keeps why brakes are overridden.
func raise(tx *sqldb.Tx, r *Request, n Needs, override string) error {
	if !r.Status.Open() || n.Approvers <= r.Needs.Approvers && (override == "" || override == r.Override) {
		return nil
	}
	if override != "" && r.Override != override && len(r.Decisions) > 0 {
		return fault.Text(fault.Conflict, "ask for approval", "plan "+r.Plan.Short(), "people have decided on it already, knowing of another reason; reject it, and make a new plan")
	}
	if override != "" {
		r.Override = override
	}
	r.Needs.Approvers = max(r.Needs.Approvers, n.Approvers)
	if r.Have() < r.Needs.Approvers {
		r.Status = Waiting
	}
	_, err := tx.Exec("UPDATE approval_requests SET need = $1, override = $2, status = $3 WHERE plan = $4",
		r.Needs.Approvers, r.Override, string(r.Status), string(r.Plan))
	return err
}

// Overtake ends the open requests of a sync, because its newest plan, which is
// about to be carried out or has nothing to do, needs none.
func (s *Store) Overtake(ctx context.Context, directory, sync string, newest plan.ID, by plan.Actor) error {
	if sync == "" {
		return nil
	}
	var open []Request
	err := s.db.Read(ctx, func(q sqldb.Query) (err error) {
		open, err = openOf(q, directory, sync)
		return err
	})
	open = slices.DeleteFunc(open, func(r Request) bool { return r.Plan == newest })
	if err != nil || len(open) == 0 {
		return sqldb.Fault("list approvals", "sync "+sync, err)
	}
	return s.journal.Decide(ctx, "supersede approvals", "sync "+sync, func(tx *sqldb.Tx) ([]journal.Deciding, error) {
		return s.overtake(tx, directory, sync, newest, by, "nothing of it is left to be approved")
	})
}

// Supersede ends the request of a plan, because a newer one, whose changes differ,
// took its place. One that is over, or that nobody has made, is let be.
func (s *Store) Supersede(ctx context.Context, id, newer plan.ID, by plan.Actor) error {
	return s.close(ctx, id, by, Superseded, journal.Overtaken, "plan "+string(newer))
}

// Withdraw ends the request of a plan, because what it was for is not wanted any
// more, or is done, as why says. One that is over, or that nobody has made, is let be.
func (s *Store) Withdraw(ctx context.Context, id plan.ID, by plan.Actor, why string) error {
	return s.close(ctx, id, by, Withdrawn, journal.Unasked, why)
}

func (s *Store) close(ctx context.Context, id plan.ID, by plan.Actor, to Status, as journal.Verdict, note string) error {
	return s.journal.Decide(ctx, "close approval", "plan "+id.Short(), func(tx *sqldb.Tx) ([]journal.Deciding, error) {
		r, err := one(tx, id)
		if fault.Is(err, fault.NotFound) || err == nil && !r.Status.Open() {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		said := journal.Deciding{Plan: r.Plan, Target: r.Directory, By: by, Verdict: as, Text: note}
		return []journal.Deciding{said}, end(tx, r, to, s.now(), note)
	})
}

func openOf(q sqldb.Query, directory, sync string) ([]Request, error) {
	return list(q, "WHERE ended = 0 AND directory = $1 AND sync = $2 ORDER BY asked", directory, sync)
}

// overtake ends the open requests of a sync but that of its newest plan. Plans of
// commands stand each for itself.
func (s *Store) overtake(tx *sqldb.Tx, directory, sync string, newest plan.ID, by plan.Actor, note string) ([]journal.Deciding, error) {
	if sync == "" {
		return nil, nil
	}
	open, err := openOf(tx, directory, sync)
	if err != nil {
		return nil, err
	}
	var said []journal.Deciding
	for _, r := range open {
		if r.Plan == newest {
			continue
		}
		if err := end(tx, r, Superseded, s.now(), note); err != nil {
			return nil, err
		}
		said = append(said, overtaken(r, by, note))
	}
	return said, nil
}

// Begin lets the run of an approved plan begin, in the transaction in which it
// does: fault.Stale if the request is not approved, or not any more. A plan that
// nobody has asked about is let through: whether it needs approval is decided by
// who knows the rules.
func (s *Store) Begin(tx *sqldb.Tx, id plan.ID) error {
	r, err := one(tx, id)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil
	case err != nil:
		return err
	case r.Status != Approved:
		return fault.Text(fault.Stale, "begin run", "plan "+id.Short(), "it is "+string(r.Status)+", not approved: rollcall approval show "+id.Short())
	}
	return end(tx, r, CarriedOut, s.now(), "")
}
