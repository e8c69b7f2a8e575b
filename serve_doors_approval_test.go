package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// committee is a server with all doors where people and members wait for two
// approvers, ann and bob, each with a credential of their own.
type committee struct {
	*office
	icf   *connector
	xsoar *playbook
	ann   string // a file with a token
	bob   string // a token
}

const waitingConfig = `
directories:
  local: {kind: embedded}
connectors:
  awsiam: {directory: local}
xsoar:
  AWS-ILM_instance_1: {directory: local}
approvals:
  carry_out: %s
  when:
    newcomers: {approvers: 2, kinds: [user.create]}
    admins: {approvers: 2, groups: [admins]}
`

func newCommittee(t *testing.T, carryOut string) *committee {
	t.Helper()
	o := newOffice(t)
	o.write("rollcall.yaml", fmt.Sprintf(waitingConfig, carryOut))
	s := o.serve()
	caller := o.operatorToken(s.env["ROLLCALL_OPERATOR"])
	c := &committee{office: o}
	c.icf = &connector{t, s.env["ROLLCALL_URL"], s.env["ROLLCALL_OPERATOR"], s.env["ROLLCALL_PASSWORD"], caller, "awsiam", s}
	c.xsoar = &playbook{t: t, url: s.env["ROLLCALL_URL"] + "/xsoar/", token: caller}
	for _, name := range []string{"ann", "bob"} {
		o.must("operator", "create", name, "--role", "approver", "--no-password")
	}
	o.write("ann-token", o.operatorToken("ann"))
	c.ann, c.bob = filepath.Join(o.folder, "ann-token"), o.operatorToken("bob")
	return c
}

// agree has both approvers approve a plan: ann at the command line, bob through
// the door. Whoever asked for it through a door cannot.
func (c *committee) agree(plan string, throughDoor bool) {
	c.t.Helper()
	if throughDoor {
		if status, body := c.decide(plan, c.icf.token); status != http.StatusForbidden {
			c.t.Errorf("who asked for it decides: %d %s", status, body)
		}
	}
	if out := c.must("approval", "approve", plan, "--token-file", c.ann).errors; !strings.Contains(out, "1 of 2") {
		c.t.Errorf("after one: %s", out)
	}
	if status, body := c.decide(plan, c.bob); status != http.StatusOK || !strings.Contains(body, `"status": "approved"`) {
		c.t.Errorf("after two: %d %s", status, body)
	}
}

func (c *committee) decide(plan, token string) (int, string) {
	c.t.Helper()
	body := fmt.Sprintf(`{"verdict":"approve","digest":%q,"comment":"ok"}`, plan)
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.icf.url+"/approvals/"+plan, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	return answered(c.t, r)
}

// awaited is the plan that a refusal of the connector names, in its text and whole
// beside it.
func (c *committee) awaited(r reply) string {
	c.t.Helper()
	r.want(c.t, http.StatusForbidden, "needs approval, and is waiting", `"needed":2`)
	detail, _ := r.body["detail"].(map[string]any)
	plan, _ := detail["plan"].(string)
	if message, _ := r.body["message"].(string); len(plan) != 64 || !strings.Contains(message, plan[:12]) {
		c.t.Fatalf("the text names no plan: %s", r.text)
	}
	return plan
}

// told is the plan that a refusal of the commands names in its text.
func (c *committee) told(command, args string) string {
	c.t.Helper()
	success, code, message := c.gave(command, args)
	_, plan, named := strings.Cut(message, "rollcall approval show ")
	if success || code != http.StatusForbidden || !named || len(plan) != 64 {
		c.t.Fatalf("%s: %t %d %s", command, success, code, message)
	}
	return plan
}

func (c *committee) gave(command, args string) (success bool, code int, message string) {
	c.t.Helper()
	status, body := c.xsoar.give("", command, args)
	var answer struct {
		Contents struct {
			Success      bool
			ErrorCode    int
			ErrorMessage string
		}
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || status != http.StatusOK {
		c.t.Fatalf("%s: %d %s", command, status, body)
	}
	return answer.Contents.Success, answer.Contents.ErrorCode, answer.Contents.ErrorMessage
}

func TestWhatADoorIsAskedForPassesWhenItIsAskedForAgainOnceApproved(t *testing.T) {
	t.Parallel()
	c := newCommittee(t, "by_hand")
	create := func() reply { return c.icf.call("POST", "/__ACCOUNT__?_action=create", minimal("carl")) }
	plan := c.awaited(create())
	if again := c.awaited(create()); again != plan {
		t.Errorf("the same asked for again is another plan, %s", again)
	}
	c.icf.call("GET", filtered("/__ACCOUNT__", `__NAME__ eq "carl"`), "").want(t, 200, `"resultCount":0`)
	c.agree(plan, true)
	c.icf.call("GET", filtered("/__ACCOUNT__", `__NAME__ eq "carl"`), "").want(t, 200, `"resultCount":0`)
	carl := create().want(t, 201).id()
	if shown := c.must("approval", "show", plan).out; !strings.Contains(shown, "carried out") {
		t.Errorf("the request: %s", shown)
	}

	// A group of its own rule: who joins waits, who leaves does not.
	admins := c.awaited(c.icf.call("POST", "/__GROUP__?_action=create", `{"__NAME__":"admins"}`))
	c.agree(admins, true)
	group := c.icf.group("admins")
	in := func(groups string) reply {
		return c.icf.call("PUT", "/__ACCOUNT__/"+carl, `{"__GROUPS__":[`+groups+`]}`)
	}
	c.agree(c.awaited(in(`"`+group+`"`)), true)
	in(`"`+group+`"`).want(t, 200, group)
	in("").want(t, 200, `"__GROUPS__":[]`)

	told := c.told("iam-create-user", seedUser)
	c.agree(told, true)
	if success, code, message := c.gave("iam-create-user", seedUser); !success {
		t.Errorf("once approved: %d %s", code, message)
	}
	if success, code, message := c.gave("iam-disable-user", seedUser); !success {
		t.Errorf("disabling waits: %d %s", code, message)
	}
	c.must("journal", "verify")
}

func TestTheServiceCarriesOutWhatADoorWasAskedForOnceApproved(t *testing.T) {
	t.Parallel()
	c := newCommittee(t, "service")
	plan := c.told("iam-create-user", seedUser)
	c.agree(plan, true)
	until(t, "the user is there", func() bool { return c.run("user", "show", "test").status == 0 })
	if success, code, message := c.gave("iam-create-user", seedUser); !success && code == http.StatusForbidden {
		t.Errorf("asked for again: %d %s", code, message)
	}
	c.awaited(c.icf.call("POST", "/__ACCOUNT__?_action=create", minimal("dora")))

	// A flow that waits goes on seconds after people have agreed, wherever they did.
	c.must("joiner", "run", "emil", "--display-name", "Emil", "--given-name", "Emil", "--family-name", "Case", "--email", "emil@example.com", "--start", "2999-02-01", "--yes")
	if r := c.run("flow", "run", "1", "--yes"); r.status != 5 {
		t.Fatalf("%+v", r)
	}
	var flow struct{ State, WaitsForApprovalOf string }
	c.ask(&flow, "flow", "show", "1")
	if flow.State != "waiting" || flow.WaitsForApprovalOf == "" {
		t.Fatalf("%+v", flow)
	}
	if status, body := c.pages(flow.WaitsForApprovalOf); status != http.StatusOK || !strings.Contains(body, "flow 1 (joiner emil)") {
		t.Errorf("its page: %d %s", status, body)
	}
	c.agree(flow.WaitsForApprovalOf, false)
	until(t, "the flow is done", func() bool { c.ask(&flow, "flow", "show", "1"); return flow.State == "done" })
	c.must("user", "show", "emil")
	if status := c.icf.behind.stop(); status != 0 {
		t.Errorf("exit status %d: %s", status, c.icf.behind.complaints())
	}
}

// pages is a request's page, as bob sees it.
func (c *committee) pages(plan string) (int, string) {
	c.t.Helper()
	return c.icf.behind.get(c.icf.url+"/approvals/"+plan, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+c.bob) })
}
