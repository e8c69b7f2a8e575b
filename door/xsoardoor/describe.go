package xsoardoor

import (
	"net/http"
	"strings"

	"rollcall/caller"
	"rollcall/fault"
	"rollcall/openapi"
)

// summaries say what each command does.
var summaries = map[string]string{
	"iam-create-user":    "Create a user; one who is there is updated",
	"iam-update-user":    "Change a user, and enable or create them where that is allowed",
	"iam-get-user":       "Read a user",
	"iam-disable-user":   "Disable a user; one of a source is held, so that no sync lets them in again",
	"iam-get-group":      "Read a group, and its members",
	"iam-create-group":   "Create a group",
	"iam-update-group":   "Put users into a group, and take others out",
	"iam-delete-group":   "Delete a group",
	"test-module":        "Say whether the directory answers",
	"get-mapping-fields": "The fields that a mapper can fill",
}

// arguments are the shapes of arguments. Most are also taken as the text that
// holds them.
var argumentShapes = map[string]*openapi.Schema{
	argProfile: orText(&openapi.Schema{Type: "object"}, "The user's profile, as the incoming mapper made it"),
	argEnable:  orText(&openapi.Schema{Type: "boolean"}, "Whether somebody who is not active may be enabled; true if left out"),
	argSCIM:    orText(&openapi.Schema{Type: "object"}, "The group: id, displayName, externalId, members"),
	argAdd:     orText(openapi.List(openapi.Text()), "Ids of users"),
	argRemove:  orText(openapi.List(openapi.Text()), "Ids of users"),
	argParams:  {Type: "object", Says: "What the instance in XSOAR is set to; tenant_id names one of several instances of the server"},
}

func orText(s *openapi.Schema, says string) *openapi.Schema {
	return &openapi.Schema{AnyOf: []*openapi.Schema{s, openapi.Text()}, Says: says}
}

// bodies are examples, by command.
var bodies = map[string]any{
	"iam-create-user": map[string]any{argProfile: map[string]string{
		"username": "ann", "givenname": "Ann", "surname": "Lee", "displayname": "Ann Lee", "email": "ann@example.com",
	}},
	"iam-update-user":    map[string]any{argProfile: map[string]string{"username": "ann", "title": "Engineer"}, argEnable: "true"},
	"iam-get-user":       map[string]any{argProfile: map[string]string{"username": "ann"}},
	"iam-disable-user":   map[string]any{argProfile: map[string]string{"username": "ann"}},
	"iam-get-group":      map[string]any{argSCIM: map[string]string{"displayName": "Engineers"}},
	"iam-create-group":   map[string]any{argSCIM: map[string]string{"displayName": "Auditors"}},
	"iam-update-group":   map[string]any{argSCIM: map[string]string{"id": openapi.ExampleGroup}, argAdd: []string{openapi.ExampleUser}},
	"iam-delete-group":   map[string]any{argSCIM: map[string]string{"id": openapi.ExampleGroup}},
	"test-module":        map[string]any{},
	"get-mapping-fields": map[string]any{},
}

// texts are properties that are texts, and those that may be null.
func texts(names ...string) map[string]*openapi.Schema {
	all := map[string]*openapi.Schema{}
	for _, name := range names {
		all[name] = openapi.Text()
		if plain, may := strings.CutSuffix(name, "?"); may {
			delete(all, name)
			all[plain] = openapi.OrNull(openapi.Text())
		}
	}
	return all
}

// entry is the answer to a command whose contents are that.
func entry(name string, contents *openapi.Schema) *openapi.Schema {
	return openapi.Named("xsoar."+name, *openapi.Object(map[string]*openapi.Schema{
		"Contents": contents, "HumanReadable": {Type: "string", Says: "For the War Room, in Markdown"}, "EntryContext": {Type: "object"},
	}))
}

// results are what the contents of commands about users and about groups are.
func results() (user, group *openapi.Schema) {
	ofUser := texts("brand", "instanceName", "action", "id?", "username?", "email?", "errorMessage", "reason")
	ofGroup := texts("brand", "instanceName", "id?", "username?", "email?", "errorMessage?", "displayName?")
	ofGroup["members"] = openapi.OrNull(openapi.List(&openapi.Schema{Type: "object"}))
	ofUser["skipped"] = &openapi.Schema{Type: "boolean"}
	for _, all := range []map[string]*openapi.Schema{ofUser, ofGroup} {
		all["success"] = &openapi.Schema{Type: "boolean", Says: "Whether the directory did it; if not, errorCode and errorMessage say why"}
		all["active"] = openapi.OrNull(&openapi.Schema{Type: "boolean"})
		all["errorCode"] = openapi.OrNull(openapi.Number())
		all["details"] = &openapi.Schema{}
	}
	return entry("UserEntry", openapi.Object(ofUser)), entry("GroupEntry", openapi.Object(ofGroup))
}

// Describe says what this door serves.
func Describe() openapi.Part {
	part := openapi.Part{
		Tag: openapi.Tag{Name: "xsoar", Says: "The commands of Cortex XSOAR's integration AWS-ILM. What a directory refuses is a 200 whose Contents say success false."},
		Schemes: map[string]openapi.Scheme{
			caller.SchemeToken: caller.OperatorSchemes()[caller.SchemeToken],
		},
	}
	user, group := results()
	failure := []openapi.Content{{Type: openapi.JSON, Schema: entry("Failure", openapi.Text())}}
	for _, r := range Routes() {
		name := strings.TrimPrefix(r.Path, root)
		shape := user
		switch {
		case strings.HasSuffix(name, "-group"):
			shape = group
		case name == "test-module":
			shape = entry("Test", openapi.Words("ok"))
		case name == "get-mapping-fields":
			shape = entry("Fields", &openapi.Schema{Type: "object"})
		}
		one := openapi.Operation{
			Method: r.Method, Path: r.Path, ID: "xsoar." + name, Summary: summaries[name], Who: [][]string{{caller.SchemeToken}},
			Body:    &openapi.Body{Required: true, Contents: []openapi.Content{{Type: openapi.JSON, Schema: argumentsOf(name), Example: bodies[name]}}},
			Answers: []openapi.Answer{{Status: http.StatusOK, Says: "What came of it", Contents: []openapi.Content{{Type: openapi.JSON, Schema: shape}}}},
		}
		for status, text := range stops {
			if status != http.StatusForbidden || r.Role != caller.Reader {
				one.Answers = openapi.WithAnswer(one.Answers, openapi.Answer{Status: status, Says: text, Contents: failure})
			}
		}
		one.Answers = openapi.WithFailures(one.Answers, func(k fault.Kind) int { return codes[k] }, failure,
			fault.Invalid, fault.NotFound, fault.Throttled, fault.Unavailable, fault.Internal)
		part.Operations = append(part.Operations, one)
	}
	return part
}

// stops are the answers that the path, the method or the body alone decides.
var stops = map[int]string{
	http.StatusUnauthorized:          "No bearer token, or not an operator's",
	http.StatusForbidden:             "The operator's role is not enough",
	http.StatusUnsupportedMediaType:  "The arguments are not sent as JSON",
	http.StatusRequestEntityTooLarge: "The arguments are larger than 1 MiB",
}

// argumentsOf are those that a command takes.
func argumentsOf(command string) *openapi.Schema {
	s := &openapi.Schema{Type: "object", Properties: map[string]*openapi.Schema{argParams: argumentShapes[argParams]}, Never: true}
	for _, name := range Arguments(command) {
		s.Properties[name] = argumentShapes[name]
	}
	return s
}
