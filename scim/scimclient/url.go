package scimclient

import (
	"net/netip"
	"net/url"
	"strings"

	"rollcall/fault"
)

const root = "/scim/v2"

// ParseURL reads the address of an endpoint, with or without "/scim/v2" and a
// slash at its end: the console shows both. It must hold the tenant's id, and
// be https unless the host is this machine, since a token goes there. It fails
// with fault.Invalid.
func ParseURL(s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, wrongURL("want https://scim.REGION.amazonaws.com/TENANT/scim/v2")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !thisMachine(u.Hostname())) {
		return nil, wrongURL("want https: a token is sent there")
	}
	path := strings.TrimSuffix(strings.TrimRight(u.Path, "/"), root)
	tenant := strings.Trim(path, "/")
	if tenant == "" || strings.HasSuffix(tenant, "scim") {
		return nil, wrongURL("the tenant's id is missing; want https://scim.REGION.amazonaws.com/TENANT/scim/v2")
	}
	u.Path, u.RawPath = "/"+tenant+root, ""
	return u, nil
}

func wrongURL(why string) error { return fault.Text(fault.Invalid, "read SCIM address", "", why) }

func thisMachine(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
