package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"rollcall/access"
	"rollcall/baseline"
	"rollcall/config"
	"rollcall/directory/sqldir"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/sqldb"
	"rollcall/work"
)

// erase takes a record out of everything that is kept. The journal is last: it is
// what tells where the record has left its data, so that an erasure that was killed
// can be begun again.
func (h *house) erase(ctx context.Context, target string, r identity.Record, found journal.Traces) error {
	flows, err := h.eraseFlows(ctx, target, found)
	if err != nil {
		return err
	}
	events, err := h.eraseEvents(ctx, target, r.Kind, found)
	if err != nil {
		return err
	}
	files, err := h.eraseEvidence(found.Runs)
	if err != nil {
		return err
	}
	if err := h.eraseBeside(ctx, target, r, found); err != nil {
		return err
	}
	done, err := h.journal.Erase(ctx, target, r, h.app.actor())
	if err != nil {
		return err
	}
	say(h.app.err, "Erased the values in %s, %s, %s, %s and %s. The chain is as it was: rollcall journal verify",
		entries(done.Entries), count(done.Plans, "plan"), count(flows, "flow"), count(events, "event"), count(files, "evidence file"))
	return h.scrub(ctx, target)
}

func (h *house) eraseFlows(ctx context.Context, target string, found journal.Traces) (int, error) {
	about := work.Erased{Directory: target, Objects: found.Objects, Names: found.Names, Plans: found.Plans}
	flows, err := work.NewBook(h.state).EraseFlows(ctx, about, h.app.clock().Now())
	if err != nil {
		return 0, err
	}
	for _, f := range flows {
		if f.State == work.FlowWaiting {
			say(h.app.err, "Cancelled flow %d (%s), which was about them.", f.Number, f.Kind)
		}
		if err := h.withdraw(ctx, f.Waits, "the flow was erased"); err != nil {
			return 0, err
		}
	}
	return len(flows), nil
}

// eraseBeside takes a record out of what is kept beside the journal and the flows.
func (h *house) eraseBeside(ctx context.Context, target string, r identity.Record, found journal.Traces) error {
	err := errors.Join(
		h.approvals().Erase(ctx, found.Plans, h.app.actor()), h.links.EraseHold(ctx, r.Source, r.Anchor), access.NewCache(h.state).Forget(ctx, target))
	for sync, s := range h.config.Syncs {
		if s.Source == r.Source {
			err = errors.Join(err, h.baselines.Forget(ctx, sync, baseline.Key{Kind: r.Kind, Anchor: r.Anchor}))
		}
	}
	return err
}

// eraseEvents takes objects that are gone out of the log of an embedded directory.
func (h *house) eraseEvents(ctx context.Context, target string, kind identity.Kind, found journal.Traces) (n int, err error) {
	settings, known := h.config.Directories[target]
	if !known || settings.Kind != config.KindEmbedded {
		return 0, nil
	}
	c, err := h.center(ctx, settings)
	if err != nil {
		return 0, err
	}
	id, err := h.storeID(ctx, c.Center, settings)
	if err != nil {
		return 0, err
	}
	driver, err := c.Store(ctx, id, sqldir.Options{BareIDs: settings.BareIDs()})
	if err != nil {
		return 0, err
	}
	for _, object := range found.Objects {
		some, err := driver.EraseEvents(ctx, kind, object)
		if fault.Is(err, fault.Conflict) {
			say(h.app.err, "Note: %s %s is still there; the directory's own log keeps what it says.", kind, object)
			continue
		}
		if err != nil {
			return n, err
		}
		n += some
	}
	return n, nil
}

// eraseEvidence removes the evidence that is kept beside the state of runs that
// name somebody.
func (h *house) eraseEvidence(runs []string) (n int, err error) {
	for _, run := range runs {
		switch err := os.Remove(filepath.Join(h.app.state, "evidence", run+".json")); {
		case err == nil:
			n++
		case !errors.Is(err, fs.ErrNotExist):
			return n, fault.New(fault.Denied, "erase evidence", "run "+run, err)
		}
	}
	return n, nil
}

// scrub leaves nothing in the files of what was erased.
func (h *house) scrub(ctx context.Context, target string) error {
	err := h.state.Scrub(ctx)
	if settings, known := h.config.Directories[target]; known && settings.Kind == config.KindEmbedded {
		c, opened := h.center(ctx, settings)
		if opened == nil {
			opened = c.Scrub(ctx)
		}
		err = errors.Join(err, opened)
	}
	if err != nil {
		say(h.app.err, "The files were not written anew: until they are, what was erased can be found in them byte by byte. Stop what uses them, then: rollcall journal erase --files")
		return err
	}
	if h.state.Dialect() == sqldb.Postgres {
		say(h.app.err, "The state is in PostgreSQL, which overwrites what was erased by itself, in time (autovacuum).")
		return nil
	}
	say(h.app.err, "The files were written anew: nothing of what was erased is in them.")
	return nil
}
