package emulate

import (
	"context"
	"fmt"
	"sync"
	"time"

	"rollcall/assignment"
	"rollcall/awsjson/sigv4"
	"rollcall/fault"
	"rollcall/identity"
)

// faults is a fault plan being carried out.
type faults struct {
	mu     sync.Mutex
	plan   FaultPlan
	counts []Count
	random func() float64
}

// Count is how often a fault's calls came, and how often they went wrong.
type Count struct {
	Calls  int `json:"calls"`  // that matched
	Struck int `json:"struck"` // of those
}

// SetFaults replaces the fault plan; counting begins anew. It fails with
// fault.Invalid, and the old plan stays, if the new one cannot be.
func (g *Gate) SetFaults(p FaultPlan) error {
	for i, f := range p.Faults {
		if problem := f.problem(); problem != "" {
			return fault.Text(fault.Invalid, "set faults", fmt.Sprintf("fault %d", i+1), problem)
		}
	}
	g.faults.mu.Lock()
	defer g.faults.mu.Unlock()
	g.faults.plan, g.faults.counts, g.faults.random = p, make([]Count, len(p.Faults)), newRandom(p.Seed)
	return nil
}

// Faults returns the fault plan, and of each fault how often it struck so far.
func (g *Gate) Faults() (FaultPlan, []Count) {
	g.faults.mu.Lock()
	defer g.faults.mu.Unlock()
	return g.faults.plan, append([]Count(nil), g.faults.counts...)
}

// strike is what goes wrong with one call: a delay, and one fault at most.
type strike struct {
	delay time.Duration
	fault Fault // its Kind is empty if nothing else goes wrong
}

// strike draws what goes wrong with c. Every fault that matches counts the
// call; of several that strike the delays add up, and the first other one
// holds.
func (p *faults) strike(c Call) strike {
	return p.draw(c, func(k Kind) bool { return k != Fail })
}

func (p *faults) draw(c Call, wanted func(Kind) bool) strike {
	p.mu.Lock()
	defer p.mu.Unlock()
	var s strike
	for i, f := range p.plan.Faults {
		if !wanted(f.Kind) || !f.matches(c) || !p.hits(i, f) {
			continue
		}
		if f.Kind == Slow {
			s.delay += time.Duration(f.Delay)
			continue
		}
		if s.fault.Kind == "" {
			s.fault = f
			p.counts[i].Struck++
		}
	}
	return s
}

// hits counts the call for the i-th fault and reports whether it strikes. A
// slow one counts as struck at once: nothing comes before it.
func (p *faults) hits(i int, f Fault) bool {
	n := &p.counts[i]
	n.Calls++
	if f.Times > 0 && n.Struck >= f.Times {
		return false
	}
	hit := true
	switch {
	case f.Probability > 0:
		hit = p.random() < f.Probability
	case f.Call > 0:
		hit = n.Calls == f.Call
	case f.Every > 0:
		hit = n.Calls%f.Every == 0
	}
	if hit && f.Kind == Slow {
		n.Struck++
	}
	return hit
}

// apply makes a strike felt: as an error that is the answer, or as a note for
// the wire.
func (s strike) apply(ctx context.Context, c Call) error {
	f := s.fault
	switch f.Kind {
	case "":
		return nil
	case Throttle:
		wait := time.Duration(f.RetryAfter)
		if wait == 0 {
			wait = time.Second
		}
		return throttled(c, wait)
	case Expired:
		return sigv4.Refuse(sigv4.CodeExpired, "The security token included in the request is expired")
	}
	if kind, answers := answers[f.Kind]; answers {
		return fault.Text(kind, c.Operation, "", "injected by the fault plan")
	}
	return onWire(ctx, c, f)
}

// answers are the faults that are nothing but an answer.
var answers = map[Kind]fault.Kind{
	Error: fault.Internal, Conflict: fault.Conflict, Stale: fault.Stale, Denied: fault.Denied,
}

// Fails says why an asynchronous request is to come to nothing, if the fault
// plan says so: what the embedded instance asks as each begins.
func (g *Gate) Fails(work assignment.Work, _ identity.Assignment) (reason string) {
	operation := map[assignment.Work]string{
		assignment.Creation: "CreateAccountAssignment", assignment.Deletion: "DeleteAccountAssignment", assignment.Provisioning: "ProvisionPermissionSet",
	}[work]
	f := g.faults.draw(Call{SSOAdmin, operation}, func(k Kind) bool { return k == Fail }).fault
	if f.Kind == "" {
		return ""
	}
	if f.Reason == "" {
		return "Received a 500 status error: injected by the fault plan"
	}
	return f.Reason
}
