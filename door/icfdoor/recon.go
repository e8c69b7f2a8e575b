package icfdoor

import (
	"context"
	"net/http"
	"time"

	"rollcall/fault"
	"rollcall/icf"
	"rollcall/plan"
)

// Recon is one reconciliation, as it stands.
type Recon struct {
	ID             string
	Mapping        string // the sync
	State          string // ACTIVE, CANCELED, FAILED or SUCCESS
	Stage          string
	StageText      string
	Source, Target int // how many were read; -1 not yet
	Done, Changes  int // of the plan
	Situations     map[string]int
	Plan           string // once there is one
	Error          string // of one that failed
	Started, Ended time.Time
}

// Recons carries out the configured syncs.
type Recons interface {
	// Start begins a reconciliation; wait until it ends. It fails with
	// fault.NotFound if there is no such sync.
	Start(ctx context.Context, mapping string, by plan.Actor, wait bool) (Recon, error)
	// Recon returns one; fault.NotFound if there is none.
	Recon(ctx context.Context, id string) (Recon, error)
	// Recons lists those of this server, the last first.
	Recons(ctx context.Context) ([]Recon, error)
	// Cancel stops one; what is under way is finished.
	Cancel(ctx context.Context, id string) (Recon, error)
}

// states are how a reconciliation stands.
const (
	ReconActive   = "ACTIVE"
	ReconCanceled = "CANCELED"
	ReconFailed   = "FAILED"
	ReconSuccess  = "SUCCESS"
)

func (r Recon) object() icf.Object {
	count := func(processed, total int) icf.Object {
		o := icf.Object{{Name: "processed", Value: processed}, {Name: "total", Value: "?"}}
		if total >= 0 {
			o[1].Value = total
		}
		return o
	}
	situations := icf.Object{}
	for _, name := range situationNames {
		situations = append(situations, icf.Field{Name: name, Value: r.Situations[name]})
	}
	o := icf.Object{
		{Name: icf.AttrID, Value: r.ID},
		{Name: "mapping", Value: r.Mapping},
		{Name: "state", Value: r.State},
		{Name: "stage", Value: r.Stage},
		{Name: "stageDescription", Value: r.StageText},
		{Name: "progress", Value: icf.Object{
			{Name: "source", Value: icf.Object{{Name: "existing", Value: count(max(r.Source, 0), r.Source)}}},
			{Name: "target", Value: icf.Object{{Name: "existing", Value: count(max(r.Target, 0), r.Target)}, {Name: "changed", Value: count(r.Done, r.Changes)}}},
			{Name: "links", Value: icf.Object{{Name: "existing", Value: count(0, -1)}}},
		}},
		{Name: "situationSummary", Value: situations},
		{Name: "started", Value: r.Started.UTC().Format(time.RFC3339)},
		{Name: "ended", Value: ""},
	}
	if !r.Ended.IsZero() {
		o[len(o)-1].Value = r.Ended.UTC().Format(time.RFC3339)
	}
	if r.Plan != "" {
		o = append(o, icf.Field{Name: "plan", Value: r.Plan})
	}
	if r.Error != "" {
		o = append(o, icf.Field{Name: "error", Value: r.Error})
	}
	return o
}

// situationNames are those of a summary, in their order.
var situationNames = []string{
	"SOURCE_IGNORED", "FOUND_ALREADY_LINKED", "UNQUALIFIED", "ABSENT", "TARGET_IGNORED", "MISSING", "ALL_GONE", "UNASSIGNED", "AMBIGUOUS", "CONFIRMED", "LINK_ONLY", "SOURCE_MISSING", "FOUND",
}

func noRecons() error {
	return icf.NewError(http.StatusNotImplemented, "This server carries out no reconciliations")
}

func (d *Door) startRecon(r *request) (*answer, error) {
	if d.Recons == nil {
		return nil, noRecons()
	}
	mapping := r.others["mapping"]
	if mapping == "" {
		return nil, badRequest("Missing required parameter: mapping")
	}
	one, err := d.Recons.Start(r.Context(), mapping, r.actor(), r.others["waitForCompletion"] == "true")
	if fault.Is(err, fault.NotFound) {
		return nil, badRequest("Unknown mapping: %s", mapping)
	}
	if err != nil {
		return nil, err
	}
	return ok(icf.Object{{Name: icf.AttrID, Value: one.ID}, {Name: "state", Value: one.State}}), nil
}

func (d *Door) recons(r *request) (*answer, error) {
	if d.Recons == nil {
		return nil, noRecons()
	}
	list, err := d.Recons.Recons(r.Context())
	if err != nil {
		return nil, err
	}
	all := []any{}
	for _, one := range list {
		all = append(all, one.object())
	}
	return ok(icf.Object{{Name: "reconciliations", Value: all}}), nil
}

func (d *Door) recon(r *request) (*answer, error) {
	if d.Recons == nil {
		return nil, noRecons()
	}
	one, err := d.Recons.Recon(r.Context(), r.id)
	if fault.Is(err, fault.NotFound) {
		return nil, icf.NewError(http.StatusNotFound, "Reconciliation "+r.id+" not found")
	}
	if err != nil {
		return nil, err
	}
	return ok(one.object()), nil
}

func (d *Door) cancelRecon(r *request) (*answer, error) {
	if d.Recons == nil {
		return nil, noRecons()
	}
	one, err := d.Recons.Cancel(r.Context(), r.id)
	if fault.Is(err, fault.NotFound) {
		return nil, icf.NewError(http.StatusNotFound, "Reconciliation "+r.id+" not found")
	}
	if err != nil {
		return nil, err
	}
	return ok(icf.Object{{Name: icf.AttrID, Value: one.ID}, {Name: "action", Value: "cancel"}, {Name: "status", Value: one.State}}), nil
}
