package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	ssotypes "github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"rollcall/caller"
)

// abroad is an office whose directory is a rollcall serve somewhere else, which
// logs its requests. Everybody of the office goes through a tap.
type abroad struct {
	*office
	center *served
	tap    *tap
	log    string
	read   int64 // of the log, so far
}

const abroadConfig = `default_directory: aws
lifecycle: {policies_elsewhere: [Elsewhere]}
directories:
  aws:
    kind: aws
    rate: {read: 1000/sec, write: 1000/sec}
`

const withSCIM = `    scim: {url: "${SCIM_URL}", token: "env:SCIM_TOKEN"}
`

// newAbroad has account Shop, and what a company of two and the group of them
// becomes by the first sync.
func newAbroad(t *testing.T, scim bool) *abroad {
	t.Helper()
	t.Parallel()
	far := newOffice(t)
	a := &abroad{office: newOffice(t), tap: new(tap), log: filepath.Join(far.folder, "access.jsonl")}
	a.center = far.serve("--ephemeral", "--organization", far.write("organization.yaml", organizationText), "--assignment-delay", "200ms", "--access-log", a.log)
	at := a.tap.before(t, a.center.env["ROLLCALL_URL"])
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": at, "AWS_REGION": a.center.env["AWS_REGION"], "AWS_EC2_METADATA_DISABLED": "true", "TZ": "UTC",
		"AWS_ACCESS_KEY_ID": a.center.env["AWS_ACCESS_KEY_ID"], "AWS_SECRET_ACCESS_KEY": a.center.env["AWS_SECRET_ACCESS_KEY"],
		"SCIM_URL":   strings.Replace(a.center.env["ROLLCALL_SCIM_URL"], a.center.env["ROLLCALL_URL"], at, 1),
		"SCIM_TOKEN": a.center.env["ROLLCALL_SCIM_TOKEN"],
	} {
		a.env = append(a.env, name+"="+value)
	}
	config := abroadConfig
	if scim {
		config += withSCIM
	}
	a.write("rollcall.yaml", config+crowdConfig)
	a.write("company.ldif", people(1, 2))
	a.must("sync", "run", "corp")
	return a
}

// entry is a line of the access log.
type entry struct {
	Time               time.Time
	MS                 float64 `json:"ms"`
	Service, Operation string
	Status             int
}

func (e entry) ended() time.Time { return e.Time.Add(time.Duration(e.MS * float64(time.Millisecond))) }

func (e entry) what() string {
	if e.Service == "scim" {
		return "SCIM " + e.Operation
	}
	return e.Operation
}

func (e entry) writes() bool { return !caller.Reads(e.Operation) }

// logged is what the server has logged since it was last asked, in the order in
// which the requests came.
func (a *abroad) logged() (all entries) {
	a.t.Helper()
	text, err := os.ReadFile(a.log)
	if err != nil {
		a.t.Fatal(err)
	}
	lines := bufio.NewScanner(bytes.NewReader(text[a.read:]))
	for lines.Scan() {
		var e entry
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			a.t.Fatalf("%v: %s", err, lines.Text())
		}
		all = append(all, e)
	}
	a.read = int64(len(text))
	slices.SortStableFunc(all, func(x, y entry) int { return x.Time.Compare(y.Time) })
	return all
}

type entries []entry

func (all entries) String() string {
	var b strings.Builder
	for _, e := range all {
		fmt.Fprintf(&b, "%s +%4.0f ms %d %s\n", e.Time.Format("05.000000"), e.MS, e.Status, e.what())
	}
	return b.String()
}

func (all entries) of(operations ...string) (some entries) {
	for _, e := range all {
		if slices.Contains(operations, e.what()) {
			some = append(some, e)
		}
	}
	return some
}

// writes counts what was written, by operation.
func (all entries) writes() map[string]int {
	n := map[string]int{}
	for _, e := range all {
		if e.writes() {
			n[e.what()]++
		}
	}
	return n
}

func (all entries) wantWrites(t *testing.T, want map[string]int) {
	t.Helper()
	if got := all.writes(); !maps.Equal(got, want) {
		t.Errorf("it wrote %v, want %v\n%s", got, want, all)
	}
}

// before holds that each of some requests was answered before any of others
// came. Both must be there.
func (all entries) before(t *testing.T, first, then []string) {
	t.Helper()
	a, b := all.of(first...), all.of(then...)
	if len(a) == 0 || len(b) == 0 {
		t.Errorf("%d of %v and %d of %v, in\n%s", len(a), first, len(b), then, all)
		return
	}
	for _, x := range a {
		if x.ended().After(b[0].Time) {
			t.Errorf("%s was not answered before %s came, in\n%s", x.what(), b[0].what(), all)
		}
	}
}

func (a *abroad) store() *string { return aws.String(a.center.env["ROLLCALL_IDENTITY_STORE_ID"]) }

// user is the id of one.
func (a *abroad) user(name string) string {
	a.t.Helper()
	var u struct{ ID string }
	a.ask(&u, "user", "show", name)
	return u.ID
}

// group makes one, with members by their ids.
func (a *abroad) group(name string, members ...string) string {
	a.t.Helper()
	client := a.center.client()
	made, err := client.CreateGroup(a.t.Context(), &identitystore.CreateGroupInput{IdentityStoreId: a.store(), DisplayName: &name})
	if err != nil {
		a.t.Fatal(err)
	}
	for _, m := range members {
		_, err := client.CreateGroupMembership(a.t.Context(), &identitystore.CreateGroupMembershipInput{
			IdentityStoreId: a.store(), GroupId: made.GroupId, MemberId: &types.MemberIdMemberUserId{Value: m},
		})
		if err != nil {
			a.t.Fatal(err)
		}
	}
	return *made.GroupId
}

// permissionSet makes one, with an inline policy if it is not empty.
func (a *abroad) permissionSet(name, policy string) string {
	a.t.Helper()
	client, instance := ssoadmin.NewFromConfig(a.center.config()), a.center.env["ROLLCALL_INSTANCE_ARN"]
	made, err := client.CreatePermissionSet(a.t.Context(), &ssoadmin.CreatePermissionSetInput{InstanceArn: &instance, Name: &name})
	if err != nil {
		a.t.Fatal(err)
	}
	if policy != "" {
		_, err := client.PutInlinePolicyToPermissionSet(a.t.Context(), &ssoadmin.PutInlinePolicyToPermissionSetInput{
			InstanceArn: &instance, PermissionSetArn: made.PermissionSet.PermissionSetArn, InlinePolicy: &policy,
		})
		if err != nil {
			a.t.Fatal(err)
		}
	}
	return *made.PermissionSet.PermissionSetArn
}

func (a *abroad) policy(set string) string {
	a.t.Helper()
	got, err := ssoadmin.NewFromConfig(a.center.config()).GetInlinePolicyForPermissionSet(a.t.Context(), &ssoadmin.GetInlinePolicyForPermissionSetInput{
		InstanceArn: aws.String(a.center.env["ROLLCALL_INSTANCE_ARN"]), PermissionSetArn: &set,
	})
	if err != nil {
		a.t.Fatal(err)
	}
	return aws.ToString(got.InlinePolicy)
}

// given is who has a permission set in the shop, by its ARN.
func (a *abroad) given(set string) (who []string) {
	a.t.Helper()
	all, err := ssoadmin.NewFromConfig(a.center.config()).ListAccountAssignments(a.t.Context(), &ssoadmin.ListAccountAssignmentsInput{
		InstanceArn: aws.String(a.center.env["ROLLCALL_INSTANCE_ARN"]), PermissionSetArn: &set, AccountId: aws.String(shop),
	})
	if err != nil {
		a.t.Fatal(err)
	}
	for _, one := range all.AccountAssignments {
		who = append(who, *one.PrincipalId)
	}
	return who
}

// give has a user or a group given a permission set in the shop.
func (a *abroad) give(kind ssotypes.PrincipalType, name, set string) {
	a.t.Helper()
	a.must("assignment", "create", "--account", "Shop", "--permission-set", set, "--"+strings.ToLower(string(kind)), name)
}
