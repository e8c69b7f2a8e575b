package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/document"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"
	"github.com/rogpeppe/go-internal/testscript"

	"rollcall/emulate"
	"rollcall/identitycentertest"
)

// Each script in testdata/aws works on an Identity Center over the wire, a
// fresh one for each, by what a shell would have of it: $AWS_ENDPOINT_URL and
// the key, $STORE, $INSTANCE, $SCIM_URL and $SCIM_TOKEN.
func TestScriptsOverTheWire(t *testing.T) {
	files, err := filepath.Glob("testdata/aws/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			remote := &remote{identitycentertest.New(t), map[string]string{}}
			commands := scriptCommands()
			commands["members"], commands["fault"], commands["proxy"] = remote.members, remote.fault, proxy
			commands["give"], commands["gone"] = remote.give, remote.gone
			commands["another"] = func(ts *testscript.TestScript, _ bool, _ []string) { another(t, ts) }
			testscript.Run(t, testscript.Params{
				Files: []string{file}, UpdateScripts: os.Getenv("UPDATE") != "", RequireUniqueNames: true, Setup: remote.shell, Cmds: commands,
			})
		})
	}
}

// remote is an Identity Center that scripts reach over the wire.
type remote struct {
	*identitycentertest.Server
	places map[string]string // accounts and permission sets made so far, by name
}

// account is the account of that name, which is made when it is first asked for.
func (r *remote) account(name string) string {
	return r.made("account "+name, func() string { return r.Account(name) })
}

func (r *remote) set(name string) string {
	return r.made("permission set "+name, func() string { return r.PermissionSet(name) })
}

func (r *remote) made(what string, first func() string) string {
	if r.places[what] == "" {
		r.places[what] = first()
	}
	return r.places[what]
}

func (r *remote) shell(env *testscript.Env) error {
	key, err := r.Config.Credentials.Retrieve(context.Background())
	if err != nil {
		return err
	}
	scripts, err := filepath.Abs("deploy/compat")
	if err != nil {
		return err
	}
	for name, value := range map[string]string{
		"SCRIPTS": scripts,
		"TZ":      "UTC", "AWS_ENDPOINT_URL": r.URL, "AWS_REGION": identitycentertest.Region, "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_ACCESS_KEY_ID": key.AccessKeyID, "AWS_SECRET_ACCESS_KEY": key.SecretAccessKey,
		"STORE": r.IdentityStoreID, "INSTANCE": r.InstanceARN, "SCIM_URL": r.SCIMURL, "SCIM_TOKEN": r.SCIMToken,
		"ROLLCALL_STATE": filepath.Join(env.WorkDir, "state"),
	} {
		env.Setenv(name, value)
	}
	return nil
}

// members makes so many users and a group of them, behind everybody's back,
// and gives the group permission sets in an account called prod:
//
//	members GROUP N [PERMISSION-SET...]
func (r *remote) members(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: members GROUP N [PERMISSION-SET...]")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	users := make([]string, n)
	for i := range users {
		users[i] = r.User(fmt.Sprintf("%s%03d", args[0], i+1))
	}
	group := r.Group(args[0], users...)
	if len(args) == 2 {
		return
	}
	for _, set := range args[2:] {
		r.Assign(group, r.set(set), r.account("prod"))
	}
}

// give gives a group that is there permission sets in an account:
//
//	give GROUP ACCOUNT PERMISSION-SET...
func (r *remote) give(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 3 {
		ts.Fatalf("usage: give GROUP ACCOUNT PERMISSION-SET...")
	}
	group := r.groupID(ts, args[0])
	for _, set := range args[2:] {
		r.Assign(group, r.set(set), r.account(args[1]))
	}
}

// gone deletes a group by another hand:
//
//	gone GROUP
func (r *remote) gone(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: gone GROUP")
	}
	_, err := identitystore.NewFromConfig(r.Config).DeleteGroup(context.Background(), &identitystore.DeleteGroupInput{
		IdentityStoreId: aws.String(r.IdentityStoreID), GroupId: aws.String(r.groupID(ts, args[0])),
	})
	ts.Check(err)
}

func (r *remote) groupID(ts *testscript.TestScript, name string) string {
	found, err := identitystore.NewFromConfig(r.Config).GetGroupId(context.Background(), &identitystore.GetGroupIdInput{
		IdentityStoreId: aws.String(r.IdentityStoreID),
		AlternateIdentifier: &types.AlternateIdentifierMemberUniqueAttribute{Value: types.UniqueAttribute{
			AttributePath: aws.String("displayName"), AttributeValue: document.NewLazyDocument(name),
		}},
	})
	ts.Check(err)
	return *found.GroupId
}

// proxy starts an HTTP proxy that writes into a file which hosts it was asked
// for, lets nobody through, and is what the environment names for https:
//
//	proxy FILE
func proxy(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: proxy FILE")
	}
	file, err := os.OpenFile(ts.MkAbs(args[0]), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	ts.Check(err)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintln(file, r.Method, r.Host)
		w.WriteHeader(http.StatusBadGateway)
	}))
	ts.Defer(func() {
		s.Close()
		_ = file.Close()
	})
	ts.Setenv("HTTPS_PROXY", s.URL)
}

// another starts an Identity Center beside, with somebody in it, and sets
// $OTHER_SCIM_URL and $OTHER_SCIM_TOKEN.
func another(t *testing.T, ts *testscript.TestScript) {
	srv := identitycentertest.New(t)
	srv.User("stranger")
	ts.Setenv("OTHER_SCIM_URL", srv.SCIMURL)
	ts.Setenv("OTHER_SCIM_TOKEN", srv.SCIMToken)
}

// fault makes one kind of fault strike every call of an operation from now on,
// or nothing:
//
//	fault [KIND OPERATION]
func (r *remote) fault(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		r.Faults()
		return
	}
	r.Faults(emulate.Fault{Kind: emulate.Kind(args[0]), Operation: args[1]})
}
