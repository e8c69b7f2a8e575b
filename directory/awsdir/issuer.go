package awsdir

import (
	"rollcall/fault"
	"rollcall/identity"
)

// issuers are the two names of whoever issues the external ids that come by
// SCIM: here, and on the API's wire.
type issuers struct{ here, wire string }

// read names the issuer of an external id as it is called here.
func (n issuers) read(issuer string) string {
	if n.here != "" && (n.wire == "" || n.wire == issuer) {
		return n.here
	}
	return issuer
}

// write names an issuer as the API calls it, "" if that is not known.
func (n issuers) write(issuer string) string {
	if issuer == n.here {
		return n.wire
	}
	return issuer
}

// single is the one external id that SCIM can set, "" for none. A list that has
// more, or one of another issuer, is fault.Unsupported; one that is not valid,
// fault.Invalid.
func (n issuers) single(op string, ids []identity.ExternalID) (string, error) {
	probe := identity.Group{DisplayName: "x", ExternalIDs: ids}
	if err := probe.Validate(); err != nil {
		return "", err
	}
	switch {
	case len(ids) == 0:
		return "", nil
	case len(distinct(ids)) < len(ids):
		return "", fault.Text(fault.Invalid, op, "field externalIds", "the list names one external id twice")
	case len(ids) > 1:
		return "", fault.Text(fault.Unsupported, op, "field externalIds", "SCIM keeps one external id an object")
	case ids[0].Issuer != n.here:
		return "", fault.Text(fault.Unsupported, op, "field externalIds", "SCIM keeps external ids of one issuer, and this is another's: set the directory's issuer")
	}
	return ids[0].ID, nil
}
