package ldapsource

import (
	"context"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// Dialect is a sort of directory server.
type Dialect string

// The dialects. A server that is none of them is read as OpenLDAP is: its
// entries have entryUUID (RFC 4530).
const (
	ActiveDirectory Dialect = "ad"
	OpenLDAP        Dialect = "openldap"
	DS389           Dialect = "389"
	FreeIPA         Dialect = "freeipa"
)

// Dialects lists them all.
func Dialects() []Dialect { return []Dialect{ActiveDirectory, OpenLDAP, DS389, FreeIPA} }

// Anchor is the attribute that never changes, of people and of groups.
func (d Dialect) Anchor() string {
	switch d {
	case ActiveDirectory:
		return "objectGUID"
	case DS389, FreeIPA:
		return "nsUniqueId"
	}
	return "entryUUID"
}

// needs are the attributes that are read of every entry for the sake of the
// dialect.
func (d Dialect) needs() []string {
	switch d {
	case ActiveDirectory:
		return []string{"objectGUID", "objectSid", "primaryGroupID", "sAMAccountName", "member"}
	case DS389, FreeIPA:
		return []string{"nsUniqueId", "numSubordinates", "uid", "member", "uniqueMember", "memberUid"}
	}
	return []string{"entryUUID", "hasSubordinates", "uid", "member", "uniqueMember", "memberUid"}
}

// stamps are the attributes that every change of an entry changes.
func (d Dialect) stamps() []string {
	if d == ActiveDirectory {
		return []string{"uSNChanged"}
	}
	return []string{"entryCSN", "modifyTimestamp"}
}

// rootDSE is what a server says about itself (RFC 4512 section 5.1).
type rootDSE struct {
	dialect  Dialect
	name     string // how the server calls itself; may be empty
	paging   bool
	syncing  bool     // it pushes changes (RFC 4533)
	mechs    []string // of SASL
	service  string   // AD: the name of its own settings
	usn      string   // AD: its highest committed USN
	contexts []string
}

const (
	capabilityAD = "1.2.840.113556.1.4.800"
	pagedResults = ldap.ControlTypePaging
)

func (c *conn) readRoot(ctx context.Context, dialect Dialect) (rootDSE, error) {
	e, err := c.read(ctx, "", "*", "+")
	if err != nil {
		return rootDSE{}, err
	}
	get := func(name string) []string { return e.GetEqualFoldAttributeValues(name) }
	first := func(names ...string) string {
		for _, n := range names {
			if v := get(n); len(v) > 0 {
				return v[0]
			}
		}
		return ""
	}
	r := rootDSE{
		dialect: dialect, name: first("dnsHostName"), paging: slices.Contains(get("supportedControl"), pagedResults),
		syncing: slices.Contains(get("supportedControl"), ldap.ControlTypeSyncRequest),
		mechs:   get("supportedSASLMechanisms"), service: first("dsServiceName"), usn: first("highestCommittedUSN"),
		contexts: get("namingContexts"),
	}
	if r.dialect != "" {
		return r, nil
	}
	vendor := strings.ToLower(first("vendorName"))
	switch {
	case slices.Contains(get("supportedCapabilities"), capabilityAD):
		r.dialect = ActiveDirectory
	case first("ipaDomainLevel", "ipatopologypluginversion") != "":
		r.dialect = FreeIPA
	case strings.Contains(vendor, "389") || strings.Contains(vendor, "red hat") || strings.Contains(vendor, "fedora"):
		r.dialect = DS389
	default:
		r.dialect = OpenLDAP
	}
	return r, nil
}
