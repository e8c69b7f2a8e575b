package main

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var annLeaves = []string{"leaver", "run", "ann", "--mode", "delete", "--deny-sessions", "--yes", "--reason", "ticket 9", "--evidence", "left.json"}

// Killed at a write of a leaver, before it reached the directory or after, and
// run again: the same end, whatever of it was done by which run; and the
// evidence knows of all of it.
func TestKilledAtAWriteALeaverEndsTheSame(t *testing.T) {
	t.Parallel()
	// Of disabling, two groups, a policy and its way to the account, an assignment,
	// and the user.
	for _, n := range []int{1, 4, 6, 7} {
		t.Run("write "+strconv.Itoa(n), func(t *testing.T) {
			s := newStaffed(t)
			s.overSCIM()
			s.must(annJoins...)
			if !s.killedAtWrite(n, n%2 == 1, annLeaves...) {
				t.Fatal("it does not come so far")
			}
			s.must(annLeaves...)
			if got := s.annHas(); got != "" {
				t.Errorf("she is %s", got)
			}
			if left := s.must("assignment", "list", "--output", "csv").out; strings.Contains(left, "Reader") {
				t.Errorf("left: %s", left)
			}
			proved := s.must("evidence", "verify", "left.json").out
			for _, want := range []string{"ann: delete, gone", "denied everything since"} {
				if !strings.Contains(proved, want) {
					t.Errorf("the evidence has no %q: %s", want, proved)
				}
			}
			if left := s.run("run", "resume"); !strings.Contains(left.errors, "no interrupted run") {
				t.Errorf("something is left to be resumed:\n%s", left.errors)
			}
			s.must("journal", "verify")
			s.tap.forget()
			s.must(annLeaves...)
			if calls, _ := s.tap.forget(); slices.ContainsFunc(calls, isWrite.MatchString) {
				t.Errorf("run again it wrote:\n%s", strings.Join(calls, "\n"))
			}
		})
	}
}

// Given again while the killed one still looks alive, the command does not go on
// with its run but does what is left; the evidence has since when the sessions
// are denied all the same. Later that run comes to its end, with nothing to do.
func TestKilledAndGivenAgainAtOnceALeaverIsProvedWhole(t *testing.T) {
	t.Parallel()
	for _, n := range []int{4, 5, 6} {
		t.Run("write "+strconv.Itoa(n), func(t *testing.T) {
			s := newStaffed(t)
			s.overSCIM()
			s.must(annJoins...)
			if !s.killedJustNow(n, true, annLeaves...) {
				t.Fatal("it does not come so far")
			}
			if again := s.must(annLeaves...); strings.Contains(again.errors, "Going on with run") {
				t.Errorf("it takes the run from who looks alive:\n%s", again.errors)
			}
			if proved := s.must("evidence", "verify", "left.json").out; !strings.Contains(proved, "ann: delete, gone") || !strings.Contains(proved, "denied everything since") {
				t.Errorf("it proves %s", proved)
			}
			s.forgetLeases()
			s.tap.forget()
			s.run("run", "resume")
			if calls, _ := s.tap.forget(); slices.ContainsFunc(calls, isWrite.MatchString) {
				t.Errorf("gone on with it wrote:\n%s", strings.Join(calls, "\n"))
			}
			if left := s.run("run", "resume"); !strings.Contains(left.errors, "no interrupted run") {
				t.Errorf("something is left to be resumed:\n%s", left.errors)
			}
			s.must("journal", "verify")
		})
	}
}

// Whom nobody puts out once more, a service does, and proves it.
func TestAServiceProvesWhatAKilledCommandHasPutOut(t *testing.T) {
	s := newStaffed(t)
	s.overSCIM()
	s.must(annJoins...)
	if !s.killedAtWrite(4, false, annLeaves...) {
		t.Fatal("it does not come so far")
	}
	s.replica()
	var proofs []string
	until(t, "there is evidence", func() bool {
		proofs, _ = filepath.Glob(filepath.Join(s.folder, ".rollcall", "evidence", "*.json"))
		return len(proofs) > 0
	})
	if out := s.must("evidence", "verify", proofs[0]).out; !strings.Contains(out, "ann: delete, gone") || !strings.Contains(out, "denied everything since") {
		t.Errorf("it proves %s", out)
	}
	s.wantAnn("", "put out")
}

// overSCIM has the office reach SCIM, too, through the tap.
func (s *staffed) overSCIM() {
	for _, one := range s.env {
		if at, is := strings.CutPrefix(one, "AWS_ENDPOINT_URL="); is {
			s.env = append(s.env, "SCIM_URL="+strings.Replace(s.center.SCIMURL, s.center.URL, at, 1))
			break
		}
	}
	s.write("rollcall.yaml", strings.Replace(staffedConfig, "roles:\n", withSCIM+"roles:\n", 1))
}
