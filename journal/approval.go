package journal

import (
	"context"

	"rollcall/plan"
	"rollcall/sqldb"
)

// Verdict is what somebody did about a plan that needs approval.
type Verdict string

// The verdicts.
const (
	Asked     Verdict = "asked" // for approval: by whoever wants the plan carried out
	Approved  Verdict = "approved"
	Refusal   Verdict = "rejected"
	Overtaken Verdict = "superseded" // by a newer plan, whose changes differ
	Unasked   Verdict = "withdrawn"  // nobody needs to agree any more
)

// status is that of the plan after a verdict; empty is as before.
func (d Deciding) status() Status {
	switch d.Verdict {
	case Approved:
		if d.Enough {
			return Ready
		}
	case Asked:
		return Waiting
	case Refusal:
		return Rejected
	case Overtaken:
		return Superseded
	case Unasked:
		return Withdrawn
	}
	return ""
}

// Deciding is what a target's chain says of a plan beside its run.
type Deciding struct {
	Plan    plan.ID
	Target  string
	By      plan.Actor
	Verdict Verdict
	Text    string // the comment, or which plan took its place
	Enough  bool   // with this approval the plan may be carried out
}

// Decide does what also says and journals the verdicts that it returns, in one
// transaction: if also fails, nothing is written.
func (j *Journal) Decide(ctx context.Context, op, on string, also func(tx *sqldb.Tx) ([]Deciding, error)) error {
	return j.write(ctx, op, on, func(tx *sqldb.Tx) error {
		all, err := also(tx)
		if err != nil {
			return err
		}
		for _, d := range all {
			if err := j.decide(tx, d); err != nil {
				return err
			}
		}
		return nil
	})
}

func (j *Journal) decide(tx *sqldb.Tx, d Deciding) error {
	e := envelope{Type: TypeApproval, Plan: d.Plan, Actor: d.By.Name, Door: d.By.Door, Result: string(d.Verdict)}
	err := j.beside(tx, d.Target, &e, &body{Text: d.Text})
	if err != nil || d.status() == "" {
		return err
	}
	_, err = tx.Exec("UPDATE plans SET status = $1 WHERE id = $2 AND run = ''", string(d.status()), string(d.Plan))
	return err
}
