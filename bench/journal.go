package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"rollcall/identity"
	"rollcall/journal"
	"rollcall/keyring"
	"rollcall/plan"
	"rollcall/sqldb"
)

// record is a journal to measure on.
type record struct {
	*journal.Journal
	db   *sqldb.DB
	file string
}

func openRecord(ctx context.Context, dir string, opts ...journal.Option) (*record, error) {
	keys, err := keyring.Open(filepath.Join(dir, "key"))
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "state.db")
	db, err := sqldb.Open(ctx, "sqlite:"+file, journal.Migrations)
	if err != nil {
		return nil, err
	}
	return &record{journal.Open(db, keys, opts...), db, file}, nil
}

// bytes is what the database takes on disk once its log is written back.
func (r *record) bytes(ctx context.Context) (int64, error) {
	err := r.db.Write(ctx, func(tx *sqldb.Tx) error { return nil })
	if err == nil {
		err = r.db.Close()
	}
	if err != nil {
		return 0, err
	}
	info, err := os.Stat(r.file)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// begin starts a run, with a plan that says nothing but who it is.
func (r *record) begin(ctx context.Context, title string, at time.Time) (*journal.Run, error) {
	p := &plan.Plan{Header: plan.Header{
		Origin: plan.FromSync, Sync: "corp", Directory: "local", Store: benchStore, Title: title, Made: at, By: plan.Actor{Name: "bench", Door: "cli"},
	}}
	file, _, err := plan.Encode(p)
	if err != nil {
		return nil, err
	}
	id, err := r.SavePlan(ctx, file, p)
	if err != nil {
		return nil, err
	}
	return r.Begin(ctx, journal.Start{Plan: id, Target: "local", Sync: "corp", Actor: p.By})
}

// write journals n updates of users as the executor does: intents a batch at a
// time, then each outcome by a worker of its own.
func (r *record) write(ctx context.Context, n int) error {
	run, err := r.begin(ctx, "update everybody", time.Now())
	if err != nil {
		return err
	}
	c := company{people: max(1, n/10)} // everybody changes ten times
	const batch = 64
	for from := 0; from < n; from += batch {
		to := min(from+batch, n)
		numbers := make([]int, 0, batch)
		for i := from; i < to; i++ {
			numbers = append(numbers, i+1)
		}
		if err := run.Intents(ctx, numbers); err != nil {
			return err
		}
		problems := make([]error, batch)
		var workers sync.WaitGroup
		for i := from; i < to; i++ {
			workers.Go(func() {
				o, err := c.outcome(i)
				if err == nil {
					err = run.Outcome(ctx, o)
				}
				problems[i-from] = err
			})
		}
		workers.Wait()
		if err := errors.Join(problems...); err != nil {
			return err
		}
	}
	_, err = run.Finish(ctx, journal.Complete, journal.Counts{journal.Done: n})
	return err
}

func (c company) outcome(i int) (journal.Outcome, error) {
	who := i % c.people
	u := c.user(who)
	u.Title = titles[i/c.people%len(titles)]
	body, err := journal.UserBody(&u)
	return journal.Outcome{
		Change: i + 1, Result: journal.Done, Object: c.id(who), Revision: "2",
		Effects: []journal.Effect{{
			Kind: identity.KindUser, Object: c.id(who), Name: u.UserName, Body: body,
			Record: &identity.Record{Source: "corp", Kind: identity.KindUser, Anchor: c.anchor(who)},
		}},
	}, err
}

func (c company) id(i int) identity.ID {
	return identity.ID(fmt.Sprintf("1234567890-%08x-2222-7222-8222-%012x", i, i))
}

// journalled writes a journal of 100,000 entries, verifies it, and looks what
// it takes on disk for a change. Then it is tampered with in every way, and
// each must be found. The bound is reading the same rows by plain SQL.
func journalled(ctx context.Context, dir string) (string, error) {
	changes := size(100_000) * 64 / 65 // and an intent for 64 of them
	r, err := openRecord(ctx, dir)
	if err != nil {
		return "", err
	}
	began := time.Now()
	if err := r.write(ctx, changes); err != nil {
		return "", err
	}
	wrote := time.Since(began)
	took, err := r.bytes(ctx)
	if err != nil {
		return "", err
	}
	if r, err = openRecord(ctx, dir); err != nil {
		return "", err
	}
	defer r.db.Close()
	began = time.Now()
	report, err := r.Verify(ctx, "local", nil)
	if err != nil {
		return "", err
	}
	verified := time.Since(began)
	if report.Problem != nil {
		return "", fmt.Errorf("an untouched journal: %s", report.Problem.Text)
	}
	bound, err := r.scan(ctx)
	if err != nil {
		return "", err
	}
	found, err := r.tamper(ctx, report.Entries/2)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d entries for %d changes: written at %.0f changes/s, verified in %.2f s (bound, its rows by plain SQL: %.2f s, ratio %.1f), %.0f bytes a change; %s",
		report.Entries, changes, float64(changes)/wrote.Seconds(), verified.Seconds(), bound.Seconds(), verified.Seconds()/bound.Seconds(),
		float64(took)/float64(changes), found), nil
}

// scan reads what verifying reads, and does nothing with it.
func (r *record) scan(ctx context.Context) (time.Duration, error) {
	began := time.Now()
	err := r.db.Read(ctx, func(q sqldb.Query) error {
		for _, query := range []string{"SELECT envelope, hash FROM entries", "SELECT body, body FROM bodies"} {
			rows, err := q.Rows(query)
			if err != nil {
				return err
			}
			var a, b []byte
			if err := sqldb.Each(rows, func(scan func(...any) error) error { return scan(&a, &b) }); err != nil {
				return err
			}
		}
		return nil
	})
	return time.Since(began), err
}

// tamper does to the entry in the middle, and to the end, what nobody should;
// each is taken back before the next.
func (r *record) tamper(ctx context.Context, at int64) (string, error) {
	ways := []struct {
		name     string
		do, back []string
	}{
		{
			"flip",
			[]string{"UPDATE entries SET envelope = unhex(substr(hex(envelope), 1, 40) || '00' || substr(hex(envelope), 43)) WHERE seq = $1"},
			[]string{"UPDATE entries SET envelope = (SELECT envelope FROM kept) WHERE seq = $1"},
		},
		{
			"flip in a body",
			[]string{"UPDATE bodies SET body = unhex('00' || substr(hex(body), 3)) WHERE seq = (SELECT seq FROM keptbody WHERE $1 = $1)"},
			[]string{"UPDATE bodies SET body = (SELECT body FROM keptbody) WHERE seq = (SELECT seq FROM keptbody WHERE $1 = $1)"},
		},
		{"drop", []string{"DELETE FROM entries WHERE seq = $1"}, []string{"INSERT INTO entries SELECT * FROM kept WHERE seq = $1"}},
		{"swap", swap(), swap()},
		{
			"insert", append(shift(1), "INSERT INTO entries SELECT chain, $1, envelope, hash FROM entries WHERE seq = $1 + 1"),
			append([]string{"DELETE FROM entries WHERE seq = $1"}, shift(-1)...),
		},
		{"cut", []string{"DELETE FROM entries WHERE seq > $1"}, nil},
	}
	keep := []string{
		"CREATE TABLE kept AS SELECT * FROM entries WHERE seq = $1",
		"CREATE TABLE keptbody AS SELECT seq, body FROM bodies WHERE seq = (SELECT MIN(seq) FROM bodies WHERE seq >= $1)",
	}
	if err := r.exec(ctx, at, keep); err != nil {
		return "", err
	}
	text := "found:"
	for _, w := range ways {
		if err := r.exec(ctx, at, w.do); err != nil {
			return "", fmt.Errorf("%s: %w", w.name, err)
		}
		report, err := r.Verify(ctx, "local", nil)
		if err != nil {
			return "", err
		}
		if report.Problem == nil {
			return "", fmt.Errorf("%s was not found", w.name)
		}
		text += fmt.Sprintf(" %s (%s)", w.name, report.Problem.Damage)
		if err := r.exec(ctx, at, w.back); err != nil {
			return "", fmt.Errorf("%s: %w", w.name, err)
		}
	}
	return text, nil
}

// swap makes two neighbours change places.
func swap() []string {
	return []string{
		"UPDATE entries SET seq = -1 WHERE seq = $1", "UPDATE entries SET seq = $1 WHERE seq = $1 + 1",
		"UPDATE entries SET seq = $1 + 1 WHERE seq = -1",
	}
}

// shift moves every entry from one on by a place.
func shift(by int) []string {
	return []string{
		fmt.Sprintf("UPDATE entries SET seq = -(seq + %d) WHERE seq >= $1", by),
		"UPDATE entries SET seq = -seq WHERE seq < 0 AND $1 = $1",
	}
}

func (r *record) exec(ctx context.Context, at int64, statements []string) error {
	return r.db.Write(ctx, func(tx *sqldb.Tx) error {
		for _, s := range statements {
			if _, err := tx.Exec(s, at); err != nil {
				return err
			}
		}
		return nil
	})
}
