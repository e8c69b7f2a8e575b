package ldapsource

import (
	"cmp"
	"context"

	"github.com/go-ldap/ldap/v3"
	"github.com/go-ldap/ldap/v3/gssapi"

	"rollcall/fault"
)

// Kerberos proves who asks by a ticket (GSSAPI, RFC 4752). No layer of its own
// protects the connection: TLS does.
type Kerberos struct {
	Config string // the path of krb5.conf; empty: /etc/krb5.conf
	Realm  string // empty: the configuration's default
	Keytab string // the path of a keytab; empty: a ticket cache, or the bind's password
	Cache  string // the path of a ticket cache, as kinit makes it; empty: the bind's password
	// Service is the server's principal. Empty: ldap/ and the host in its URL.
	Service string
}

// bind proves who asks.
func (d *Driver) bind(ctx context.Context, c *conn) error {
	defer c.watch()()
	b := d.o.Bind
	var err error
	switch {
	case b.Kerberos != nil:
		err = d.bindKerberos(ctx, c)
	case b.User == "":
		err = c.UnauthenticatedBind("")
	default:
		password, reading := b.Password(ctx)
		if reading != nil {
			return reading
		}
		if password == "" { // a server would take that for anonymous (RFC 4513 section 5.1.2)
			return fault.Text(fault.Unauthenticated, "bind", c.server, "the password is empty")
		}
		err = c.Bind(b.User, password)
	}
	if err != nil {
		return c.fault(ctx, "bind", "", err)
	}
	return nil
}

func (d *Driver) bindKerberos(ctx context.Context, c *conn) error {
	client, err := d.ticket(ctx)
	if err != nil {
		return fault.New(fault.Unauthenticated, "bind by Kerberos", c.server, err)
	}
	defer client.Close()
	service := cmp.Or(d.o.Bind.Kerberos.Service, "ldap/"+c.host)
	if err := c.GSSAPIBind(client, service, ""); err != nil {
		if ldap.IsErrorAnyOf(err, ldap.ErrorNetwork) {
			return err
		}
		return fault.New(fault.Unauthenticated, "bind by Kerberos", c.server, err)
	}
	return nil
}

// ticket is a client of the realm's key distribution centre.
func (d *Driver) ticket(ctx context.Context) (*gssapi.Client, error) {
	b, k := d.o.Bind, d.o.Bind.Kerberos
	config := cmp.Or(k.Config, "/etc/krb5.conf")
	switch {
	case k.Keytab != "":
		return gssapi.NewClientWithKeytab(b.User, k.Realm, k.Keytab, config)
	case k.Cache != "":
		return gssapi.NewClientFromCCache(k.Cache, config)
	case b.Password == nil:
		return nil, fault.Text(fault.Invalid, "bind by Kerberos", "", "there is neither a keytab nor a ticket cache nor a password")
	}
	password, err := b.Password(ctx)
	if err != nil {
		return nil, err
	}
	return gssapi.NewClientWithPassword(b.User, k.Realm, password, config)
}
