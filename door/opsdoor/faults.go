package opsdoor

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"strconv"

	"rollcall/caller"
	"rollcall/emulate"
	"rollcall/fault"
)

// Faults are what goes wrong in the server; [emulate.Gate] has them.
type Faults interface {
	// SetFaults replaces them from the next request on; fault.Invalid, and the
	// old ones stay, for a plan that cannot be.
	SetFaults(p emulate.FaultPlan) error
	// Faults returns them, and of each how often it struck so far.
	Faults() (emulate.FaultPlan, []emulate.Count)
}

const (
	faultsPath = "/_rollcall/faults"
	maxPlan    = 1 << 20 // bytes
)

// faultsView is what is shown; the plan in it can be sent back as it is.
type faultsView struct {
	Plan   emulate.FaultPlan `json:"plan"`
	Counts []emulate.Count   `json:"counts"` // one a fault, in their order
}

// local lets in admins on this machine. A request that a proxy passes on is not
// from here, wherever the proxy is.
func local(answer func(d *Door, w http.ResponseWriter, r *http.Request, by caller.Operator)) func(d *Door, w http.ResponseWriter, r *http.Request) {
	return func(d *Door, w http.ResponseWriter, r *http.Request) {
		at, err := netip.ParseAddr(caller.Address(r))
		if err != nil || !at.IsLoopback() || r.Header.Get("Forwarded") != "" || r.Header.Get("X-Forwarded-For") != "" {
			reply(w, http.StatusForbidden, "The fault plan is for requests from the server's own machine.\n")
			return
		}
		by, err := d.authenticate(r, caller.Admin)
		if err != nil {
			d.refuse(w, r, err)
			return
		}
		answer(d, w, r, by)
	}
}

func (d *Door) showFaults(w http.ResponseWriter, r *http.Request, _ caller.Operator) {
	plan, counts := d.Faults.Faults()
	v := faultsView{plan, counts}
	if v.Plan.Faults == nil {
		v.Plan.Faults = []emulate.Fault{}
	}
	if v.Counts == nil {
		v.Counts = []emulate.Count{}
	}
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		d.refuse(w, r, fault.New(fault.Internal, "show faults", "", err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	reply(w, http.StatusOK, string(text)+"\n")
}

func (d *Door) setFaults(w http.ResponseWriter, r *http.Request, by caller.Operator) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPlan))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		reply(w, http.StatusRequestEntityTooLarge, "A fault plan may have at most "+strconv.Itoa(maxPlan)+" bytes.\n")
		return
	}
	if err != nil {
		d.refuse(w, r, fault.New(fault.Invalid, "read fault plan", "", err))
		return
	}
	plan, err := emulate.ParseFaults("body", text)
	if err == nil {
		err = d.Faults.SetFaults(plan)
	}
	if err != nil {
		reply(w, statuses[fault.KindOf(err)], err.Error()+"\n")
		return
	}
	d.Log.InfoContext(r.Context(), "fault plan replaced", "by", by.Name, "faults", len(plan.Faults))
	d.showFaults(w, r, by)
}

func (d *Door) endFaults(w http.ResponseWriter, r *http.Request, by caller.Operator) {
	if err := d.Faults.SetFaults(emulate.FaultPlan{}); err != nil {
		d.refuse(w, r, err)
		return
	}
	d.Log.InfoContext(r.Context(), "fault plan ended", "by", by.Name)
	w.WriteHeader(http.StatusNoContent)
}
