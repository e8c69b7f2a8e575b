package cli

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"rollcall/caller"
	"rollcall/fault"
	"rollcall/journal"
	"rollcall/work"
)

// service puts together what runs the configured syncs, and the flows.
func (h *house) service(log *slog.Logger) (*work.Service, error) {
	syncs, err := h.scheduled()
	if err != nil {
		return nil, err
	}
	receivers, err := h.receivers()
	if err != nil {
		return nil, err
	}
	h.app.memory = new(journal.Memory)
	own := &hands{app: h.app, config: h.config, log: log}
	o := work.Options{
		State: h.state, Journal: h.journal, Baselines: h.baselines, Syncs: syncs, Clock: h.app.clock(), Log: log,
		Hands: own, Follow: own.follow, Holder: h.journal.Holder(), Directories: slices.Sorted(maps.Keys(h.config.Directories)), Receivers: receivers, Tokens: h.tokensInUse,
	}
	if h.app.metrics != nil {
		o.Watcher = watcher{h.app.metrics}
	}
	return work.New(o), nil
}

// scheduled are the syncs as the service takes them.
func (h *house) scheduled() ([]work.Sync, error) {
	var all []work.Sync
	for _, name := range slices.Sorted(maps.Keys(h.config.Syncs)) {
		s := h.config.Syncs[name]
		when, err := s.Schedule.Build()
		if err != nil {
			return nil, configError{err}
		}
		all = append(all, work.Sync{
			Name: name, Target: s.Directory, Schedule: when, SkipMissed: s.Schedule.CatchUp == "skip", StaleAfter: time.Duration(s.StaleAfter), Watch: s.Watch.Build(),
			Grace: time.Duration(s.Grace),
		})
	}
	return all, nil
}

// startWork begins to run the configured syncs and the flows, beside what is served. It
// ends with ctx, and returns how to wait for that.
func (h *house) startWork(ctx context.Context, s *work.Service) (stop func() error, err error) {
	url, err := h.config.Work.URL(h.app.state)
	if err != nil {
		return nil, err
	}
	engine, err := work.Start(ctx, s, url)
	if err != nil {
		return nil, err
	}
	s.StartWatches()
	stop = sync.OnceValue(engine.Stop)
	context.AfterFunc(ctx, func() { _ = stop() }) // the error is whoever's who waits
	return stop, nil
}

// stale is why the service is not ready, if a sync is stale; then it is a
// fault.Stale.
func stale(ctx context.Context, s *work.Service) error {
	all, err := s.Stale(ctx)
	if err != nil || len(all) == 0 {
		return err
	}
	var texts []string
	for _, one := range all {
		texts = append(texts, one.String())
	}
	return &fault.Error{Kind: fault.Stale, Op: strings.Join(texts, "; ")}
}

// tokensInUse are the SCIM tokens of which the end is known: those of embedded
// directories, and those that the configuration says.
func (h *house) tokensInUse(ctx context.Context) ([]work.Token, error) {
	var all []work.Token
	for name, d := range h.config.Directories {
		if end := d.SCIM.TokenExpires.Time; !end.IsZero() {
			all = append(all, work.Token{Directory: name, Expires: end})
		}
	}
	for _, name := range h.embedded() {
		c, err := h.center(ctx, h.config.Directories[name])
		if err != nil {
			return nil, err
		}
		stores, err := c.Stores(ctx)
		if err != nil {
			return nil, err
		}
		for _, store := range stores {
			if own := h.config.Directories[name].Store; own != "" && own != store.ID {
				continue
			}
			tokens, err := c.Tokens.List(ctx, store.ID)
			if err != nil {
				return nil, err
			}
			for _, t := range newestOf(tokens) {
				all = append(all, work.Token{Directory: name, ID: t.ID, Expires: t.ExpiresAt})
			}
		}
	}
	return all, nil
}

// newestOf leaves out tokens that another one has replaced: who has made a new
// one knows of the old one's end.
func newestOf(tokens []caller.Token) []caller.Token {
	if len(tokens) == 0 {
		return nil
	}
	return []caller.Token{slices.MaxFunc(tokens, func(a, b caller.Token) int { return a.ExpiresAt.Compare(b.ExpiresAt) })}
}
