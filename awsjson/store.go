package awsjson

import (
	"net/netip"
	"regexp"
	"strings"

	"rollcall/fault"
	"rollcall/identity"
)

var storeARN = regexp.MustCompile(`\Aarn:aws[a-z-]*:identitystore::([0-9]{12}):identitystore/(.+)\z`)

// StoreARN is an identity store's Amazon Resource Name (aws-contract 3.3).
func StoreARN(account string, id identity.StoreID) string {
	return "arn:aws:identitystore::" + account + ":identitystore/" + string(id)
}

// ParseStore reads an identity store's id or ARN; account is empty for an id.
// It fails with fault.Invalid.
func ParseStore(s string) (account string, id identity.StoreID, err error) {
	if !strings.HasPrefix(s, "arn:") {
		id, err = identity.ParseStoreID(s)
		return "", id, err
	}
	parts := storeARN.FindStringSubmatch(s)
	if parts == nil {
		return "", "", fault.Text(fault.Invalid, "read identity store id", "", "it is not the ARN of an identity store")
	}
	id, err = identity.ParseStoreID(parts[2])
	return parts[1], id, err
}

// InStore is what every operation on a store says first.
type InStore struct {
	IdentityStoreID *string `json:"IdentityStoreId,omitempty"` // or its ARN
}

// Store returns which store is meant, as a checked input names it.
func (i *InStore) Store() *string { return i.IdentityStoreID }

func (i *InStore) Constrain(c *Checker) { c.store(i.IdentityStoreID) }

// Page asks for a part of a listing.
type Page struct {
	MaxResults *int    `json:"MaxResults,omitempty"` // 1 to 100
	NextToken  *string `json:"NextToken,omitempty"`
}

// The operations on identity stores themselves.
type (
	// ListIdentityStoresInput is what ListIdentityStores takes.
	ListIdentityStoresInput struct{ Page }
	// ListIdentityStoresOutput is what ListIdentityStores answers.
	ListIdentityStoresOutput struct {
		IdentityStores []IdentityStoreSummary
		NextToken      string `json:",omitempty"`
	}
	// IdentityStoreSummary names a store.
	IdentityStoreSummary struct {
		IdentityStoreArn string
		IdentityStoreID  string `json:"IdentityStoreId"`
	}
	// DescribeIdentityStoreInput is what DescribeIdentityStore takes.
	DescribeIdentityStoreInput struct{ InStore }
	// DescribeIdentityStoreOutput is what DescribeIdentityStore answers.
	DescribeIdentityStoreOutput struct {
		IdentityStoreSummary
		NetworkConfiguration *NetworkConfiguration `json:",omitempty"`
	}
	// UpdateIdentityStoreInput is what UpdateIdentityStore takes; it answers an [IdentityStoreSummary].
	UpdateIdentityStoreInput struct {
		InStore
		NetworkConfiguration *NetworkConfiguration `json:"NetworkConfiguration,omitempty"`
	}
	// NetworkConfiguration says from where a store may be reached.
	NetworkConfiguration struct {
		VpceAccessRequired    *bool    `json:"VpceAccessRequired"`
		APIAllowSourceIPs     []string `json:"ApiAllowSourceIps,omitempty"`     // CIDR ranges
		APIRestrictSourceVPCs []string `json:"ApiRestrictSourceVpcs,omitempty"` // vpc-…
		SCIMAllowSourceIPs    []string `json:"ScimAllowSourceIps,omitempty"`    // CIDR ranges
	}
)

func (in *ListIdentityStoresInput) Constrain(c *Checker) { c.page(&in.Page) }

func (in *UpdateIdentityStoreInput) Constrain(c *Checker) {
	in.InStore.Constrain(c)
	if n := in.NetworkConfiguration; n != nil {
		n.Constrain(c)
	}
}

const mostSources = 50

func (n *NetworkConfiguration) Constrain(c *Checker) {
	const at = "networkConfiguration"
	c.Required(at+".vpceAccessRequired", n.VpceAccessRequired != nil)
	c.sources(at+".apiAllowSourceIps", n.APIAllowSourceIPs, isPrefix)
	c.sources(at+".scimAllowSourceIps", n.SCIMAllowSourceIPs, isPrefix)
	c.sources(at+".apiRestrictSourceVpcs", n.APIRestrictSourceVPCs, nil)
	if n.VpceAccessRequired != nil && !*n.VpceAccessRequired && (n.APIAllowSourceIPs != nil || n.APIRestrictSourceVPCs != nil || n.SCIMAllowSourceIPs != nil) {
		c.Refuse(at, "Member must have no source lists when vpceAccessRequired is false")
	}
}

// sources checks a list of ranges, or of VPCs if there is nothing more to them
// than their form.
func (c *Checker) sources(at string, list []string, more func(string) bool) {
	if list == nil {
		return
	}
	c.Length(at, len(list), mostSources)
	for i := range list {
		if more == nil {
			c.Text(Member(at, i), &list[i], vpcRule)
			continue
		}
		before := len(c.problems)
		c.Text(Member(at, i), &list[i], cidrRule)
		if len(c.problems) == before && !more(list[i]) {
			c.Refuse(Member(at, i), "Member must be a range of IP addresses in CIDR notation")
		}
	}
}

func isPrefix(s string) bool {
	_, err := netip.ParsePrefix(s)
	return err == nil
}
