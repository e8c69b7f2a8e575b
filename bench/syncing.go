package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"rollcall/apply"
	"rollcall/awscall"
	"rollcall/directory"
	"rollcall/emulate"
	"rollcall/governor"
	"rollcall/journal"
	"rollcall/keyring"
	"rollcall/link"
	"rollcall/plan"
	"rollcall/reconcile"
	"rollcall/sqldb"
)

// syncing is syncs into an Identity Center with AWS's quotas.
type syncing struct {
	center *center
	state  *sqldb.DB
	budget *governor.Governor
	tally  tally
	x      *apply.Executor
}

// latency is how long each answer takes.
const latency = 100 * time.Millisecond

func openSyncing(ctx context.Context, dir string) (*syncing, error) {
	o := emulate.AWS()
	o.Latency = latency
	var l syncing
	var err error
	if l.center, err = openCenter(ctx, dir, o); err != nil {
		return nil, err
	}
	if l.state, err = sqldb.Open(ctx, "sqlite:"+filepath.Join(dir, "state.db"), link.Migrations, journal.Migrations, governor.Migrations); err != nil {
		return nil, err
	}
	keys, err := keyring.Open(filepath.Join(dir, "key"))
	if err != nil {
		return nil, err
	}
	if l.budget, err = governor.New(l.state, "bench", governor.DefaultLimits()); err != nil {
		return nil, err
	}
	d, err := l.open(false)
	if err != nil {
		return nil, err
	}
	l.x = &apply.Executor{Directory: d, Journal: journal.Open(l.state, keys), Links: link.New(l.state), Clock: realClock{}}
	return &l, nil
}

func (l *syncing) close() error { return errors.Join(l.state.Close(), l.center.db.Close()) }

// open reaches the directory by both services, or by the API alone.
func (l *syncing) open(alone bool) (*directory.Directory, error) {
	driver, err := l.center.driver(awscall.Line{Pace: l.tally.of(l.budget.Pace(nil))}, alone)
	return directory.New("local", driver), err
}

// sync plans and carries out.
func (l *syncing) sync(ctx context.Context, in reconcile.Input) error {
	var err error
	if in.Known.Links, err = l.x.Links.Links(ctx, "local"); err != nil {
		return err
	}
	if in.Current, err = reconcile.Read(ctx, l.x.Directory, true); err != nil {
		return err
	}
	in.Made = time.Now()
	p, err := reconcile.Plan(in)
	if err != nil || p.Empty() {
		return err
	}
	r, err := l.x.Run(ctx, p, apply.Options{Actor: plan.Actor{Name: "bench", Door: "cli"}, Fresh: true, Read: in.Current})
	if err == nil && len(r.Failures) > 0 {
		err = fmt.Errorf("%d changes failed: %s", len(r.Failures), r.Failures[0].Text)
	}
	return err
}

// step is one sync that was done.
type step struct {
	name          string
	made          calls
	reads, writes int // that had to be
	began         time.Time
	took          time.Duration
}

// exact fails if a call more was made than had to be, or one less.
func (s step) exact() error {
	if writes := s.made.writes(); writes != s.writes || len(s.made)-writes != s.reads {
		return fmt.Errorf("%s: %d reads and %d writes; %d and %d are needed", s.name, len(s.made)-writes, writes, s.reads, s.writes)
	}
	return nil
}

// syncs loads a company, syncs it again when nothing and when little has
// changed, and at last reads it by the API alone.
func (c company) syncs(ctx context.Context, dir string) (steps []step, err error) {
	l, err := openSyncing(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	do := func(name string, reads, writes int, what func() error) {
		if err != nil {
			return
		}
		s := step{name: name, reads: reads, writes: writes, began: time.Now()}
		if err = what(); err != nil {
			err = fmt.Errorf("%s: %w", name, err)
		}
		s.took, s.made = time.Since(s.began), l.tally.take()
		steps = append(steps, s)
	}
	same, changed := c.input(), c.input()
	edits := 0
	for i := 0; i < len(changed.Wanted.Users); i += changedOne {
		changed.Wanted.Users[i].User.Title = "Lead"
		edits++
	}
	do("first load", 2, c.leastWrites(), func() error { return l.sync(ctx, same) })
	do("no change", c.leastReads(), 0, func() error { return l.sync(ctx, same) })
	// Each change is read back, so that the journal has what is there.
	do(fmt.Sprintf("1 in %d changed", changedOne), c.leastReads()+edits, edits, func() error { return l.sync(ctx, changed) })
	do("no change, API alone", c.leastReads(), 0, func() error {
		alone, err := l.open(true)
		if err == nil {
			_, err = reconcile.Read(ctx, alone, true)
		}
		return err
	})
	return steps, err
}
