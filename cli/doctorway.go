package cli

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"rollcall/awscall"
	"rollcall/fault"
)

// checkWay goes to an address: its name, the certificate there, and what time
// it is at the other end. It reports whether somebody answered.
func (d *doctor) checkWay(ctx context.Context, on string, c *cloud, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, awscall.DefaultTimeout)
	defer cancel()
	u, err := url.Parse(address)
	if err != nil {
		d.fail("DNS", on, fault.New(fault.Invalid, "read address", on, err))
		return false
	}
	u.Path, u.RawQuery = "/", ""
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), http.NoBody)
	if err != nil {
		d.fail("DNS", on, fault.New(fault.Invalid, "read address", on, err))
		return false
	}
	if !d.checkName(ctx, on, c, ask) {
		return false
	}
	client := *c.http
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := client.Do(ask)
	if err != nil {
		d.fail("TLS", on, fault.New(fault.Unavailable, "connect to", u.Host, err))
		return false
	}
	_ = answer.Body.Close()
	d.checkCertificate(on, u, answer.TLS)
	d.checkClock(on, answer.Header.Get("Date"))
	return true
}

// checkName resolves a host, unless a proxy does that.
func (d *doctor) checkName(ctx context.Context, on string, c *cloud, ask *http.Request) bool {
	if t, ok := c.http.Transport.(*http.Transport); ok && t.Proxy != nil {
		if proxy, err := t.Proxy(ask); err == nil && proxy != nil {
			d.ok("DNS", on, "left to the proxy "+proxy.Host)
			return true
		}
	}
	found, err := net.DefaultResolver.LookupHost(ctx, ask.URL.Hostname())
	if err != nil {
		d.fail("DNS", on, fault.New(fault.Unavailable, "resolve", ask.URL.Hostname(), err))
		return false
	}
	d.ok("DNS", on, fmt.Sprintf("%s is %s", ask.URL.Hostname(), found[0]))
	return true
}

func (d *doctor) checkCertificate(on string, u *url.URL, state *tls.ConnectionState) {
	if state == nil || len(state.PeerCertificates) == 0 {
		if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
			d.ok("TLS", on, "none, on this machine")
			return
		}
		d.warn("TLS", on, "the connection to "+u.Host+" is not encrypted; use https")
		return
	}
	end := state.PeerCertificates[0].NotAfter
	if left := end.Sub(d.now()); left < certNotice {
		d.warn("TLS", on, "the certificate of "+u.Host+" ends "+clock(end))
		return
	}
	d.ok("TLS", on, "the certificate of "+u.Host+" is trusted, until "+clock(end))
}

// checkClock compares our clock with the other end's: AWS refuses signatures
// that were made five minutes ago, or will be.
func (d *doctor) checkClock(on, date string) {
	theirs, err := http.ParseTime(date)
	if err != nil {
		d.warn("clock", on, "the answer has no date to compare with")
		return
	}
	skew := d.now().Sub(theirs).Round(time.Second)
	says := fmt.Sprintf("%s off", skew.Abs())
	switch {
	case skew.Abs() >= skewAllowed:
		d.fail("clock", on, fault.Text(fault.Unauthenticated, "compare clocks", on, "this machine's is "+says+", and AWS refuses what is signed so; set it (NTP)"))
	case skew.Abs() >= skewNoticed:
		d.warn("clock", on, "this machine's is "+says+"; at "+skewAllowed.String()+" AWS refuses what is signed so; set it (NTP)")
	default:
		d.ok("clock", on, says)
	}
}
