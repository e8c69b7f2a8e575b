package ldapsource

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"rollcall/dn"
	"rollcall/fault"
	"rollcall/source"
	"rollcall/source/ldapentry"
)

// check says what is wrong with the options.
func (d *Driver) check() error {
	o := d.o
	wrong := func(on, format string, args ...any) error {
		return fault.Text(fault.Invalid, "open LDAP source", on, fmt.Sprintf(format, args...))
	}
	if len(o.Servers) == 0 {
		return wrong("", "no server is named")
	}
	for _, s := range o.Servers {
		if problem := CheckServer(s); problem != "" {
			return wrong("server "+s, "%s", problem)
		}
	}
	if o.Rules.Base == "" {
		return wrong("base", "it is missing: the name that people and groups lie under, such as DC=example,DC=com")
	}
	if o.Filter != "" {
		if _, err := ldap.CompileFilter(o.Filter); err != nil {
			return wrong("filter", "it is no filter (RFC 4515); see whether its brackets match")
		}
	}
	if o.PageSize < 1 || o.PageSize > maxPageSize {
		return wrong("page size", "want 1 to %d", maxPageSize)
	}
	if o.Dialect != "" && !slices.Contains(Dialects(), o.Dialect) {
		return wrong("dialect", "no dialect %q", o.Dialect)
	}
	if o.Bind.User != "" && o.Bind.Password == nil && o.Bind.Kerberos == nil {
		return wrong("bind", "a user needs a password or Kerberos; without either nobody is proven to ask")
	}
	_, err := ldapentry.NewCollector(o.Rules, source.Receiver{})
	return err
}

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
