package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"
	validator "github.com/pb33f/libopenapi-validator"

	"rollcall/caller"
	"rollcall/icf"
	"rollcall/openapi"
)

// everyDoor has something behind each door; what one directory is asked for
// waits for approval.
const everyDoor = `
default_directory: local
directories:
  local: {kind: embedded, store: d-1234567890}
  guarded: {kind: embedded, store: d-9876543210}
sources:
  corp: {kind: ldif, path: company.ldif, anchor: entryUUID}
syncs:
  corp: {source: corp, directory: local, mapping: {preset: inetorgperson}, brakes: {protected: [nobody]}}
connectors:
  awsiam: {directory: local, scripts: {hello: {source: "'hello'"}}}
  guarded: {directory: guarded}
xsoar:
  AWS-ILM_instance_1: {directory: local}
approvals:
  when:
    groups: {approvers: 1, kinds: [group.create], directories: [guarded]}
`

// player makes the requests that a document describes, out of nothing but the
// document, and holds the answers against it.
type player struct {
	*office
	s        *served
	d        *described
	v        validator.Validator
	tokens   map[string]string // of operators, by role
	store    *identitystore.Client
	replaced []string // what examples name, and what is there in its place
}

func newPlayer(t *testing.T) *player {
	t.Helper()
	o := newOffice(t)
	o.write("rollcall.yaml", everyDoor)
	o.write("company.ldif", people(1, 3))
	p := &player{office: o, s: o.serve(), tokens: map[string]string{}}
	p.tokens["admin"] = o.operatorToken(p.s.env["ROLLCALL_OPERATOR"])
	o.must("operator", "create", "second", "--role", "admin", "--no-password")
	p.tokens["second"] = o.operatorToken("second")
	x := &stranger{t, p.s}
	text := x.document(p.tokens["admin"])
	p.d = readDescription(t, text)
	p.v = validatorOf(t, strict(t, text))
	p.store = p.s.client()
	return p
}

// strict is a document in which objects have the properties that are described,
// and no others.
func strict(t *testing.T, text string) []byte {
	t.Helper()
	var all any
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatal(err)
	}
	var narrow func(v any)
	narrow = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, one := range v {
				narrow(one)
			}
		case map[string]any:
			if _, isObject := v["properties"].(map[string]any); isObject && v["type"] == "object" && v["additionalProperties"] == nil {
				v["additionalProperties"] = false
			}
			for _, one := range v {
				narrow(one)
			}
		}
	}
	narrow(all)
	out, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (p *player) ok(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// begin puts everything as the examples have it: one user in one group, a plan
// that waits, a connector that a client has made, a reconciliation.
func (p *player) begin() {
	p.t.Helper()
	p.send(http.MethodDelete, "/_rollcall/faults", "")
	ctx, id := p.t.Context(), aws.String(openapi.ExampleStore)
	users, err := p.store.ListUsers(ctx, &identitystore.ListUsersInput{IdentityStoreId: id})
	p.ok(err)
	for _, u := range users.Users {
		_, err = p.store.DeleteUser(ctx, &identitystore.DeleteUserInput{IdentityStoreId: id, UserId: u.UserId})
		p.ok(err)
	}
	groups, err := p.store.ListGroups(ctx, &identitystore.ListGroupsInput{IdentityStoreId: id})
	p.ok(err)
	for _, g := range groups.Groups {
		_, err = p.store.DeleteGroup(ctx, &identitystore.DeleteGroupInput{IdentityStoreId: id, GroupId: g.GroupId})
		p.ok(err)
	}
	ann, err := p.store.CreateUser(ctx, &identitystore.CreateUserInput{
		IdentityStoreId: id, UserName: aws.String("ann"), DisplayName: aws.String("Ann Lee"),
		Name:   &types.Name{GivenName: aws.String("Ann"), FamilyName: aws.String("Lee")},
		Emails: []types.Email{{Value: aws.String("ann@example.com"), Type: aws.String("work"), Primary: true}},
	})
	p.ok(err)
	group, err := p.store.CreateGroup(ctx, &identitystore.CreateGroupInput{IdentityStoreId: id, DisplayName: aws.String("Engineers")})
	p.ok(err)
	in, err := p.store.CreateGroupMembership(ctx, &identitystore.CreateGroupMembershipInput{
		IdentityStoreId: id, GroupId: group.GroupId, MemberId: &types.MemberIdMemberUserId{Value: *ann.UserId},
	})
	p.ok(err)
	p.replaced = []string{openapi.ExampleUser, *ann.UserId, openapi.ExampleGroup, *group.GroupId, openapi.ExampleMembership, *in.MembershipId}
}

// more is what only some operations need.
func (p *player) more(id string) {
	p.t.Helper()
	switch {
	case strings.Contains(id, ".recon."):
		made := p.send(http.MethodPost, "/recon?_action=recon&mapping=corp&waitForCompletion=true", "{}")
		p.replaced = append(p.replaced, "{recon}", fmt.Sprint(made["_id"]))
	case strings.HasPrefix(id, "approvals."):
		refused := p.send(http.MethodPost, "/system/guarded/__GROUP__", `{"__NAME__":"Guests"}`)
		detail, _ := refused["detail"].(map[string]any)
		p.replaced = append(p.replaced, somePlan, fmt.Sprint(detail["plan"]))
	case strings.HasPrefix(id, "openidm.config."):
		p.send(http.MethodPut, "/openidm/config/provisioner.openicf/test",
			`{"name":"test","connectorRef":{"connectorName":"`+icf.ConnectorName+`"},"configurationProperties":{"directory":"local"}}`)
	case id == "identitystore.createGroupMembership":
		_, err := p.store.DeleteGroupMembership(p.t.Context(), &identitystore.DeleteGroupMembershipInput{
			IdentityStoreId: aws.String(openapi.ExampleStore), MembershipId: aws.String(p.replaced[len(p.replaced)-1]),
		})
		p.ok(err)
	}
}

// send makes a request as an admin, and returns the answer if it is an object.
func (p *player) send(method, path, body string) map[string]any {
	p.t.Helper()
	q, err := http.NewRequestWithContext(p.t.Context(), method, p.s.env["ROLLCALL_URL"]+path, strings.NewReader(body))
	p.ok(err)
	bearer(p.tokens["admin"])(q)
	q.Header.Set("Content-Type", "application/json")
	_, text := answered(p.t, q)
	var out map[string]any
	_ = json.Unmarshal([]byte(text), &out) // some have no body
	return out
}

// somePlan is the plan in the examples of approvals.
const somePlan = "4f3c1a0d9be2c7f1d6a85b0e34c1297fd08a6be5513f7c2d90e4b8a16f25c3d7"

// request is one of an operation, as the document says: the parameters that have
// an example or must be there, and the example of a body.
func (p *player) request(path, method string, o describedOperation, chosen string) *http.Request {
	p.t.Helper()
	query, header := url.Values{}, http.Header{}
	fill := strings.NewReplacer(p.replaced...)
	for _, a := range o.Parameters {
		value := fmt.Sprint(a.Example)
		if a.Example == nil {
			value = ""
		}
		switch {
		case a.Name == "_action" || a.Name == "X-Amz-Target":
			value = chosen
		case a.Name == "tenantId":
			value = strings.Split(p.s.env["ROLLCALL_SCIM_URL"], "/")[3]
		case strings.Contains(path, "/recon/{id}") && a.Name == "id":
			value = "{recon}"
		case a.Name == "scriptId" && chosen == "script":
			value = "hello"
		case a.Name == "mapping" && chosen == "recon":
			value = "corp"
		case a.Name == "source" && chosen != "liveSync":
			value = ""
		}
		value = fill.Replace(value)
		switch {
		case a.In == openapi.InPath:
			path = strings.ReplaceAll(path, "{"+a.Name+"}", url.PathEscape(value))
		case value == "":
		case a.In == openapi.InQuery:
			query.Set(a.Name, value)
		default:
			header.Set(a.Name, value)
		}
	}
	var body []byte
	if o.RequestBody != nil {
		for _, kind := range slices.Sorted(maps.Keys(o.RequestBody.Content)) {
			all := o.RequestBody.Content[kind].Examples
			name := chosen
			if chosen == "" && len(all) == 1 {
				name = slices.Collect(maps.Keys(all))[0]
			}
			if one, there := all[name]; there {
				body = []byte(fill.Replace(string(one.Value)))
				header.Set("Content-Type", kind)
				break
			}
		}
		if body == nil {
			body = []byte("{}")
			header.Set("Content-Type", slices.Sorted(maps.Keys(o.RequestBody.Content))[0])
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	q, err := http.NewRequestWithContext(p.t.Context(), strings.ToUpper(method), p.s.env["ROLLCALL_URL"]+path, bytes.NewReader(body))
	p.ok(err)
	q.Header = header
	p.identify(q, o, string(body))
	return q
}

// identify says who asks, in the first way that the operation lists.
func (p *player) identify(q *http.Request, o describedOperation, body string) {
	if len(o.Security) == 0 {
		return
	}
	first := o.Security[len(o.Security)-1]
	switch {
	case strings.HasPrefix(o.ID, "approvals."):
		bearer(p.tokens["second"])(q)
	case first["scimToken"] != nil:
		bearer(p.s.env["ROLLCALL_SCIM_TOKEN"])(q)
	case first["sigv4"] != nil:
		x := &stranger{p.t, p.s}
		x.signed(caller.Route{Body: body, Signed: serviceOf(q)}, p.s.env["AWS_ACCESS_KEY_ID"], p.s.env["AWS_SECRET_ACCESS_KEY"])(q)
	default:
		bearer(p.tokens["admin"])(q)
	}
}

func serviceOf(q *http.Request) string {
	for target, service := range map[string]string{"SWBExternalService": "sso", "AWSOrganizationsV20161128": "organizations"} {
		if strings.HasPrefix(q.Header.Get("X-Amz-Target"), target) {
			return service
		}
	}
	return "identitystore"
}

// choices are the values of what chooses between operations of one path.
func (o describedOperation) choices() []string {
	for _, a := range o.Parameters {
		if a.Name == "_action" {
			return a.Schema.Enum
		}
		if a.Name == "X-Amz-Target" {
			return []string{"AWSIdentityStore.ListIdentityStores", "SWBExternalService.ListInstances", "AWSOrganizationsV20161128.ListRoots"}
		}
	}
	return []string{""}
}

// Every operation that the document describes can be asked for by what the
// document says, and answers as it says: the status, the body, and nothing
// beyond. Asked by nobody, and with nonsense, it fails as it says.
func TestAServerAnswersAsItsDocumentSays(t *testing.T) {
	p := newPlayer(t)
	p.refusesWhatIsNotDescribed()
	played := 0
	for _, path := range slices.Sorted(maps.Keys(p.d.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(p.d.Paths[path])) {
			o := p.d.Paths[path][method]
			for _, chosen := range o.choices() {
				p.begin()
				p.more(o.ID)
				name := fmt.Sprintf("%s %s %s", strings.ToUpper(method), path, chosen)
				p.answers(name, o, p.request(path, method, o, chosen), chosen)
				played++
				if len(o.Security) > 0 {
					q := p.request(path, method, o, chosen)
					q.Header.Del("Authorization")
					p.fails(name+" by nobody", q)
				}
				if o.RequestBody != nil {
					q := p.request(path, method, o, chosen)
					q.Body, q.ContentLength = io.NopCloser(strings.NewReader("{")), 1
					if o.Security[0]["sigv4"] != nil {
						p.identify(q, o, "{")
					}
					p.fails(name+" with nonsense", q)
				}
			}
		}
	}
	if played < 100 {
		t.Errorf("only %d operations", played)
	}
}

// refusesWhatIsNotDescribed tries the validator: what it lets pass would mean
// nothing otherwise.
func (p *player) refusesWhatIsNotDescribed() {
	p.t.Helper()
	q, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.s.env["ROLLCALL_URL"]+"/approvals", nil)
	p.ok(err)
	for name, c := range map[string]struct {
		status int
		kind   string
		body   string
		want   bool
	}{
		"as described":      {http.StatusUnauthorized, "application/json", `{"error": "no"}`, true},
		"a member more":     {http.StatusUnauthorized, "application/json", `{"error": "no", "more": 1}`, false},
		"a member less":     {http.StatusUnauthorized, "application/json", `{}`, false},
		"another status":    {http.StatusTeapot, "application/json", `{"error": "no"}`, false},
		"another type":      {http.StatusUnauthorized, "application/xml", `<error/>`, false},
		"another JSON type": {http.StatusUnauthorized, "application/json", `["no"]`, false},
	} {
		got := &http.Response{StatusCode: c.status, Header: http.Header{"Content-Type": {c.kind}}, Body: io.NopCloser(strings.NewReader(c.body)), Request: q}
		if ok, problems := p.v.ValidateHttpResponse(q, got); ok != c.want {
			p.t.Errorf("%s: %v %v", name, ok, problems)
		}
	}
}

// answers makes a request, and holds it and its answer against the document.
func (p *player) answers(name string, o describedOperation, q *http.Request, chosen string) {
	p.t.Helper()
	served := slices.ContainsFunc(slices.Collect(maps.Keys(o.Responses)), func(s string) bool { return s[0] == '2' }) && chosen != "authenticate"
	body, _ := io.ReadAll(q.Body)
	q.Body = io.NopCloser(bytes.NewReader(body))
	if ok, problems := p.v.ValidateHttpRequest(q); !ok {
		for _, one := range problems {
			p.t.Errorf("%s: the request: %s: %s %v", name, one.Message, one.Reason, one.SchemaValidationErrors)
		}
	}
	q.Body = io.NopCloser(bytes.NewReader(body))
	code, text := p.held(name, q)
	if served != (code >= 200 && code < 300) {
		p.t.Errorf("%s: %d %s", name, code, text)
	}
}

// fails makes a request that must fail, and holds the answer against the
// document.
func (p *player) fails(name string, q *http.Request) {
	p.t.Helper()
	if code, text := p.held(name, q); code < 400 && !strings.HasSuffix(name, "with nonsense") {
		p.t.Errorf("%s: %d %s", name, code, text)
	}
}

func (p *player) held(name string, q *http.Request) (int, string) {
	p.t.Helper()
	got, err := http.DefaultClient.Do(q)
	p.ok(err)
	defer got.Body.Close()
	raw, err := io.ReadAll(got.Body)
	p.ok(err)
	got.Body = io.NopCloser(bytes.NewReader(raw))
	if ok, problems := p.v.ValidateHttpResponse(q, got); !ok {
		for _, one := range problems {
			p.t.Errorf("%s: the answer %d: %s: %s %v\n%s", name, got.StatusCode, one.Message, one.Reason, one.SchemaValidationErrors, raw)
		}
	}
	return got.StatusCode, string(raw)
}
