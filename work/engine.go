package work

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"rollcall/fault"
	"rollcall/sqldb"
)

const (
	// keepEvery is how often somebody of all replicas looks what is to be done.
	keepEvery = 2 * time.Second
	jobTime   = time.Minute // jobs only take tasks, so they are short
	atOnce    = 16          // jobs in one process
)

// Engine is River, with a database of its own: it has one replica of all look
// what is to be done every few seconds, and hands out what is found. No run is
// a job: a job only begins one, in the process that took it.
type Engine struct {
	service *Service
	db      *sqldb.Lent
	insert  func(ctx context.Context, many []river.InsertManyParams) error
	stop    func(ctx context.Context) error
	ended   context.CancelFunc
	ticking chan struct{}
}

// Start opens the queue at url, brings its tables up to date, and begins to
// work. The url is as for [sqldb.Open]; the database or schema is River's
// alone. It fails as sqldb.Open does.
func Start(ctx context.Context, s *Service, url string) (*Engine, error) {
	e := &Engine{service: s, ticking: make(chan struct{})}
	db, err := sqldb.Lend(ctx, url, migrateQueue)
	if err != nil {
		return nil, err
	}
	e.db = db
	if db.Dialect == sqldb.Postgres {
		err = begin(ctx, e, riverpgxv5.New(db.Pool))
	} else {
		err = begin(ctx, e, riversqlite.New(db.SQL))
	}
	if err != nil {
		return nil, errors.Join(fault.New(fault.Unavailable, "start queue", "", err), db.Close())
	}
	return e, nil
}

func migrateQueue(ctx context.Context, l *sqldb.Lent) error {
	if l.Dialect == sqldb.Postgres {
		return migrate(ctx, riverpgxv5.New(l.Pool))
	}
	return migrate(ctx, riversqlite.New(l.SQL))
}

func migrate[T any](ctx context.Context, driver riverdriver.Driver[T]) error {
	m, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: silent()})
	if err == nil {
		_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	}
	return err
}

// silent logs nothing: what the queue has to say is about itself.
func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }

func begin[T any](ctx context.Context, e *Engine, driver riverdriver.Driver[T]) error {
	workers := river.NewWorkers()
	river.AddWorker(workers, &keeper{engine: e})
	river.AddWorker(workers, &taskWorker{engine: e})
	client, err := river.NewClient(driver, &river.Config{
		Logger: slog.New(warnings{e.service.Log.Handler()}), Workers: workers, Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: atOnce}},
		JobTimeout: jobTime, MaxAttempts: 1, RescueStuckJobsAfter: 2 * jobTime, FetchPollInterval: time.Second,
		CompletedJobRetentionPeriod: time.Hour, DiscardedJobRetentionPeriod: time.Hour, CancelledJobRetentionPeriod: time.Hour,
	})
	if err != nil {
		return err
	}
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	e.insert = func(ctx context.Context, many []river.InsertManyParams) error {
		_, err := client.InsertMany(ctx, many)
		return err
	}
	e.stop = client.Stop
	ticks, end := context.WithCancel(context.WithoutCancel(ctx))
	e.ended = end
	go e.tick(ticks)
	return nil
}

// warnings leaves out what the queue says about its own day.
type warnings struct{ slog.Handler }

func (w warnings) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && w.Handler.Enabled(ctx, l)
}

// tick has somebody look, every few seconds. Every replica does so, and the
// queue keeps one of all: there is no leader whose death would stop it.
func (e *Engine) tick(ctx context.Context) {
	defer close(e.ticking)
	for {
		once := &river.InsertOpts{MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByPeriod: keepEvery}}
		if err := e.insert(ctx, []river.InsertManyParams{{Args: keepArgs{}, InsertOpts: once}}); err != nil && ctx.Err() == nil {
			e.service.Log.Error("the queue does not answer; trying again", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(keepEvery):
		}
	}
}

// Stop takes no more tasks, and hands over what is under way ([Service.Stop]).
func (e *Engine) Stop() error {
	e.ended()
	<-e.ticking
	ctx, cancel := context.WithTimeout(context.Background(), jobTime)
	defer cancel()
	err := e.stop(ctx)
	e.service.Stop()
	return errors.Join(err, e.db.Close())
}

type keepArgs struct{}

// Kind is how the queue calls it.
func (keepArgs) Kind() string { return "rollcall_keep" }

type keeper struct {
	river.WorkerDefaults[keepArgs]
	engine *Engine
}

// Work looks what is to be done, and hands it out.
func (k *keeper) Work(ctx context.Context, _ *river.Job[keepArgs]) error {
	tasks, err := k.engine.service.Keep(ctx)
	if err != nil {
		k.engine.service.Log.Error("cannot tell what is to be done; looking again", "err", err)
	}
	if len(tasks) == 0 {
		return err
	}
	var many []river.InsertManyParams
	for _, t := range tasks {
		// Unique for a while only: a job whose process died does not stand in the way.
		once := &river.InsertOpts{MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: keepEvery}}
		many = append(many, river.InsertManyParams{Args: taskArgs{t}, InsertOpts: once})
	}
	return errors.Join(err, k.engine.insert(ctx, many))
}

type taskArgs struct{ Task }

// Kind is how the queue calls it.
func (taskArgs) Kind() string { return "rollcall_task" }

type taskWorker struct {
	river.WorkerDefaults[taskArgs]
	engine *Engine
}

// Work does one task.
func (w *taskWorker) Work(ctx context.Context, j *river.Job[taskArgs]) error {
	err := w.engine.service.Do(ctx, j.Args.Task)
	if err != nil {
		w.engine.service.Log.Error("task not taken; trying again", "task", j.Args.Task.Kind, "err", err)
	}
	return err
}
