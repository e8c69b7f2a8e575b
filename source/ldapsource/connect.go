package ldapsource

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/go-ldap/ldap/v3"

	"rollcall/fault"
)

// conn is a connection to one server, on which somebody has proven who they
// are. It is for one goroutine.
type conn struct {
	*ldap.Conn
	raw     *counted
	wire    *wire
	decoder entries
	server  string // its URL
	host    string // what its certificate is for
	silence time.Duration
	silent  atomic.Bool // it did not answer in time, and was hung up on
	unhook  func() bool // takes away what hangs up when the context ends
	root    rootDSE
}

// counted counts the bytes that arrive.
type counted struct {
	net.Conn
	bytes atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.bytes.Add(int64(n))
	return n, err
}

// connect finds the first server that answers and takes the user. Whoever is
// refused by one is not tried at the next: a wrong password locks an account.
func (d *Driver) connect(ctx context.Context) (*conn, error) {
	servers, err := d.servers(ctx)
	if err != nil {
		return nil, err
	}
	var problems []error
	for _, s := range servers {
		c, err := d.open(ctx, s)
		switch {
		case err == nil:
			return c, nil
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case !fault.Is(err, fault.Unavailable):
			return nil, err
		}
		problems = append(problems, err)
	}
	if len(problems) == 1 {
		return nil, problems[0]
	}
	return nil, fault.New(fault.Unavailable, "connect", fmt.Sprintf("%d servers", len(problems)), errors.Join(problems...))
}

// servers lists the servers, with those that DNS knows in place of domains.
func (d *Driver) servers(ctx context.Context) ([]*url.URL, error) {
	var all []*url.URL
	for _, text := range d.o.Servers {
		u, err := url.Parse(text)
		if err != nil {
			return nil, fault.New(fault.Invalid, "connect", text, err)
		}
		services := map[string]string{"srv": "ldap", "srvs": "ldaps"}
		service, inDNS := services[u.Scheme]
		if !inDNS {
			all = append(all, u)
			continue
		}
		_, records, err := d.o.Lookup(ctx, service, "tcp", u.Hostname())
		if err != nil {
			return nil, fault.New(fault.Unavailable, "find servers", text, err)
		}
		for _, r := range records { // by priority, and by chance among equals
			all = append(all, &url.URL{Scheme: service, Host: net.JoinHostPort(trimDot(r.Target), fmt.Sprint(r.Port))})
		}
	}
	if len(all) == 0 {
		return nil, fault.Text(fault.Unavailable, "find servers", fmt.Sprint(d.o.Servers), "DNS names no server")
	}
	return all, nil
}

func trimDot(name string) string {
	if n := len(name); n > 0 && name[n-1] == '.' {
		return name[:n-1]
	}
	return name
}

// open connects to a server, proves who asks and asks what it is.
func (d *Driver) open(ctx context.Context, u *url.URL) (*conn, error) {
	c, err := d.dial(ctx, u)
	if err != nil {
		return nil, err
	}
	err = d.bind(ctx, c)
	if err == nil {
		c.root, err = c.readRoot(ctx, d.o.Dialect)
	}
	if err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// dial opens a connection, encrypted unless it is to be plain.
func (d *Driver) dial(ctx context.Context, u *url.URL) (*conn, error) {
	c := &conn{server: u.String(), host: u.Hostname(), silence: d.o.AnswerTimeout}
	port := u.Port()
	if port == "" {
		port = map[string]string{"ldap": ldap.DefaultLdapPort, "ldaps": ldap.DefaultLdapsPort}[u.Scheme]
	}
	dialing, cancel := context.WithTimeout(ctx, d.o.ConnectTimeout)
	defer cancel()
	raw, err := new(net.Dialer).DialContext(dialing, "tcp", net.JoinHostPort(c.host, port))
	if err != nil {
		return nil, fault.New(fault.Unavailable, "connect", c.server, err)
	}
	c.raw = &counted{Conn: raw}
	c.unhook = context.AfterFunc(ctx, func() { _ = raw.Close() }) // whatever waits for it is woken
	settings := d.tls(c.host)
	var under net.Conn = c.raw
	switch {
	case u.Scheme == "ldaps":
		secure := tls.Client(c.raw, settings)
		if err := secure.HandshakeContext(dialing); err != nil {
			return nil, errors.Join(handshakeFault(c.server, err), raw.Close())
		}
		under = secure
	case !d.o.Plain:
		if under, err = c.startTLS(dialing, settings); err != nil {
			return nil, errors.Join(err, raw.Close())
		}
	}
	c.wire, c.decoder = newWire(under), entries{names: map[string]string{}}
	c.Conn = ldap.NewConn(c.wire, under != c.raw)
	c.Start()
	return c, nil
}

func (d *Driver) tls(host string) *tls.Config {
	settings := &tls.Config{}
	if d.o.TLS != nil {
		settings = d.o.TLS.Clone()
	}
	settings.MinVersion = max(settings.MinVersion, tls.VersionTLS12)
	if settings.ServerName == "" {
		settings.ServerName = host
	}
	return settings
}

// watch hangs up when the server is silent for too long. The function it
// returns ends that.
func (c *conn) watch() (stop func()) {
	t := c.timer()
	return func() { t.Stop() }
}

func (c *conn) timer() *time.Timer {
	return time.AfterFunc(c.silence, func() {
		c.silent.Store(true)
		_ = c.raw.Close()
	})
}

// close hangs up. What the server says to that no longer matters.
func (c *conn) close() {
	if c.unhook != nil {
		c.unhook()
	}
	_ = c.raw.Close()
	_ = c.Conn.Close()
}
