package main

import (
	"strings"
	"testing"
)

// A team is put out from a file; the command is killed and given again: what
// was interrupted is gone on with first, the evidence knows of everybody, and
// nothing is gone on with while a row is wrong.
func TestATeamWhoseLeavingWasKilledLeavesByTheSameFile(t *testing.T) {
	s := newStaffed(t)
	s.overSCIM()
	s.must(annJoins...)
	bob := append([]string{}, annJoins...)
	for i, arg := range bob {
		bob[i] = strings.NewReplacer("ann", "bob", "Ann", "Bob").Replace(arg)
	}
	s.must(bob...)
	s.write("team.csv", "userName\nann\nbob\n")
	s.write("slip.csv", "userName\nann\nbbo\n")
	leave := func(file string) []string {
		return []string{"leaver", "run", "--from", file, "--mode", "delete", "--deny-sessions", "--yes", "--reason", "site closed", "--evidence", "team.json"}
	}
	if !s.killedAtWrite(6, true, leave("team.csv")...) {
		t.Fatal("it does not come so far")
	}
	s.tap.forget()
	if r := s.run(leave("slip.csv")...); r.status != 6 && r.status != 1 || !strings.Contains(r.errors, "slip.csv:3") {
		t.Errorf("status %d:\n%s", r.status, r.errors)
	}
	calls, _ := s.tap.forget()
	for _, call := range calls {
		if isWrite.MatchString(call) {
			t.Errorf("with a row that is wrong it wrote: %s", call)
		}
	}
	again := s.must(leave("team.csv")...)
	if !strings.Contains(again.errors, "Going on with run") {
		t.Errorf("it began anew:\n%s", again.errors)
	}
	if left := s.must("user", "list", "--output", "csv").out; strings.Contains(left, "ann") || strings.Contains(left, "bob") {
		t.Errorf("left: %s", left)
	}
	proved := s.must("evidence", "verify", "team.json").out
	for _, want := range []string{"ann: delete, gone", "bob: delete, gone"} {
		if !strings.Contains(proved, want) {
			t.Errorf("the evidence has no %q: %s", want, proved)
		}
	}
	if n := strings.Count(proved, "denied everything since"); n != 2 {
		t.Errorf("of %d of two it says since when they are denied: %s", n, proved)
	}
	if left := s.run("run", "resume"); !strings.Contains(left.errors, "no interrupted run") {
		t.Errorf("something is left to be resumed:\n%s", left.errors)
	}
}
