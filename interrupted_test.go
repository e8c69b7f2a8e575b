package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"

	"rollcall/identitycentertest"
)

// branch is an office whose directory is an Identity Center over the wire.
type branch struct {
	*office
	center *identitycentertest.Server
}

const branchConfig = `default_directory: aws
directories:
  aws:
    kind: aws
    rate: {read: 1000/sec, write: 1000/sec}
    scim: {url: "${SCIM_URL}", token: "env:SCIM_TOKEN"}
`

func newBranch(t *testing.T, staff int) *branch {
	t.Helper()
	b := &branch{newOffice(t), identitycentertest.New(t)}
	shell(t, b.center)
	b.write("rollcall.yaml", branchConfig+crowdConfig)
	b.write("company.ldif", people(1, staff))
	return b
}

// shell sets what a shell would have of a server.
func shell(t *testing.T, srv *identitycentertest.Server) {
	t.Helper()
	for name, value := range shellOf(t, srv) {
		t.Setenv(name, value)
	}
}

func shellOf(t *testing.T, srv *identitycentertest.Server) map[string]string {
	t.Helper()
	key, err := srv.Config.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"AWS_ENDPOINT_URL": srv.URL, "AWS_REGION": identitycentertest.Region, "AWS_DEFAULT_REGION": identitycentertest.Region, "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_ACCESS_KEY_ID": key.AccessKeyID, "AWS_SECRET_ACCESS_KEY": key.SecretAccessKey,
		"SCIM_URL": srv.SCIMURL, "SCIM_TOKEN": srv.SCIMToken, "TZ": "UTC",
	}
}

// users counts whom the Identity Center has.
func (b *branch) users() int {
	b.t.Helper()
	n := 0
	pages := identitystore.NewListUsersPaginator(identitystore.NewFromConfig(b.center.Config), &identitystore.ListUsersInput{IdentityStoreId: aws.String(b.center.IdentityStoreID)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(b.t.Context())
		if err != nil {
			b.t.Fatal(err)
		}
		n += len(page.Users)
	}
	return n
}

// killedAt starts a command, and kills it as kill -9 does once the Identity
// Center has so many users.
func (b *branch) killedAt(users int, args ...string) {
	b.t.Helper()
	c, _, complaints := b.command(args...)
	if err := c.Start(); err != nil {
		b.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(b.t.Context(), time.Minute)
	defer cancel()
	for b.users() < users {
		select {
		case <-ctx.Done():
			b.t.Fatalf("it does not get on:\n%s", complaints)
		case <-time.After(time.Millisecond):
		}
	}
	if err := c.Process.Kill(); err != nil {
		b.t.Fatal(err)
	}
	c.Wait() //nolint:errcheck // it was killed
}

// What a killed run has made and not linked must not look like somebody
// else's to the next.
func TestTheNextSyncBeginsByEndingTheOneThatWasKilled(t *testing.T) {
	const staff = 100
	b := newBranch(t, staff)
	for _, users := range []int{20, 60} {
		b.killedAt(users, "sync", "run", "corp")
		if r := b.run("sync", "run", "corp"); r.status != 1 || !strings.Contains(r.errors, "is at it on") {
			t.Errorf("while it looks alive: exit status %d\n%s", r.status, r.errors)
		}
		b.forgetLeases()
	}
	preview := b.must("sync", "run", "corp", "--dry-run")
	if !strings.Contains(preview.errors, "was interrupted, and this plan does not know all that it made") {
		t.Errorf("a plan made meanwhile does not say so:\n%s", preview.errors)
	}
	next := b.must("sync", "run", "corp")
	if !strings.Contains(next.errors, "Going on with run") || strings.Contains(next.errors, "adopt") {
		t.Errorf("the next sync:\n%s", next.errors)
	}
	b.complete(staff)
}

// complete says that everybody is there once, made by us, and that nothing is
// left to do.
func (b *branch) complete(staff int) {
	b.t.Helper()
	if n := b.users(); n != staff {
		b.t.Errorf("%d users, want %d", n, staff)
	}
	var members []struct{ UserName string }
	b.ask(&members, "group", "members", "staff")
	if len(members) != staff {
		b.t.Errorf("%d members, want %d", len(members), staff)
	}
	if r := b.run("sync", "run", "corp", "--dry-run", "--exit-code"); r.status != 0 || !strings.Contains(r.errors+r.out, "No changes") {
		b.t.Errorf("something is left to do: exit status %d\n%s%s", r.status, r.out, r.errors)
	}
	var runs []struct{ Status string }
	b.ask(&runs, "run", "list")
	if len(runs) != 1 || runs[0].Status != "complete" {
		b.t.Errorf("the runs are %v, want one that is complete", runs)
	}
	b.must("journal", "verify")
}
