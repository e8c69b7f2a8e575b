package awscall

import "net/http"

// connections is how many calls may be under way at once without opening a new
// connection for each.
const connections = 64

// Direct is c, or a client of our own if it is nil, that follows no redirect,
// which would send a write again, and its signature or token somewhere else, and
// that sends each request in one piece. It has no timeout of its own: how long
// an answer may take says [Line].
func Direct(c *http.Client) *http.Client {
	own := http.Client{}
	if c != nil {
		own = *c
	} else if t, ok := http.DefaultTransport.(*http.Transport); ok {
		t = t.Clone()
		t.MaxIdleConnsPerHost, t.MaxIdleConns = connections, 2*connections
		own.Transport = t
	}
	if own.Transport == nil {
		own.Transport = http.DefaultTransport
	}
	own.Transport = whole{own.Transport}
	own.Timeout = 0
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}
