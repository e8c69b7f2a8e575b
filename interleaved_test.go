package main

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

// awsCLI is the AWS CLI, at work on the branch's store.
func (b *branch) awsCLI(program string, args ...string) map[string]any {
	b.t.Helper()
	c := exec.CommandContext(b.t.Context(), program, append(args, "--identity-store-id", b.center.IdentityStoreID, "--output", "json")...)
	var complaints bytes.Buffer
	c.Stderr = &complaints
	out, err := c.Output()
	if err != nil {
		b.t.Fatalf("aws %s: %v\n%s", strings.Join(args, " "), err, &complaints)
	}
	answer := map[string]any{}
	if len(out) > 0 {
		if err := json.Unmarshal(out, &answer); err != nil {
			b.t.Fatal(err)
		}
	}
	return answer
}

// shown is a user as Rollcall shows it.
func (b *branch) shown(userName string) map[string]any {
	b.t.Helper()
	var u map[string]any
	b.ask(&u, "user", "show", userName)
	return u
}

// What the AWS CLI does between a plan and its execution is seen and left
// alone: what was planned for is refused with both values, what nobody planned
// for stays, and everything else is made.
func TestWhatTheAWSCLIChangesMeanwhileIsSeenAndRespected(t *testing.T) {
	program := installed(t, "bin/py-venv/bin/aws", "--version")
	b := newBranch(t, 4)
	b.must("sync", "run", "corp")
	stranger := b.center.User("break-glass")
	own := b.center.Group("by hand", stranger)

	// Two people get another name, one leaves, one comes; two of these are
	// changed by hand before the plan is carried out.
	company := strings.NewReplacer("cn: Person 2\n", "cn: Person Two\n", "cn: Person 3\n", "cn: Person Three\n").Replace(people(2, 5))
	b.write("company.ldif", company)
	b.must("plan", "corp", "--out", "next.plan")
	update := func(id, path, value string) {
		b.awsCLI(program, "identitystore", "update-user", "--user-id", id, "--operations", `[{"AttributePath":"`+path+`","AttributeValue":"`+value+`"}]`)
	}
	update(b.shown("u002")["id"].(string), "displayName", "By Hand")
	update(b.shown("u004")["id"].(string), "nickName", "Nobody planned for this")
	update(stranger, "title", "On call")

	r := b.run("apply", "next.plan")
	if r.status != 4 {
		t.Errorf("exit status %d, want 4\n%s", r.status, r.errors)
	}
	for _, want := range []string{"stale: update user u002", "displayName: planned on Person 2, now By Hand"} {
		if !strings.Contains(r.errors, want) {
			t.Errorf("it does not say %q:\n%s", want, r.errors)
		}
	}
	for name, want := range map[string][2]string{
		"u002": {"displayName", "By Hand"}, "u003": {"displayName", "Person Three"}, "u004": {"nickName", "Nobody planned for this"},
		"u005": {"displayName", "Person 5"}, "break-glass": {"title", "On call"},
	} {
		if got := b.shown(name)[want[0]]; got != want[1] {
			t.Errorf("%s has the %s %v, want %s", name, want[0], got, want[1])
		}
	}
	members := b.awsCLI(program, "identitystore", "list-group-memberships", "--group-id", own)["GroupMemberships"].([]any)
	if len(members) != 1 {
		t.Errorf("%d members of the group made by hand, want 1", len(members))
	}

	// A new plan sees what is there now, and makes it as the source says.
	b.must("sync", "run", "corp")
	if r := b.run("sync", "run", "corp", "--dry-run", "--exit-code"); r.status != 0 {
		t.Errorf("something is left to do: exit status %d\n%s", r.status, r.out)
	}
	if got := b.awsCLI(program, "identitystore", "describe-user", "--user-id", stranger)["Title"]; got != "On call" {
		t.Errorf("the stranger's title is %v", got)
	}
}
