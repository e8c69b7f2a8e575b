package cli

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"rollcall/awscall"
	"rollcall/drift"
	"rollcall/drift/sqsqueue"
	"rollcall/fault"
	"rollcall/governor"
	"rollcall/work"
)

// startHearing begins to act on AWS's events about the directories that have a
// queue of them and a sync. It ends with ctx; the function it returns ends it
// too, and waits.
func (h *house) startHearing(ctx context.Context, s *work.Service, log *slog.Logger) (stop func(), err error) {
	ctx, cancel := context.WithCancel(governor.WithLane(ctx, governor.Audit)) // after a first load there is much to look at
	var busy sync.WaitGroup
	stop = func() { cancel(); busy.Wait() }
	for _, name := range slices.Sorted(maps.Keys(h.config.Directories)) {
		if h.config.Directories[name].Events.Queue == "" {
			continue
		}
		owners, err := h.owners(name)
		if err != nil {
			stop()
			return nil, err
		}
		if len(owners) == 0 {
			log.Warn("the events of a directory are not heard: no sync goes into it", "directory", name)
			continue
		}
		busy.Go(func() { h.hear(ctx, name, owners, s, log) })
	}
	return stop, nil
}

// hear opens a directory and acts on its events. AWS may be out of reach when
// the server begins.
func (h *house) hear(ctx context.Context, name string, owners map[string]drift.Owner, s *work.Service, log *slog.Logger) {
	clock, said := h.app.clock(), false
	for ctx.Err() == nil {
		l, err := h.listener(ctx, name, owners, s, log)
		if err == nil {
			l.Run(ctx)
			return
		}
		if !said && ctx.Err() == nil {
			said = true
			log.Error("the events of a directory cannot be heard yet; it is tried again", "directory", name, "err", err)
		}
		select {
		case <-ctx.Done():
		case <-clock.After(hearAgain):
		}
	}
}

func (h *house) listener(ctx context.Context, name string, owners map[string]drift.Owner, s *work.Service, log *slog.Logger) (*drift.Listener, error) {
	settings := h.config.Directories[name]
	c, err := h.cloud(ctx, name, settings)
	if err != nil {
		return nil, err
	}
	queue, err := h.queue(c)
	if err != nil {
		return nil, err
	}
	d, err := h.directory(ctx, name)
	if err != nil {
		return nil, err
	}
	o := drift.Options{
		Queue: queue, Directory: d, Owners: owners, Links: h.links, Journal: h.journal, Book: s.Book, Accepted: h.baselines.Accepted,
		Clock: h.app.clock(), Log: log, Tell: s.Tell, Self: c.self(),
	}
	if m := h.app.metrics; m != nil {
		for _, outcome := range drift.Outcomes() {
			m.Events(name, string(outcome), 0) // so that a rate is seen from the first one on
		}
		o.Count = func(outcome drift.Outcome) { m.Events(name, string(outcome), 1) }
	}
	return drift.New(o), nil
}

// queue is where the events of a directory arrive. Its calls count against no
// budget of Identity Center's.
func (h *house) queue(c *cloud) (*sqsqueue.Queue, error) {
	free := func(context.Context, awscall.Call) (func(error), error) { return nil, nil }
	return sqsqueue.New(sqsqueue.Options{
		URL: c.settings.Events.Queue, AWS: c.config, Line: awscall.Line{Pace: h.app.watched(free), Timeout: c.line.Timeout},
	})
}

// owners are the syncs into a directory, by source.
func (h *house) owners(directory string) (map[string]drift.Owner, error) {
	all := map[string]drift.Owner{}
	for name, s := range h.config.Syncs {
		if s.Directory != directory {
			continue
		}
		m, err := s.Compile(h.app.clock().Now)
		if err != nil {
			return nil, err
		}
		all[s.Source] = drift.Owner{Sync: name, UserPaths: m.UserPaths(), GroupPaths: m.GroupPaths(), Groups: s.ManageGroups()}
	}
	return all, nil
}

// self asks AWS, until it has answered, who Rollcall's calls are made by.
func (c *cloud) self() func(context.Context) string {
	var arn string
	var asked time.Time
	return func(ctx context.Context) string {
		if arn == "" && c.settings.UsesAPI() && time.Since(asked) > hearAgain {
			asked = time.Now()
			if who, err := c.caller(ctx); err == nil {
				arn = aws.ToString(who.Arn)
			}
		}
		return arn
	}
}

// caller asks AWS who the credentials are; everybody may ask that.
func (c *cloud) caller(ctx context.Context) (*sts.GetCallerIdentityOutput, error) {
	conf := c.config.Copy()
	conf.Credentials = awscall.Credentials(conf.Credentials)
	call := awscall.Call{Family: awscall.STS, Operation: "GetCallerIdentity", Op: "ask who we are"}
	return awscall.Do(ctx, c.line, call, func(ctx context.Context) (*sts.GetCallerIdentityOutput, error) {
		out, err := sts.NewFromConfig(conf).GetCallerIdentity(ctx, nil)
		return out, awscall.Fault(call, err, nil)
	})
}

// hearAgain is after how long a directory is tried again that could not be
// opened.
const hearAgain = 30 * time.Second

// checkEvents looks whether AWS's events about a directory can be heard.
func (d *doctor) checkEvents(ctx context.Context, name string, c *cloud) {
	const check = "events"
	if c.settings.Events.Queue == "" {
		return
	}
	queue, err := d.house.queue(c)
	if err != nil {
		d.fail(check, name, err)
		return
	}
	state, err := queue.State(ctx)
	switch {
	case fault.Is(err, fault.NotFound):
		d.fail(check, name, errors.Join(err, errors.New("events.queue names no queue that is there, or the credentials are of another account and the queue's policy does not let them in")))
	case err != nil:
		d.fail(check, name, err)
	case !state.DeadLetter:
		d.warn(check, name, "the queue answers, "+count(state.Waiting, "message")+" waiting, but has no dead-letter queue: what is no event comes again until its time is up")
	default:
		d.ok(check, name, "the queue answers, "+count(state.Waiting, "message")+" waiting")
	}
}
