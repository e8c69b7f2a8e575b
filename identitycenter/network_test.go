package identitycenter_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"
)

// What is said by AWS's API holds for SCIM, by the address that a request really
// comes from.
func TestNetworkControlsSayWhoReachesEachDoor(t *testing.T) {
	s := open(t, nil, one)
	client := s.client(0)
	token, text, err := s.databases[0].Tokens.Create(t.Context(), one, "test")
	ok(t, err)
	for name, c := range map[string]struct {
		api, scim []string
		want      int // of SCIM
	}{
		"SCIM from elsewhere":      {[]string{"127.0.0.0/8"}, []string{"192.0.2.0/24"}, 403},
		"SCIM from here":           {[]string{"127.0.0.1/32"}, []string{"192.0.2.0/24", "127.0.0.1/32"}, 200},
		"SCIM from a VPC endpoint": {[]string{"127.0.0.0/8"}, nil, 403},
	} {
		_, err := client.UpdateIdentityStore(t.Context(), &identitystore.UpdateIdentityStoreInput{
			IdentityStoreId:      aws.String(one),
			NetworkConfiguration: &types.NetworkConfiguration{VpceAccessRequired: aws.Bool(true), ApiAllowSourceIps: c.api, ScimAllowSourceIps: c.scim},
		})
		ok(t, err)
		if got := s.scim(token.Tenant, text); got != c.want {
			t.Errorf("%s: status %d, want %d", name, got, c.want)
		}
	}
	_, err = client.UpdateIdentityStore(t.Context(), &identitystore.UpdateIdentityStoreInput{
		IdentityStoreId:      aws.String(one),
		NetworkConfiguration: &types.NetworkConfiguration{VpceAccessRequired: aws.Bool(true), ApiAllowSourceIps: []string{"192.0.2.0/24"}},
	})
	if refused := new(types.ValidationException); !errors.As(err, &refused) {
		t.Errorf("locking oneself out: %v", err)
	}
}
