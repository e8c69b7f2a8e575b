package cloudtrail_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/directory"
)

// The order is that of everything.
var nameTests = map[string]struct {
	door, by, operation string
	source              string
	names               []string
}{
	"by the API": {"aws", "Administrator/ci", "", "identitystore.amazonaws.com", []string{
		"CreateUser", "CreateGroup", "UpdateUser", "UpdateUser", "UpdateUser", "UpdateUser", "UpdateUser", "UpdateGroup", "UpdateGroup", "UpdateGroup",
		"CreateGroupMembership", "DeleteGroupMembership", "DeleteUser", "DeleteGroup",
	}},
	"by SCIM": {"scim", "token abc", "", "identitystore-scim.amazonaws.com", []string{
		"CreateUser", "CreateGroup", "PatchUser", "PatchUser", "PatchUser", "PatchUser", "PatchUser", "PatchGroup", "PatchGroup", "PatchGroup",
		"PatchGroup", "PatchGroup", "DeleteUser", "DeleteGroup",
	}},
	"by PUT": {"scim", "token abc", "PutUser", "identitystore-scim.amazonaws.com", []string{
		"CreateUser", "CreateGroup", "PutUser", "PutUser", "PutUser", "PutUser", "PutUser", "PatchGroup", "PatchGroup", "PatchGroup",
		"PatchGroup", "PatchGroup", "DeleteUser", "DeleteGroup",
	}},
	"at the command line": {"cli", "ann", "", "sso-directory.amazonaws.com", []string{
		"CreateUser", "CreateGroup", "UpdateUser", "UpdateUserName", "DisableUser", "EnableUser", "UpdateUser", "UpdateGroup", "UpdateGroup",
		"UpdateGroupDisplayName", "AddMemberToGroup", "RemoveMemberFromGroup", "DeleteUser", "DeleteGroup",
	}},
	"by nobody who said": {"", "", "", "sso-directory.amazonaws.com", []string{
		"CreateUser", "CreateGroup", "UpdateUser", "UpdateUserName", "DisableUser", "EnableUser", "UpdateUser", "UpdateGroup", "UpdateGroup",
		"UpdateGroupDisplayName", "AddMemberToGroup", "RemoveMemberFromGroup", "DeleteUser", "DeleteGroup",
	}},
}

func TestEachDoorHasItsSourceAndNames(t *testing.T) {
	for name, c := range nameTests {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, c.door, c.by, directory.Call{Operation: c.operation})
			d.everything()
			var got []string
			for _, r := range d.records() {
				got = append(got, r.EventName)
				if r.EventSource != c.source {
					t.Errorf("%s comes from %s", r.EventName, r.EventSource)
				}
			}
			if diff := cmp.Diff(c.names, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSettingsOfTheStoreAreTheIdentityStores(t *testing.T) {
	for _, door := range []string{"aws", "cli"} {
		d := newDesk(t, door, "ann", directory.Call{})
		d.ok(d.dir.SetNetwork(d.ctx, directory.Network{VPCERequired: true, APIVPCs: []string{"vpc-1"}}))
		r := d.records()[0]
		want := map[string]any{"vpceAccessRequired": true, "apiRestrictSourceVpcs": []any{"vpc-1"}}
		if diff := cmp.Diff(want, decoded(t, r.RequestParameters["networkConfiguration"])); diff != "" || r.EventSource != "identitystore.amazonaws.com" || r.EventName != "UpdateIdentityStore" {
			t.Errorf("%s %s %s", r.EventSource, r.EventName, diff)
		}
	}
}
