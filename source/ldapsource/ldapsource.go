// Package ldapsource reads people and groups from a directory server: Active
// Directory, OpenLDAP, 389 Directory Server, FreeIPA and their like.
//
// It reads the whole subtree in pages, as a stream, and refuses whatever looks
// like a short answer: a page that was not closed, a range of members that does
// not end, an account that may not see what is there. Referrals are not
// followed, and are reported. It writes nothing.
package ldapsource

import (
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"time"

	"rollcall/dn"
	"rollcall/fault"
	"rollcall/source"
	"rollcall/source/ldapentry"
)

// Options say where the directory is, who asks, and what is read of it.
type Options struct {
	// Servers are tried in this order until one answers: ldaps://HOST[:PORT],
	// ldap://HOST[:PORT] (with StartTLS, unless Plain), and srv://DOMAIN or
	// srvs://DOMAIN for the servers that DNS names for a domain (RFC 2782),
	// by ldap and by ldaps.
	Servers []string

	// Plain leaves ldap:// without encryption.
	Plain bool

	// TLS has the authorities that are trusted and, where certificates are not
	// for the host in the URL, the server name. Nil: the system's authorities.
	TLS *tls.Config

	// Bind is who asks.
	Bind Bind

	// Rules say which entries are people and groups. Rules.Base is needed.
	// Anchors that are not named are those of the dialect: objectGUID,
	// nsUniqueId, entryUUID.
	Rules ldapentry.Rules

	// Filter (RFC 4515) narrows what is read of the base. Members that it
	// leaves out are left out of groups, too. Empty: everything.
	Filter string

	// Attributes are those that somebody needs, beside what this package needs
	// itself. Empty: all there are.
	Attributes []string

	// Dialect is the sort of server. Empty: it is asked.
	Dialect Dialect

	// Canaries are the names of entries that every read must come across.
	Canaries []string

	PageSize       int           // entries a page; 0: 500. AD allows 1000
	ConnectTimeout time.Duration // of one server; 0: 10 s
	AnswerTimeout  time.Duration // how long the server may be silent; 0: 60 s

	// Lookup finds servers in DNS; nil: net.DefaultResolver.
	Lookup func(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
}

// Bind is who asks, and how they prove it.
type Bind struct {
	User string // a DN, or for AD also user@domain; empty: anonymous

	// Password gives the user's password when it is needed.
	Password func(context.Context) (string, error)

	// Kerberos is used in place of a simple bind; nil for none.
	Kerberos *Kerberos
}

const (
	usualPageSize = 500
	maxPageSize   = 10_000

	usualConnectTimeout = 10 * time.Second
	usualAnswerTimeout  = time.Minute
)

// Driver reads a directory. It holds nothing between two reads.
type Driver struct {
	o        Options
	base     dn.DN
	canaries []dn.DN
	pace     pace
}

var _ source.Driver = (*Driver)(nil)

// New checks the options; it asks no server. It fails with fault.Invalid.
func New(o Options) (*Driver, error) {
	o.PageSize = cmp.Or(o.PageSize, usualPageSize)
	o.ConnectTimeout = cmp.Or(o.ConnectTimeout, usualConnectTimeout)
	o.AnswerTimeout = cmp.Or(o.AnswerTimeout, usualAnswerTimeout)
	d := &Driver{o: o, pace: usualPace}
	if err := d.check(); err != nil {
		return nil, err
	}
	if o.Lookup == nil {
		d.o.Lookup = net.DefaultResolver.LookupSRV
	}
	var err error
	d.base, err = dn.Parse(o.Rules.Base)
	if err != nil {
		return nil, fault.New(fault.Invalid, "open LDAP source", "base", err)
	}
	for _, text := range o.Canaries {
		name, err := dn.Parse(text)
		if err == nil && !name.Under(d.base) {
			return nil, fault.Text(fault.Invalid, "open LDAP source", "canary "+text, "it does not lie under the base "+o.Rules.Base)
		}
		if err != nil {
			return nil, fault.New(fault.Invalid, "open LDAP source", "canary "+text, err)
		}
		d.canaries = append(d.canaries, name)
	}
	return d, nil
}

// Read reads the directory whole, from one server.
//
// fault.Incomplete: the base or a subtree is not there, an entry that must be
// found was not, the account sees nothing of what is there, a page or a range
// of members did not end, a limit of the server cut the answer.
// fault.Unauthenticated and fault.Denied: who asks is refused. fault.Unavailable:
// no server answers, each with its reason. fault.Unsupported: the server has
// no paged results (RFC 2696).
func (d *Driver) Read(ctx context.Context, r source.Receiver) (source.Report, error) {
	began := time.Now()
	c, err := d.connect(ctx)
	if err != nil {
		return source.Report{}, err
	}
	defer c.close()
	reading, err := d.begin(ctx, c, r)
	if err == nil {
		err = reading.all(ctx)
	}
	if err != nil {
		return source.Report{}, err
	}
	report, err := reading.finish(ctx)
	if err != nil {
		return source.Report{}, err
	}
	report.Elapsed = time.Since(began)
	return report, nil
}
