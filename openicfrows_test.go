package main

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
)

const johnDoe = `{"__NAME__":"JohnDoe","displayName":"John Doe","locale":"US","nickName":"JonnyDoe","timezone":"UTC","title":"Engineer",` +
	`"profileUrl":"https://www.profile.com/jdoe","userType":"USER","preferredLanguage":"us-US",` +
	`"name":{"givenName":"John","middleName":"Michael","familyName":"Doe","honorificPrefix":"Sr.","honorificSufix":"PhD","formatted":"Sr. John Michael Doe, PhD"},` +
	`"addresses":{"type":"home","streetAddress":"123 Main St","locality":"Springfield","region":"IL","postalCode":"62701","country":"USA","primary":true,"formatted":"123 Main St, Springfield, IL 62701, USA"},` +
	`"emails":{"type":"home","value":"johndoe@example.com","primary":true},"phoneNumbers":{"type":"mobile","value":"+0101010101","primary":true}}`

// johnDoeSent is how that user is answered.
const johnDoeSent = `{"_id":"ID","__NAME__":"JohnDoe","displayName":"John Doe","locale":"US","nickName":"JonnyDoe","timezone":"UTC","title":"Engineer",` +
	`"profileUrl":"https://www.profile.com/jdoe","userType":"USER","preferredLanguage":"us-US",` +
	`"name":{"givenName":"John","middleName":"Michael","familyName":"Doe","honorificPrefix":"Sr.","honorificSuffix":"PhD","formatted":"Sr. John Michael Doe, PhD"},` +
	`"addresses":[{"type":"home","streetAddress":"123 Main St","locality":"Springfield","region":"IL","postalCode":"62701","country":"USA","formatted":"123 Main St, Springfield, IL 62701, USA","primary":true}],` +
	`"emails":[{"type":"home","value":"johndoe@example.com","primary":true}],"phoneNumbers":[{"type":"mobile","value":"+0101010101","primary":true}],"externalIds":[],"__GROUPS__":[]}`

type acceptanceRow struct {
	name string
	try  func(t *testing.T, c *connector)
}

var acceptance = []acceptanceRow{
	{"test", func(t *testing.T, c *connector) {
		want := `{"name":"awsiam","enabled":true,"config":"config/provisioner.openicf/awsiam","connectorRef":{"bundleVersion":"1.5.20.33","bundleName":"org.forgerock.openicf.connectors.awsiam-connector","connectorName":"org.forgerock.openicf.connectors.awsiam.AwsIamConnector"},"displayName":"AWS IAM IC Connector","objectTypes":["__ACCOUNT__","__ALL__","__GROUP__"],"ok":true}`
		c.raw("POST", "/system/awsiam?_action=test", "", "Accept-API-Version: resource=1.0", "Authorization: ", "X-OpenIDM-Username: "+c.name, "X-OpenIDM-Password: "+c.word).exactly(t, 200, want)
		if all := c.raw("POST", "/openidm/system?_action=test", "").want(t, 200); !strings.HasPrefix(all.text, "["+want+",") {
			t.Errorf("all: %s", all.text)
		}
	}},
	{"authentication failure", func(t *testing.T, c *connector) {
		c.call("POST", "?_action=test", "", "X-OpenIDM-Username: "+c.name, "X-OpenIDM-Password: wrong").exactly(t, 401, `{"code":401,"reason":"Unauthorized","message":"Access Denied"}`)
	}},
	{"create user", func(t *testing.T, c *connector) {
		made := c.raw("POST", "/system/awsiam/__ACCOUNT__?_action=create", johnDoe)
		made.exactly(t, 201, johnDoeSent)
		if at := made.header.Get("Location"); at != c.url+"/system/awsiam/__ACCOUNT__/"+made.id() {
			t.Errorf("it is at %s", at)
		}
		c.call("GET", "/__ACCOUNT__/"+made.id(), "").exactly(t, 200, johnDoeSent)
	}},
	{"create missing name", func(t *testing.T, c *connector) {
		c.call("POST", "/__ACCOUNT__?_action=create", `{"__NAME__":"x","name":{"givenName":"G","familyName":"F"}}`).want(t, 400, `"Required attribute 'displayName' value is null"`)
	}},
	{"unknown attribute", func(t *testing.T, c *connector) {
		c.call("POST", "/__ACCOUNT__", strings.Replace(minimal("x"), "{", `{"foo":1,`, 1)).want(t, 400, `"Target does not support attribute foo"`)
	}},
	{"duplicate", func(t *testing.T, c *connector) {
		c.call("POST", "/__ACCOUNT__?_action=create", minimal("johndoe")).want(t, 412, `"reason":"Precondition Failed"`, `"System object system/awsiam/__ACCOUNT__ already exists"`)
		c.call("POST", "/__ACCOUNT__?_action=create", strings.Replace(minimal("other"), "{", `{"emails":{"value":"JOHNDOE@example.com","primary":true},`, 1)).want(t, 412, "already exists")
	}},
	{"two emails", func(t *testing.T, c *connector) {
		c.call("POST", "/__ACCOUNT__?_action=create", strings.Replace(minimal("x"), "{", `{"emails":[{"value":"a@example.com"},{"value":"b@example.com"}],`, 1)).want(t, 400, "emails", "1")
	}},
	{"filter", func(t *testing.T, c *connector) {
		found := c.call("GET", filtered("/__ACCOUNT__", `__NAME__ eq "JohnDoe"`), "").want(t, 200, `"__NAME__":"JohnDoe"`, `"resultCount":1,"pagedResultsCookie":null,"totalPagedResultsPolicy":"NONE","totalPagedResults":-1,"remainingPagedResults":-1`)
		id := found.body["result"].([]any)[0].(map[string]any)["_id"].(string)
		for _, filter := range []string{`_id eq "` + id + `"`, `emails eq "johndoe@EXAMPLE.com"`, `title pr and __NAME__ eq "johndoe"`} {
			c.call("GET", filtered("/__ACCOUNT__", filter), "").want(t, 200, id, `"resultCount":1,`)
		}
	}},
	{"filter miss", func(t *testing.T, c *connector) {
		c.call("GET", filtered("/__ACCOUNT__", `__NAME__ eq "nobody"`), "").exactly(t, 200, `{"result":[],"resultCount":0,"pagedResultsCookie":null,"totalPagedResultsPolicy":"NONE","totalPagedResults":-1,"remainingPagedResults":-1}`)
	}},
	{"filter other", func(t *testing.T, c *connector) {
		c.call("GET", filtered("/__ACCOUNT__", `displayName sw "John"`), "").want(t, 200, `"resultCount":1,`)
		c.call("GET", filtered("/__ACCOUNT__", `__NAME__ co "ohn"`), "").want(t, 200, `"resultCount":1,`)
		c.raw("GET", filtered("/openidm/system/strictly/__ACCOUNT__", `__NAME__ co "x"`), "").want(t, 400, "supports only the equal filter")
	}},
	{"filter without its question mark", func(t *testing.T, c *connector) {
		slip := `/__ACCOUNT___queryFilter=__NAME__%20eq%20%22JohnDoe%22`
		c.call("GET", slip, "").want(t, 404)
		c.raw("GET", "/openidm/system/plainly"+slip, "").want(t, 200, `"resultCount":1,`)
	}},
	{"bad filter", func(t *testing.T, c *connector) {
		c.call("GET", filtered("/__ACCOUNT__", `x and y`), "").want(t, 400, `"The value 'x and y' for parameter '_queryFilter' could not be parsed as a valid query filter"`)
		c.raw("GET", filtered("/openidm/system/strictly/__ACCOUNT__", `x and y`), "").want(t, 400, `The value &#39;x and y&#39; for`)
		c.call("GET", filtered("/__ACCOUNT__", `foo eq "x"`), "").want(t, 400, "Attribute foo does not exist")
	}},
	{"read missing", func(t *testing.T, c *connector) {
		for _, id := range []string{"nobody", "9067642ac7-00000000-0000-4000-8000-000000000000"} {
			c.call("GET", "/__ACCOUNT__/"+id, "").exactly(t, 404, `{"code":404,"reason":"Not Found","message":"Object `+id+` not found on system/awsiam/__ACCOUNT__"}`)
		}
	}},
	{"update If-Match", func(t *testing.T, c *connector) {
		id := c.group("Old Name")
		c.call("PUT", "/__GROUP__/"+id, `{"__NAME__":"New DisplayName","description":"New Description"}`, "If-Match: *").exactly(t, 200, `{"_id":"ID","__NAME__":"New DisplayName","description":"New Description","externalIds":[]}`)
	}},
	{"update without If-Match", func(t *testing.T, c *connector) {
		id := c.account("updated")
		c.call("PUT", "/__ACCOUNT__/"+id, `{"title":"T"}`).want(t, 200, `"title":"T"`)
		c.raw("PUT", "/openidm/system/strictly/__ACCOUNT__/"+id, `{"title":"U"}`).want(t, 500, "UPSERT (i.e. PUT without ", "is not supported.")
		c.raw("PUT", "/openidm/system/strictly/__ACCOUNT__/"+id, `{"title":"U"}`, "Accept-API-Version: protocol=1.0,resource=1.0").want(t, 200, `"title":"U"`)
		c.call("PUT", "/__ACCOUNT__/"+id, `{}`, "If-None-Match: *").want(t, 500, "Create with client provided ID is not supported.")
	}},
	{"stale revision", func(t *testing.T, c *connector) {
		made := c.call("POST", "/__ACCOUNT__?_action=create", minimal("stale")).want(t, 201)
		tag := made.header.Get("ETag")
		if tag == "" {
			t.Fatal("the answer has no ETag")
		}
		path := "/__ACCOUNT__/" + made.id()
		changed := c.call("PUT", path, `{"title":"1"}`, "If-Match: "+tag).want(t, 200)
		c.call("PUT", path, `{"title":"2"}`, "If-Match: "+tag).want(t, 412)
		c.call("DELETE", path, "", "If-Match: "+tag).want(t, 412)
		c.call("GET", path, "", "If-None-Match: "+changed.header.Get("ETag")).want(t, 304)
		c.call("DELETE", path, "", "If-Match: "+changed.header.Get("ETag")).want(t, 200)
	}},
	{"partial update", func(t *testing.T, c *connector) {
		made := c.call("GET", filtered("/__ACCOUNT__", `__NAME__ eq "JohnDoe"`), "").body["result"].([]any)[0].(map[string]any)["_id"].(string)
		c.call("PUT", "/__ACCOUNT__/"+made, `{"title":"X"}`).exactly(t, 200, strings.Replace(johnDoeSent, `"Engineer"`, `"X"`, 1))
	}},
	{"clear", func(t *testing.T, c *connector) {
		made := c.call("GET", filtered("/__ACCOUNT__", `__NAME__ eq "JohnDoe"`), "").body["result"].([]any)[0].(map[string]any)["_id"].(string)
		c.call("PUT", "/__ACCOUNT__/"+made, `{"title":""}`).exactly(t, 200, strings.Replace(johnDoeSent, `"title":"Engineer",`, "", 1))
	}},
	{"group membership", func(t *testing.T, c *connector) {
		g1, g2, g3 := c.group("one"), c.group("two"), c.group("three")
		made := c.call("POST", "/__ACCOUNT__?_action=create", strings.Replace(minimal("member"), "{", `{"__GROUPS__":["`+g1+`","`+g2+`"],`, 1)).want(t, 201, `"__GROUPS__":["`+g1+`","`+g2+`"]`)
		path := "/__ACCOUNT__/" + made.id()
		c.call("PUT", path, `{"__GROUPS__":["`+g2+`","`+g3+`"]}`).want(t, 200, `"__GROUPS__":["`+g2+`","`+g3+`"]`)
		c.call("PATCH", path, `[{"operation":"remove","field":"__GROUPS__","value":["`+g2+`"]}]`).want(t, 200, `"__GROUPS__":["`+g3+`"]`)
		c.call("PUT", path, `{"__GROUPS__":["nothing"]}`).want(t, 400, "names a group that does not exist")
		c.call("GET", filtered("/__ACCOUNT__", `__GROUPS__ eq "`+g3+`"`), "").want(t, 200, made.id(), `"resultCount":1,`)
		c.call("DELETE", "/__GROUP__/"+g3, "").want(t, 200, `"__NAME__":"three"`)
		c.call("GET", path, "").want(t, 200, `"__GROUPS__":[]`)
	}},
	{"delete", func(t *testing.T, c *connector) {
		id := c.account("gone")
		c.call("DELETE", "/__ACCOUNT__/"+id, "").want(t, 200, `"__NAME__":"gone"`, `"__GROUPS__":[]`)
		c.call("DELETE", "/__ACCOUNT__/"+id, "").want(t, 404, "Operation DELETE could not find resource "+id+" on system object: system/awsiam/__ACCOUNT__", `"detail":{}`)
		c.call("PUT", "/__ACCOUNT__/"+id, `{"title":"X"}`).want(t, 404, "Operation UPDATE could not find resource")
	}},
	{"patch", func(t *testing.T, c *connector) {
		id := c.account("patched")
		c.call("PATCH", "/__ACCOUNT__/"+id, `[{"operation":"replace","field":"/displayName","value":"X"}]`).want(t, 200, `"displayName":"X"`)
		c.call("PATCH", "/__ACCOUNT__/"+id, `[{"operation":"transform","field":"/displayName","value":{"script":{"type":"text/javascript","source":"content + '!'"}}}]`).want(t, 200, `"displayName":"X!"`)
		c.call("PATCH", "/__ACCOUNT__/"+id, `[{"operation":"replace","field":"/foo","value":"X"}]`).want(t, 400, "Target does not support attribute foo")
	}},
	{"script", func(t *testing.T, c *connector) {
		c.call("POST", "?_action=script&scriptId=none", "").want(t, 400, `"Script ID: none is not defined."`)
		c.call("POST", "?_action=script", "").want(t, 400, `"Missing required parameter: scriptId"`)
		c.call("POST", "?_action=script&scriptId=hello&who=you", "").exactly(t, 200, `{"actions":[{"result":"hello you"}]}`)
		c.call("POST", "?_action=script&scriptId=hello&who=you", `{"who":"me"}`).exactly(t, 200, `{"actions":[{"result":"hello me"}]}`)
		c.call("POST", "?_action=script&scriptId=hello", `[]`).want(t, 400, "Content is not of type Map")
		c.call("POST", "?_action=script&scriptId=count", "").want(t, 200, `"__GROUP__":`)
		c.call("POST", "?_action=script&scriptId=loop", "").want(t, 200, `{"actions":[{"error":"The script failed: it ran longer than `)
		c.call("POST", "?_action=script&scriptId=hello&scriptExecuteMode=resource", "").want(t, 200, "is not supported by the Connector")
	}},
	{"live sync and authenticate", func(t *testing.T, c *connector) {
		c.raw("POST", "/openidm/system/strictly/__ACCOUNT__?_action=liveSync", "").want(t, 501, "Operation SyncApiOp is not supported by the Connector")
		c.raw("POST", "/openidm/system/plainly/__ACCOUNT__?_action=liveSync", "").want(t, 501, "is not supported by the Connector")
		c.call("POST", "/__ACCOUNT__?_action=authenticate", `{}`).want(t, 501, "is not supported by the Connector")
		c.call("POST", "/__GROUP__?_action=liveSync", "").want(t, 200, `"_id":"SYSTEMAWSIAM__GROUP__","_rev":"1"`, `"deltas":[]`)
		id := c.group("synced")
		c.raw("POST", "/openidm/system?_action=liveSync&source=system/awsiam/__GROUP__", "").want(t, 200, `"deltas":[{"type":"CREATE","uid":"`+id+`"}]`)
		c.call("DELETE", "/__GROUP__/"+id, "").want(t, 200)
		c.call("POST", "/__GROUP__?_action=liveSync", "").want(t, 200, `"deltas":[{"type":"DELETE","uid":"`+id+`"}]`)
	}},
	{"query all, pages and ids", func(t *testing.T, c *connector) {
		before := len(c.call("GET", "/__ACCOUNT__?_queryId=query-all-ids", "").want(t, 200).body["result"].([]any))
		const many = 250
		for i := before; i < many; i++ {
			if _, err := c.behind.createUser("many" + strconv.Itoa(i)); err != nil {
				t.Fatal(err)
			}
		}
		all := c.call("GET", "/__ACCOUNT__?_queryFilter=true", "").want(t, 200, `"resultCount":`+strconv.Itoa(many)+`,"pagedResultsCookie":null,"totalPagedResultsPolicy":"NONE","totalPagedResults":-1,"remainingPagedResults":-1`)
		seen := map[string]bool{}
		cookie := ""
		for i, n := range []int{100, 100, 50} {
			page := c.call("GET", "/__ACCOUNT__?_queryFilter=true&_pageSize=1000&_totalPagedResultsPolicy=EXACT&_fields=*"+cookie, "").want(t, 200, `"resultCount":`+strconv.Itoa(n)+`,`)
			for _, one := range page.body["result"].([]any) {
				seen[one.(map[string]any)["_id"].(string)] = true
			}
			next, _ := page.body["pagedResultsCookie"].(string)
			if (next != "") != (i < 2) {
				t.Fatalf("after %d the cookie is %q", n, next)
			}
			cookie = "&_pagedResultsCookie=" + url.QueryEscape(next)
		}
		if len(seen) != len(all.body["result"].([]any)) {
			t.Errorf("the pages have %d users", len(seen))
		}
		c.raw("GET", "/openidm/system/strictly/__ACCOUNT__?_queryFilter=true&_pageSize=101", "").want(t, 400)
		first := c.call("GET", "/__ACCOUNT__?_queryId=query-all-ids&_pageSize=1", "").want(t, 200, `"resultCount":1,`).body["result"].([]any)[0].(map[string]any)
		if len(first) != 1 || first["_id"] == "" {
			t.Errorf("an id comes as %v", first)
		}
		sorted := c.call("GET", "/__ACCOUNT__?_queryFilter=true&_sortKeys=-__NAME__&_pageSize=2&_fields=__NAME__", "").want(t, 200, `"__NAME__":"updated"`, `"__NAME__":"patched"`)
		next := sorted.body["pagedResultsCookie"].(string)
		c.call("GET", "/__ACCOUNT__?_queryFilter=true&_sortKeys=-__NAME__&_pageSize=1&_fields=__NAME__&_pagedResultsCookie="+url.QueryEscape(next), "").want(t, 200, `"__NAME__":"member"`)
		c.call("GET", "/__ACCOUNT__?_queryFilter=false&_pagedResultsCookie="+url.QueryEscape(next), "").want(t, 400, "another query")
	}},
	{"fields", func(t *testing.T, c *connector) {
		page := c.call("GET", "/__ACCOUNT__?_queryFilter="+url.QueryEscape(`__NAME__ eq "JohnDoe"`)+"&_fields=displayName", "").want(t, 200)
		one := page.body["result"].([]any)[0].(map[string]any)
		delete(one, "_rev")
		if len(one) != 2 || one["displayName"] != "John Doe" || one["_id"] == nil {
			t.Errorf("got %v", one)
		}
	}},
	{"all types", func(t *testing.T, c *connector) {
		id := c.group("of all")
		c.call("GET", "/__ALL__/"+id, "").want(t, 200, `"__NAME__":"of all"`)
		c.call("GET", filtered("/__ALL__", `__NAME__ eq "of all" or __NAME__ eq "JohnDoe"`), "").want(t, 200, `"resultCount":2,`)
	}},
	{"styles", func(t *testing.T, c *connector) {
		plain := c.raw("GET", filtered("/openidm/system/plainly/__ACCOUNT__", `__NAME__ eq "JohnDoe"`), "").want(t, 200, `"emails":{"type":"home","value":"johndoe@example.com","primary":true}`)
		if strings.Contains(plain.text, "_rev") {
			t.Errorf("it has a revision: %s", plain.text)
		}
	}},
}
