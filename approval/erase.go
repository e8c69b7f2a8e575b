package approval

import (
	"context"

	"rollcall/journal"
	"rollcall/plan"
	"rollcall/sqldb"
)

// erasedText stands where somebody was named.
const erasedText = "(erased)"

// Erase takes out what the requests of plans say about somebody who was erased
// from those plans: titles, reasons, comments, and the digest of the changes, which
// could be compared with guesses. Who decided what, and when, stays. A request that
// is open is withdrawn first: such a plan cannot be carried out.
func (s *Store) Erase(ctx context.Context, plans []plan.ID, by plan.Actor) error {
	for _, id := range plans {
		if err := s.close(ctx, id, by, Withdrawn, journal.Unasked, "somebody was erased from it"); err != nil {
			return err
		}
	}
	err := s.db.Write(ctx, func(tx *sqldb.Tx) error {
		for _, id := range plans {
			_, err := tx.Exec(`UPDATE approval_requests SET title = $1, substance = '', override = CASE WHEN override = '' THEN '' ELSE $1 END WHERE plan = $2`, erasedText, string(id))
			if err != nil {
				return err
			}
			if _, err := tx.Exec("UPDATE approval_decisions SET comment = $1 WHERE plan = $2 AND comment <> ''", erasedText, string(id)); err != nil {
				return err
			}
		}
		return nil
	})
	return sqldb.Fault("erase", "approvals", err)
}
