package opsdoor

import (
	"net/http"

	"rollcall/caller"
	"rollcall/emulate"
	"rollcall/fault"
	"rollcall/openapi"
)

const plain = "text/plain"

func says(text string) []openapi.Content {
	return []openapi.Content{{Type: plain, Schema: openapi.Text(), Example: text}}
}

// What the routes say of themselves; who may come in, and failures, are added
// by [Describe].
var (
	healthzSays = openapi.Operation{
		ID: "health", Summary: "Say whether the process answers",
		Answers: []openapi.Answer{{Status: http.StatusOK, Says: "It does", Contents: says("ok\n")}},
	}
	readyzSays = openapi.Operation{
		ID: "ready", Summary: "Say whether every database answers and no sync is stale",
		Answers: []openapi.Answer{
			{Status: http.StatusOK, Says: "It is ready", Contents: says("ok\n")},
			{Status: http.StatusServiceUnavailable, Says: "It is not; a sync that is stale is named", Contents: says("not ready\n")},
		},
	}
	metricsSays = openapi.Operation{
		ID: "metrics", Summary: "Numbers since the start, in Prometheus's text format",
		Answers: []openapi.Answer{{Status: http.StatusOK, Says: "The numbers", Contents: says("rollcall_http_requests_in_flight 1\n")}},
	}
	documentSays = openapi.Operation{
		ID: "document", Summary: "This document",
		Answers: []openapi.Answer{{Status: http.StatusOK, Says: "The document", Contents: []openapi.Content{
			{Type: openapi.JSON, Schema: &openapi.Schema{Type: "object"}},
		}}},
	}
	showFaultsSays = openapi.Operation{
		ID: "faults.show", Summary: "What goes wrong, and how often it did",
		Answers: []openapi.Answer{{Status: http.StatusOK, Says: "The fault plan", Contents: faultPlan}},
	}
	setFaultsSays = openapi.Operation{
		ID: "faults.set", Summary: "Replace the fault plan; counting begins anew",
		Body: &openapi.Body{Contents: []openapi.Content{
			{Type: openapi.JSON, Schema: openapi.In[emulate.FaultPlan](), Example: somePlan},
			{Type: "application/yaml", Schema: openapi.In[emulate.FaultPlan]()},
		}},
		Answers: []openapi.Answer{
			{Status: http.StatusOK, Says: "The fault plan, as it is now", Contents: faultPlan},
			{Status: http.StatusRequestEntityTooLarge, Says: "The plan is larger than 1 MiB", Contents: failure},
		},
	}
	endFaultsSays = openapi.Operation{
		ID: "faults.end", Summary: "Let nothing go wrong any more",
		Answers: []openapi.Answer{{Status: http.StatusNoContent, Says: "Nothing goes wrong"}},
	}

	failure   = []openapi.Content{{Type: plain, Schema: openapi.Text()}}
	somePlan  = emulate.FaultPlan{Faults: []emulate.Fault{{Service: emulate.IdentityStore, Operation: "CreateUser", Kind: emulate.Throttle, Call: 3}}}
	faultPlan = []openapi.Content{{Type: openapi.JSON, Schema: openapi.Out[faultsView](), Example: faultsView{somePlan, []emulate.Count{{Calls: 3, Struck: 1}}}}}
)

// Describe says what a door of such options serves.
func Describe(o Options) openapi.Part {
	part := openapi.Part{
		Tag:     openapi.Tag{Name: "operations", Says: "For whoever runs the server: is it alive, is it ready, what has it done, and what is to go wrong."},
		Schemes: caller.OperatorSchemes(),
	}
	for _, r := range routes {
		if r.served != nil && !r.served(&o) {
			continue
		}
		one := r.says
		one.Method, one.Path, one.Who = r.Method, r.Path, r.ByOperator()
		if r.Role != "" {
			kinds := []fault.Kind{fault.Unauthenticated, fault.Throttled, fault.Internal, fault.Unavailable}
			if r.Role != caller.Reader {
				kinds = append(kinds, fault.Denied)
			}
			if one.Body != nil {
				kinds = append(kinds, fault.Invalid)
			}
			one.Answers = openapi.WithFailures(one.Answers, func(k fault.Kind) int { return statuses[k] }, failure, kinds...)
		}
		part.Operations = append(part.Operations, one)
	}
	return part
}
