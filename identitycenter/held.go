package identitycenter

import (
	"context"
	"io"
	"net/http"
	"time"

	"rollcall/realtime"
	"rollcall/sqldb"
)

// held answers a request out of one snapshot of each database: who asks, from
// where they may, and what they asked for. While it waits, for its client or
// because the fault plan says so, it holds none.
func held(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, snapshots := sqldb.Hold(r.Context())
		defer snapshots.Close()
		r = r.WithContext(ctx)
		r.Body = heldBody{r.Body, snapshots}
		next.ServeHTTP(heldAnswer{w, snapshots}, r)
	})
}

// heldBody is read at the pace of whoever sends it.
type heldBody struct {
	io.ReadCloser
	snapshots *sqldb.Held
}

func (b heldBody) Read(p []byte) (int, error) {
	b.snapshots.Release()
	return b.ReadCloser.Read(p)
}

// heldAnswer is written at the pace of whoever takes it.
type heldAnswer struct {
	http.ResponseWriter
	snapshots *sqldb.Held
}

// Unwrap lets http.ResponseController reach the connection.
func (a heldAnswer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a heldAnswer) Write(p []byte) (int, error) {
	a.snapshots.Release()
	return a.ResponseWriter.Write(p)
}

// releasing is a sleep that holds nothing meanwhile.
func releasing(sleep func(context.Context, time.Duration) error) func(context.Context, time.Duration) error {
	if sleep == nil {
		sleep = realtime.Sleep
	}
	return func(ctx context.Context, d time.Duration) error {
		sqldb.Release(ctx)
		return sleep(ctx, d)
	}
}
