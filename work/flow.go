package work

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"rollcall/fault"
	"rollcall/plan"
	"rollcall/sqldb"
)

// FlowState says where a flow is.
type FlowState string

// The states of a flow.
const (
	FlowWaiting   FlowState = "waiting"   // for its time, for another try, or for people to agree: see Flow.Waits
	FlowRunning   FlowState = "running"   // somebody is at it, or is to go on with it
	FlowDone      FlowState = "done"      // all of it is so
	FlowCancelled FlowState = "cancelled" // a person did not want it any more, or it was without object
	FlowFailed    FlowState = "failed"    // it needs a person: it is not tried again by itself
)

// Flow is a request about a person that is carried out at a time to come:
// somebody leaves on Friday, or is deleted a month after. What is to be done is
// planned when it is due and not when it was asked for, since the world moves.
type Flow struct {
	Number    int64
	Kind      string // what is asked for; whoever carries it out knows the kinds
	Directory string
	Subject   string          // whom it is about, the same for all that is asked about somebody; of one kind one waits
	Name      string          // of whom it is about, for people to read
	Request   json.RawMessage // as it was given, with a version of its own
	Due       time.Time       // a failed try puts it off
	Asked     time.Time
	By        plan.Actor // who asked
	Why       string
	State     FlowState
	Tries     int       // how often it was begun
	Ended     time.Time // zero before it is done, cancelled or failed
	Plan      plan.ID   // the last that was made
	Run       string    // the last
	Text      string    // why it is as it is: what failed, who cancelled it, what it waits for
	Waits     plan.ID   // the plan whose approval it waits for; it goes on as soon as people have decided
}

const flowColumns = `num, kind, directory, subject, name, request, due, asked, actor, door, why, state, tries, ended, plan, run, text, waits`

func scanFlow(scan func(...any) error) (Flow, error) {
	var f Flow
	var due, asked, ended int64
	var request string
	err := scan(&f.Number, &f.Kind, &f.Directory, &f.Subject, &f.Name, &request, &due, &asked, &f.By.Name, &f.By.Door, &f.Why,
		&f.State, &f.Tries, &ended, &f.Plan, &f.Run, &f.Text, &f.Waits)
	f.Due, f.Asked, f.Ended, f.Request = moment(due), moment(asked), moment(ended), json.RawMessage(request)
	return f, err
}

func flows(q sqldb.Query, where string, args ...any) ([]Flow, error) {
	return sqldb.Collect(q, scanFlow, "SELECT "+flowColumns+" FROM work_flows "+where, args...)
}

// flow is one flow; it fails with fault.NotFound if there is none.
func flow(q sqldb.Query, number int64) (Flow, error) {
	f, err := scanFlow(q.Row("SELECT "+flowColumns+" FROM work_flows WHERE num = $1", number).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return f, fault.Text(fault.NotFound, "find flow", fmt.Sprint("flow ", number), "there is none; rollcall flow list shows those there are")
	}
	return f, err
}

// Flow returns one flow. It fails with fault.NotFound if there is none.
func (b Book) Flow(ctx context.Context, number int64) (f Flow, err error) {
	err = b.db.Read(ctx, func(q sqldb.Query) error {
		f, err = flow(q, number)
		return err
	})
	return f, sqldb.Fault("find flow", "", err)
}

// Flows lists flows, those that wait first, by when they are due; then the
// others, the last first. With open, only those that have not ended well: that
// wait, run, or have failed.
func (b Book) Flows(ctx context.Context, open bool) (all []Flow, err error) {
	where := ""
	if open {
		where = "WHERE state IN ('waiting', 'running', 'failed') "
	}
	err = b.db.Read(ctx, func(q sqldb.Query) error {
		all, err = flows(q, where+"ORDER BY CASE WHEN ended = 0 THEN 0 ELSE 1 END, ended DESC, due, num")
		return err
	})
	return all, sqldb.Fault("list flows", "", err)
}

// FlowsOf lists what waits about a subject, is being carried out, or has failed,
// by when it is due.
func (b Book) FlowsOf(ctx context.Context, directory, subject string) (all []Flow, err error) {
	err = b.db.Read(ctx, func(q sqldb.Query) error {
		all, err = openFlows(q, directory, subject)
		return err
	})
	return all, sqldb.Fault("list flows", "", err)
}

func openFlows(q sqldb.Query, directory, subject string) ([]Flow, error) {
	return flows(q, "WHERE directory = $1 AND subject = $2 AND state IN ('waiting', 'running', 'failed') ORDER BY due, num", directory, subject)
}

// AskFlow writes down what is to be done later, and returns it with its number.
// What waits already of the same kind about the same subject is replaced:
// who asks again means the new date; Waits of the flow returned is then the plan
// whose approval that one waited for, which nobody needs to give any more. What has
// failed is cancelled. It fails with fault.Conflict if that is being carried out.
func (b Book) AskFlow(ctx context.Context, f Flow, now time.Time) (Flow, error) {
	f.Asked, f.State = now.UTC().Truncate(time.Millisecond), FlowWaiting
	f.Due = f.Due.UTC().Truncate(time.Millisecond)
	err := b.db.Write(ctx, func(tx *sqldb.Tx) error {
		there, err := flows(tx, "WHERE directory = $1 AND subject = $2 AND kind = $3 AND state IN ('waiting', 'running')", f.Directory, f.Subject, f.Kind)
		switch {
		case err != nil:
			return err
		case len(there) == 0:
			_, err := tx.Exec(`UPDATE work_flows SET state = $1, text = $2 WHERE directory = $3 AND subject = $4 AND kind = $5 AND state = 'failed'`,
				string(FlowCancelled), "asked for again", f.Directory, f.Subject, f.Kind)
			if err != nil {
				return err
			}
			return tx.Row(`INSERT INTO work_flows (kind, directory, subject, name, request, due, asked, actor, door, why, state, tries, ended, plan, run, text)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, '', '', '') RETURNING num`,
				f.Kind, f.Directory, f.Subject, f.Name, string(f.Request), instant(f.Due), instant(f.Asked), f.By.Name, f.By.Door, f.Why, string(f.State)).Scan(&f.Number)
		case there[0].State == FlowRunning:
			return underWay("ask for flow", there[0].Number)
		}
		f.Number, f.Waits = there[0].Number, there[0].Waits
		_, err = tx.Exec(`UPDATE work_flows SET name = $1, request = $2, due = $3, asked = $4, actor = $5, door = $6, why = $7, tries = 0, text = '', waits = '' WHERE num = $8`,
			f.Name, string(f.Request), instant(f.Due), instant(f.Asked), f.By.Name, f.By.Door, f.Why, f.Number)
		return err
	})
	return f, sqldb.Fault("ask for flow", "", err)
}

func underWay(op string, number int64) error {
	return fault.Text(fault.Conflict, op, fmt.Sprint("flow ", number), "it is being carried out just now")
}

// CancelFlow ends a flow that waits, or that has failed. It fails with
// fault.NotFound if there is none, and with fault.Conflict if it is being
// carried out, or has ended.
func (b Book) CancelFlow(ctx context.Context, number int64, by plan.Actor, why string, now time.Time) (f Flow, err error) {
	err = b.db.Write(ctx, func(tx *sqldb.Tx) error {
		if f, err = flow(tx, number); err != nil {
			return err
		}
		switch f.State {
		case FlowWaiting, FlowFailed:
			return endFlow(tx, &f, FlowCancelled, cancelled(by, why), now)
		case FlowRunning:
			return underWay("cancel flow", number)
		}
		return fault.Text(fault.Conflict, "cancel flow", fmt.Sprint("flow ", number), "it is "+string(f.State)+" since "+f.Ended.Format(time.RFC3339))
	})
	return f, sqldb.Fault("cancel flow", "", err)
}

// CancelFlows ends all that waits, or has failed, about a subject, and returns
// it. It fails with fault.Conflict, and cancels nothing, if one of it is being
// carried out.
func (b Book) CancelFlows(ctx context.Context, directory, subject string, by plan.Actor, why string, now time.Time) (all []Flow, err error) {
	err = b.db.Write(ctx, func(tx *sqldb.Tx) error {
		if all, err = openFlows(tx, directory, subject); err != nil {
			return err
		}
		for i := range all {
			if all[i].State == FlowRunning {
				return underWay("cancel flows", all[i].Number)
			}
			if err := endFlow(tx, &all[i], FlowCancelled, cancelled(by, why), now); err != nil {
				return err
			}
		}
		return nil
	})
	return all, sqldb.Fault("cancel flows", "", err)
}

func cancelled(by plan.Actor, why string) string { return "by " + by.Name + ": " + why }

func endFlow(tx *sqldb.Tx, f *Flow, state FlowState, text string, now time.Time) error {
	f.State, f.Text, f.Ended = state, text, now
	_, err := tx.Exec("UPDATE work_flows SET state = $1, text = $2, ended = $3, waits = '' WHERE num = $4", string(state), text, instant(now), f.Number)
	return err
}
