package governor_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"rollcall/governor"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

// What a turn costs when the rate is no hindrance: one after the other, and of
// several who wait at once.
func BenchmarkTake(b *testing.B) {
	for name, url := range map[string]func(testing.TB) string{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		for _, workers := range []int{1, 16} {
			b.Run(fmt.Sprintf("%s/%d", name, workers), func(b *testing.B) {
				db, err := sqldb.Open(b.Context(), url(b), governor.Migrations)
				ok(b, err)
				defer db.Close()
				g, err := governor.New(db, "i-1", plain(100_000))
				ok(b, err)
				start := time.Now()
				var all sync.WaitGroup
				for w := range workers {
					all.Go(func() {
						for i := w; i < b.N; i += workers {
							if err := g.Take(b.Context(), aRead); err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				all.Wait()
				b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "turns/s")
			})
		}
	}
}
