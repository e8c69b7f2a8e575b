package scimdoor_test

import (
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"rollcall/directory/memdir"
	"rollcall/door/scimdoor"
	"rollcall/fault"
)

// call is one good request of an operation, and how it goes wrong; what stands
// in a field is "METHOD /path body". A user ann ($user) and a group staff
// ($group) are there, and taken names of each.
type call struct {
	good               string
	status             int // of the good one
	bad, absent, clash string
}

const nowhere = "90677c608a-00000000-0000-4000-8000-000000000000"

// calls are every operation (aws-contract 7.1) with the errors of its table
// (7.10).
var calls = map[string]call{
	"CreateUser": {"POST /Users " + person("new"), 201, "POST /Users {", "", "POST /Users " + person("TAKEN")},
	"GetUser":    {"GET /Users/$user", 200, "", "GET /Users/" + nowhere, ""},
	"ListUsers":  {"GET /Users", 200, "GET /Users?count=0", "", ""},
	"PutUser":    {"PUT /Users/$user " + person("ann"), 200, "PUT /Users/$user {}", "PUT /Users/" + nowhere + " " + person("ann"), "PUT /Users/$user " + person("taken")},
	"PatchUser": {
		"PATCH /Users/$user " + operations(`{"op":"replace","path":"title","value":"x"}`), 200, "PATCH /Users/$user " + operations(`{"op":"remove"}`),
		"PATCH /Users/" + nowhere + " " + operations(`{"op":"replace","path":"title","value":"x"}`), "PATCH /Users/$user " + operations(`{"op":"replace","path":"userName","value":"taken"}`),
	},
	"CreateGroup": {`POST /Groups {"displayName":"new"}`, 201, "POST /Groups []", `POST /Groups {"displayName":"more","members":[{"value":"` + nowhere + `"}]}`, `POST /Groups {"displayName":"Taken"}`},
	"GetGroup":    {"GET /Groups/$group", 200, "", "GET /Groups/" + nowhere, ""},
	"ListGroups":  {"GET /Groups", 200, "GET /Groups?cursor=x", `GET /Groups?filter=members.value%20eq%20"` + nowhere + `"`, ""},
	"PatchGroup": {
		"PATCH /Groups/$group " + operations(`{"op":"replace","path":"displayName","value":"all"}`), 204, "PATCH /Groups/$group " + operations(`{"op":"replace","path":"members","value":[]}`),
		"PATCH /Groups/" + nowhere + " " + operations(`{"op":"replace","path":"displayName","value":"all"}`), "PATCH /Groups/$group " + operations(`{"op":"replace","path":"displayName","value":"TAKEN"}`),
	},
	"PutGroup":              {`PUT /Groups/$group {"displayName":"x"}`, 501, "", "", ""},
	"ServiceProviderConfig": {"GET /ServiceProviderConfig", 200, "", "", ""},
	"ListResourceTypes":     {"GET /ResourceTypes", 200, "", "", ""},
	"ListSchemas":           {"GET /Schemas", 200, "", "", ""},
	"GetSchema":             {"GET /Schemas/urn:ietf:params:scim:schemas:core:2.0:User", 200, "", "GET /Schemas/urn:none", ""},
	"DeleteGroup":           {"DELETE /Groups/$group", 204, "", "DELETE /Groups/" + nowhere, ""},
	"DeleteUser":            {"DELETE /Users/$user", 204, "", "DELETE /Users/" + nowhere, ""},
}

// Every operation fails in every way of AWS's tables, and changes nothing: after
// all of that it still succeeds.
func TestEveryOperationHasEveryErrorOfItsTable(t *testing.T) {
	var gate error
	s := open(t, memdir.New(store), scimdoor.Options{Log: slog.New(slog.DiscardHandler), Admit: func(*http.Request, string) error { return gate }})
	s.user("taken")
	s.group("taken")
	there := strings.NewReplacer("$user", s.user("ann"), "$group", s.group("staff"))
	ask := func(text string, headers ...string) reply {
		parts := append(strings.SplitN(there.Replace(text), " ", 3), "")
		return s.send(parts[0]+" "+strings.ReplaceAll(parts[1], `"`, "%22"), parts[2], headers...)
	}
	refused := func(operation string, want int, got reply) {
		t.Helper()
		for _, member := range []string{"schema", "schemas", "detail", "status", "exceptionRequestId", "timeStamp"} {
			if got.body[member] == nil {
				t.Errorf("%s, %d: there is no %s: %s", operation, want, member, got.raw)
			}
		}
		if got.status != want || len(got.body) != 6 {
			t.Errorf("%s: %d %s, want %d", operation, got.status, got.raw, want)
		}
	}
	for operation, c := range calls {
		refused(operation, 401, ask(c.good, "Authorization", ""))
		for kind, want := range map[fault.Kind]int{fault.Denied: 403, fault.Throttled: 429, fault.Internal: 500} {
			gate = fault.New(kind, "ask", "", errors.New("x"))
			refused(operation, want, ask(c.good))
		}
		gate = nil
		for want, text := range map[int]string{400: c.bad, 404: c.absent, 409: c.clash} {
			if text != "" {
				refused(operation, want, ask(text))
			}
		}
	}
	if got := len(s.must(200, "GET /Users", "").resources("id")) + len(s.must(200, "GET /Groups", "").resources("id")); got != 4 {
		t.Errorf("there are %d objects, want the 4 from before", got)
	}
	for _, deleting := range []bool{false, true} {
		for operation, c := range calls {
			if strings.HasPrefix(operation, "Delete") != deleting {
				continue // what is deleted is needed until then
			}
			if got := ask(c.good); got.status != c.status {
				t.Errorf("%s: %d %s, want %d", operation, got.status, got.raw, c.status)
			}
		}
	}
}

func TestEveryOperationThatIsServedIsInTheTable(t *testing.T) {
	for _, operation := range scimdoor.Operations() {
		if _, listed := calls[operation]; !listed {
			t.Errorf("%s is not", operation)
		}
	}
	if n := len(slices.Compact(scimdoor.Operations())); n != len(calls) {
		t.Errorf("%d operations are served, %d in the table", n, len(calls))
	}
}
