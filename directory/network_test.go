package directory_test

import (
	"net/netip"
	"testing"

	"rollcall/directory"
)

// The cases are those that the model's own comments on NetworkConfiguration
// describe.
func TestNetworkSettingsLetInWhomTheyName(t *testing.T) {
	prefix := func(s string) []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix(s)} }
	at := func(ip, vpc string) directory.Origin { return directory.Origin{IP: netip.MustParseAddr(ip), VPC: vpc} }
	const office, home, ours, other = "192.0.2.7", "198.51.100.9", "vpc-01234567", "vpc-89abcdef"
	for name, tt := range map[string]struct {
		n         *directory.Network
		from      directory.Origin
		api, scim bool
	}{
		"no settings":                          {nil, at(home, ""), true, true},
		"nothing required":                     {&directory.Network{}, at(home, ""), true, true},
		"an endpoint required, none used":      {&directory.Network{VPCERequired: true}, at(home, ""), false, false},
		"an endpoint required and used":        {&directory.Network{VPCERequired: true}, at(home, ours), true, true},
		"an address that is excepted":          {&directory.Network{VPCERequired: true, APISources: prefix("192.0.2.0/24")}, at(office, ""), true, false},
		"it arrives as IPv6":                   {&directory.Network{VPCERequired: true, APISources: prefix("192.0.2.0/24")}, at("::ffff:"+office, ""), true, false},
		"an address that is not":               {&directory.Network{VPCERequired: true, APISources: prefix("192.0.2.0/24")}, at(home, ""), false, false},
		"a VPC of the list":                    {&directory.Network{VPCERequired: true, APIVPCs: []string{ours}}, at(home, ours), true, true},
		"another VPC":                          {&directory.Network{VPCERequired: true, APIVPCs: []string{ours}}, at(home, other), false, true},
		"another VPC, an excepted address":     {&directory.Network{VPCERequired: true, APIVPCs: []string{ours}, APISources: prefix("192.0.2.0/24")}, at(office, other), true, true},
		"SCIM from everywhere":                 {&directory.Network{VPCERequired: true, SCIMSources: prefix("0.0.0.0/0")}, at(home, ""), false, true},
		"SCIM from a range":                    {&directory.Network{VPCERequired: true, SCIMSources: prefix("192.0.2.0/24")}, at(office, ""), false, true},
		"SCIM from outside, through a VPC":     {&directory.Network{VPCERequired: true, SCIMSources: prefix("192.0.2.0/24")}, at(home, ours), true, false},
		"an address that cannot be told apart": {&directory.Network{VPCERequired: true, APISources: prefix("0.0.0.0/0")}, directory.Origin{}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			if api, scim := tt.n.AllowsAPI(tt.from), tt.n.AllowsSCIM(tt.from); api != tt.api || scim != tt.scim {
				t.Errorf("API %v, SCIM %v; want %v, %v", api, scim, tt.api, tt.scim)
			}
		})
	}
}
