package scimdoor_test

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"rollcall/directory"
	"rollcall/directory/memdir"
	"rollcall/directory/sqldir"
	"rollcall/door/scimdoor"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb/sqldbtest"
)

const (
	store  = "d-1234567890"
	tenant = "t-0a1b2c3d"
	secret = "a-token"
)

// keys admits one token of one tenant.
type keys struct{}

func (keys) Authenticate(_ context.Context, inTenant, token string) (directory.Actor, error) {
	if subtle.ConstantTimeCompare([]byte(inTenant+"\x00"+token), []byte(tenant+"\x00"+secret)) != 1 {
		return directory.Actor{}, fault.Text(fault.Unauthenticated, "authenticate", "", "no such token")
	}
	return directory.Actor{Name: "okta"}, nil
}

// site is a door that listens, in front of a directory of its own.
type site struct {
	t      *testing.T
	driver directory.Driver
	base   string // …/scim/v2
}

// each runs a test in front of every kind of directory that the door serves.
func each(t *testing.T, test func(*testing.T, *site)) {
	t.Run("memdir", func(t *testing.T) { test(t, open(t, memdir.New(store), scimdoor.Options{})) })
	t.Run("sqldir", func(t *testing.T) { test(t, open(t, sqlite(t), scimdoor.Options{})) })
}

func sqlite(t *testing.T) directory.Driver { return embedded(t, sqldbtest.SQLite(t)) }

func embedded(t *testing.T, database string) directory.Driver {
	t.Helper()
	center, err := sqldir.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := center.Close(); err != nil {
			t.Error(err)
		}
	})
	d, err := center.Store(t.Context(), store, sqldir.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func open(t *testing.T, driver directory.Driver, o scimdoor.Options) *site {
	t.Helper()
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	mux := http.NewServeMux()
	scimdoor.New(directory.New("local", driver), keys{}, o).Mount(mux)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return &site{t, driver, server.URL + "/" + tenant + "/scim/v2"}
}

// reply is an answer, its body as decoded JSON.
type reply struct {
	status int
	header http.Header
	raw    string
	body   map[string]any
}

// send makes a request as a client with the right token. A path that begins
// with a method's name is unknown to nobody: "GET /Users?count=1".
func (s *site) send(call, body string, headers ...string) reply {
	s.t.Helper()
	method, path, _ := strings.Cut(call, " ")
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.base+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+secret)
	if body != "" {
		req.Header.Set("Content-Type", "application/scim+json")
	}
	for i := 0; i < len(headers); i += 2 {
		if req.Header.Del(headers[i]); headers[i+1] != "" {
			req.Header.Set(headers[i], headers[i+1])
		}
	}
	return s.do(req)
}

func (s *site) do(req *http.Request) reply {
	s.t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	out := reply{status: res.StatusCode, header: res.Header, raw: string(raw)}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &out.body); err != nil {
			s.t.Fatalf("%s %s: no JSON: %q", req.Method, req.URL, raw)
		}
		if len(res.TransferEncoding) != 0 || res.Header.Get("Content-Length") != strconv.Itoa(len(raw)) {
			s.t.Errorf("%s %s: not in one piece: %v", req.Method, req.URL, res.Header)
		}
	}
	if res.Header.Get("x-amzn-RequestId") == "" {
		s.t.Errorf("%s %s: no request id", req.Method, req.URL)
	}
	return out
}

// must sends what has to succeed with that status.
func (s *site) must(status int, call, body string) reply {
	s.t.Helper()
	r := s.send(call, body)
	if r.status != status {
		s.t.Fatalf("%s %s: %d %s; want %d", call, body, r.status, r.raw, status)
	}
	return r
}

func (r reply) id() string { id, _ := r.body["id"].(string); return id }

func (r reply) detail() string { d, _ := r.body["detail"].(string); return d }

// resources lists a field of everything in a list.
func (r reply) resources(field string) []string {
	all := []string{}
	list, _ := r.body["Resources"].([]any)
	for _, one := range list {
		s, _ := one.(map[string]any)[field].(string)
		all = append(all, s)
	}
	return all
}

// user makes a user of that name.
func (s *site) user(name string) string {
	s.t.Helper()
	return s.must(201, "POST /Users", person(name)).id()
}

func person(name string) string {
	return `{"userName":"` + name + `","displayName":"` + name + `","name":{"givenName":"G","familyName":"F"},"active":true}`
}

func (s *site) group(name string) string {
	s.t.Helper()
	return s.must(201, "POST /Groups", `{"displayName":"`+name+`"}`).id()
}

func idOf(s string) identity.ID { return identity.ID(s) }

func edits(path string, value json.RawMessage) []identity.Edit {
	return []identity.Edit{{Path: path, New: value}}
}
