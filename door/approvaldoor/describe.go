package approvaldoor

import (
	"net/http"

	"rollcall/approval"
	"rollcall/caller"
	"rollcall/fault"
	"rollcall/openapi"
)

// somePlan is a plan's id in examples.
const somePlan = "4f3c1a0d9be2c7f1d6a85b0e34c1297fd08a6be5513f7c2d90e4b8a16f25c3d7"

// What the routes say of themselves; who may come in, pages and failures are
// added by [Describe].
var (
	listSays = openapi.Operation{
		ID: "approvals.list", Summary: "The requests that wait or are approved, at most 200, the last first",
		Parameters: []openapi.Parameter{{In: openapi.InQuery, Name: "all", Says: "Those that are over, too", Schema: openapi.Text(), Example: "1"}},
		Answers:    []openapi.Answer{{Status: http.StatusOK, Says: "The requests", Contents: answered(openapi.List(openapi.Out[approval.Request]()))}},
	}
	showSays = openapi.Operation{
		ID: "approvals.show", Summary: "One request, with its plan in words",
		Answers: []openapi.Answer{{Status: http.StatusOK, Says: "The request", Contents: answered(openapi.Out[view]())}},
	}
	decideSays = openapi.Operation{
		ID: "approvals.decide", Summary: "Agree to a plan, or reject it; who asked for it may not",
		Body: &openapi.Body{Required: true, Contents: []openapi.Content{
			{Type: openapi.JSON, Schema: choice, Example: map[string]string{"verdict": "approve", "digest": somePlan, "comment": "As agreed."}},
			{Type: "application/x-www-form-urlencoded", Schema: choice},
		}},
		Answers: []openapi.Answer{
			{Status: http.StatusOK, Says: "The request, as it stands now", Contents: []openapi.Content{{Type: openapi.JSON, Schema: openapi.Out[approval.Request]()}}},
			{Status: http.StatusSeeOther, Says: "To a browser: the page of the request"},
		},
	}

	choice = openapi.Named("approvals.Choice", openapi.Schema{
		Type: "object", Required: []string{"verdict", "digest"}, Never: true,
		Properties: map[string]*openapi.Schema{
			"verdict": openapi.Words("approve", "reject"),
			"digest":  {Type: "string", Says: "The whole id of the plan that was looked at"},
			"comment": {Type: "string", Says: "Why; a rejection needs one"},
		},
	})
	failure = openapi.Named("approvals.Failure", openapi.Schema{
		Type: "object", Required: []string{"error"}, Properties: map[string]*openapi.Schema{"error": openapi.Text()},
	})
	aPage = openapi.Content{Type: "text/html", Schema: openapi.Text()}
)

// answered is what a browser and what a program gets.
func answered(s *openapi.Schema) []openapi.Content {
	return []openapi.Content{{Type: openapi.JSON, Schema: s}, aPage}
}

// Describe says what this door serves.
func Describe() openapi.Part {
	part := openapi.Part{
		Tag:     openapi.Tag{Name: "approvals", Says: "The plans that wait until people have agreed. Whoever accepts text/html gets pages, everybody else JSON."},
		Schemes: caller.OperatorSchemes(),
	}
	for _, r := range routes {
		one := r.says
		one.Method, one.Path, one.Who = r.Method, r.Path, r.ByOperator()
		kinds := []fault.Kind{fault.Unauthenticated, fault.Throttled, fault.Internal, fault.Unavailable}
		if r.Path != root {
			one.Parameters = []openapi.Parameter{{In: openapi.InPath, Name: "id", Says: "The id of the plan, or how it begins", Schema: openapi.Text(), Example: somePlan}}
			kinds = append(kinds, fault.NotFound, fault.Conflict)
		}
		if one.Body != nil {
			kinds = append(kinds, fault.Invalid, fault.Denied)
		}
		one.Answers = openapi.WithFailures(one.Answers, func(k fault.Kind) int { return statuses[k] }, answered(failure), kinds...)
		part.Operations = append(part.Operations, one)
	}
	return part
}
