package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const crowd = 3000 // people: enough that a sync is long under way when somebody interferes

const crowdConfig = `sources:
  corp: {kind: ldif, path: company.ldif, anchor: entryUUID}
syncs:
  corp:
    source: corp
    mapping: {preset: inetorgperson}
`

// office is a folder with a company, a configuration and the real binary.
type office struct {
	t      *testing.T
	binary string
	folder string
	env    []string // beside that of the test, for tests that run beside others
}

// theBinary builds what people run, once for all tests; it is left in bin,
// where it is made again only if the sources have changed.
var theBinary = sync.OnceValues(func() (string, error) {
	binary, err := filepath.Abs("bin/under-test/rollcall")
	if err != nil {
		return "", err
	}
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return binary, nil
})

func newOffice(t *testing.T) *office {
	t.Helper()
	binary, err := theBinary()
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, binary: binary, folder: t.TempDir()}
	for name, text := range map[string]string{"rollcall.yaml": crowdConfig, "company.ldif": people(1, crowd)} {
		if err := os.WriteFile(filepath.Join(o.folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

// result is what a process left behind.
type result struct {
	status      int
	out, errors string
}

func (o *office) command(args ...string) (*exec.Cmd, *bytes.Buffer, *bytes.Buffer) {
	var out, complaints bytes.Buffer
	c := exec.Command(o.binary, args...)
	c.Dir, c.Stdout, c.Stderr = o.folder, &out, &complaints
	if o.env != nil {
		c.Env = append(os.Environ(), o.env...)
	}
	return c, &out, &complaints
}

func (o *office) run(args ...string) result {
	o.t.Helper()
	c, out, complaints := o.command(args...)
	err := c.Run()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		o.t.Fatal(err)
	}
	return result{c.ProcessState.ExitCode(), out.String(), complaints.String()}
}

// must runs a command that is to end with status 0.
func (o *office) must(args ...string) result {
	o.t.Helper()
	r := o.run(args...)
	if r.status != 0 {
		o.t.Fatalf("rollcall %s: exit status %d\n%s", strings.Join(args, " "), r.status, r.errors)
	}
	return r
}

// ask runs a command and reads the JSON it prints.
func (o *office) ask(into any, args ...string) {
	o.t.Helper()
	if err := json.Unmarshal([]byte(o.must(append(args, "--output", "json")...).out), into); err != nil {
		o.t.Fatal(err)
	}
}

// killed starts a command and kills it, as kill -9 does, after a while. It
// reports whether the command was still at it.
func (o *office) killed(after time.Duration, args ...string) bool {
	o.t.Helper()
	c, _, _ := o.command(args...)
	if err := c.Start(); err != nil {
		o.t.Fatal(err)
	}
	time.Sleep(after)
	if err := c.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		o.t.Fatal(err)
	}
	c.Wait() //nolint:errcheck // it was killed
	return !c.ProcessState.Exited()
}

// forgetLeases lets the leases of killed processes run out now. They would by
// themselves, a little later.
func (o *office) forgetLeases() {
	o.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(o.folder, ".rollcall", "state.db"))
	if err != nil {
		o.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("PRAGMA busy_timeout = 10000; UPDATE leases SET expires = 1 WHERE expires > 0; UPDATE work_attempts SET expires = 1 WHERE ended = 0"); err != nil {
		o.t.Fatal(err)
	}
}

// asPlanned says that everybody is there once, in the group, and that nothing
// is left to do.
func (o *office) asPlanned(others ...string) {
	o.t.Helper()
	var users []struct{ UserName string }
	o.ask(&users, "user", "list")
	seen := map[string]bool{}
	for _, u := range users {
		if seen[u.UserName] {
			o.t.Errorf("%s is there twice", u.UserName)
		}
		seen[u.UserName] = true
	}
	if want := crowd + len(others); len(users) != want {
		o.t.Errorf("%d users, want %d", len(users), want)
	}
	for _, name := range others {
		if !seen[name] {
			o.t.Errorf("%s is lost", name)
		}
	}
	var members []struct{ UserName string }
	o.ask(&members, "group", "members", "staff")
	if len(members) != crowd {
		o.t.Errorf("%d members, want %d", len(members), crowd)
	}
	if r := o.run("sync", "run", "corp", "--dry-run", "--exit-code"); r.status != 0 {
		o.t.Errorf("something is left to do: exit status %d\n%s", r.status, r.out)
	}
	o.must("journal", "verify")
}

func TestARunSurvivesBeingKilledAgainAndAgain(t *testing.T) {
	o := newOffice(t)
	interrupted := 0
	command := []string{"sync", "run", "corp"}
	o.must("run", "list") // the state is there, whatever is killed when
	for range 5 {
		after := time.Duration(100+rand.IntN(400)) * time.Millisecond
		cut := o.killed(after, command...)
		t.Logf("rollcall %s: killed after %s: %t", strings.Join(command, " "), after, cut)
		o.forgetLeases()
		var open []struct{ ID, Status string }
		o.ask(&open, "run", "list")
		switch {
		case len(open) == 0: // killed before the run began
		case open[0].Status == "interrupted":
			interrupted++
			command = [][]string{{"run", "resume"}, {"sync", "run", "corp"}}[interrupted%2]
		case open[0].Status != "complete":
			t.Fatalf("the run is %s", open[0].Status)
		}
	}
	if interrupted == 0 {
		t.Log("every kill came too early or too late")
		o.must(command...)
	}
	o.must("run", "resume")
	o.asPlanned()
	var runs []struct{ Status string }
	o.ask(&runs, "run", "list")
	if len(runs) != 1 || runs[0].Status != "complete" {
		t.Errorf("the runs are %v, want one that is complete", runs)
	}
}

func TestProcessesShareOneState(t *testing.T) {
	o := newOffice(t)
	long, _, complaints := o.command("sync", "run", "corp")
	if err := long.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { long.Wait(); close(done) }() //nolint:errcheck // its status is looked at below
	o.waitUntilRunning(done)

	var others []string
	var all sync.WaitGroup
	for n := range 4 {
		name := "extra" + strconv.Itoa(n)
		others = append(others, name)
		all.Go(func() { o.must("user", "create", name, "--given-name", "Extra", "--family-name", "Person") })
	}
	second := o.run("sync", "run", "corp")
	all.Wait()
	<-done
	if status := long.ProcessState.ExitCode(); status != 0 {
		t.Errorf("the long sync ended with status %d\n%s", status, complaints)
	}
	if second.status != 1 || !strings.Contains(second.errors, "is at it on") {
		t.Errorf("a second sync ended with status %d, want 1 and who is at it:\n%s", second.status, second.errors)
	}
	o.asPlanned(others...)
}

// waitUntilRunning returns when the journal knows of a run.
func (o *office) waitUntilRunning(done <-chan struct{}) {
	o.t.Helper()
	ctx, cancel := context.WithTimeout(o.t.Context(), time.Minute)
	defer cancel()
	for ctx.Err() == nil {
		var runs []struct{ Status string }
		o.ask(&runs, "run", "list")
		if len(runs) > 0 {
			return
		}
		select {
		case <-done:
			o.t.Fatal("the sync ended before its run was seen")
		case <-time.After(10 * time.Millisecond):
		}
	}
	o.t.Fatal("no run began")
}

func TestThreeProcessesMayOpenANewStateAtOnce(t *testing.T) {
	o := newOffice(t)
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if r := o.run("user", "list"); r.status != 0 {
				t.Errorf("exit status %d\n%s", r.status, r.errors)
			}
		})
	}
	all.Wait()
	var directories []struct{ Store string }
	o.ask(&directories, "directory", "list")
	if len(directories) != 1 || directories[0].Store == "" {
		t.Errorf("directories: %v", directories)
	}
}
