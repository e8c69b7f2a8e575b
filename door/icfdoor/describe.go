package icfdoor

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"rollcall/caller"
	"rollcall/fault"
	"rollcall/openapi"
)

// The headers of a name and password, as descriptions call them.
const (
	schemeName     = "openidmUsername"
	schemePassword = "openidmPassword"
)

// words are what an operation says of itself, beside what the tables know.
type words struct {
	summary string
	params  []openapi.Parameter
	body    *openapi.Schema
	sends   any // an example of it
	needed  bool
	status  int // of success; 0 is 200
	answer  *openapi.Schema
}

// Describe says what this door serves: everything with the context path, and
// once more what is also served without it.
func Describe() openapi.Part {
	part := openapi.Part{
		Tag: openapi.Tag{Name: "openicf", Says: "The REST contract of an identity management system's connector (OpenICF, IDM), at /openidm/system and at /system."},
		Schemes: map[string]openapi.Scheme{
			schemeName:     {Type: "apiKey", In: openapi.InHeader, Name: "X-OpenIDM-Username", Says: "An operator's name"},
			schemePassword: {Type: "apiKey", In: openapi.InHeader, Name: "X-OpenIDM-Password", Says: "Their password"},
		},
	}
	maps.Copy(part.Schemes, caller.OperatorSchemes())
	for _, r := range slices.Sorted(maps.Keys(routes)) {
		for _, verb := range slices.Sorted(maps.Keys(routes[r])) {
			for _, path := range placesOf(r) {
				part.Operations = append(part.Operations, describe(r, path, verb))
			}
		}
	}
	sync := describe(aConfig, "/"+contextPath+mappingsPath, verbRead)
	sync.ID, sync.Summary = contextPath+".mappings.get", "The four mappings of the connector's documentation, for every connector"
	part.Operations = append(part.Operations, sync)
	return part
}

// describe is one operation at a path.
func describe(r resource, path, verb string) openapi.Operation {
	says := sayings[r][verb]
	o := openapi.Operation{
		Method: methodOf(verb), Path: path, Summary: says.summary,
		ID:  "bare." + string(r) + "." + strings.ToLower(methodOf(verb)),
		Who: [][]string{{schemeName, schemePassword}, {caller.SchemePassword}, {caller.SchemeToken}},
	}
	if strings.HasPrefix(path, "/"+contextPath+"/") {
		o.ID = contextPath + strings.TrimPrefix(o.ID, "bare")
	}
	switch {
	case done[verb] == "":
		o.Chosen = openapi.Choice{In: openapi.InQuery, Name: "_action", Value: verb}
	case verb == verbCreate:
		o.Chosen = openapi.Choice{In: openapi.InQuery, Name: "_action", Value: "create"}
	case verb == verbQuery && routes[r][verbRead].do != nil:
		o.Chosen = openapi.Choice{In: openapi.InQuery, Name: "_queryFilter"}
	}
	o.Parameters = append(parametersOf(path, verb), says.params...)
	if says.body != nil {
		o.Body = &openapi.Body{Required: says.needed, Contents: []openapi.Content{{Type: openapi.JSON, Schema: says.body, Example: says.sends}}}
	}
	if says.answer != nil {
		status := http.StatusOK
		if says.status != 0 {
			status = says.status
		}
		o.Answers = []openapi.Answer{{Status: status, Says: "Done", Contents: []openapi.Content{{Type: openapi.JSON, Schema: says.answer}}}}
	}
	if r == aConfig && verb == verbUpdate {
		o.Answers = append(o.Answers, openapi.Answer{Status: http.StatusCreated, Says: "There was none", Contents: o.Answers[0].Contents})
	}
	if verb == verbRead {
		o.Answers = append(o.Answers, openapi.Answer{Status: http.StatusNotModified, Says: "The object has the revision of If-None-Match"})
	}
	return withFailures(o)
}

// withFailures adds the failures that there are of every operation.
func withFailures(o openapi.Operation) openapi.Operation {
	for status, text := range map[int]string{
		http.StatusUnauthorized:          "No credentials, or wrong ones",
		http.StatusConflict:              "A condition of another kind than revisions: If-Modified-Since",
		http.StatusRequestEntityTooLarge: "The body is larger than 1 MiB",
	} {
		o.Answers = openapi.WithAnswer(o.Answers, openapi.Answer{Status: status, Says: text, Contents: failure})
	}
	o.Answers = openapi.WithFailures(o.Answers, func(k fault.Kind) int { return statuses[k] }, failure,
		fault.Invalid, fault.NotFound, fault.Conflict, fault.Stale, fault.Denied, fault.Unsupported, fault.Quota, fault.Unavailable, fault.Incomplete, fault.Internal)
	return o
}

// parameterWords say what parameters are for.
var parameterWords = map[string]string{
	"name":                     "The connector",
	"type":                     "The type of object",
	"_fields":                  "The fields to answer with, as JSON pointers with commas between them",
	"_prettyPrint":             "Whether to write the answer for people",
	"_mimeType":                "Not looked at",
	"_queryId":                 "A query by its name: query-all-ids",
	"_queryFilter":             "Which objects",
	"_queryExpression":         "Which objects, in another parameter",
	"_pageSize":                "How many objects there may be in the answer; at most 100",
	"_pagedResultsCookie":      "Where to go on: what the answer before said",
	"_pagedResultsOffset":      "How many objects to pass over",
	"_sortKeys":                "Fields to sort by, with commas between them; one with a minus comes from its end",
	"_totalPagedResultsPolicy": "How to count; totals are -1, whatever it is",
}

// parametersOf are those of a path and of a verb.
func parametersOf(path, verb string) []openapi.Parameter {
	var all []openapi.Parameter
	for part := range strings.SplitSeq(path, "/") {
		name, is := strings.CutPrefix(part, "{")
		if !is {
			continue
		}
		p := openapi.Parameter{In: openapi.InPath, Name: strings.TrimSuffix(name, "}"), Schema: openapi.Text()}
		p.Says = parameterWords[p.Name]
		switch p.Name {
		case "name":
			p.Example = "awsiam"
			if strings.Contains(path, provisioners) {
				p.Example = someConfig["name"]
			}
		case "type":
			p.Schema, p.Example = objectTypes, "__ACCOUNT__"
		case "id":
			p.Example = openapi.ExampleUser
		}
		all = append(all, p)
	}
	names := slices.Clone(known[""])
	if done[verb] != "" {
		names = append(names, known[verb]...)
	}
	for _, name := range names {
		p := openapi.Parameter{In: openapi.InQuery, Name: name, Says: parameterWords[name], Schema: openapi.Text()}
		switch name {
		case "_prettyPrint":
			p.Schema = openapi.Words("true", "false")
		case "_queryFilter":
			p.Example = "true"
		case "_pageSize", "_pagedResultsOffset":
			p.Schema = openapi.Number(0)
		}
		if name == "" {
			continue
		}
		all = append(all, p)
	}
	switch verb {
	case verbUpdate, verbPatch, verbDelete:
		all = append(all, header("If-Match", "The revision that the object must have; * is any"))
	case verbRead:
		all = append(all, header("If-None-Match", "A revision that is not to be sent again"))
	}
	return append(all, header("Accept-API-Version", "The version of the protocol: protocol=2.1,resource=1.0"))
}

func header(name, says string) openapi.Parameter {
	return openapi.Parameter{In: openapi.InHeader, Name: name, Says: says, Schema: openapi.Text()}
}
