package governor

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"rollcall/sqldb"
)

// shared is one family's row, and who else is there. Its times are those of
// the clock all processes agree on.
type shared struct {
	g      *Governor
	family Family
}

// claim is what a process asks for, in its own time.
type claim struct {
	wants   []want
	room    int // how many slots the lane of the first want reaches for, at most
	holds   int // slots it still has
	waiting [numLanes]int
	lane    Lane // the most urgent that waits
}

// grants is the answer to a claim.
type grants struct {
	slots   []slot
	again   int64 // when to ask for the rest
	blocked int64
	epoch   int64
	alone   bool // no other process calls
}

// renewal is how long after it is expected to ask again a process is taken to
// be gone.
const renewal = time.Second

// reserve takes slots for a claim, leaving to every process that calls in the
// same lane its share of those within reach.
func (s shared) reserve(ctx context.Context, p pace, c claim) (grants, error) {
	var got grants
	err := s.g.db.Write(ctx, func(tx *sqldb.Tx) error {
		now, ahead, err := s.now(tx)
		if err != nil {
			return err
		}
		b, err := s.load(tx)
		if err != nil {
			return err
		}
		rivals, others, err := s.rivals(tx, c.lane, now)
		if err != nil {
			return err
		}
		got = b.answer(p, now, ahead, rivals, c)
		got.alone = others == 0
		if err := s.store(tx, b); err != nil {
			return err
		}
		return s.note(tx, c, now, got.again+ahead)
	})
	return got, sqldb.Fault("reserve calls", "budget of "+string(s.family), err)
}

// answer reserves in the time all agree on, which is ahead of the process's
// own, and answers in its own.
func (b *budget) answer(p pace, now, ahead int64, rivals int, c claim) grants {
	gap := gapOf(b.rate(p.ceiling, now))
	room := c.room
	if rivals > 0 {
		within := int64(c.lane.reach(0))/gap + 1
		share := (int(within) + rivals) / (rivals + 1)
		room = min(room, max(share-c.holds, 0))
	}
	wants := make([]want, len(c.wants))
	for i, w := range c.wants {
		w.since += ahead
		w.hungry += ahead
		wants[i] = w
	}
	slots, again := b.reserve(p, now, wants, room)
	for i := range slots {
		slots[i].due -= ahead
	}
	return grants{slots: slots, again: again - ahead, blocked: b.blocked - ahead, epoch: b.epoch}
}

// now is the time all processes agree on, and how far it is ahead of this one's.
func (s shared) now(q sqldb.Query) (now, ahead int64, err error) {
	own := s.g.clock.Now().UnixNano()
	if !s.g.server {
		return own, 0, nil
	}
	err = q.Row("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)").Scan(&now)
	now *= int64(time.Microsecond)
	return now, now - own, err
}

// epoch is what every call looks at before it goes: has anybody been told to
// wait since its slot was reserved?
func (s shared) epoch(ctx context.Context) (epoch int64, err error) {
	err = s.g.db.Read(ctx, func(q sqldb.Query) error {
		return q.Row("SELECT epoch FROM budgets WHERE scope = $1 AND family = $2", s.g.scope, string(s.family)).Scan(&epoch)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return epoch, sqldb.Fault("check budget", "budget of "+string(s.family), err)
}

// throttle notes a throttle answer, and returns until when, in this process's
// own time, nobody calls.
func (s shared) throttle(ctx context.Context, p pace, wait time.Duration) (blocked, epoch int64, err error) {
	err = s.g.db.Write(ctx, func(tx *sqldb.Tx) error {
		now, ahead, err := s.now(tx)
		if err != nil {
			return err
		}
		b, err := s.load(tx)
		if err != nil {
			return err
		}
		b.throttle(p.ceiling, now, wait, s.g.random())
		blocked, epoch = b.blocked-ahead, b.epoch
		return s.store(tx, b)
	})
	return blocked, epoch, sqldb.Fault("note throttling", "budget of "+string(s.family), err)
}

const budgetColumns = `next_any, next_read, next_write, served_leaver, served_interactive, served_sync, served_audit,
	learned, learned_at, blocked_until, epoch, strikes, settled_at, throttled, throttled_at`

// fields are b's in the order of budgetColumns.
func (b *budget) fields() []any {
	return []any{
		&b.next, &b.reads, &b.writes, &b.served[Leaver], &b.served[Interactive], &b.served[Sync], &b.served[Audit],
		&b.learned, &b.learnedAt, &b.blocked, &b.epoch, &b.strikes, &b.settled, &b.throttled, &b.throttledAt,
	}
}

// load returns the row; a new budget if there is none.
func (s shared) load(q sqldb.Query) (*budget, error) {
	b := new(budget)
	err := q.Row("SELECT "+budgetColumns+" FROM budgets WHERE scope = $1 AND family = $2",
		s.g.scope, string(s.family)).Scan(b.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return new(budget), nil
	}
	return b, err
}

func (s shared) store(tx *sqldb.Tx, b *budget) error {
	_, err := tx.Exec(`INSERT INTO budgets (scope, family, `+budgetColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
		ON CONFLICT (scope, family) DO UPDATE SET next_any = excluded.next_any,
		next_read = excluded.next_read, next_write = excluded.next_write,
		served_leaver = excluded.served_leaver, served_interactive = excluded.served_interactive,
		served_sync = excluded.served_sync, served_audit = excluded.served_audit,
		learned = excluded.learned, learned_at = excluded.learned_at, blocked_until = excluded.blocked_until,
		epoch = excluded.epoch, strikes = excluded.strikes, settled_at = excluded.settled_at,
		throttled = excluded.throttled, throttled_at = excluded.throttled_at`,
		append([]any{s.g.scope, string(s.family)}, b.fields()...)...)
	return err
}

// rivals counts the other processes that call in the same lane, and in any.
func (s shared) rivals(q sqldb.Query, l Lane, now int64) (same, all int, err error) {
	err = q.Row(`SELECT COUNT(CASE WHEN lane = $3 THEN 1 END), COUNT(*) FROM budget_waiting
		WHERE scope = $1 AND family = $2 AND process <> $4 AND expires > $5`,
		s.g.scope, string(s.family), int64(l), s.g.process, now).Scan(&same, &all)
	return same, all, err
}

// note says who waits for what, until they should have asked again; those who
// have gone are cleared away.
func (s shared) note(tx *sqldb.Tx, c claim, now, asksAgain int64) error {
	if _, err := tx.Exec("DELETE FROM budget_waiting WHERE scope = $1 AND family = $2 AND expires <= $3",
		s.g.scope, string(s.family), now); err != nil {
		return err
	}
	for l, calls := range c.waiting {
		if calls == 0 {
			continue
		}
		if _, err := tx.Exec(`INSERT INTO budget_waiting (scope, family, process, lane, calls, expires)
			VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (scope, family, process, lane) DO UPDATE SET calls = excluded.calls, expires = excluded.expires`,
			s.g.scope, string(s.family), s.g.process, l, calls, asksAgain+int64(renewal)); err != nil {
			return err
		}
	}
	return nil
}
