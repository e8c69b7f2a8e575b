package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rollcall/xsoar"
)

// xsoarConfig has the instances that the steps are taken at.
const xsoarConfig = `
directories:
  local: {kind: embedded}
%s
default_directory: local
sources:
  corp: {kind: ldif, path: company.ldif, anchor: entryUUID}
syncs:
  corp: {source: corp, directory: %[2]s, mapping: {preset: inetorgperson}}
xsoar:
  AWS-ILM_instance_1: {directory: %[2]s}
  first: {directory: %[2]s, generation: A}
  shut: {directory: %[2]s, forbid: [create, update, disable]}
  strangers: {directory: %[2]s, forbid: create_if_not_exists}
  nobody: {directory: %[2]s, forbid: create}
  asleep: {directory: %[2]s, forbid: enable}
  ours: {directory: %[2]s, outgoing: {"User Profile - SCIM (Outgoing)": {title: jobtitle}}, incoming: {"User Profile - SCIM (Incoming)": {title: Job}}}
`

// playbook is somebody who gives the commands: over HTTP, or at a keyboard.
type playbook struct {
	t     *testing.T
	url   string
	token string
	room  *office // at a keyboard; nil over HTTP
}

// xsoarAt starts a server with a door for XSOAR over an embedded directory, or
// over a real one where things go wrong.
func xsoarAt(t *testing.T, faults string) (*playbook, *office, *served) {
	t.Helper()
	o := newOffice(t)
	more, which, behind := o.behind(faults)
	o.write("rollcall.yaml", fmt.Sprintf(xsoarConfig, more, which))
	s := o.serve()
	return &playbook{t: t, url: s.env["ROLLCALL_URL"] + "/xsoar/", token: o.operatorToken(s.env["ROLLCALL_OPERATOR"])}, o, behind
}

// give gives a command and returns how it went and the answer.
func (p *playbook) give(instance, command, args string) (int, string) {
	p.t.Helper()
	if instance == "" {
		instance = "AWS-ILM_instance_1"
	}
	if p.room != nil {
		return p.typed(instance, command, args)
	}
	return p.post(command, strings.Replace(args, "{", `{"params":{"tenant_id":"`+instance+`"},`, 1))
}

// post sends a command as an integration of XSOAR does.
func (p *playbook) post(command, body string) (int, string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.url+command, strings.NewReader(strings.Replace(body, ",}", "}", 1)))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+p.token)
	r.Header.Set("Content-Type", "application/json")
	return answered(p.t, r)
}

// typed gives a command as a person types it.
func (p *playbook) typed(instance, command, args string) (int, string) {
	p.t.Helper()
	given, err := xsoar.ReadArguments([]byte(args))
	if err != nil {
		p.t.Fatal(err)
	}
	line := []string{command}
	if !strings.HasPrefix(command, "iam-") {
		line = []string{"compat", "xsoar", command}
	}
	for _, one := range given {
		value, isText := one.Value.(string)
		if !isText {
			raw, err := json.Marshal(one.Value)
			if err != nil {
				p.t.Fatal(err)
			}
			value = string(raw)
		}
		line = append(line, one.Name+"="+value)
	}
	r := p.room.run(append(line, "--instance", instance, "--output", "json")...)
	if r.status != 0 {
		return r.status, r.errors
	}
	return http.StatusOK, r.out
}

var (
	anID   = regexp.MustCompile(`[0-9a-f]{10}-[0-9a-f-]{36}`)
	aTime  = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)
	aDate  = regexp.MustCompile(`\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT`)
	aPlan  = regexp.MustCompile(`[0-9a-f]{64}`)
	aRunID = regexp.MustCompile(`("run": ?"|run: |'x-amzn-RequestId': ')[0-9a-zA-Z-]+`)
)

// stable is an answer without what differs from run to run; ids are called by
// the step that made them.
func stable(text string, names map[string]string) string {
	text = anID.ReplaceAllStringFunc(text, func(id string) string {
		if name := names[id]; name != "" {
			return "ID(" + name + ")"
		}
		return id
	})
	text = aDate.ReplaceAllString(aTime.ReplaceAllString(text, "TIME"), "DATE")
	return aRunID.ReplaceAllString(aPlan.ReplaceAllString(text, "PLAN"), "${1}RUN")
}

// take takes every step and holds the answers to the golden file, which is one
// for all ways of asking and all directories.
func (p *playbook) take(golden string, rewrite bool) {
	t := p.t
	var all strings.Builder
	ids, names := map[string]string{}, map[string]string{}
	for _, s := range xsoarSteps {
		args := s.args
		for name, id := range ids {
			args = strings.ReplaceAll(args, "ID("+name+")", id)
		}
		code, text := p.give(s.instance, s.command, args)
		if code != http.StatusOK {
			t.Fatalf("%s: %d %s", s.name, code, text)
		}
		var entry struct {
			Contents      json.RawMessage
			HumanReadable string
			EntryContext  map[string]json.RawMessage
		}
		if err := json.Unmarshal([]byte(text), &entry); err != nil {
			t.Fatal(err)
		}
		var made struct{ ID string }
		if json.Unmarshal(entry.Contents, &made) == nil && made.ID != "" && names[made.ID] == "" {
			ids[s.name], names[made.ID] = made.ID, s.name
		}
		fmt.Fprintf(&all, "-- %s --\n%s %s\n", s.name, s.command, s.args)
		all.WriteString(stable(indented(t, entry.Contents), names) + "\n")
		for _, key := range slices.Sorted(maps.Keys(entry.EntryContext)) {
			value := indented(t, entry.EntryContext[key])
			if value == indented(t, entry.Contents) {
				value = "as above"
			}
			all.WriteString(key + ": " + stable(value, names) + "\n")
		}
		all.WriteString(stable(entry.HumanReadable, names) + "\n")
	}
	if rewrite {
		if err := os.WriteFile(golden, []byte(all.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	compareSteps(t, all.String(), string(want))
	for _, r := range xsoarRefusals {
		if code, text := p.give("", r.command, r.args); code == http.StatusOK || !strings.Contains(strings.ReplaceAll(text, `\"`, `"`), r.says) {
			t.Errorf("%s %s: %d %s", r.command, r.args, code, text)
		}
	}
}

func indented(t *testing.T, part json.RawMessage) string {
	t.Helper()
	var out bytes.Buffer
	if err := json.Indent(&out, part, "", " "); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// compareSteps says which steps are answered otherwise.
func compareSteps(t *testing.T, got, want string) {
	t.Helper()
	a, b := strings.Split(got, "\n-- "), strings.Split(want, "\n-- ")
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(a) || i >= len(b):
			t.Fatalf("there are %d steps, and %d in the golden file; UPDATE=1 writes it", len(a), len(b))
		case a[i] != b[i]:
			t.Errorf("got\n%s\nwant\n%s", a[i], b[i])
		}
	}
}

const xsoarGolden = "testdata/xsoar.golden"

func TestXSOAROverAnEmbeddedDirectory(t *testing.T) {
	p, o, _ := xsoarAt(t, "")
	p.take(xsoarGolden, os.Getenv("UPDATE") != "")
	if runs := o.must("run", "list", "--output", "json").out; !strings.Contains(runs, `"xsoar"`) {
		t.Errorf("the runs do not say which door it was:\n%s", runs)
	}
	p.narrow()
	p.putOut(o)
}

func TestXSOAROverAWSWhereThingsGoWrong(t *testing.T) {
	p, _, behind := xsoarAt(t, onRemote)
	p.take(xsoarGolden, false)
	p.crowd(behind)
}

func TestXSOAROnTheCommandLine(t *testing.T) {
	o := newOffice(t)
	o.write("rollcall.yaml", fmt.Sprintf(xsoarConfig, "", "local"))
	(&playbook{t: t, room: o}).take(xsoarGolden, false)
	ask := []string{"iam-get-user", `user-profile={"username":"nobody"}`, "--instance", "first"}
	if r := o.run(ask...); r.status != 0 || !strings.Contains(r.out, "| AWS-ILM | first | false | 404 | User does not exist |") {
		t.Errorf("%d %s%s", r.status, r.out, r.errors)
	}
	if r := o.run(append(ask, "--strict")...); r.status != 1 || !strings.Contains(r.out, "User does not exist") {
		t.Errorf("--strict: %d %s", r.status, r.out)
	}
	r := o.run("iam-create-user", strings.Replace(strings.TrimSuffix(seedUser, "}"), `{"user-profile":`, "user-profile=", 1), "--instance", "AWS-ILM_instance_1", "--dry-run")
	if r.status != 0 || !strings.Contains(r.out, "create user test") {
		t.Errorf("--dry-run: %d %s%s", r.status, r.out, r.errors)
	}
	if r := o.run(ask[:2]...); r.status != 6 || !strings.Contains(r.errors, "--instance names one of the instances") {
		t.Errorf("of several instances none is named: %d %s", r.status, r.errors)
	}
}

// narrow tries what an instance in XSOAR is set to: it forbids, and never
// allows.
func (p *playbook) narrow() {
	for _, c := range []struct {
		command, params, says string
		code                  int
	}{
		{"iam-create-user", `"tenant_id":"first","instance":"Ours","create_user_enabled":"false"`, `"instanceName":"Ours","action":"create","success":true`, 200},
		{"iam-update-user", `"tenant_id":"first","update_user_enabled":false`, `"reason":"Command is disabled."`, 200},
		{"iam-disable-user", `"tenant_id":"first","disable_user_enabled":false`, `"reason":"Command is disabled."`, 200},
		{"iam-update-user", `"tenant_id":"first","create_if_not_exists":false`, `"reason":"User does not exist"`, 200},
		{"iam-create-user", `"tenant_id":"shut","create_user_enabled":true`, `"reason":"Command is disabled."`, 200},
		{"iam-create-user", `"tenant_id":"first","mapper_out":"Another"`, `there is no mapper of this name`, 400},
		{"iam-create-user", `"tenant_id":"first","create_user_enabled":"perhaps"`, `create_user_enabled is true or false`, 400},
		{"iam-create-user", `"tenant_id":"first","shoe":1`, `a name that is not known`, 400},
	} {
		code, text := p.post(c.command, `{"params":{`+c.params+`},"user-profile":{"username":"narrow"}}`)
		if code != c.code || !strings.Contains(text, c.says) {
			p.t.Errorf("%s %s: %d %s", c.command, c.params, code, text)
		}
	}
}

// putOut disables somebody of a source: no sync and no command lets them in
// again until they are released.
func (p *playbook) putOut(o *office) {
	o.write("company.ldif", people(1, 20))
	o.must("sync", "run", "corp")
	const who = `{"user-profile":{"username":"u001"}}`
	if code, text := p.give("", "iam-disable-user", who); code != 200 || !strings.Contains(text, `"active":false`) {
		p.t.Fatalf("%d %s", code, text)
	}
	o.must("sync", "run", "corp")
	for _, command := range []string{"iam-update-user", "iam-create-user"} {
		_, text := p.give("", command, who)
		if !strings.Contains(text, `"success":false`) || !strings.Contains(text, `"errorCode":403`) || !aPlan.MatchString(text) {
			p.t.Errorf("%s: %s", command, text)
		}
	}
	if _, text := p.give("", "iam-update-user", `{"user-profile":{"username":"u002","employeeid":"other"}}`); !strings.Contains(text, `"errorCode":403`) {
		p.t.Errorf("a linked user's external id is changed: %s", text)
	}
	if _, text := p.give("", "iam-get-user", who); !strings.Contains(text, `"active":false`) {
		p.t.Errorf("they are in again: %s", text)
	}
	o.must("leaver", "release", "u001", "--reason", "back from leave")
	if _, text := p.give("", "iam-update-user", who); !strings.Contains(text, `"active":true`) {
		p.t.Errorf("they stay out: %s", text)
	}
}

// crowd adds 150 members, which take two calls.
func (p *playbook) crowd(behind *served) {
	_, made := p.give("", "iam-create-group", `{"scim":{"displayName":"many"}}`)
	group := anID.FindString(made)
	ids := make([]string, 150)
	for i := range ids {
		id, err := behind.createUser(fmt.Sprintf("many%03d", i))
		if err != nil {
			p.t.Fatal(err)
		}
		ids[i] = id
	}
	before := callsMade(p.t, strings.TrimSuffix(p.url, "/xsoar/"), p.token, "PatchGroup")
	if _, text := p.give("", "iam-update-group", fmt.Sprintf(`{"scim":{"id":%q},"memberIdsToAdd":%q}`, group, strings.Join(ids, ","))); !strings.Contains(text, `"success":true`) {
		p.t.Fatal(text)
	}
	if n := callsMade(p.t, strings.TrimSuffix(p.url, "/xsoar/"), p.token, "PatchGroup") - before; n != 2 {
		p.t.Errorf("150 members took %d calls", n)
	}
	_, text := p.give("", "iam-get-group", fmt.Sprintf(`{"scim":{"id":%q}}`, group))
	if n := strings.Count(text, `{"value":"`); n != 2*len(ids) { // in the contents and in the context
		p.t.Errorf("the answer names %d members", n/2)
	}
}
