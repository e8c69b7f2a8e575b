package main

import (
	"fmt"
	"strings"
	"testing"
)

// reconciled is a connector in front of a directory that a sync fills.
func reconciled(t *testing.T, n int) (*office, *connector) {
	t.Helper()
	o := newOffice(t)
	o.write("rollcall.yaml", crowdConfig+`    brakes: {protected: [glass]}
`)
	o.write("company.ldif", people(1, n))
	s := o.serve()
	token := strings.TrimSpace(o.must("operator", "token", s.env["ROLLCALL_OPERATOR"], "--query", "token").out)
	return o, &connector{t: t, url: s.env["ROLLCALL_URL"], token: strings.Trim(token, `"`), instance: "awsiam", behind: s}
}

// recon starts a reconciliation and returns its id.
func (c *connector) recon(more string) string {
	c.t.Helper()
	return c.raw("POST", "/recon?_action=recon&mapping=corp"+more, "").want(c.t, 200).id()
}

// found is the id of the account of that name.
func (c *connector) found(name string) string {
	c.t.Helper()
	list, _ := c.call("GET", filtered("/__ACCOUNT__", fmt.Sprintf("__NAME__ eq %q", name)), "").want(c.t, 200, `"resultCount":1,`).body["result"].([]any)
	one, _ := list[0].(map[string]any)
	id, _ := one["_id"].(string)
	return id
}

func TestReconciliationsAreStartedWatchedAndCancelled(t *testing.T) {
	t.Parallel()
	const n = 300
	_, c := reconciled(t, n)
	c.raw("POST", "/recon?_action=recon", "").want(t, 400, "Missing required parameter: mapping")
	c.raw("POST", "/recon?_action=recon&mapping=other", "").want(t, 400, "Unknown mapping: other")
	c.raw("GET", "/recon/nothing", "").want(t, 404, "Reconciliation nothing not found")
	c.raw("POST", "/recon/nothing?_action=cancel", "").want(t, 404, "Reconciliation nothing not found")

	stopped := c.recon("")
	c.raw("POST", "/recon/"+stopped+"?_action=cancel", "").want(t, 200, `{"_id":"`+stopped+`","action":"cancel","status":"CANCELED"}`)
	c.raw("GET", "/recon/"+stopped, "").want(t, 200, `"state":"CANCELED","stage":"COMPLETED_CANCELED"`)

	whole := c.recon("&waitForCompletion=true")
	c.raw("GET", "/openidm/recon/"+whole, "").want(t, 200, `"mapping":"corp","state":"SUCCESS","stage":"COMPLETED_SUCCESS"`,
		fmt.Sprintf(`"source":{"existing":{"processed":%d,"total":%d}}`, n+1, n+1), `"situationSummary":{"SOURCE_IGNORED":0,`)
	c.call("GET", "/__ACCOUNT__?_queryId=query-all-ids", "").want(t, 200, fmt.Sprintf(`"resultCount":%d,`, n))

	again := c.recon("&waitForCompletion=true")
	c.raw("GET", "/recon/"+again, "").want(t, 200, `"state":"SUCCESS"`, fmt.Sprintf(`"CONFIRMED":%d,`, n+1))
	if list, _ := c.raw("GET", "/recon", "").want(t, 200).body["reconciliations"].([]any); len(list) != 3 {
		t.Errorf("there are %d reconciliations, want 3", len(list))
	}
}

func TestRefusalsOfTheConnectorNameThePlan(t *testing.T) {
	t.Parallel()
	o, c := reconciled(t, 5)
	c.recon("&waitForCompletion=true")

	if _, err := c.behind.createUser("glass"); err != nil {
		t.Fatal(err)
	}
	c.refused(o, "DELETE", "glass", "", "Refused by a brake", "protected")
	o.must("user", "disable", "u003", "--reason", "left")
	c.refused(o, "PUT", "u003", `{"title":"Back"}`, "held")

	o.write("company.ldif", people(1, 0))
	emptied := c.recon("&waitForCompletion=true")
	c.raw("GET", "/recon/"+emptied, "").want(t, 200, `"state":"FAILED"`, `"plan":"`, `"error":"`)
	c.call("GET", "/__ACCOUNT__?_queryId=query-all-ids", "").want(t, 200, `"resultCount":6,`)
}

// refused wants a change of an account to be forbidden, and its plan to be kept.
func (c *connector) refused(o *office, method, name, body string, parts ...string) {
	c.t.Helper()
	got := c.call(method, "/__ACCOUNT__/"+c.found(name), body).want(c.t, 403, parts...)
	detail, _ := got.body["detail"].(map[string]any)
	id, _ := detail["plan"].(string)
	if id == "" {
		c.t.Fatalf("no plan is named: %s", got.text)
	}
	if shown := o.must("plan", "show", id).out; !strings.Contains(shown, name) {
		c.t.Errorf("the plan %s says nothing of %s:\n%s", id, name, shown)
	}
}

// The calls that an administrator's console makes to set a connector up.
func TestAConnectorIsSetUpInThreePhases(t *testing.T) {
	t.Parallel()
	_, c := reconciled(t, 1)
	system := func(action, body string) reply {
		return c.raw("POST", "/openidm/system?_action="+action, body)
	}
	system("testConnectorServers", "").exactly(t, 200, `{"openicf":[]}`)
	const ref = `{"connectorName":"org.forgerock.openicf.connectors.awsiam.AwsIamConnector","bundleName":"org.forgerock.openicf.connectors.awsiam-connector","bundleVersion":"1.5.20.33"}`
	system("availableConnectors", "").want(t, 200, `"connectorRef":[{`, `"systemType":"provisioner.openicf"`, `"bundleVersion":"1.5.20.33"`)
	core := system("createCoreConfig", `{"connectorRef":`+ref+`}`).want(t, 200, `"poolConfigOption"`, `"sessionExpirationTime":3600`, `"readRateLimit":"20/sec"`, `"writeRateLimit":"10/sec"`)
	if older := system("createConfiguration", `{"connectorRef":`+ref+`}`).want(t, 200); older.text != core.text {
		t.Errorf("the older form answers %s", older.text)
	}
	const named = `{"name":"mine","connectorRef":` + ref + `,"configurationProperties":{"directory":"local"}}`
	system("createFullConfig", `{"connectorRef":`+ref+`,"configurationProperties":{"directory":"local"}}`).want(t, 200, `"objectTypes"`, `"__ACCOUNT__"`, `"__GROUP__"`, `"operationOptions"`)
	system("testConfig", named).want(t, 200, `{"name":"mine","ok":true}`)
	system("testConfig", strings.Replace(named, "local", "nowhere", 1)).want(t, 200, `"ok":false`, `"error":`)
	system("frobnicate", "").want(t, 400, "frobnicate")

	const at = "/openidm/config/provisioner.openicf/mine"
	c.raw("PUT", at, named).want(t, 201)
	c.raw("GET", at, "").want(t, 200, `"name":"mine"`)
	c.raw("GET", "/openidm/config/sync", "").want(t, 200, `"_id":"sync"`, `"name":"systemMineAccount_managedUser"`, `"name":"managedGroup_systemMineGroup"`)
	c.raw("POST", "/openidm/system/mine?_action=test", "").want(t, 200, `"name":"mine"`, `"ok":true`)
	c.raw("DELETE", at, "").want(t, 200)
	c.raw("GET", at, "").want(t, 404)
}
