package config

import (
	"rollcall/fault"
	"rollcall/source"
	"rollcall/source/ldapentry"
)

// Bind is who asks a directory, and how they prove it.
type Bind struct {
	User     string   `yaml:"user" doc:"A distinguished name, or in Active Directory also user@domain; with kerberos the principal without its realm."`
	Password Secret   `yaml:"password" doc:"The user's password."`
	Kerberos Kerberos `yaml:"kerberos" doc:"Binding by a ticket (GSSAPI) in place of the password itself."`
}

// Kerberos is how tickets are had.
type Kerberos struct {
	Realm   string `yaml:"realm" doc:"The user's realm, such as CORP.EXAMPLE.COM. Left out: the default of krb5.conf."`
	Keytab  string `yaml:"keytab" doc:"A file of keys. Relative to this configuration file."`
	Cache   string `yaml:"cache" doc:"A ticket cache that kinit keeps fresh. Relative to this configuration file. Without either, the password is used."`
	Config  string `yaml:"config" doc:"krb5.conf. Left out: /etc/krb5.conf."`
	Service string `yaml:"service" doc:"The server's principal. Left out: ldap/ and the host of the server's URL."`
}

// IsZero reports whether nothing is said.
func (k Kerberos) IsZero() bool { return k == Kerberos{} }

// LDAPTLS is how connections to a directory are encrypted.
type LDAPTLS struct {
	CA         string `yaml:"ca" doc:"A file of certificates (PEM) that are trusted beside the system's. Relative to this configuration file."`
	ServerName string `yaml:"server_name" doc:"The name that the server's certificate is for, where it is not the host of the URL."`
	Mode       string `yaml:"mode" enum:"required,none" doc:"none leaves ldap:// servers without encryption: passwords and people travel in the clear."`
}

// Plain reports whether ldap:// is left without encryption.
func (t LDAPTLS) Plain() bool { return t.Mode == "none" }

// Rules are what makes an entry a person or a group, for the kinds of sources
// whose entries are LDAP's.
func (s Source) Rules() ldapentry.Rules {
	return ldapentry.Rules{
		Base: s.Base, Within: s.OUs, PersonClasses: s.Classes.People, GroupClasses: s.Classes.Groups,
		PersonAnchor: s.Anchor.People, GroupAnchor: s.Anchor.Groups,
	}
}

func (d *decoder) checkLDAP(at path, s Source) {
	before := len(d.problems)
	if len(s.Servers) == 0 {
		d.complainKey(at, "servers is missing: where the directory is, such as ldaps://dc1.example.com or srv://example.com")
	}
	for i, server := range s.Servers {
		d.complainItem(at.with("servers"), i, ldapentry.CheckServer(server))
	}
	if s.Base == "" {
		d.complainKey(at, "base is missing: the name that people and groups are under, such as DC=example,DC=com")
	}
	for _, list := range []struct {
		key   string
		names Strings
	}{{"base", Strings{s.Base}}, {"ous", s.OUs}, {"canaries", s.Canaries}} {
		for i, name := range list.names {
			d.complainItem(at.with(list.key), i, ldapentry.CheckName(name))
		}
	}
	if s.Filter != "" {
		d.complainItem(at.with("filter"), 0, ldapentry.CheckFilter(s.Filter))
	}
	d.checkAnchors(at.with("anchor"), s.Anchor)
	d.checkBind(at, s)
	if _, written := d.spots[at.with("page_size").key()]; written {
		d.within(at.with("page_size"), s.PageSize, 1, maxPage)
	}
	if len(d.problems) > before || len(s.OUs) == 0 {
		return
	}
	if _, err := ldapentry.NewCollector(s.Rules(), source.Receiver{}); fault.Is(err, fault.Invalid) {
		d.complainAt(at.with("ous"), err.Error())
	}
}

const maxPage = 10_000

func (d *decoder) checkBind(at path, s Source) {
	b := s.Bind
	switch {
	case b.User == "" && (!b.Password.IsZero() || b.Kerberos.Keytab != ""):
		d.complainKey(at.with("bind"), "user is missing: who the password or key is of")
	case b.User != "" && d.lacks(at.with("bind", "password"), b.Password) && b.Kerberos.IsZero():
		d.complainKey(at.with("bind"), "password is missing: a reference, such as env:LDAP_PASSWORD")
	case b.Kerberos.Keytab != "" && b.Kerberos.Cache != "":
		d.complainKey(at.with("bind", "kerberos"), "keytab and cache say the same; keep one of them")
	}
}

// complainItem complains about an item of a list, or about what stands in its
// place.
func (d *decoder) complainItem(at path, i int, problem string) {
	if problem == "" {
		return
	}
	if _, ok := d.spots[at.with(itoa(i)).key()]; ok {
		at = at.with(itoa(i))
	}
	d.complainAt(at, problem)
}
