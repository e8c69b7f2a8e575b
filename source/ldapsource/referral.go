package ldapsource

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// Referrals are never followed: another server has other rights, another state
// and perhaps another certificate. They are reported, since what is there was
// not read.

// referring tells containers of which nothing was seen because what is below
// them are referrals (RFC 3296) from those of which something is hidden.
func (c *conn) referring(ctx context.Context, blind []string) (hidden, elsewhere []string, err error) {
	for _, name := range blind {
		is, err := c.refers(ctx, name)
		switch {
		case err != nil:
			return nil, nil, err
		case is:
			elsewhere = append(elsewhere, name)
		default:
			hidden = append(hidden, name)
		}
	}
	return hidden, elsewhere, nil
}

// refers reports whether there are referrals directly below an entry. With the
// control manageDsaIT they are entries like others.
func (c *conn) refers(ctx context.Context, name string) (bool, error) {
	defer c.watch()()
	request := ldap.NewSearchRequest(name, ldap.ScopeSingleLevel, ldap.NeverDerefAliases, 1, 0, false,
		"(objectClass=referral)", []string{noAttrs}, []ldap.Control{ldap.NewControlManageDsaIT(true)})
	answer, err := c.Search(request)
	switch {
	case answer != nil && len(answer.Entries) > 0:
		return true, nil
	case ldap.IsErrorAnyOf(err, ldap.LDAPResultNoSuchObject, ldap.LDAPResultInsufficientAccessRights, ldap.LDAPResultUnavailableCriticalExtension):
		return false, nil // then it is hidden
	case err != nil:
		return false, c.fault(ctx, "search", name, err)
	}
	return false, nil
}

// referred says where the server refers to, for whoever reads the report.
func referred(to map[string]bool, elsewhere []string) []string {
	var all []string
	if n := len(to); n > 0 {
		places, parts := "another place", "a part of the tree"
		if n > 1 {
			places, parts = fmt.Sprintf("%d other places", n), "parts of the tree"
		}
		all = append(all, fmt.Sprintf("the server refers to %s for %s, which was not read: %s", places, parts, strings.Join(slices.Sorted(maps.Keys(to)), ", ")))
	}
	for _, name := range elsewhere {
		all = append(all, "below "+name+" there is nothing to be read here but referrals to elsewhere")
	}
	return all
}
