package sqldb

import (
	"context"
	"database/sql"
	"sync"
	"time"

	"rollcall/fault"
)

const (
	// groupSize is how many Writes may share a commit. PostgreSQL keeps up to
	// 64 subtransactions in shared memory; beyond that every reader pays.
	groupSize = 64
	// groupPause lies between two groups when work is waiting here and in
	// another process, so that the other has a chance to take the lock.
	groupPause = 2 * time.Millisecond
	// groupStretch is how long groups follow each other without leaving the
	// lock free for a pause in all: other programs wait for it too, and do not
	// say so.
	groupStretch = 20 * time.Millisecond
	// groupLimit bounds a group where the other side may be gone without a
	// word: PostgreSQL across a network that drops packets.
	groupLimit = 5 * time.Minute
	// lockWait is how long a group waits for another process to give up the lock.
	lockWait = 30 * time.Second
)

// writer is the one goroutine that begins and commits.
type writer struct {
	engine   engine
	pool     *sql.DB
	conn     *sql.Conn // nil until needed, and after it failed
	jobs     chan *job // unbuffered: a job here is a caller who waits
	closing  chan struct{}
	finished chan struct{}
	once     sync.Once
}

func startWriter(e engine, pool *sql.DB) *writer {
	w := &writer{
		engine: e, pool: pool,
		jobs: make(chan *job), closing: make(chan struct{}), finished: make(chan struct{}),
	}
	go w.run()
	return w
}

func (w *writer) run() {
	defer close(w.finished)
	lock := newShare()
	for {
		select {
		case j := <-w.jobs:
			if held := lock.held(); held > 0 && w.engine.crowded(held) {
				time.Sleep(groupPause)
				lock.paused()
			}
			w.group(j)
			lock.ended = time.Now()
		case <-w.closing:
			return
		}
	}
}

// stop lets the group in flight finish and gives the connection back.
func (w *writer) stop() {
	w.once.Do(func() { close(w.closing) })
	<-w.finished
	if w.conn != nil {
		_ = w.conn.Close()
		w.conn = nil
	}
}

func (w *writer) stopped() bool {
	select {
	case <-w.closing:
		return true
	default:
		return false
	}
}

// gather adds to first what else is waiting now.
func (w *writer) gather(first *job) []*job {
	group := append(make([]*job, 0, groupSize), first)
	for len(group) < groupSize {
		select {
		case j := <-w.jobs:
			group = append(group, j)
		default:
			return group
		}
	}
	return group
}

// group runs one group from begin to commit and answers everybody in it.
func (w *writer) group(first *job) {
	err := w.begin(first.ctx)
	if err != nil && first.ctx.Err() != nil {
		first.answer <- cancelled(first.ctx, "write") // its patience was at an end, not the others'
		return
	}
	// Gathered only now: whoever came while we waited for the lock comes along.
	w.settle(w.gather(first), err)
}

// settle performs the group, unless it could not be begun (err), and answers
// everybody in it.
func (w *writer) settle(group []*job, err error) {
	if err == nil {
		err = w.perform(group)
	}
	for _, j := range group {
		if err != nil {
			j.said = notCommitted(err)
		}
		j.answer <- j.said
	}
	if err != nil {
		w.drop()
		return
	}
	w.engine.committed(w.conn)
}

// begin starts the group's transaction. A connection that has been idle may
// have died unnoticed (the server was restarted), so there is a second try.
func (w *writer) begin(ctx context.Context) error {
	var err error
	for range 2 {
		if err = w.connect(ctx); err != nil {
			return Fault("connect", "", err)
		}
		if err = w.engine.begin(ctx, w.conn); err == nil {
			return nil
		}
		w.drop()
		if ctx.Err() != nil || !isLost(err) {
			break
		}
	}
	return Fault("begin to write", "", err)
}

func (w *writer) connect(ctx context.Context) (err error) {
	if w.conn == nil {
		w.conn, err = w.pool.Conn(ctx)
	}
	return err
}

// drop forgets the connection, so that the next group gets another.
func (w *writer) drop() {
	if w.conn != nil {
		drop(w.conn)
		_ = w.conn.Close()
		w.conn = nil
	}
}

// perform runs the group's functions and commits. An error is the whole group's.
func (w *writer) perform(group []*job) error {
	ctx, cancel := context.Background(), func() {}
	if w.engine.dialect() == Postgres {
		ctx, cancel = context.WithTimeout(ctx, groupLimit)
	}
	defer cancel()
	succeeded, err := w.functions(ctx, group)
	if err != nil {
		return Fault("write", "", err)
	}
	if !succeeded {
		return Fault("roll back", "", w.exec(ctx, "ROLLBACK"))
	}
	if err := w.exec(ctx, "COMMIT"); err != nil {
		return commitFault(err)
	}
	return nil
}

// functions runs every function of the group, each within a savepoint. It
// reports whether one succeeded, that is, whether there is anything to commit.
func (w *writer) functions(ctx context.Context, group []*job) (succeeded bool, err error) {
	if len(group) == 1 {
		return w.function(ctx, group[0], func() error { return nil })
	}
	mark := "SAVEPOINT fn"
	for _, j := range group {
		if mark != "" {
			if err := w.exec(ctx, mark); err != nil {
				return false, err
			}
		}
		// Rolling back to a savepoint keeps it, for the next function to use.
		mark = ""
		ok, err := w.function(ctx, j, func() error { return w.exec(ctx, "ROLLBACK TO SAVEPOINT fn") })
		if err != nil {
			return false, err
		}
		if ok {
			succeeded = true
			mark = "RELEASE SAVEPOINT fn; SAVEPOINT fn"
		}
	}
	return succeeded, nil
}

// function runs one function and undoes what it did if it failed. An error
// means that the transaction is broken for everybody.
func (w *writer) function(ctx context.Context, j *job, undo func() error) (succeeded bool, err error) {
	tx := &Tx{statements{ctx: ctx, on: w.conn}}
	if !j.offer(tx) {
		j.said = cancelled(j.ctx, "write")
		return false, nil
	}
	if j.said == nil {
		j.said = w.engine.intact(w.conn)
	}
	if j.said != nil {
		return false, undo()
	}
	return true, nil
}

func (w *writer) exec(ctx context.Context, statement string) error {
	_, err := w.conn.ExecContext(ctx, statement)
	return err
}

// commitFault tells what a failed COMMIT means. Only an answer that says so
// proves that nothing was written.
func commitFault(err error) error {
	if isRefusal(err) {
		return Fault("commit", "", err)
	}
	return fault.Unsettled("commit", "", err)
}
