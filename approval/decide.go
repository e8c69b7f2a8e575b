package approval

import (
	"context"
	"fmt"
	"unicode/utf8"

	"rollcall/caller"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
	"rollcall/sqldb"
)

// MaxComment is how long a comment may be, in characters.
const MaxComment = 1000

// Choice is what an operator wants done about a request.
type Choice struct {
	Plan    plan.ID // the whole digest
	Approve bool    // else it is rejected
	Comment string  // why; a rejection needs one
	By      caller.Operator
	Door    string // through which they come
}

// Decide writes down what an operator says of a request, and returns how it
// stands then. It fails with fault.Denied for who is no approver or has asked for
// it themselves, fault.Invalid for a comment that is too long or missing,
// fault.NotFound if nobody has asked, fault.Conflict if it has ended or they have
// decided already.
func (s *Store) Decide(ctx context.Context, c Choice) (Request, error) {
	if err := c.check(); err != nil {
		return Request{}, err
	}
	var r Request
	err := s.journal.Decide(ctx, "decide approval", "plan "+c.Plan.Short(), func(tx *sqldb.Tx) ([]journal.Deciding, error) {
		var err error
		if r, err = one(tx, c.Plan); err != nil {
			return nil, err
		}
		if err := r.mayDecide(c.By); err != nil {
			return nil, err
		}
		d := Decision{Operator: c.By.Name, Verdict: journal.Refusal, Door: c.Door, At: s.now().UTC(), Comment: c.Comment}
		if c.Approve {
			d.Verdict = journal.Approved
		}
		r.Decisions = append(r.Decisions, d)
		if err := s.settle(tx, &r, d); err != nil {
			return nil, err
		}
		return []journal.Deciding{{
			Plan: r.Plan, Target: r.Directory, By: plan.Actor{Name: c.By.Name, Door: c.Door}, Verdict: d.Verdict, Text: c.Comment, Enough: r.Status == Approved,
		}}, nil
	})
	return r, err
}

func (c Choice) check() error {
	if err := c.By.May(caller.Approver); err != nil {
		return err
	}
	switch n := utf8.RuneCountInString(c.Comment); {
	case n > MaxComment:
		return fault.Text(fault.Invalid, "decide approval", "comment", fmt.Sprintf("it has %d characters; at most %d are kept", n, MaxComment))
	case n == 0 && !c.Approve:
		return fault.Text(fault.Invalid, "decide approval", "comment", "whoever rejects a plan says why")
	}
	return nil
}

// mayDecide says why an operator may not decide about a request.
func (r Request) mayDecide(by caller.Operator) error {
	on := "plan " + r.Plan.Short()
	if identity.SameName(r.By.Name, by.Name) {
		return fault.Text(fault.Denied, "decide approval", on, "who asked for it, "+r.By.Name+", does not decide")
	}
	for _, d := range r.Decisions {
		if d.Operator == by.Name {
			return fault.Text(fault.Conflict, "decide approval", on, by.Name+" has "+string(d.Verdict)+" it already")
		}
	}
	if !r.Status.Open() {
		return fault.Text(fault.Conflict, "decide approval", on, "it is "+string(r.Status)+" and waits for nobody")
	}
	return nil
}

// settle keeps a decision, and what it makes of the request.
func (s *Store) settle(tx *sqldb.Tx, r *Request, d Decision) error {
	_, err := tx.Exec("INSERT INTO approval_decisions (plan, operator, verdict, door, at, comment) VALUES ($1, $2, $3, $4, $5, $6)",
		string(r.Plan), d.Operator, string(d.Verdict), d.Door, d.At.UnixMilli(), d.Comment)
	switch {
	case err != nil:
		return err
	case d.Verdict == journal.Refusal:
		r.Status = Rejected
		return end(tx, *r, Rejected, s.now(), "")
	case r.Have() >= r.Needs.Approvers:
		r.Status = Approved
	}
	_, err = tx.Exec("UPDATE approval_requests SET status = $1 WHERE plan = $2", string(r.Status), string(r.Plan))
	return err
}
