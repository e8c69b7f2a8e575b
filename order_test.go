package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	ssotypes "github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"rollcall/identity"
	"rollcall/lifecycle"
	"rollcall/plan"
)

const theirPolicy = `{"Version":"2012-10-17","Statement":[{"Sid":"theirs","Effect":"Allow","Action":"s3:*","Resource":"*"}]}`

// leaver is somebody in two groups, one of which has an account, who has one of
// their own.
type leaver struct {
	*abroad
	scim          bool
	reader, admin string   // permission sets: the group's, and their own
	byGroup       []string // who has the group's
	// just is one of their own that has room for their denial, to the character.
	just string
	// undeniable are some of their own that lack a character, or whose policies
	// are managed elsewhere; and their policies.
	undeniable map[string]string
}

// newLeaver has u001, who is to leave.
func newLeaver(t *testing.T, scim bool) *leaver {
	t.Helper()
	l := &leaver{abroad: newAbroad(t, scim), scim: scim}
	id := l.user("u001")
	l.group("more", id)
	l.reader, l.admin = l.permissionSet("Reader", theirPolicy), l.permissionSet("Admin", "")
	l.give(ssotypes.PrincipalTypeGroup, "staff", "Reader")
	l.give(ssotypes.PrincipalTypeUser, "u001", "Admin")
	if l.byGroup = l.given(l.reader); len(l.byGroup) != 1 {
		t.Fatalf("given to %v", l.byGroup)
	}
	full := roomyPolicy(t, id, -1)
	l.just = l.permissionSet("Just", roomyPolicy(t, id, 0))
	l.undeniable = map[string]string{l.permissionSet("Full", full): full, l.permissionSet("Elsewhere", theirPolicy): theirPolicy}
	l.give(ssotypes.PrincipalTypeUser, "u001", "Just,Full,Elsewhere")
	l.logged()
	return l
}

// roomyPolicy has room for the denial of a user and so many characters more.
func roomyPolicy(t *testing.T, user string, more int) string {
	t.Helper()
	padded := func(n int) string { return strings.Replace(theirPolicy, "theirs", strings.Repeat("x", n), 1) }
	denied, err := identity.DenyUser(padded(1), identity.ID(user))
	if err != nil {
		t.Fatal(err)
	}
	return padded(1 + identity.MaxInlinePolicyDense - len(strings.Join(strings.Fields(denied), "")) - more)
}

// wantOut holds that u001 was put out by these requests, in the order in which
// people are. With SCIM disabling is the first write; then comes, in any order,
// what denies and takes; without SCIM that comes first. The deletion comes when
// all of that is answered and seen to its end. What a group has stays.
func (l *leaver) wantOut(all entries) {
	t := l.t
	t.Helper()
	want := map[string]int{"DeleteAccountAssignment": 4, "PutInlinePolicyToPermissionSet": 3, "ProvisionPermissionSet": 3}
	if l.scim {
		want["SCIM PatchGroup"] = 2
	} else {
		want["DeleteGroupMembership"] = 2
	}
	middle := slices.Collect(maps.Keys(want))
	want["DeleteUser"] = 1
	if l.scim {
		want["SCIM PatchUser"] = 1
		all.before(t, []string{"SCIM PatchUser"}, middle)
	} else if strings.Contains(all.String(), "SCIM") {
		t.Errorf("without SCIM:\n%s", all)
	}
	all.wantWrites(t, want)
	all.before(t, middle, []string{"DeleteUser"})
	if got := l.given(l.reader); !slices.Equal(got, l.byGroup) {
		t.Errorf("the group's assignment: %v before, %v now", l.byGroup, got)
	}
	if got := l.given(l.admin); len(got) > 0 {
		t.Errorf("their own: %v", got)
	}
	if now := l.policy(l.just); !strings.Contains(now, "identitystore:userId") {
		t.Errorf("there was room to the character, and it is not denied: %s", now)
	}
	for set, policy := range l.undeniable {
		if got := l.policy(set); got != policy || len(l.given(set)) > 0 {
			t.Errorf("it was %s, and is %s, given to %v", policy, got, l.given(set))
		}
	}
	if r := l.run("user", "show", "u001"); r.status != 1 {
		t.Errorf("they are there: %s", r.out)
	}
	if r := l.must("user", "held"); !strings.Contains(r.out, "u001") {
		t.Errorf("they are not held: %s", r.out)
	}
	l.must("journal", "verify")
}

// What a real server logs of the calls of a leaver, and of a joiner before.
func TestALeaversCallsComeInOrder(t *testing.T) {
	t.Parallel()
	for name, scim := range map[string]bool{"with SCIM": true, "without SCIM": false} {
		t.Run(name, func(t *testing.T) {
			l := newLeaver(t, scim)
			l.joinedInOrder()
			if !scim {
				l.manyJoin()
			}
			said := l.must("leaver", "run", "u001", "--mode", "delete", "--deny-sessions", "--yes", "--reason", "ticket 9", "--evidence", "left.json").errors
			all := l.logged()
			l.saysWhatIsNotDenied(said)
			l.wantOut(all)
			l.seenToItsEnd(all)
			l.heldFirst(all)
			l.logged()

			// Once more there is nobody, and nothing is written.
			if r := l.must("leaver", "run", "u001", "--mode", "delete", "--yes"); !strings.Contains(r.errors, "already gone") {
				t.Errorf("once more: %s", r.errors)
			}
			l.logged().wantWrites(t, map[string]int{})
		})
	}
}

// joinedInOrder lets ann in, and holds that what she is to have is looked up
// first and given after she is there.
func (l *leaver) joinedInOrder() {
	l.t.Helper()
	l.must("joiner", "run", "ann", "--given-name", "Ann", "--family-name", "Example", "--display-name", "Ann Example",
		"--group", "staff", "--group", "more", "--give", "Reader in Shop", "--reason", "ticket 7")
	all := l.logged()
	l.byGroup = l.given(l.reader)
	member := "CreateGroupMembership"
	if l.scim {
		member = "SCIM PatchGroup"
	}
	all.wantWrites(l.t, map[string]int{"CreateUser": 1, member: 2, "CreateAccountAssignment": 1})
	all.before(l.t, []string{"GetGroupId"}, []string{"CreateUser"})
	all[:4].before(l.t, []string{"GetUserId"}, []string{"GetGroupId"})
	all.before(l.t, []string{"CreateUser"}, []string{member, "CreateAccountAssignment"})
	all.before(l.t, []string{"CreateAccountAssignment"}, []string{"DescribeAccountAssignmentCreationStatus"})
	if n := len(all.of("GetGroupId")); n != 2 {
		l.t.Errorf("%d groups were looked up", n)
	}
	if last := all.of("DescribeUser"); len(last) == 0 || slices.ContainsFunc(all, func(e entry) bool { return e.writes() && e.Time.After(last[len(last)-1].Time) }) {
		l.t.Errorf("she was not read back, in\n%s", all)
	}
}

// seenToItsEnd holds that each deletion of an assignment was asked about until
// its end was known, and the user deleted after that.
func (l *leaver) seenToItsEnd(all entries) {
	l.t.Helper()
	begun, asked := all.of("DeleteAccountAssignment"), all.of("DescribeAccountAssignmentDeletionStatus")
	if len(asked) < len(begun) || asked[len(asked)-1].Time.Before(begun[len(begun)-1].ended()) {
		l.t.Errorf("%d deletions of assignments, asked about %d times, in\n%s", len(begun), len(asked), all)
	}
	all.before(l.t, []string{"DescribeAccountAssignmentDeletionStatus"}, []string{"DeleteUser"})
}

// manyJoin lets 25 people in, where AWS refuses one call in the middle for two
// seconds: it waits for so long, and all are there.
func (l *leaver) manyJoin() {
	l.t.Helper()
	const many = 25
	rows := "userName,givenName,familyName,displayName\n"
	for n := range many {
		rows += fmt.Sprintf("j%02d,J,%d,J %d\n", n, n, n)
	}
	l.write("many.csv", rows)
	if code, text := l.center.faults(http.MethodPut, "faults:\n  - {operation: CreateUser, fault: throttle, retry_after: 2s, call: 13}\n"); code != 200 {
		l.t.Fatalf("%d %s", code, text)
	}
	l.must("joiner", "run", "--from", "many.csv", "--reason", "ticket 8")
	l.center.faults(http.MethodDelete, "")
	var made, refused entries
	for _, e := range l.logged().of("CreateUser") {
		if e.Status == http.StatusOK {
			made = append(made, e)
		} else {
			refused = append(refused, e)
		}
	}
	if len(made) != many || len(refused) != 1 || made[many-1].Time.Before(refused[0].ended().Add(2*time.Second)) {
		l.t.Errorf("%d made and %d refused:\n%s%s", len(made), len(refused), made, refused)
	}
}

// saysWhatIsNotDenied holds that whoever put them out is told which permission
// sets do not deny them, why, and what to use instead; and that the evidence has
// it.
func (l *leaver) saysWhatIsNotDenied(said string) {
	l.t.Helper()
	for _, want := range []string{
		"role sessions by Full are not denied, its policy has no room for it", "at most 10240. As a service control policy for " + shop + ":\n",
		"role sessions by Elsewhere are not denied, its policy is managed elsewhere. As a service control policy for " + shop + ":\n",
	} {
		if !strings.Contains(said, want) {
			l.t.Errorf("it does not say %q, but\n%s", want, said)
		}
	}
	if n := strings.Count(said, `"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"identitystore:userId":`); n != 2 {
		l.t.Errorf("%d denials are printed:\n%s", n, said)
	}
	proved := l.must("evidence", "verify", "left.json").out
	for _, set := range []string{"Full", "Elsewhere"} {
		if want := "role sessions by " + set + " in " + shop + " are not denied"; !strings.Contains(proved, want) {
			l.t.Errorf("the evidence does not say %q, but\n%s", want, proved)
		}
	}
}

// heldFirst holds that the hold, which needs no call, was there before the first
// write.
func (l *leaver) heldFirst(all entries) {
	l.t.Helper()
	text, err := os.ReadFile(filepath.Join(l.folder, "left.json"))
	if err != nil {
		l.t.Fatal(err)
	}
	var e lifecycle.Evidence
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&e); err != nil || len(e.People) != 1 || len(e.People[0].Steps) == 0 || e.People[0].Steps[0].At == nil {
		l.t.Fatalf("%v in %s", err, text)
	}
	first := e.People[0].Steps[0]
	for _, e := range all {
		if e.writes() && (first.Kind != plan.UserHold || e.Time.Before(*first.At)) {
			l.t.Errorf("first %s at %s, and %s at %s", first.Kind, first.At, e.what(), e.Time)
		}
	}
}

// A service that is killed, as kill -9 does, in the middle of putting somebody
// out or letting somebody in: the next one finishes it. Nothing is done twice,
// and the end is that of one that lives.
func TestWhenTheServiceIsKilledInAFlowTheNextFinishesIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		scim  bool
		at    string
		after bool
	}{
		"before a denial is written":              {true, "PutInlinePolicyToPermissionSet", false},
		"after a deletion of an assignment begun": {false, "DeleteAccountAssignment", true},
	} {
		t.Run("a leaver, "+name, func(t *testing.T) {
			l := newLeaver(t, c.scim)
			l.must("leaver", "run", "u001", "--at", soon(), "--mode", "delete", "--grace", "1s", "--deny-sessions", "--yes", "--reason", "ticket 9")
			l.killedInAFlow(c.at, c.after, "leaver", "leaver-delete")
			l.wantOut(l.logged())
		})
	}
	t.Run("a joiner, after they were made", func(t *testing.T) {
		a := newAbroad(t, false)
		a.group("g1")
		a.group("g2")
		a.permissionSet("Reader", "")
		a.must("joiner", "run", "ann", "--given-name", "Ann", "--family-name", "Example", "--display-name", "Ann Example",
			"--group", "g1", "--group", "g2", "--give", "Reader in Shop", "--start", soon(), "--reason", "ticket 7")
		a.logged()
		a.killedInAFlow("CreateUser", true, "joiner")
		all := a.logged()
		all.wantWrites(t, map[string]int{"CreateUser": 1, "CreateGroupMembership": 2, "CreateAccountAssignment": 1})
		all.before(t, []string{"CreateUser"}, []string{"CreateGroupMembership", "CreateAccountAssignment"})
		if r := a.must("user", "show", "ann"); !strings.Contains(r.out, "g1") || !strings.Contains(r.out, "g2") {
			t.Errorf("ann: %s", r.out)
		}
		a.must("journal", "verify")
	})
}

// soon is when something may begin that is asked for now.
func soon() string { return time.Now().Add(2 * time.Second).Format(time.RFC3339) }

// killedInAFlow has a service carry out what is due, kills it at the first call
// of an operation, before that reaches the server or after, and has another one
// finish.
func (a *abroad) killedInAFlow(at string, after bool, kinds ...string) {
	a.t.Helper()
	a.tap.forget()
	first := a.replica()
	dead := make(chan struct{})
	a.tap.mu.Lock()
	once := false
	a.tap.plug = func(_ int, operation string) (pull, late bool) {
		pull = operation == at && !once
		once = once || pull
		return pull, after
	}
	a.tap.pull = func() { kill(first); close(dead) }
	a.tap.mu.Unlock()
	select {
	case <-dead:
	case <-time.After(time.Minute):
		a.t.Fatalf("it does not come to %s", at)
	}
	_ = first.Wait() // it was killed
	a.tap.forget()
	a.forgetLeases()
	a.replica()
	until(a.t, "the flows are done", func() bool {
		var all []struct{ Kind, State string }
		a.ask(&all, "flow", "list", "--all")
		for _, k := range kinds {
			if !slices.ContainsFunc(all, func(f struct{ Kind, State string }) bool { return f.Kind == k && f.State == "done" }) {
				return false
			}
		}
		return true
	})
}
