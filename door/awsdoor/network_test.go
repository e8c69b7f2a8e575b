package awsdoor_test

import (
	"net/http"
	"net/netip"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"rollcall/directory"
	"rollcall/door/awsdoor"
)

func TestNetworkControlsAreKeptAndEnforced(t *testing.T) {
	var from atomic.Pointer[directory.Origin]
	at := func(ip, vpc string) { from.Store(&directory.Origin{IP: netip.MustParseAddr(ip), VPC: vpc}) }
	s := start(t, func(o *awsdoor.Options) {
		o.Origin = func(*http.Request) directory.Origin { return *from.Load() }
	})
	set := func(n *types.NetworkConfiguration) error {
		return second(s.client.UpdateIdentityStore(t.Context(), &identitystore.UpdateIdentityStoreInput{IdentityStoreId: aws.String(storeID), NetworkConfiguration: n}))
	}
	describe := func() *identitystore.DescribeIdentityStoreOutput {
		t.Helper()
		return must[*identitystore.DescribeIdentityStoreOutput](t, "describe store")(s.client.DescribeIdentityStore(t.Context(), &identitystore.DescribeIdentityStoreInput{IdentityStoreId: aws.String(storeID)}))
	}
	const office, home, vpc = "192.0.2.7", "198.51.100.9", "vpc-01234567"
	at(office, "")
	if got := describe(); got.NetworkConfiguration != nil || *got.IdentityStoreArn != "arn:aws:identitystore::"+account+":identitystore/"+storeID {
		t.Errorf("at first it is %+v", got)
	}
	refused(t, "lock oneself out", set(&types.NetworkConfiguration{VpceAccessRequired: aws.Bool(true)}), "ValidationException")
	refused(t, "lists that mean nothing", set(&types.NetworkConfiguration{VpceAccessRequired: aws.Bool(false), ApiAllowSourceIps: []string{"0.0.0.0/0"}}), "ValidationException")
	refused(t, "an empty list", set(&types.NetworkConfiguration{VpceAccessRequired: aws.Bool(true), ApiAllowSourceIps: []string{}}), "ValidationException")
	refused(t, "no range", set(&types.NetworkConfiguration{VpceAccessRequired: aws.Bool(true), ApiAllowSourceIps: []string{"192.0.2.0/33"}}), "ValidationException")

	want := &types.NetworkConfiguration{
		VpceAccessRequired: aws.Bool(true), ApiAllowSourceIps: []string{"192.0.2.0/24"}, ApiRestrictSourceVpcs: []string{vpc}, ScimAllowSourceIps: []string{"0.0.0.0/0", "::/0"},
	}
	if err := set(want); err != nil {
		t.Fatal(err)
	}
	got := describe().NetworkConfiguration
	same(t, "lists", [][]string{want.ApiAllowSourceIps, want.ApiRestrictSourceVpcs, want.ScimAllowSourceIps}, [][]string{got.ApiAllowSourceIps, got.ApiRestrictSourceVpcs, got.ScimAllowSourceIps})
	if !*got.VpceAccessRequired {
		t.Error("the endpoint is not required")
	}
	list := func() error { return listUsers(s, s.key) }
	if err := list(); err != nil {
		t.Errorf("from the office: %v", err)
	}
	at(home, "")
	refused(t, "from home", list(), "AccessDeniedException")
	at(home, "vpc-89abcdef")
	refused(t, "from another VPC", list(), "AccessDeniedException")
	at(home, vpc)
	if err := list(); err != nil {
		t.Errorf("from the VPC: %v", err)
	}
	if err := set(&types.NetworkConfiguration{VpceAccessRequired: aws.Bool(false)}); err != nil {
		t.Fatal(err)
	}
	at(home, "")
	if err := list(); err != nil {
		t.Errorf("from home, when everything is open again: %v", err)
	}
	if got := describe().NetworkConfiguration; *got.VpceAccessRequired || got.ApiAllowSourceIps != nil || got.ScimAllowSourceIps != nil {
		t.Errorf("what was left out is still there: %+v", got)
	}
}

func TestAnotherAccountsStoreIsDenied(t *testing.T) {
	s := start(t, nil)
	refused(t, "another account", second(s.client.ListUsers(t.Context(), &identitystore.ListUsersInput{
		IdentityStoreId: aws.String("arn:aws:identitystore::999999999999:identitystore/" + storeID),
	})), "AccessDeniedException")
}
