package sqldir

import (
	"database/sql"

	"rollcall/sqldb"
)

// On SQLite the groups of a user are found by pairs of keys, ordered by user.
// The pairs of one group's members lie all over that order: to store them there
// writes a page for each. So what comes and goes is kept in a small table first
// (a trigger puts it there), and settles from there by the user, when the pairs
// of many groups have come together on every page.

const (
	// mostRecent is how many pairs wait: about 100 pages. Fewer, and a page has
	// little to settle; more, and there are more pages to write at each commit.
	mostRecent = 32 << 10
	// leastSettled is how many settle at once: each time costs four statements.
	leastSettled = 64

	countRecent = `SELECT COUNT(*) FROM user_groups_recent`
	selectLast  = `SELECT MAX(user_key) FROM (SELECT user_key FROM user_groups_recent WHERE user_key > $1 ORDER BY user_key LIMIT $2 + 0) AS next`
	removeGone  = `DELETE FROM user_groups_settled WHERE (user_key, group_key) IN
		(SELECT user_key, group_key FROM user_groups_recent WHERE user_key > $1 AND user_key <= $2 AND gone = 1)`
	insertCome = `INSERT INTO user_groups_settled (user_key, group_key)
		SELECT user_key, group_key FROM user_groups_recent WHERE user_key > $1 AND user_key <= $2 AND gone = 0 ON CONFLICT DO NOTHING`
	removeRecent = `DELETE FROM user_groups_recent WHERE user_key > $1 AND user_key <= $2`
)

// settling is how far a process has come with it. Others settle, too, and a
// write may fail after it: this says when to settle, not what is stored, and is
// set right whenever all users have had their turn. Writes alone use it, and
// there is one at a time.
type settling struct {
	most, least int // pairs that wait, that settle at once

	counted bool
	recent  int   // about how many pairs wait
	last    int64 // the key of the user who was last
}

// settle moves as many pairs as there are too many of, and not many more than
// the write itself has left.
func (w *write) settle() error {
	if w.touched == 0 || w.driver.db.Dialect() != sqldb.SQLite {
		return nil
	}
	s := w.driver.settling
	if !s.counted {
		return s.count(w)
	}
	s.recent += w.touched
	if over := s.recent - s.most; over >= s.least {
		return s.move(w, min(over, max(2*w.touched, s.least)))
	}
	return nil
}

func (s *settling) count(w *write) error {
	err := w.Row(countRecent).Scan(&s.recent)
	s.counted = err == nil
	return err
}

// move settles about n pairs: all that the next few users have.
func (s *settling) move(w *write, n int) error {
	var last sql.NullInt64
	if err := w.Row(selectLast, s.last, n).Scan(&last); err != nil {
		return err
	}
	if !last.Valid {
		s.last = 0
		return s.count(w)
	}
	for _, query := range []string{removeGone, insertCome, removeRecent} {
		done, err := w.Exec(query, s.last, last.Int64)
		if err != nil {
			return err
		}
		if query == removeRecent {
			moved, err := done.RowsAffected()
			if err != nil {
				return err
			}
			s.recent -= int(moved)
		}
	}
	s.last = last.Int64
	return nil
}
