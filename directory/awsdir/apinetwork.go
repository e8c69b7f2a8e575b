package awsdir

import (
	"context"
	"net/netip"

	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"rollcall/directory"
	"rollcall/fault"
)

// Network reads the store's network configuration.
func (d *api) Network(ctx context.Context) (*directory.Network, error) {
	const op = "read network settings"
	out, err := ask(ctx, d, read("DescribeIdentityStore", op, "store "+string(d.store.ID)), (*identitystore.Client).DescribeIdentityStore,
		identitystore.DescribeIdentityStoreInput{IdentityStoreId: d.id()})
	if err != nil || out.NetworkConfiguration == nil {
		return nil, err
	}
	w := out.NetworkConfiguration
	n := directory.Network{VPCERequired: w.VpceAccessRequired != nil && *w.VpceAccessRequired, APIVPCs: w.ApiRestrictSourceVpcs}
	if n.APISources, err = prefixes(op, w.ApiAllowSourceIps); err == nil {
		n.SCIMSources, err = prefixes(op, w.ScimAllowSourceIps)
	}
	return &n, err
}

func prefixes(op string, texts []string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, s := range texts {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fault.Text(fault.Incomplete, op, "", "a range is not in CIDR notation")
		}
		all = append(all, p)
	}
	return all, nil
}

// SetNetwork replaces the configuration as a whole; lists that are left out
// are cleared, and AWS refuses empty ones (aws-contract 3.3).
func (d *api) SetNetwork(ctx context.Context, n directory.Network) error {
	ranges := func(all []netip.Prefix) []string { return each(all, netip.Prefix.String) }
	w := &types.NetworkConfiguration{VpceAccessRequired: &n.VPCERequired, ApiAllowSourceIps: ranges(n.APISources), ScimAllowSourceIps: ranges(n.SCIMSources)}
	if len(n.APIVPCs) > 0 {
		w.ApiRestrictSourceVpcs = n.APIVPCs
	}
	_, err := ask(ctx, d, write("UpdateIdentityStore", "change network settings", "store "+string(d.store.ID)), (*identitystore.Client).UpdateIdentityStore,
		identitystore.UpdateIdentityStoreInput{IdentityStoreId: d.id(), NetworkConfiguration: w})
	return err
}
