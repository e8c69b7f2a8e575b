package scimdoor

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"rollcall/fault"
	"rollcall/openapi"
	"rollcall/scim"
)

// scheme is what descriptions call a tenant's token.
const scheme = "scimToken"

// both are the media types of SCIM's requests.
func both(s *openapi.Schema, example any) *openapi.Body {
	return &openapi.Body{Required: true, Contents: []openapi.Content{
		{Type: "application/scim+json", Schema: s, Example: example}, {Type: openapi.JSON, Schema: s, Example: example},
	}}
}

// words are what an operation says of itself.
type words struct {
	summary string
	body    *openapi.Body
	status  int
	answer  *openapi.Schema
}

var (
	patch   = openapi.In[scim.Patch]("Operations")
	newUser = map[string]any{
		"schemas": []string{scim.UserSchema}, "userName": "bob", "displayName": "Bob Ray", "name": map[string]string{"givenName": "Bob", "familyName": "Ray"},
		"emails": []any{map[string]any{"value": "bob@example.com", "type": "work", "primary": true}}, "active": true,
	}
	newGroup = map[string]any{
		"schemas": []string{scim.GroupSchema}, "displayName": "Auditors", "members": []any{map[string]string{"value": openapi.ExampleUser}},
	}
	userPatch = map[string]any{
		"schemas": []string{scim.PatchMessage}, "Operations": []any{map[string]any{"op": "replace", "path": "active", "value": false}},
	}
	groupPatch = map[string]any{
		"schemas":    []string{scim.PatchMessage},
		"Operations": []any{map[string]any{"op": "add", "path": "members", "value": []any{map[string]string{"value": openapi.ExampleUser}}}},
	}
	userSent = openapi.In[scim.User]("userName", "displayName", "name")
	failure  = []openapi.Content{{Type: openapi.JSON, Schema: openapi.Out[scim.Error]()}}
	sayings  = map[string]words{
		"ListUsers":             {"List users, or find one", nil, http.StatusOK, openapi.Out[scim.List[scim.User]]()},
		"CreateUser":            {"Create a user", both(userSent, newUser), http.StatusCreated, openapi.Out[scim.User]()},
		"GetUser":               {"Read a user", nil, http.StatusOK, openapi.Out[scim.User]()},
		"PutUser":               {"Replace everything that SCIM sees of a user", both(userSent, newUser), http.StatusOK, openapi.Out[scim.User]()},
		"PatchUser":             {"Change single attributes of a user: all of it or nothing", both(patch, userPatch), http.StatusOK, openapi.Out[scim.User]()},
		"DeleteUser":            {"Delete a user", nil, http.StatusNoContent, nil},
		"ListGroups":            {"List groups, or find one; members are always empty", nil, http.StatusOK, openapi.Out[scim.List[scim.Group]]()},
		"CreateGroup":           {"Create a group, with at most 100 members", both(openapi.In[scim.Group]("displayName"), newGroup), http.StatusCreated, openapi.Out[scim.Group]()},
		"GetGroup":              {"Read a group; members are always empty", nil, http.StatusOK, openapi.Out[scim.Group]()},
		"PatchGroup":            {"Change a group, and who is in it", both(patch, groupPatch), http.StatusNoContent, nil},
		"PutGroup":              {summary: "Not served: 501, as by AWS"},
		"DeleteGroup":           {"Delete a group", nil, http.StatusNoContent, nil},
		"ServiceProviderConfig": {"What the endpoint can do", nil, http.StatusOK, openapi.Out[scim.ServiceProviderConfig]()},
		"ListResourceTypes":     {"What there is", nil, http.StatusOK, openapi.Out[scim.List[scim.ResourceType]]()},
		"ListSchemas":           {"The attributes of everything", nil, http.StatusOK, openapi.Out[scim.List[scim.Schema]]()},
		"GetSchema":             {"The attributes of one schema", nil, http.StatusOK, openapi.Out[scim.Schema]()},
	}
)

// Describe says what this door serves.
func Describe() openapi.Part {
	part := openapi.Part{
		Tag:     openapi.Tag{Name: "scim", Says: "SCIM 2.0 (RFC 7644) as AWS IAM Identity Center serves it, of every embedded directory: rollcall token create."},
		Schemes: map[string]openapi.Scheme{scheme: {Type: "http", Scheme: "bearer", Says: "A tenant's token: rollcall token create"}},
	}
	for _, r := range routes {
		for _, method := range slices.Sorted(maps.Keys(r.operations)) {
			part.Operations = append(part.Operations, r.describe(method))
		}
	}
	return part
}

func (r *route) describe(method string) openapi.Operation {
	name := r.operations[method].name
	says := sayings[name]
	o := openapi.Operation{
		Method: method, Path: root + r.path(), ID: "scim." + strings.ToLower(name[:1]) + name[1:], Summary: says.summary, Body: says.body,
		Parameters: []openapi.Parameter{path("tenantId", "The endpoint's tenant, as its URL has it", "")}, Who: [][]string{{scheme}},
	}
	kinds := []fault.Kind{fault.Invalid, fault.Unauthenticated, fault.Denied, fault.Throttled, fault.Internal}
	if r.single {
		example := map[string]string{"Users": openapi.ExampleUser, "Groups": openapi.ExampleGroup, "Schemas": scim.UserSchema}[r.collection]
		o.Parameters = append(o.Parameters, path("id", "The id", example))
	}
	if r.single || strings.HasSuffix(name, "Groups") || method == http.MethodPost {
		kinds = append(kinds, fault.NotFound)
	}
	if method == http.MethodGet && !r.single && (r.collection == "Users" || r.collection == "Groups") {
		o.Parameters = append(o.Parameters,
			query("filter", "Attributes that must equal a value: one of those that AWS answers", openapi.Text(), map[string]any{"Users": `userName eq "ann"`, "Groups": `displayName eq "Engineers"`}[r.collection]),
			query("count", "How many there may be in the answer", openapi.Number(1, scim.MaxResults), nil),
			query("cursor", "Ask for pages: empty at first, then what nextCursor said", openapi.Text(), nil))
	}
	if says.status != 0 {
		a := openapi.Answer{Status: says.status, Says: "Done"}
		if says.answer != nil {
			a.Contents = []openapi.Content{{Type: openapi.JSON, Schema: says.answer}}
		}
		o.Answers = append(o.Answers, a)
	} else {
		kinds = append(kinds, fault.Unsupported)
	}
	if method != http.MethodGet {
		kinds = append(kinds, fault.Conflict, fault.Stale, fault.Quota)
		o.Answers = append(o.Answers, openapi.Answer{Status: http.StatusRequestEntityTooLarge, Says: "The body is larger than 1 MiB", Contents: failure})
	}
	o.Answers = openapi.WithFailures(o.Answers, func(k fault.Kind) int { return statuses[k] }, failure, kinds...)
	return o
}

func path(name, says, example string) openapi.Parameter {
	p := openapi.Parameter{In: openapi.InPath, Name: name, Says: says, Schema: openapi.Text()}
	if example != "" {
		p.Example = example
	}
	return p
}

func query(name, says string, s *openapi.Schema, example any) openapi.Parameter {
	return openapi.Parameter{In: openapi.InQuery, Name: name, Says: says, Schema: s, Example: example}
}
