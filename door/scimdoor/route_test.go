package scimdoor_test

import (
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"rollcall/directory/memdir"
	"rollcall/door/scimdoor"
	"rollcall/fault"
	"rollcall/sqldb/sqldbtest"
)

func TestOnlyTheTokenOfTheTenantComesIn(t *testing.T) {
	s := open(t, memdir.New(store), scimdoor.Options{})
	for name, header := range map[string]string{
		"no header": "", "another scheme": "Basic YTpi", "no token": "Bearer", "an empty one": "Bearer ", "a wrong one": "Bearer a-tokem", "half of it": "Bearer a-to",
	} {
		for _, path := range []string{"/Users", "/Schemas", "/nothing"} {
			if r := s.send("GET "+path, "", "Authorization", header); r.status != 401 || r.body["status"] != "401" {
				t.Errorf("%s %s: %d %s", name, path, r.status, r.raw)
			}
		}
	}
	for _, header := range []string{"Bearer " + secret, "bearer " + secret, "BEARER  " + secret} {
		if r := s.send("GET /Users", "", "Authorization", header); r.status != 200 {
			t.Errorf("%s: %d", header, r.status)
		}
	}
	other := *s
	other.base = strings.Replace(s.base, tenant, "t-99999999", 1)
	if r := other.send("GET /Users", ""); r.status != 401 {
		t.Errorf("another tenant: %d, want 401 as AWS answers", r.status)
	}
}

func TestEveryPathIsAnsweredInSCIM(t *testing.T) {
	each(t, everyPath)
	// PostgreSQL takes no NUL and nothing but UTF-8.
	t.Run("postgres", func(t *testing.T) { everyPath(t, open(t, embedded(t, sqldbtest.Postgres(t)), scimdoor.Options{})) })
}

func everyPath(t *testing.T, s *site) {
	for call, want := range map[string]int{
		"GET /": 404, "GET /nothing": 404, "GET /Users/a/b": 404, "GET /users": 404, "GET /Me": 404, "POST /Bulk": 404,
		"POST /.search": 404, "POST /Users/.search": 405, "GET /ResourceTypes/User": 404, "GET /Schemas/none": 404,
		"GET /Users/nobody": 404, "GET /Groups/nobody": 404, "GET /Users/%00": 404, "GET /Users/%FF": 404, "GET /Users/a%2Fb": 404,
		filtered("/Users", "groups.value eq \"\\u0000\""): 200, filtered("/Users", "userName eq \"\\u0000\""): 200, filtered("/Groups", "members.value eq \"\\u0000\""): 404,
		"PUT /Groups/x": 501, "PUT /Users": 405, "DELETE /Groups": 405, "POST /Schemas": 405, "POST /ServiceProviderConfig": 405, "PATCH /ResourceTypes": 405,
		"GET /Users/": 200, "GET /Groups/": 200, "GET /ServiceProviderConfig": 200, "GET /Schemas": 200, "GET /ResourceTypes": 200,
		"GET /Schemas/urn:ietf:params:scim:schemas:core:2.0:User": 200,
	} {
		r := s.send(call, "")
		if r.status != want {
			t.Errorf("%s: %d %s; want %d", call, r.status, r.raw, want)
		}
		if r.body == nil || r.status >= 400 && (r.body["schema"] == nil || r.body["schemas"] == nil || r.detail() == "") {
			t.Errorf("%s: not SCIM: %q", call, r.raw)
		}
		if (r.header.Get("Allow") != "") != (r.status == 405) {
			t.Errorf("%s: %d with Allow %q", call, r.status, r.header.Get("Allow"))
		}
	}
}

func TestBothContentTypesAreTaken(t *testing.T) {
	s := open(t, memdir.New(store), scimdoor.Options{})
	for given, want := range map[string]int{
		"application/scim+json": 201, "application/json": 201, "application/json; charset=utf-8": 201, "APPLICATION/JSON;charset=utf-8": 201, "": 201,
		"text/plain": 400, "application/xml": 400, ";": 400,
	} {
		name := "u" + strconv.Itoa(len(given))
		if r := s.send("POST /Users", person(name), "Content-Type", given); r.status != want {
			t.Errorf("%q: %d %s; want %d", given, r.status, r.raw, want)
		}
	}
}

func TestWhoAdmitsSeesTheOperationAndAnswers(t *testing.T) {
	seen := []string{}
	var answer error
	s := open(t, memdir.New(store), scimdoor.Options{
		Log: slog.New(slog.DiscardHandler),
		Admit: func(_ *http.Request, operation string) error {
			seen = append(seen, operation)
			return answer
		},
	})
	s.send("GET /Users", "", "Authorization", "")
	s.send("GET /nothing", "")
	s.must(200, "GET /Users", "")
	if got := strings.Join(seen, " "); got != "ListUsers" {
		t.Errorf("asked about %q, want about known operations of known callers", got)
	}
	for kind, want := range map[fault.Kind]int{
		fault.Throttled: 429, fault.Denied: 403, fault.Unauthenticated: 401, fault.Internal: 500, fault.Unavailable: 500,
		fault.Conflict: 409, fault.Stale: 409, fault.Quota: 400, fault.NotFound: 404,
	} {
		answer = &fault.Error{Kind: kind, Op: "secret op", RetryAfter: time.Minute}
		r := s.send("GET /Users", "")
		if r.status != want || strings.Contains(r.raw, "secret") || r.header.Get("Retry-After") != "" {
			t.Errorf("%v: %d %s %v; want %d", kind, r.status, r.raw, r.header, want)
		}
	}
}

// The sentences are those of aws-contract 7.10, which logs of identity providers
// and of CloudTrail show.
func TestWhatIsWrongIsSaidInAWSsSentences(t *testing.T) {
	s := open(t, memdir.New(store), scimdoor.Options{})
	const manager = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.manager.value"
	empty := func(at string) string {
		return "2 validation errors detected: Value at '" + at + `' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ]+; Value at '` +
			at + "' failed to satisfy constraint: Member must have length greater than or equal to 1"
	}
	for body, want := range map[string]string{
		`{"userName":"a","displayName":"a","name":{"givenName":"","familyName":"F"}}`:                                                                                        empty("name.givenName"),
		`{"userName":"a","displayName":"a","name":{"givenName":"G","familyName":"F"},"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":""}}}`: empty(manager),
		`{"userName":"a","displayName":"a","name":{"givenName":"G","familyName":"F"},"emails":[{"value":"a@x.test","primary":true},{"value":"b@x.test"}]}`:                   "List attribute emails exceeds allowed limit of 1",
	} {
		if got := s.send("POST /Users", body); got.status != 400 || got.body["detail"] != want {
			t.Errorf("%s\ngives %d %v\nwant  %s", body, got.status, got.body["detail"], want)
		}
	}
}

func TestErrorsCarryTheTime(t *testing.T) {
	at := time.Date(2024, 4, 5, 8, 32, 12, 227e6, time.FixedZone("", 7200))
	s := open(t, memdir.New(store), scimdoor.Options{Now: func() time.Time { return at }})
	if got := s.send("GET /nothing", "").body["timeStamp"]; got != "2024-04-05 06:32:12.227" {
		t.Errorf("timeStamp is %v", got)
	}
}
