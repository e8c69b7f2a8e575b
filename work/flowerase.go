package work

import (
	"context"
	"fmt"
	"slices"
	"time"

	"rollcall/identity"
	"rollcall/plan"
	"rollcall/sqldb"
)

// Erased is somebody whose data is taken out of what is to be done later and what
// was done.
type Erased struct {
	Directory string
	Objects   []identity.ID // that they have had there
	Names     []string      // that those were called, folded by [identity.Fold]
	Plans     []plan.ID     // that name them
}

// erasedText stands where somebody was named.
const erasedText = "(erased)"

// EraseFlows takes somebody out of all flows about them: those that wait are
// cancelled, and nothing is left of any but its number, kind, times, plan and run.
// What was tried and told of them goes too. It returns the flows as they were. It
// fails with fault.Conflict, and erases nothing, while one is being carried out.
func (b Book) EraseFlows(ctx context.Context, who Erased, now time.Time) (all []Flow, err error) {
	err = b.db.Write(ctx, func(tx *sqldb.Tx) error {
		all = nil
		there, err := flows(tx, "WHERE directory = $1 ORDER BY num", who.Directory)
		if err != nil {
			return err
		}
		for _, f := range there {
			if !who.isAbout(f) {
				continue
			}
			if f.State == FlowRunning {
				return underWay("erase flow", f.Number)
			}
			all = append(all, f)
			if err := eraseFlow(tx, f, now); err != nil {
				return err
			}
		}
		return nil
	})
	return all, sqldb.Fault("erase flows", "", err)
}

// isAbout reports whether a flow is about somebody: by their account, by a plan that
// named them, or, where they had no account yet, by their name.
func (e Erased) isAbout(f Flow) bool {
	return f.Name != erasedText && (slices.Contains(e.Objects, identity.ID(f.Subject)) || slices.Contains(e.Names, identity.Fold(f.Name)) ||
		slices.Contains(e.Names, identity.Fold(f.Subject)) || f.Plan != "" && slices.Contains(e.Plans, f.Plan))
}

func eraseFlow(tx *sqldb.Tx, f Flow, now time.Time) error {
	if f.State == FlowWaiting {
		if err := endFlow(tx, &f, FlowCancelled, erasedText, now); err != nil {
			return err
		}
	}
	_, err := tx.Exec("UPDATE work_flows SET subject = $1, name = $1, request = '{}', why = $1, text = CASE WHEN text = '' THEN '' ELSE $1 END WHERE num = $2", erasedText, f.Number)
	if err != nil {
		return err
	}
	_, err = tx.Exec("UPDATE work_attempts SET why = $1, text = CASE WHEN text = '' THEN '' ELSE $1 END WHERE flow = $2", erasedText, f.Number)
	if err != nil {
		return err
	}
	about := fmt.Sprintf("%%/flow:%d/%%", f.Number)
	if _, err := tx.Exec("DELETE FROM work_deliveries WHERE cause LIKE $1", about); err != nil {
		return err
	}
	_, err = tx.Exec("DELETE FROM work_notices WHERE cause LIKE $1", about)
	return err
}
