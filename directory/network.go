package directory

import (
	"context"
	"net/netip"
	"slices"

	"rollcall/fault"
)

// Network says from where a store may be reached (aws-contract 3.3,
// NetworkConfiguration). Lists that are empty restrict nothing by themselves.
type Network struct {
	VPCERequired bool           `json:"vpceRequired"`          // only through a VPC endpoint
	APISources   []netip.Prefix `json:"apiSources,omitempty"`  // always let in, to the API
	APIVPCs      []string       `json:"apiVpcs,omitempty"`     // the only VPCs let in, to the API
	SCIMSources  []netip.Prefix `json:"scimSources,omitempty"` // the only addresses let in, to SCIM
}

// Origin is where a request came from.
type Origin struct {
	IP  netip.Addr
	VPC string // the VPC whose endpoint it came through; empty if none
}

// NetworkController is implemented by drivers whose store can restrict from
// where it is reached. It keeps the settings; the doors enforce them.
type NetworkController interface {
	// Network returns the settings, nil if there never were any.
	Network(ctx context.Context) (*Network, error)
	// SetNetwork replaces the settings as a whole.
	SetNetwork(ctx context.Context, n Network) error
}

// AllowsAPI reports whether the Identity Store API may be called from there.
// Without settings it may from everywhere.
func (n *Network) AllowsAPI(from Origin) bool {
	switch {
	case n == nil || within(n.APISources, from.IP):
		return true
	case len(n.APIVPCs) > 0 && !slices.Contains(n.APIVPCs, from.VPC):
		return false
	}
	return !n.VPCERequired || from.VPC != ""
}

// AllowsSCIM is [Network.AllowsAPI] for SCIM, which has a list of its own.
func (n *Network) AllowsSCIM(from Origin) bool {
	switch {
	case n == nil:
		return true
	case len(n.SCIMSources) > 0:
		return within(n.SCIMSources, from.IP)
	}
	return !n.VPCERequired || from.VPC != ""
}

func within(list []netip.Prefix, ip netip.Addr) bool {
	ip = ip.Unmap() // an IPv4 address may arrive written as IPv6
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// Network returns from where the store may be reached, nil if that was never
// said; fault.Unsupported if the directory cannot tell.
func (d *Directory) Network(ctx context.Context) (*Network, error) {
	c, ok := d.driver.(NetworkController)
	if !ok {
		return nil, noNetwork("read network settings", d.name)
	}
	return retry(ctx, func() (*Network, error) { return c.Network(ctx) })
}

// SetNetwork replaces the settings of from where the store may be reached;
// fault.Unsupported if the directory has none.
func (w *Writer) SetNetwork(ctx context.Context, n Network) error {
	c, ok := w.driver.(NetworkController)
	if !ok {
		return noNetwork("change network settings", w.name)
	}
	return c.SetNetwork(ctx, n)
}

func noNetwork(op, name string) error {
	return fault.Text(fault.Unsupported, op, "directory "+name, "this kind of directory has no network settings")
}
