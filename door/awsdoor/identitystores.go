package awsdoor

import (
	"context"
	"net/netip"
	"strings"

	"rollcall/awsjson"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

func (s *Server) summary(ctx context.Context, id identity.StoreID) (awsjson.IdentityStoreSummary, error) {
	owner, err := s.owner(ctx, id)
	return awsjson.IdentityStoreSummary{IdentityStoreArn: awsjson.StoreARN(owner, id), IdentityStoreID: string(id)}, err
}

// owner is the account that a store belongs to.
func (s *Server) owner(ctx context.Context, id identity.StoreID) (string, error) {
	if s.Owner == nil {
		return s.Account, nil
	}
	return s.Owner(ctx, id)
}

func listIdentityStores(ctx context.Context, s *Server, _ call, body []byte) (any, error) {
	var in awsjson.ListIdentityStoresInput
	if err := awsjson.DecodeInput(body, &in); err != nil {
		return nil, err
	}
	ids, err := s.Stores.List(ctx)
	if err != nil {
		return nil, err
	}
	found, err := cut(ctx, s, "ListIdentityStores", ids, func(id identity.StoreID) string { return string(id) }, page(&in.Page))
	if err != nil {
		return nil, err
	}
	out := awsjson.ListIdentityStoresOutput{IdentityStores: []awsjson.IdentityStoreSummary{}, NextToken: found.Next}
	for _, id := range found.Items {
		summary, err := s.summary(ctx, id)
		if err != nil {
			return nil, err
		}
		out.IdentityStores = append(out.IdentityStores, summary)
	}
	return out, nil
}

func describeStore(ctx context.Context, s *store, _ *awsjson.DescribeIdentityStoreInput) (any, error) {
	summary, err := s.server.summary(ctx, s.id)
	if err != nil {
		return nil, err
	}
	out := awsjson.DescribeIdentityStoreOutput{IdentityStoreSummary: summary}
	n, err := s.Network(ctx)
	if err != nil && !fault.Is(err, fault.Unsupported) {
		return nil, err
	}
	if n != nil {
		out.NetworkConfiguration = &awsjson.NetworkConfiguration{
			VpceAccessRequired: &n.VPCERequired, APIRestrictSourceVPCs: n.APIVPCs,
			APIAllowSourceIPs: ranges(n.APISources), SCIMAllowSourceIPs: ranges(n.SCIMSources),
		}
	}
	return out, nil
}

func ranges(prefixes []netip.Prefix) []string {
	var out []string
	for _, p := range prefixes {
		out = append(out, p.String())
	}
	return out
}

// updateStore replaces the network configuration as a whole. One that would
// lock the caller out is refused (aws-contract 3.3).
func updateStore(ctx context.Context, s *store, in *awsjson.UpdateIdentityStoreInput) (any, error) {
	out, err := s.server.summary(ctx, s.id)
	if err != nil || in.NetworkConfiguration == nil {
		return out, err
	}
	n, err := networkOf(in.NetworkConfiguration)
	if err != nil {
		return nil, err
	}
	if !n.AllowsAPI(s.call.origin) {
		return nil, awsjson.Invalid("networkConfiguration", "Member must not deny access to the address that the request comes from")
	}
	return out, s.writer().SetNetwork(ctx, n)
}

func networkOf(in *awsjson.NetworkConfiguration) (directory.Network, error) {
	n := directory.Network{VPCERequired: *in.VpceAccessRequired, APIVPCs: in.APIRestrictSourceVPCs}
	for _, list := range []struct {
		from []string
		to   *[]netip.Prefix
	}{{in.APIAllowSourceIPs, &n.APISources}, {in.SCIMAllowSourceIPs, &n.SCIMSources}} {
		for _, text := range list.from {
			p, err := netip.ParsePrefix(strings.TrimSpace(text))
			if err != nil {
				return n, fault.Text(fault.Invalid, "read network configuration", "", "a range is not in CIDR notation")
			}
			*list.to = append(*list.to, p)
		}
	}
	return n, nil
}
