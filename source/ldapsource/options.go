package ldapsource

import (
	"fmt"
	"slices"

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
		if problem := ldapentry.CheckServer(s); problem != "" {
			return wrong("server "+s, "%s", problem)
		}
	}
	if o.Rules.Base == "" {
		return wrong("base", "it is missing: the name that people and groups lie under, such as DC=example,DC=com")
	}
	if o.Filter != "" {
		if problem := ldapentry.CheckFilter(o.Filter); problem != "" {
			return wrong("filter", "%s", problem)
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
