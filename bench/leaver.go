package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"rollcall/lifecycle"
	"rollcall/plan"
)

// What somebody has who leaves.
const (
	leaverGroups   = 20
	leaverAccounts = 6
	leaverSets     = 5 // in each account, so that they have thirty assignments
)

// leave puts people out, one after the other, who are in twenty groups and have
// thirty assignments of their own over five permission sets, of a directory with
// AWS's quotas and assignments that take two seconds, while another process of
// the same state loads a company. Times are from the start of the command to what
// the journal says.
func leave(ctx context.Context, dir string) (string, error) {
	binary, people := rollcallBinary(), max(1, size(10))
	center, site := filepath.Join(dir, "center"), filepath.Join(dir, "site")
	if err := os.Mkdir(center, 0o700); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(center, "rollcall.yaml"), []byte(leaverCenter()), 0o600); err != nil {
		return "", err
	}
	bulk := company{people: 5_000, groups: 50, memberships: 5_000}
	if err := bulk.site(site, leaverSite); err != nil {
		return "", err
	}
	env, err := settle(ctx, binary, center, people)
	if err != nil {
		return "", err
	}
	p, err := serveStore(ctx, binary, center, "--quotas", "aws", "--assignment-delay", "2s")
	if err != nil {
		return "", err
	}
	defer p.stop() //nolint:errcheck // what it has measured is measured
	maps.Copy(env, p.env)
	var list []string
	for name, value := range env {
		list = append(list, name+"="+value)
	}
	loading, stop := context.WithCancel(ctx)
	loaded := make(chan error, 1)
	go func() {
		_, err := once(loading, site, list, binary, "sync", "run", "corp")
		loaded <- err
	}()
	var all leaverTimes
	for n := range people {
		if err := all.measure(ctx, binary, site, list, fmt.Sprint("leaver", n)); err != nil {
			stop()
			return "", errors.Join(err, <-loaded)
		}
	}
	beside := "a bulk load beside it"
	select {
	case err := <-loaded:
		if err != nil {
			stop()
			return "", err
		}
		beside = "a bulk load that ended meanwhile"
	default:
	}
	stop()
	return fmt.Sprintf("%d people with %d groups and %d assignments over %d permission sets, AWS's quotas, 2 s an assignment, %s: "+
		"disabled p50 %s, p95 %s (goal 2 s); denied p50 %s, p95 %s (goal 10 s); all revoked p50 %s, p95 %s (goal 60 s)",
		people, leaverGroups, leaverAccounts*leaverSets, leaverSets, beside,
		at(all.disabled, 50), at(all.disabled, 95), at(all.denied, 50), at(all.denied, 95), at(all.revoked, 50), at(all.revoked, 95)), nil
}

// leaverTimes are the times of each person.
type leaverTimes struct{ disabled, denied, revoked []time.Duration }

// at is a percentile.
func at(times []time.Duration, percent int) time.Duration {
	slices.Sort(times)
	return times[min(len(times)-1, len(times)*percent/100)].Round(10 * time.Millisecond)
}

// measure puts one person out, and reads their evidence.
func (l *leaverTimes) measure(ctx context.Context, binary, site string, env []string, name string) error {
	file := filepath.Join(site, name+".json")
	began := time.Now()
	if _, err := once(ctx, site, env, binary, "leaver", "run", name, "--deny-sessions", "--yes", "--reason", "bench", "--evidence", file); err != nil {
		return err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var e lifecycle.Evidence
	if err := json.NewDecoder(strings.NewReader(string(text))).Decode(&e); err != nil || len(e.People) != 1 {
		return fmt.Errorf("the evidence of %s has %d people: %w", name, len(e.People), err)
	}
	var disabled, denied, revoked time.Duration
	denials := 0
	for _, s := range e.People[0].Steps {
		if !s.Made() || s.At == nil {
			return fmt.Errorf("%s: %s was not made: %s", name, s.Text, s.Why)
		}
		took := s.At.Sub(began)
		switch s.Kind {
		case plan.UserDisable:
			disabled = took
		case plan.SessionDeny:
			denials++
			denied = max(denied, took)
		}
		revoked = max(revoked, took)
	}
	if disabled == 0 || denials != leaverSets || len(e.People[0].Steps) != 1+leaverSets+leaverGroups+leaverAccounts*leaverSets {
		return fmt.Errorf("%s: %d steps, %d denials", name, len(e.People[0].Steps), denials)
	}
	l.disabled, l.denied, l.revoked = append(l.disabled, disabled), append(l.denied, denied), append(l.revoked, revoked)
	return nil
}

func leaverAccount(n int) string { return fmt.Sprintf("2222000000%02d", n+1) }

func leaverCenter() string {
	var b strings.Builder
	b.WriteString("directories:\n  local:\n    kind: embedded\n    organization:\n      accounts:\n")
	for n := range leaverAccounts {
		fmt.Fprintf(&b, "        %q: {name: account%d}\n", leaverAccount(n), n)
	}
	return b.String()
}

const leaverSite = `default_directory: aws
directories:
  aws:
    kind: aws
    store: ${ROLLCALL_IDENTITY_STORE_ID}
    instance: ${ROLLCALL_INSTANCE_ARN}
    scim: {url: "${ROLLCALL_SCIM_URL}", token: "env:ROLLCALL_SCIM_TOKEN"}
` + localSite

// settle puts people with their groups and assignments there, by a server
// without quotas, and returns what clients of its store need.
func settle(ctx context.Context, binary, center string, people int) (map[string]string, error) {
	p, err := serveStore(ctx, binary, center, "--assignment-delay", "0s")
	if err != nil {
		return nil, err
	}
	made := makeLeavers(ctx, p.env, people)
	stopped := p.stop()
	if err := os.Remove(filepath.Join(center, "env")); err != nil && !errors.Is(err, os.ErrNotExist) { // the next server's tells that it is ready
		return nil, err
	}
	return p.env, errors.Join(made, stopped)
}

func makeLeavers(ctx context.Context, env map[string]string, people int) error {
	c, err := clientOf(env)
	if err != nil {
		return err
	}
	w, err := dial(ctx, c.address)
	if err != nil {
		return err
	}
	defer w.close()
	// call calls once, and returns what stands under a key of the answer.
	call := func(request []byte, key string) (string, error) {
		status, body, err := w.call(request)
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("answered with %d: %s", status, body)
		}
		var answer map[string]any
		if err == nil {
			err = json.Unmarshal(body, &answer)
		}
		if set, is := answer["PermissionSet"].(map[string]any); is {
			answer = set
		}
		made, _ := answer[key].(string)
		return made, err
	}
	store, instance := env["ROLLCALL_IDENTITY_STORE_ID"], env["ROLLCALL_INSTANCE_ARN"]
	var groups, sets []string
	for n := range leaverGroups {
		id, err := call(c.aws("CreateGroup", `{"IdentityStoreId":%q,"DisplayName":"team%d"}`, store, n), "GroupId")
		if err != nil {
			return err
		}
		groups = append(groups, id)
	}
	for n := range leaverSets {
		arn, err := call(c.sso("CreatePermissionSet", `{"InstanceArn":%q,"Name":"Set%d"}`, instance, n), "PermissionSetArn")
		if err != nil {
			return err
		}
		sets = append(sets, arn)
	}
	for n := range people {
		user, err := call(c.aws("CreateUser", `{"IdentityStoreId":%q,"UserName":"leaver%[2]d","DisplayName":"Leaver %[2]d","Name":{"GivenName":"L","FamilyName":"%[2]d"}}`, store, n), "UserId")
		if err != nil {
			return err
		}
		for _, g := range groups {
			if _, err := call(c.aws("CreateGroupMembership", `{"IdentityStoreId":%q,"GroupId":%q,"MemberId":{"UserId":%q}}`, store, g, user), ""); err != nil {
				return err
			}
		}
		for i := range leaverAccounts * leaverSets {
			if _, err := call(c.sso("CreateAccountAssignment", `{"InstanceArn":%q,"PermissionSetArn":%q,"PrincipalId":%q,"PrincipalType":"USER","TargetId":%q,"TargetType":"AWS_ACCOUNT"}`,
				instance, sets[i%leaverSets], user, leaverAccount(i/leaverSets)), ""); err != nil {
				return err
			}
		}
	}
	return nil
}
