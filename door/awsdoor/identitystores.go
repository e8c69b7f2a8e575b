package awsdoor

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/netip"
	"slices"
	"strings"

	"rollcall/awsjson"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

func (s *Server) summary(id identity.StoreID) awsjson.IdentityStoreSummary {
	return awsjson.IdentityStoreSummary{IdentityStoreArn: awsjson.StoreARN(s.Account, id), IdentityStoreID: string(id)}
}

func listIdentityStores(ctx context.Context, s *Server, _ call, body []byte) (any, error) {
	var in awsjson.ListIdentityStoresInput
	if err := awsjson.DecodeInput(body, &in); err != nil {
		return nil, err
	}
	request := page(&in.Page)
	after, err := s.openToken(request.Token)
	if err != nil {
		return nil, err
	}
	ids, err := s.Stores.List(ctx)
	if err != nil {
		return nil, err
	}
	ids = slices.Sorted(slices.Values(ids))
	ids = slices.DeleteFunc(ids, func(id identity.StoreID) bool { return id <= after })
	out := awsjson.ListIdentityStoresOutput{IdentityStores: []awsjson.IdentityStoreSummary{}}
	if len(ids) > request.Limit {
		ids = ids[:request.Limit]
		out.NextToken = s.sealToken(ids[len(ids)-1])
	}
	for _, id := range ids {
		out.IdentityStores = append(out.IdentityStores, s.summary(id))
	}
	return out, nil
}

// sealToken makes the last store of a page into the token of the next.
func (s *Server) sealToken(last identity.StoreID) string {
	return base64.RawURLEncoding.EncodeToString(append(s.tokenMAC(last), last...))
}

func (s *Server) openToken(token string) (identity.StoreID, error) {
	if token == "" {
		return "", nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err == nil && len(raw) > sha256.Size {
		if last := identity.StoreID(raw[sha256.Size:]); hmac.Equal(raw[:sha256.Size], s.tokenMAC(last)) {
			return last, nil
		}
	}
	return "", badToken(fault.Text(fault.Invalid, "list stores", "page token", "it is not one that this listing has given out"))
}

func (s *Server) tokenMAC(last identity.StoreID) []byte {
	h := hmac.New(sha256.New, s.PageSecret)
	h.Write([]byte("ListIdentityStores " + last))
	return h.Sum(nil)
}

func describeStore(ctx context.Context, s *store, _ *awsjson.DescribeIdentityStoreInput) (any, error) {
	out := awsjson.DescribeIdentityStoreOutput{IdentityStoreSummary: s.server.summary(s.id)}
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
	out := s.server.summary(s.id)
	if in.NetworkConfiguration == nil {
		return out, nil
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
