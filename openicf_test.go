package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// connector is a client of one instance of the OpenICF connector.
type connector struct {
	t          *testing.T
	url        string
	name, word string // the operator's
	token      string // the operator's too, and quicker to check
	instance   string
	behind     *served // the Identity Center behind it
}

// reply is an answer as a test looks at it.
type reply struct {
	code   int
	header http.Header
	text   string
	body   map[string]any
}

// call asks for a path below the instance; headers are "Name: value".
func (c *connector) call(method, path, body string, headers ...string) reply {
	c.t.Helper()
	return c.raw(method, "/openidm/system/"+c.instance+path, body, headers...)
}

func (c *connector) raw(method, path, body string, headers ...string) reply {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Content-Type", "application/json")
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if r.Header.Set(name, value); value == "" {
			r.Header.Del(name)
		}
	}
	status, header, text := answeredWhole(c.t, r)
	answer := reply{status, header, strings.TrimSpace(text), nil}
	_ = json.Unmarshal([]byte(text), &answer.body) // lists have none
	return answer
}

// want holds an answer to a status and to texts that it has to contain.
func (r reply) want(t *testing.T, code int, parts ...string) reply {
	t.Helper()
	if r.code != code {
		t.Fatalf("status %d, want %d: %s", r.code, code, r.text)
	}
	for _, part := range parts {
		if !strings.Contains(r.text, part) {
			t.Errorf("%s\ndoes not hold %s", r.text, part)
		}
	}
	return r
}

func (r reply) id() string { id, _ := r.body["_id"].(string); return id }

var revision = regexp.MustCompile(`"_rev":"[^"]*",?`)

// exactly holds an answer to a text, ids and revisions aside.
func (r reply) exactly(t *testing.T, code int, want string) {
	t.Helper()
	text := revision.ReplaceAllString(r.text, "")
	if id := r.id(); id != "" {
		text = strings.ReplaceAll(text, id, "ID")
	}
	text = strings.ReplaceAll(text, "\n]", "]")
	if r.code != code || text != want {
		t.Errorf("got  %d %s\nwant %d %s", r.code, text, code, want)
	}
}

func filtered(path, filter string, more ...string) string {
	return path + "?_queryFilter=" + url.QueryEscape(filter) + strings.Join(more, "")
}

// minimal is the least that an account is made of.
func minimal(name string) string {
	return fmt.Sprintf(`{"__NAME__":%q,"displayName":"D %s","name":{"givenName":"G","familyName":"F"}}`, name, name)
}

func (c *connector) account(name string) string {
	c.t.Helper()
	return c.call("POST", "/__ACCOUNT__?_action=create", minimal(name)).want(c.t, 201).id()
}

func (c *connector) group(name string) string {
	c.t.Helper()
	return c.call("POST", "/__GROUP__?_action=create", fmt.Sprintf(`{"__NAME__":%q}`, name)).want(c.t, 201).id()
}

// connectorConfig has an instance that is kind, and one that is strict.
const connectorConfig = `
directories:
  local: {kind: embedded}
%s
default_directory: local
connectors:
  awsiam: {directory: %[2]s, scripts: {hello: {source: '"hello " + arguments.who'}, count: {builtin: count}, loop: {source: 'for (;;) {}'}}}
  strictly: {directory: %[2]s, strict: true}
  plainly: {directory: %[2]s, single_value_style: object, no_revisions: true, lenient_paths: true, no_live_sync: true}
`

// openicf starts a server with connectors over an embedded directory, or over a
// real one: another server, where things go wrong as a fault plan says.
func openicf(t *testing.T, faults string) *connector {
	t.Helper()
	o := newOffice(t)
	more, which, behind := o.behind(faults)
	o.write("rollcall.yaml", fmt.Sprintf(connectorConfig, more, which))
	s := o.serve()
	if behind == nil {
		behind = s
	}
	return &connector{t, s.env["ROLLCALL_URL"], s.env["ROLLCALL_OPERATOR"], s.env["ROLLCALL_PASSWORD"], o.operatorToken(s.env["ROLLCALL_OPERATOR"]), "awsiam", behind}
}

// operatorToken makes a bearer token for an operator.
func (o *office) operatorToken(name string) string {
	return strings.Trim(strings.TrimSpace(o.must("operator", "token", name, "--query", "token").out), `"`)
}

// behind starts the server that a door's directory is in, if there are faults,
// and returns the lines of the configuration that describe it. Without faults
// that is the embedded directory of the office's own server.
func (o *office) behind(faults string) (lines, directory string, behind *served) {
	t := o.t
	if faults == "" {
		return "", "local", nil
	}
	there := &office{t: t, folder: t.TempDir(), binary: o.binary}
	s := there.serve("--ephemeral", "--faults", there.write("faults.yaml", faults))
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "ROLLCALL_SCIM_TOKEN"} {
		t.Setenv("THERE_"+name, s.env[name])
	}
	return fmt.Sprintf("  aws: {kind: aws, region: us-east-1, store: %s, instance: %q, rate: {limit: 100000/sec, share: 100}, endpoint_url: %q, access_key: {id: 'env:THERE_AWS_ACCESS_KEY_ID', secret: 'env:THERE_AWS_SECRET_ACCESS_KEY'}, scim: {url: %q, token: 'env:THERE_ROLLCALL_SCIM_TOKEN'}}\n",
		s.env["ROLLCALL_IDENTITY_STORE_ID"], s.env["ROLLCALL_INSTANCE_ARN"], s.env["ROLLCALL_URL"], s.env["ROLLCALL_SCIM_URL"]), "aws", s
}

// onRemote is what goes wrong on the remote server while the table is run.
const onRemote = `
faults:
  - {operation: DescribeUser, fault: throttle, retry_after: 10ms, every: 3, times: 3}
  - {operation: ListGroupMembershipsForMember, fault: error, every: 4, times: 3}
  - {operation: UpdateUser, fault: lost, call: 1}
  - {operation: CreateGroup, fault: lost, call: 1}
  - {operation: CreateUser, fault: drop, call: 2}
  - {operation: DeleteUser, fault: lost, call: 1}
  - {operation: ListUsers, fault: short, page: 7, every: 2}
`

func TestOpenICFOverAnEmbeddedDirectory(t *testing.T) { accept(t, openicf(t, "")) }

func TestOpenICFOverAWSWhereThingsGoWrong(t *testing.T) { accept(t, openicf(t, onRemote)) }

// accept is the table of seed 001's behaviour, row by row.
func accept(t *testing.T, c *connector) {
	for _, row := range acceptance {
		t.Run(row.name, func(t *testing.T) {
			one := *c
			one.t = t
			row.try(t, &one)
		})
	}
}
