package scimclient_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"rollcall/fault"
	"rollcall/scim"
	"rollcall/scim/scimclient"
)

// site is an endpoint that answers as it is told, and notes what it was asked.
type site struct {
	*scimclient.Client
	asked []string // "METHOD path?query body"
	auth  string
}

func open(t *testing.T, answer http.HandlerFunc) *site {
	t.Helper()
	s := &site{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.asked = append(s.asked, strings.TrimSpace(r.Method+" "+r.RequestURI+" "+string(body)))
		s.auth = r.Header.Get("Authorization")
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	var err error
	s.Client, err = scimclient.New(scimclient.Options{
		URL: server.URL + "/tenant/scim/v2/", Token: func(context.Context) (string, error) { return "secret", nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

const (
	emptyPage = `{"itemsPerPage":0,"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"Resources":[]}`
	aUser     = `{"id":"u1","meta":{"resourceType":"User","created":"2020-03-31T02:36:15Z"},"userName":"ann","active":"true"}`
)

func TestRequestsHaveTheFormOfAWSsOwnSamples(t *testing.T) {
	for want, c := range map[string]struct {
		answer string
		do     func(*site) error
	}{
		"GET /tenant/scim/v2/Users?cursor": {emptyPage, func(s *site) error {
			_, err := s.ListUsers(t.Context(), scimclient.Page{})
			return err
		}},
		"GET /tenant/scim/v2/Groups?cursor=Q3+%2F%3D&count=100": {emptyPage, func(s *site) error {
			_, err := s.ListGroups(t.Context(), scimclient.Page{Cursor: "Q3 /=", Count: 1000})
			return err
		}},
		"GET /tenant/scim/v2/Groups?cursor&count=1&filter=members.value%20eq%20%22u%22": {emptyPage, func(s *site) error {
			_, err := s.ListGroups(t.Context(), scimclient.Page{Count: 1, Query: scim.Query{Attribute: scim.ByMember, Value: "u"}})
			return err
		}},
		"GET /tenant/scim/v2/Users?filter=userName%20eq%20%22a%2Bb%26%5C%22c%22": {emptyPage, func(s *site) error {
			_, err := s.FindUsers(t.Context(), scim.Query{Attribute: scim.ByUserName, Value: `a+b&"c`})
			return err
		}},
		"GET /tenant/scim/v2/Users/u%2F1": {aUser, func(s *site) error { _, err := s.User(t.Context(), "u/1"); return err }},
		`PATCH /tenant/scim/v2/Users/u1 {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"active","value":"false"}]}`: {
			aUser, func(s *site) error {
				return s.PatchUser(t.Context(), "u1", scim.NewPatch(scim.Operation{Op: scim.OpReplace, Path: "active", Value: []byte(`"false"`)}))
			},
		},
		"DELETE /tenant/scim/v2/Groups/g1": {"", func(s *site) error { return s.DeleteGroup(t.Context(), "g1") }},
	} {
		s := open(t, says(200, c.answer))
		if err := c.do(s); err != nil {
			t.Errorf("%s: %v", want, err)
		}
		if len(s.asked) != 1 || s.asked[0] != want || s.auth != "Bearer secret" {
			t.Errorf("asked %q as %q\n want %q", s.asked, s.auth, want)
		}
	}
}

func TestAnActiveThatIsAStringIsRead(t *testing.T) {
	u, err := open(t, says(200, aUser)).User(t.Context(), "u1")
	if err != nil || !bool(u.Active) || u.Meta.Created.Year() != 2020 {
		t.Errorf("%+v, %v", u, err)
	}
}

func TestEveryStatusHasAKind(t *testing.T) {
	const body = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"Because.","status":"400","exceptionRequestId":"r"}`
	for status, want := range map[int]fault.Kind{
		400: fault.Invalid, 401: fault.Unauthenticated, 403: fault.Denied, 404: fault.NotFound, 405: fault.Unsupported, 407: fault.Unauthenticated,
		408: fault.Unavailable, 409: fault.Conflict, 413: fault.Invalid, 418: fault.Internal, 429: fault.Throttled, 500: fault.Unavailable,
		501: fault.Unsupported, 502: fault.Unavailable, 503: fault.Unavailable, 504: fault.Unavailable,
		301: fault.Internal, 307: fault.Internal, // never followed: a write would be sent again
	} {
		for _, text := range []string{body, "<html>no JSON</html>", ""} {
			s := open(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Location", r.URL.Path)
				says(status, text)(w, r)
			})
			_, err := s.User(t.Context(), "u1")
			if !fault.Is(err, want) || strings.Contains(err.Error(), "html") || strings.Contains(err.Error(), "Because") != (text == body) {
				t.Errorf("%d with %q: %v, want %v", status, text, err, want)
			}
			_, err = s.CreateUser(t.Context(), scim.User{})
			if !fault.Is(err, want) || fault.IsUnsettled(err) != (want == fault.Unavailable) {
				t.Errorf("POST, %d: %v (unsettled %v), want %v", status, err, fault.IsUnsettled(err), want)
			}
			if len(s.asked) != 2 {
				t.Errorf("%d: asked %q, want one request each", status, s.asked)
			}
		}
	}
}

func TestRetryAfterIsReadInBothForms(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"7": 7 * time.Second, "0": 0, "-1": 0, "soon": 0, "": 0, "99999": time.Hour,
		time.Now().Add(24 * time.Hour).UTC().Format(http.TimeFormat): time.Hour, "Thu, 01 Jan 2015 00:00:00 GMT": 0,
	} {
		s := open(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", header)
			says(429, "")(w, r)
		})
		if _, err := s.User(t.Context(), "u1"); fault.RetryAfter(err) != want {
			t.Errorf("%q: %v, want %v", header, fault.RetryAfter(err), want)
		}
	}
}

func TestAnAnswerThatProvesNothingIsNoEmptyListing(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want fault.Kind
	}{
		"no JSON":           {"<html>sign in</html>", fault.Unavailable},
		"half of it":        {emptyPage[:40], fault.Unavailable},
		"other JSON":        {`{"message":"hello"}`, fault.Incomplete},
		"a list of no kind": {`{"Resources":null}`, fault.Incomplete},
		"a plain list":      {`{"totalResults":1,"itemsPerPage":1,"startIndex":1,"Resources":[` + aUser + `]}`, fault.Incomplete},
	} {
		_, err := open(t, says(200, c.body)).ListUsers(t.Context(), scimclient.Page{})
		if !fault.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	found, err := open(t, says(200, `{"totalResults":0,"itemsPerPage":0,"startIndex":1,"Resources":[]}`)).FindUsers(t.Context(), scim.Query{Attribute: scim.ByID, Value: "x"})
	if err != nil || len(found) != 0 {
		t.Errorf("a search that finds nobody: %v, %v", found, err)
	}
}

func TestAnAnswerWithoutAnIDIsNoResource(t *testing.T) {
	s := open(t, says(201, `{}`))
	if _, err := s.CreateGroup(t.Context(), scim.Group{DisplayName: "g"}); !fault.IsUnsettled(err) {
		t.Errorf("created: %v, want unsettled", err)
	}
	if _, err := s.Group(t.Context(), "g1"); !fault.Is(err, fault.Incomplete) {
		t.Errorf("read: %v, want incomplete", err)
	}
}

func TestABodyIsAsLargeAsAWSTakesIt(t *testing.T) {
	s := open(t, says(201, aUser))
	rest := len(`{"schemas":null,"nickName":"","active":false}`)
	if _, err := s.CreateUser(t.Context(), scim.User{NickName: strings.Repeat("x", scim.MaxBody-rest)}); err != nil {
		t.Errorf("1 MiB: %v", err)
	}
	_, err := s.CreateUser(t.Context(), scim.User{NickName: strings.Repeat("x", scim.MaxBody-rest+1)})
	if !fault.Is(err, fault.Invalid) || len(s.asked) != 1 {
		t.Errorf("one byte more: %v, %d requests", err, len(s.asked))
	}
}

func TestWithoutATokenNothingIsSent(t *testing.T) {
	c, err := scimclient.New(scimclient.Options{URL: "https://scim.example.com/t/scim/v2", Token: func(context.Context) (string, error) {
		return "", errors.New("the file is gone")
	}})
	if err == nil {
		_, err = c.CreateUser(t.Context(), scim.User{})
	}
	if !fault.Is(err, fault.Unauthenticated) || fault.IsUnsettled(err) || !strings.Contains(err.Error(), "the file is gone") {
		t.Errorf("%v", err)
	}
}

func TestAddressesAreReadAsPeopleWriteThem(t *testing.T) {
	const want = "https://scim.us-east-1.amazonaws.com/abc-1/scim/v2"
	for _, s := range []string{want, want + "/", want + "//", " " + want + "\n", "https://scim.us-east-1.amazonaws.com/abc-1", "https://scim.us-east-1.amazonaws.com/abc-1/"} {
		if u, err := scimclient.ParseURL(s); err != nil || u.String() != want {
			t.Errorf("%q: %v, %v", s, u, err)
		}
	}
	for _, s := range []string{"http://127.0.0.1:8480/t/scim/v2", "http://localhost/t", "http://[::1]:1/t"} {
		if _, err := scimclient.ParseURL(s); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	}
	for _, s := range []string{
		"", "abc", "scim.us-east-1.amazonaws.com/t/scim/v2", "https://", "https://h", "https://h/", "https://h/scim/v2", "https://h/scim/v2/",
		"http://h/t/scim/v2", "http://10.0.0.1/t/scim/v2", "ftp://h/t/scim/v2", "https://u:p@h/t/scim/v2", "https://h/t/scim/v2?x=1", "https://h/t#x", "https://h/%zz",
	} {
		if u, err := scimclient.ParseURL(s); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v, %v; want invalid", s, u, err)
		}
	}
}
