package identitycenter

import (
	"fmt"
	"maps"
	"path"
	"slices"

	"rollcall/door/awsdoor"
	"rollcall/door/scimdoor"
	"rollcall/emulate"
	"rollcall/fault"
	"rollcall/spelling"
)

// SetFaults replaces what goes wrong from the next request on; fault.Invalid
// for a plan that cannot be, or that is about operations nobody serves: it
// would never strike, and its test would pass.
func (s *Server) SetFaults(p emulate.FaultPlan) error {
	if err := strikes(p); err != nil {
		return err
	}
	return s.gate.SetFaults(p)
}

// Faults returns what goes wrong, and of each fault how often it struck so far.
func (s *Server) Faults() (emulate.FaultPlan, []emulate.Count) { return s.gate.Faults() }

// strikes refuses faults that no operation matches.
func strikes(p emulate.FaultPlan) error {
	served := awsdoor.Operations()
	served[string(emulate.SCIM)] = scimdoor.Operations()
	for i, f := range p.Faults {
		known := served[string(f.Service)]
		if f.Service == "" {
			known = slices.Concat(slices.Collect(maps.Values(served))...)
		}
		if !matches(f.Operation, known) {
			problem := fmt.Sprintf("no operation that is served is called %q%s", f.Operation, spelling.Hint(f.Operation, known))
			return fault.Text(fault.Invalid, "set faults", fmt.Sprintf("fault %d", i+1), problem)
		}
	}
	return nil
}

// matches leaves it to the gate to refuse what is no pattern.
func matches(pattern string, operations []string) bool {
	return pattern == "" || slices.ContainsFunc(operations, func(operation string) bool {
		ok, err := path.Match(pattern, operation)
		return ok || err != nil
	})
}
