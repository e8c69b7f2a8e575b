package main

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"rollcall/emulate"
	"rollcall/identitycentertest"
)

// staffed is an office whose directory is an Identity Center, reached through a
// tap that notes every call and may pull the plug. It has groups g1, g2 and g3,
// account dev, and permission sets Reader and Admin.
type staffed struct {
	*office
	center *identitycentertest.Server
	tap    *tap
}

const staffedConfig = `directories:
  aws:
    kind: aws
    rate: {read: 1000/sec, write: 1000/sec}
roles:
  developer: {groups: [g1, g2], assignments: [Reader in dev], attributes: {title: Developer}}
  lead: {groups: [g2, g3], assignments: [Admin in dev], attributes: {title: Lead}}
`

var annJoins = []string{"joiner", "run", "ann", "--given-name", "Ann", "--family-name", "Example", "--display-name", "Ann Example", "--role", "developer", "--reason", "ticket 7"}

func newStaffed(t *testing.T) *staffed {
	t.Helper()
	t.Parallel()
	s := &staffed{newOffice(t), identitycentertest.New(t), new(tap)}
	env := shellOf(t, s.center)
	env["AWS_ENDPOINT_URL"] = s.tap.before(t, s.center.URL)
	for name, value := range env {
		s.env = append(s.env, name+"="+value)
	}
	s.write("rollcall.yaml", staffedConfig)
	for _, g := range []string{"g1", "g2", "g3"} {
		s.center.Group(g)
	}
	s.center.Account("dev")
	s.center.PermissionSet("Reader")
	s.center.PermissionSet("Admin")
	return s
}

// tap notes the calls that go through it.
type tap struct {
	next http.Handler

	mu     sync.Mutex
	calls  []string // operations
	bodies []string
	plug   func(write int, operation string) (pull, after bool) // asked at every write, which is numbered from 1; nil: nobody pulls
	pull   func()
	writes int
}

var isWrite = regexp.MustCompile(`^(Create|Update|Delete|Put|Provision|SCIM (POST|PUT|PATCH|DELETE))`)

// before puts the tap before a server, and returns where it is.
func (c *tap) before(t *testing.T, server string) string {
	t.Helper()
	to, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	// The Host that was signed stays.
	c.next = &httputil.ReverseProxy{ErrorLog: log.New(io.Discard, "", 0), Rewrite: func(r *httputil.ProxyRequest) { r.Out.URL.Scheme, r.Out.URL.Host = to.Scheme, to.Host }}
	srv := httptest.NewServer(c)
	t.Cleanup(srv.Close)
	return srv.URL
}

// called is the operation that a request is for, or how SCIM asks for it.
func called(r *http.Request) string {
	if _, operation, of := strings.Cut(r.Header.Get("X-Amz-Target"), "."); of {
		return operation
	}
	return "SCIM " + r.Method
}

func (c *tap) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	operation := called(r)
	c.mu.Lock()
	c.calls, c.bodies = append(c.calls, operation), append(c.bodies, string(body))
	pull, after := false, false
	if isWrite.MatchString(operation) {
		c.writes++
		if c.plug != nil {
			pull, after = c.plug(c.writes, operation)
		}
	}
	c.mu.Unlock()
	if pull && !after {
		c.pull()
		return
	}
	c.next.ServeHTTP(w, r)
	if pull {
		c.pull()
	}
}

// forget begins to note anew, and returns what was noted.
func (c *tap) forget() (calls, bodies []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	calls, bodies = c.calls, c.bodies
	c.calls, c.bodies, c.writes, c.plug = nil, nil, 0, nil
	return calls, bodies
}

// killedAtWrite runs a command that is killed, as kill -9 does, when it makes its
// nth write: before that reaches the directory, or after. It reports whether it
// came so far.
func (s *staffed) killedAtWrite(n int, after bool, args ...string) bool {
	s.t.Helper()
	killed := s.killedJustNow(n, after, args...)
	if killed {
		s.forgetLeases()
	}
	return killed
}

// killedJustNow is killedAtWrite whose lease still holds: the process looks alive.
func (s *staffed) killedJustNow(n int, after bool, args ...string) bool {
	s.t.Helper()
	s.tap.forget()
	c, _, complaints := s.command(args...)
	dead := make(chan struct{})
	killed := false
	s.tap.mu.Lock()
	s.tap.plug = func(write int, _ string) (bool, bool) { killed = killed || write == n; return write == n, after }
	s.tap.pull = func() { kill(c); close(dead); panic(http.ErrAbortHandler) }
	s.tap.mu.Unlock()
	if err := c.Start(); err != nil {
		s.t.Fatal(err)
	}
	err := c.Wait()
	s.tap.forget()
	if !killed {
		if err != nil {
			s.t.Fatalf("%v\n%s", err, complaints)
		}
		return false
	}
	<-dead
	return true
}

func kill(c *exec.Cmd) { _ = c.Process.Kill() }

// annHas is what ann is and has, without ids; nothing if she is not there.
func (s *staffed) annHas() string {
	s.t.Helper()
	defer s.tap.forget()
	r := s.run("user", "show", "ann", "--output", "json", "--query", "[title,groups[].displayName]")
	if r.status != 0 {
		return ""
	}
	return squeezed(r.out) + squeezed(s.must("assignment", "list", "--user", "ann", "--output", "json", "--query", "[].permissionSet").out)
}

func squeezed(text string) string { return strings.Join(strings.Fields(text), "") }

const (
	annJoined = `["Developer",["g1","g2"]]["Reader"]`
	annMoved  = `["Lead",["g2","g3"]]["Admin"]`
)

func (s *staffed) wantAnn(want, when string) {
	s.t.Helper()
	if got := s.annHas(); got != want {
		s.t.Errorf("%s: %s, want %s", when, got, want)
	}
}

// inOrder holds that operations were called in this order, whatever was called
// between them.
func inOrder(t *testing.T, calls []string, want ...string) {
	t.Helper()
	rest := calls
	for _, w := range want {
		at := slices.Index(rest, w)
		if at < 0 {
			t.Fatalf("no %s where it belongs, in\n%s", w, strings.Join(calls, "\n"))
		}
		rest = rest[at+1:]
	}
}

func count(calls []string, operation string) int {
	n := 0
	for _, c := range calls {
		if c == operation {
			n++
		}
	}
	return n
}

func TestAJoinersCallsComeInOrder(t *testing.T) {
	s := newStaffed(t)
	s.must(annJoins...)
	calls, _ := s.tap.forget()
	inOrder(t, calls, "GetUserId", "CreateUser", "CreateGroupMembership", "CreateGroupMembership", "CreateAccountAssignment", "DescribeUser")
	inOrder(t, calls, "GetGroupId", "GetGroupId", "CreateGroupMembership")
	inOrder(t, calls, "CreateAccountAssignment", "DescribeAccountAssignmentCreationStatus")
	for operation, want := range map[string]int{"CreateUser": 1, "CreateGroupMembership": 2, "CreateAccountAssignment": 1, "CreateGroup": 0} {
		if n := count(calls, operation); n != want {
			t.Errorf("%s: %d calls, want %d", operation, n, want)
		}
	}
	s.must(annJoins...)
	if calls, _ := s.tap.forget(); slices.ContainsFunc(calls, isWrite.MatchString) {
		t.Errorf("run again it wrote:\n%s", strings.Join(calls, "\n"))
	}
}

func TestBadInputMakesNoCall(t *testing.T) {
	s := newStaffed(t)
	person := func(name string, more ...string) []string {
		return append([]string{"joiner", "run", name, "--given-name", "Ann", "--family-name", "Example"}, more...)
	}
	shown := []string{"--display-name", "Ann Example"}
	for name, args := range map[string][]string{
		"no displayName":  person("ann"),
		"a reserved name": person("administrator", shown...),
		"two e-mails":     person("ann", append(shown, "--set", `emails=[{"value":"a@example.com"},{"value":"b@example.com"}]`)...),
		"a bad character": person("a;b", shown...),
		"a day past":      person("ann", append(shown, "--start", "2020-01-01")...),
		"no such role":    person("ann", append(shown, "--role", "boss")...),
		"no assignment":   person("ann", append(shown, "--give", "Reader@dev")...),
		"nothing to move": {"mover", "run", "ann"},
		"a last day past": {"leaver", "run", "ann", "--at", "2020-01-31", "--yes"},
		"no such mode":    {"leaver", "run", "ann", "--mode", "revke", "--yes"},
	} {
		if r := s.run(args...); r.status != 6 {
			t.Errorf("%s: exit status %d\n%s", name, r.status, r.errors)
		}
		if calls, _ := s.tap.forget(); len(calls) > 0 {
			t.Errorf("%s: %v", name, calls)
		}
	}
}

// A group is unknown only to whoever has looked.
func TestAnUnknownGroupStopsAJoinerBeforeAnythingIsWritten(t *testing.T) {
	s := newStaffed(t)
	r := s.run("joiner", "run", "ann", "--given-name", "Ann", "--family-name", "Example", "--display-name", "Ann Example", "--group", "g1", "--group", "nowhere")
	if calls, _ := s.tap.forget(); r.status != 1 || !strings.Contains(r.errors, "find group: nowhere") || slices.ContainsFunc(calls, isWrite.MatchString) {
		t.Errorf("exit status %d, %s\n%s", r.status, r.errors, strings.Join(calls, "\n"))
	}
}

func TestAMoverIsOneUpdateAndReadBack(t *testing.T) {
	s := newStaffed(t)
	s.must(annJoins...)
	s.tap.forget()
	s.must("mover", "run", "ann", "--department", "R&D")
	calls, bodies := s.tap.forget()
	inOrder(t, calls, "GetUserId", "UpdateUser", "DescribeUser")
	if n := count(calls, "UpdateUser"); n != 1 {
		t.Errorf("%d updates", n)
	}
	if update := bodies[slices.Index(calls, "UpdateUser")]; !strings.Contains(update, `"aws:identitystore:enterprise.department"`) {
		t.Errorf("it sends %s", update)
	}
	if read := bodies[len(bodies)-1]; calls[len(calls)-1] != "DescribeUser" || !strings.Contains(read, "aws:identitystore:enterprise") {
		t.Errorf("it reads back %s %s", calls[len(calls)-1], read)
	}
	s.must("mover", "run", "ann", "--set", `name={"givenName":"X"}`)
	calls, bodies = s.tap.forget()
	if update := bodies[slices.Index(calls, "UpdateUser")]; !strings.Contains(update, `"name.givenName"`) || strings.Contains(update, `"name"`) {
		t.Errorf("a name given as an object: it sends %s", update)
	}
}

// Killed at any write, before it reached the directory or after, and gone on
// with, or run again: the same end, and nobody is there twice. Undone, all is as
// before.
func TestKilledAtAnyWriteJoinersAndMoversEndTheSame(t *testing.T) {
	t.Parallel()
	const joins, moves = 4, 5 // writes
	for n := 1; n <= moves; n++ {
		t.Run("write "+strconv.Itoa(n), func(t *testing.T) {
			s := newStaffed(t)
			after, resumed := n%2 == 0, n > 2
			s.dies(n <= joins, n, after, resumed, annJoins...)
			s.wantAnn(annJoined, "joined")
			s.dies(true, n, !after, resumed, moverLead...)
			s.wantAnn(annMoved, "moved")
			if n > 3 {
				s.undo("move ann")
				s.wantAnn(annJoined, "moved back")
				s.undo("let in ann")
				s.wantAnn("", "gone")
			}
			s.must("journal", "verify")
		})
	}
}

var moverLead = []string{"mover", "run", "ann", "--role", "lead", "--yes"}

// dies runs a command that is killed at its nth write, if it comes so far, and
// then gone on with, or run again.
func (s *staffed) dies(comes bool, n int, after, resumed bool, args ...string) {
	s.t.Helper()
	if died := s.killedAtWrite(n, after, args...); died != comes {
		s.t.Fatalf("killed at write %d: %v", n, died)
	}
	if resumed && comes {
		s.must("run", "resume")
	}
	s.must(args...)
	if resumed {
		s.tap.forget()
		s.must(args...)
		if calls, _ := s.tap.forget(); slices.ContainsFunc(calls, isWrite.MatchString) {
			s.t.Errorf("run again it wrote:\n%s", strings.Join(calls, "\n"))
		}
	}
	if left := s.run("run", "resume"); !strings.Contains(left.errors, "no interrupted run") {
		s.t.Errorf("something is left to be resumed:\n%s", left.errors)
	}
}

// undo takes back the last run of that title.
func (s *staffed) undo(title string) {
	s.t.Helper()
	var runs []struct{ ID, Title string }
	s.ask(&runs, "run", "list")
	for _, r := range runs {
		if r.Title == title {
			s.must("undo", r.ID)
			return
		}
	}
	s.t.Fatalf("no run is called %s: %v", title, runs)
}

// Each call refused in turn stops no other, and the same command does what is
// left.
func TestWithEachCallRefusedInTurnJoinersAndMoversEndTheSame(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"CreateUser", "CreateGroupMembership", "CreateAccountAssignment", "UpdateUser", "DeleteGroupMembership", "DeleteAccountAssignment"} {
		t.Run(operation, func(t *testing.T) {
			s := newStaffed(t)
			s.center.Faults(emulate.Fault{Kind: emulate.Denied, Operation: operation})
			refused := 0
			for _, args := range [][]string{annJoins, moverLead} {
				if r := s.run(args...); r.status == 3 {
					refused++
					s.center.Faults()
					s.must(args...)
				}
			}
			s.wantAnn(annMoved, operation)
			if refused != 1 {
				t.Errorf("%d of the two were refused something", refused)
			}
		})
	}
}
