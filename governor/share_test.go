package governor_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"rollcall/governor"
	"rollcall/sqldb"
)

func TestOneProcessUsesTheWholeBudgetAndNoMore(t *testing.T) {
	for name, c := range map[string]struct {
		limits      governor.Limits
		in10s, most int
	}{
		"20 a second less 15 percent": {governor.DefaultLimits(), 170, 17 + 17/4 + 1},
		"without a reserve":           {plain(20), 200, 20 + 20/4 + 1},
		"half of it left to others":   {governor.Limits{Service: governor.PerSecond(20), Reserve: 50}, 100, 10 + 10/4 + 1},
		"by the minute":               {governor.Limits{Service: governor.PerMinute(120)}, 20, 3},
		"fast":                        {plain(200), 2000, 250 + 1},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, url string) {
				g := join(t, url, c.limits)
				var calls log
				load(during(t, governor.Sync, 10*time.Second), g, aRead, 16, 50*time.Millisecond, &calls)
				if n := calls.len(); n < c.in10s*97/100 || n > c.in10s+c.most-c.in10s/10 {
					t.Errorf("%d calls in 10 s, want about %d", n, c.in10s)
				}
				if most := calls.most(); most > c.most {
					t.Errorf("%d calls in one second, want %d at most", most, c.most)
				}
			})
		})
	}
}

func TestAProcessThatStartsGetsItsShareWithinASecond(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		one, two := join(t, url, plain(20)), join(t, url, plain(20))
		var first, second log
		var all sync.WaitGroup
		start := time.Now()
		all.Go(func() { load(during(t, governor.Sync, 13*time.Second), one, aRead, 32, 50*time.Millisecond, &first) })
		time.Sleep(2 * time.Second)
		all.Go(func() { load(during(t, governor.Sync, 11*time.Second), two, aRead, 4, 50*time.Millisecond, &second) })
		all.Wait()
		if n := second.between(start.Add(2*time.Second), start.Add(3*time.Second)); n < 7 {
			t.Errorf("%d calls in its first second, want about 10", n)
		}
		from, to := start.Add(3*time.Second), start.Add(13*time.Second)
		a, b := first.between(from, to), second.between(from, to)
		if a < 90 || b < 90 || a+b < 194 {
			t.Errorf("%d and %d calls in 10 s, want about 100 each", a, b)
		}
	})
}

func TestManyProcessesShareAlike(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		const processes = 4
		var logs [processes]log
		var all sync.WaitGroup
		for i := range logs {
			g := join(t, url, plain(20))
			all.Go(func() { load(during(t, governor.Sync, 10*time.Second), g, aRead, 3+i*4, time.Millisecond, &logs[i]) })
		}
		all.Wait()
		sum := 0
		for i := range logs {
			n := logs[i].len()
			sum += n
			if n < 40 || n > 60 {
				t.Errorf("process %d made %d calls in 10 s, want about 50", i, n)
			}
		}
		if sum < 200*97/100 || sum > 206 {
			t.Errorf("%d calls together, want about 200", sum)
		}
	})
}

// What a process has reserved and does not use is lost for a moment only.
func TestAProcessThatGoesTakesLittleWithIt(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		gone, stays := join(t, url, plain(20)), join(t, url, plain(20))
		load(during(t, governor.Leaver, 3*time.Second), gone, aRead, 64, time.Millisecond, new(log))
		var calls log
		start := time.Now()
		load(during(t, governor.Audit, 5*time.Second), stays, aRead, 4, time.Millisecond, &calls)
		if n := calls.between(start, start.Add(1500*time.Millisecond)); n < 4 {
			t.Errorf("%d calls in the first 1.5 s", n)
		}
		if n := calls.len(); n < 70 {
			t.Errorf("%d calls in 5 s, want 100 less what a leaver reserves in 1.25 s", n)
		}
	})
}

func TestReadsAndWritesCanBeBoundFurther(t *testing.T) {
	reads, err := governor.ParseRate("8/sec")
	ok(t, err)
	writes, err := governor.ParseRate("180/min")
	ok(t, err)
	each(t, func(t *testing.T, url string) {
		limits := governor.DefaultLimits()
		limits.Reads, limits.Writes = reads, writes
		both := []*governor.Governor{join(t, url, limits), join(t, url, limits)}
		var read, written log
		var all sync.WaitGroup
		for _, g := range both {
			all.Go(func() { load(during(t, governor.Sync, 20*time.Second), g, aRead, 4, time.Millisecond, &read) })
			all.Go(func() { load(during(t, governor.Sync, 20*time.Second), g, aWrite, 4, time.Millisecond, &written) })
		}
		all.Wait()
		if n := read.len(); n < 155 || n > 166 {
			t.Errorf("%d reads in 20 s, want about 160", n)
		}
		if n := written.len(); n < 58 || n > 64 {
			t.Errorf("%d writes in 20 s, want about 60", n)
		}
	})
}

func TestInstancesAndFamiliesHaveBudgetsOfTheirOwn(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		db, err := sqldb.Open(t.Context(), url, governor.Migrations)
		ok(t, err)
		defer db.Close()
		var all sync.WaitGroup
		logs := map[string]*log{}
		for _, scope := range []string{"i-1", "i-2"} {
			g, err := governor.New(db, scope, plain(10), governor.WithClock(bubbleClock{}),
				governor.WithLimits(governor.SCIM, plain(5)))
			ok(t, err)
			for _, f := range []governor.Family{governor.SSOAdmin, governor.SCIM} {
				calls := new(log)
				logs[scope+" "+string(f)] = calls
				all.Go(func() {
					load(during(t, governor.Sync, 10*time.Second), g, governor.Call{Family: f}, 4, time.Millisecond, calls)
				})
			}
		}
		all.Wait()
		for name, want := range map[string]int{"i-1 sso": 100, "i-2 sso": 100, "i-1 scim": 50, "i-2 scim": 50} {
			if n := logs[name].len(); n < want*97/100 || n > want+4 {
				t.Errorf("%s: %d calls, want about %d", name, n, want)
			}
		}
	})
}

// A transaction for each call would be one too many.
func TestAProcessReservesSeveralCallsAtOnce(t *testing.T) {
	for name, c := range map[string]struct{ rate, workers, most int }{
		"a bulk load":                  {20, 16, 60},
		"one call after the other":     {20, 1, 60},
		"a bulk load at a higher rate": {200, 16, 12},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, url string) {
				db, err := sqldb.Open(t.Context(), url, governor.Migrations)
				ok(t, err)
				defer db.Close()
				g := on(t, db, plain(c.rate))
				ctx := during(t, governor.Sync, 10*time.Second)
				wrote := transactions(t, db)
				var calls log
				load(ctx, g, aRead, c.workers, 20*time.Millisecond, &calls)
				percent := 100 * (transactions(t, db) - wrote) / calls.len()
				t.Logf("%d transactions for 100 calls", percent)
				if percent > c.most {
					t.Errorf("%d transactions for 100 calls, want %d at most", percent, c.most)
				}
			})
		})
	}
}

// transactions counts those that changed the budget so far.
func transactions(t *testing.T, db *sqldb.DB) (n int) {
	t.Helper()
	ctx := context.Background()
	if db.Dialect() == sqldb.SQLite {
		ok(t, db.Write(ctx, func(tx *sqldb.Tx) error {
			if _, err := tx.Exec("CREATE TABLE IF NOT EXISTS wrote (n INTEGER)"); err != nil {
				return err
			}
			for _, event := range []string{"INSERT", "UPDATE"} {
				if _, err := tx.Exec("CREATE TRIGGER IF NOT EXISTS on_" + event + " AFTER " + event +
					" ON budgets BEGIN INSERT INTO wrote VALUES (1); END"); err != nil {
					return err
				}
			}
			return nil
		}))
		ok(t, db.Read(ctx, func(q sqldb.Query) error { return q.Row("SELECT COUNT(*) FROM wrote").Scan(&n) }))
		return n
	}
	// Every committed transaction that wrote took a number.
	ok(t, db.Write(ctx, func(tx *sqldb.Tx) error {
		return tx.Row("SELECT CAST(CAST(pg_current_xact_id() AS TEXT) AS INTEGER)").Scan(&n)
	}))
	return n
}
