package cli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"rollcall/apply"
	"rollcall/door/icfdoor"
	"rollcall/fault"
	"rollcall/plan"
)

// recons are the reconciliations that clients of this server have started. A
// server remembers those of its own life; what they did is in the journal.
type recons struct {
	house *house
	life  context.Context

	mu  sync.Mutex
	all []*recon
}

type recon struct {
	icfdoor.Recon
	cancel context.CancelFunc
	ended  chan struct{}
}

func newRecons(life context.Context, h *house) *recons { return &recons{house: h, life: life} }

// keptRecons is how many reconciliations that are over are remembered.
const keptRecons = 100

// Start begins one; a second of the same mapping waits for nothing, and is
// refused by the lease that a run of its target holds.
func (s *recons) Start(ctx context.Context, mapping string, by plan.Actor, wait bool) (icfdoor.Recon, error) {
	if _, known := s.house.config.Syncs[mapping]; !known {
		return icfdoor.Recon{}, fault.Text(fault.NotFound, "reconcile", mapping, "no sync is called that")
	}
	life, cancel := context.WithCancel(s.life)
	r := &recon{
		Recon:  icfdoor.Recon{ID: uuid.NewString(), Mapping: mapping, State: icfdoor.ReconActive, Stage: "ACTIVE_QUERY_ENTRIES", StageText: "reading source and target", Source: -1, Target: -1, Started: time.Now()},
		cancel: cancel, ended: make(chan struct{}),
	}
	s.mu.Lock()
	s.all = append(s.all, r)
	s.all = s.all[max(0, len(s.all)-keptRecons):]
	s.mu.Unlock()
	go s.run(life, r, by)
	if wait {
		select {
		case <-r.ended:
		case <-ctx.Done():
		}
	}
	return s.copyOf(r), nil
}

func (s *recons) copyOf(r *recon) icfdoor.Recon {
	s.mu.Lock()
	defer s.mu.Unlock()
	return r.Recon
}

func (s *recons) set(r *recon, change func(*icfdoor.Recon)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&r.Recon)
}

func (s *recons) run(ctx context.Context, r *recon, by plan.Actor) {
	defer close(r.ended)
	defer r.cancel()
	err := s.reconcile(ctx, r, by)
	s.set(r, func(o *icfdoor.Recon) {
		o.Ended, o.Stage = time.Now(), "COMPLETED_SUCCESS"
		switch {
		case err == nil:
			o.State, o.StageText = icfdoor.ReconSuccess, "reconciliation completed"
		case ctx.Err() != nil:
			o.State, o.Stage, o.StageText = icfdoor.ReconCanceled, "COMPLETED_CANCELED", "reconciliation cancelled"
		default:
			o.State, o.Stage, o.StageText, o.Error = icfdoor.ReconFailed, "COMPLETED_FAILED", "reconciliation failed", err.Error()
		}
	})
}

// reconcile is rollcall sync run, on behalf of an operator.
func (s *recons) reconcile(ctx context.Context, r *recon, by plan.Actor) error {
	h := s.house
	if err := h.finishInterrupted(ctx, h.directoryName(h.config.Syncs[r.Mapping].Directory)); err != nil {
		return err
	}
	p, err := h.planSync(ctx, r.Mapping)
	if err != nil {
		return err
	}
	p.By = by
	s.set(r, func(o *icfdoor.Recon) {
		o.Stage, o.StageText, o.Changes = "ACTIVE_RECONCILING", "carrying out the plan", len(p.Changes)
		o.Source, o.Target = p.Basis.SourcePeople+p.Basis.SourceGroups, p.Basis.TargetUsers+p.Basis.TargetGroups
		o.Situations = situations(p.Basis.Situations)
	})
	if p.Empty() && !p.Braked() {
		return nil
	}
	d, err := h.directory(ctx, p.Directory)
	if err != nil {
		return err
	}
	x := h.executor(d)
	x.Progress = func(done, _ int) { s.set(r, func(o *icfdoor.Recon) { o.Done = done }) }
	result, err := x.Run(ctx, p.Plan, apply.Options{Fresh: true, Read: p.input.Current, Actor: by})
	if b, is := errors.AsType[*apply.BrakedError](err); is {
		s.set(r, func(o *icfdoor.Recon) { o.Plan = string(b.Plan) })
		return err
	}
	if result != nil {
		s.set(r, func(o *icfdoor.Recon) { o.Plan = string(result.Plan) })
	}
	if err != nil {
		return err
	}
	if len(result.Failures) > 0 {
		return fault.Text(fault.Incomplete, "reconcile", r.Mapping, count(len(result.Failures), "change")+" could not be made; rollcall run show "+result.Run+" says which")
	}
	return h.accept(ctx, p.Plan, result, false)
}

// situations sums the situations of people and groups up, by the names that
// identity management systems have for them.
func situations(of map[string]int) map[string]int {
	all := map[string]int{}
	for name, n := range of {
		_, situation, _ := strings.Cut(name, " ")
		all[strings.ToUpper(strings.ReplaceAll(situation, "-", "_"))] += n
	}
	return all
}

// Recons lists them, the last first.
func (s *recons) Recons(context.Context) ([]icfdoor.Recon, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []icfdoor.Recon
	for _, r := range slices.Backward(s.all) {
		all = append(all, r.Recon)
	}
	return all, nil
}

func (s *recons) find(id string) (*recon, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.all {
		if r.ID == id {
			return r, nil
		}
	}
	return nil, fault.Text(fault.NotFound, "find reconciliation", id, "this server has none of that id")
}

// Recon returns one as it stands.
func (s *recons) Recon(_ context.Context, id string) (icfdoor.Recon, error) {
	r, err := s.find(id)
	if err != nil {
		return icfdoor.Recon{}, err
	}
	return s.copyOf(r), nil
}

// Cancel stops one, and waits until what was under way is finished.
func (s *recons) Cancel(ctx context.Context, id string) (icfdoor.Recon, error) {
	r, err := s.find(id)
	if err != nil {
		return icfdoor.Recon{}, err
	}
	r.cancel()
	select {
	case <-r.ended:
	case <-ctx.Done():
	}
	return s.copyOf(r), nil
}
