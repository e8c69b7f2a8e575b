package ldapentry

import (
	"net/url"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"rollcall/dn"
)

// CheckServer says what is wrong with the URL of a server, or nothing.
func CheckServer(text string) string {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "":
		return "want ldaps://HOST, ldap://HOST or srv://DOMAIN"
	case !slices.Contains([]string{"ldap", "ldaps", "srv", "srvs"}, u.Scheme):
		return "there is ldaps://HOST, ldap://HOST, srv://DOMAIN and srvs://DOMAIN"
	case u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "":
		return "nothing stands behind the host here; base and user have keys of their own"
	}
	return ""
}

// CheckFilter says what is wrong with a filter, or nothing.
func CheckFilter(text string) string {
	if _, err := ldap.CompileFilter(text); err != nil {
		return "not a filter (RFC 4515); see whether its brackets match"
	}
	return ""
}

// CheckName says what is wrong with a distinguished name, or nothing.
func CheckName(text string) string {
	if _, err := dn.Parse(text); err != nil {
		return "not a distinguished name, such as OU=People,DC=example,DC=com: " + err.Error()
	}
	return ""
}
