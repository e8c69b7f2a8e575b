package work

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"rollcall/sqldb"
)

const (
	sendTime    = time.Minute        // after so long a delivery that nobody has reported is made again
	firstResend = 5 * time.Second    // the wait after the first failure; it doubles
	lastResend  = time.Hour          // and grows no further
	giveUpAfter = 3 * 24 * time.Hour // from when the notice was made
)

// undelivered are the receivers for whom something waits.
func (s *Service) undelivered(ctx context.Context, now time.Time) ([]Task, error) {
	waiting := map[string]bool{}
	err := s.db.Read(ctx, func(q sqldb.Query) error {
		rows, err := q.Rows("SELECT DISTINCT receiver FROM work_deliveries WHERE next > 0 AND next <= $1", now.UnixMilli())
		if err != nil {
			return err
		}
		return sqldb.Each(rows, func(scan func(...any) error) error {
			var name string
			err := scan(&name)
			waiting[name] = true
			return err
		})
	})
	var tasks []Task
	for _, r := range s.Receivers {
		if waiting[r.Name] {
			tasks = append(tasks, Task{Kind: deliverIt, Name: r.Name})
		}
	}
	return tasks, sqldb.Fault("read notices", "", err)
}

// delivery is one notice on its way to one receiver.
type delivery struct {
	notice   Notice
	receiver string
	tries    int
	made     time.Time
}

// deliver sends a receiver what waits for them, in order, until there is
// nothing more, or something fails.
func (s *Service) deliver(ctx context.Context, name string) {
	for _, r := range s.Receivers {
		if r.Name != name {
			continue
		}
		for ctx.Err() == nil {
			d, err := s.takeDelivery(ctx, name)
			if err != nil {
				s.Log.Error("notice not sent", "receiver", name, "err", err)
			}
			if d == nil || !s.send(ctx, r, d) {
				return
			}
		}
	}
}

// takeDelivery takes the oldest notice that is to be sent, for as long as
// sending may take: whoever dies meanwhile leaves it to others.
func (s *Service) takeDelivery(ctx context.Context, receiver string) (d *delivery, err error) {
	now := s.Clock.Now()
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		d = &delivery{receiver: receiver}
		var cause, body string
		var made int64
		err := tx.Row(`SELECT d.cause, d.tries, n.made, n.body FROM work_deliveries d JOIN work_notices n ON n.cause = d.cause
			WHERE d.receiver = $1 AND d.next > 0 AND d.next <= $2 ORDER BY n.made, d.cause LIMIT 1`, receiver, now.UnixMilli()).
			Scan(&cause, &d.tries, &made, &body)
		if errors.Is(err, sql.ErrNoRows) {
			d = nil
			return nil
		}
		if err != nil {
			return err
		}
		d.made, d.tries = moment(made), d.tries+1
		if err := json.Unmarshal([]byte(body), &d.notice); err != nil {
			return err
		}
		_, err = tx.Exec("UPDATE work_deliveries SET tries = $1, next = $2 WHERE cause = $3 AND receiver = $4",
			d.tries, now.Add(sendTime).UnixMilli(), cause, receiver)
		return err
	})
	if err != nil {
		return nil, sqldb.Fault("take notice", "receiver "+receiver, err)
	}
	return d, nil
}

// send sends one notice and writes down how that went. It reports whether to go
// on with the next one.
func (s *Service) send(ctx context.Context, r Receiver, d *delivery) bool {
	within, cancel := context.WithTimeout(ctx, sendTime/2)
	defer cancel()
	failed := r.Send(within, d.notice)
	now := s.Clock.Now()
	next, delivered, problem := int64(0), now.UnixMilli(), ""
	log := s.Log.With("receiver", r.Name, "kind", string(d.notice.Kind), "sync", d.notice.Sync, "run_id", d.notice.Run, "try", d.tries)
	switch {
	case failed == nil:
		log.Info("notice sent")
	case now.Sub(d.made) > giveUpAfter:
		delivered, problem = 0, failed.Error()
		log.Error("notice given up", "err", failed)
	default:
		wait := min(firstResend<<min(d.tries-1, 20), lastResend)
		next, delivered, problem = now.Add(wait).UnixMilli(), 0, failed.Error()
		log.Warn("notice not sent; it is sent again later", "after", wait, "err", failed)
	}
	err := s.db.Write(context.WithoutCancel(ctx), func(tx *sqldb.Tx) error {
		_, err := tx.Exec("UPDATE work_deliveries SET next = $1, delivered = $2, problem = $3 WHERE cause = $4 AND receiver = $5",
			next, delivered, problem, d.notice.Cause, r.Name)
		return err
	})
	if err != nil {
		log.Error("notice not written down as sent; it is sent again", "err", err)
	}
	return failed == nil && err == nil
}
