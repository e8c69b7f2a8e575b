package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"rollcall/fault"
)

// Limits on every connection. Writing is bounded generously, since a fault plan
// may want an answer to be slow.
const (
	headTimeout  = 10 * time.Second
	readTimeout  = 30 * time.Second
	writeTimeout = 3 * time.Minute
	idleTimeout  = 2 * time.Minute
	largestHead  = 64 << 10
	stopTimeout  = 30 * time.Second // for the calls in flight
)

// listen says where a server listens, and how.
type listen struct {
	address   string
	cert, key string
	plain     bool // without TLS, beyond this machine
}

// site is an address that is listened on.
type site struct {
	net.Listener
	secure *tls.Config // nil for plain HTTP
}

// open begins to listen. It refuses what would let the network in by accident.
func (l listen) open(ctx context.Context, anyCredentials bool) (*site, error) {
	s := &site{}
	switch {
	case (l.cert == "") != (l.key == ""):
		return nil, usage("--tls-cert and --tls-key belong together")
	case l.cert != "":
		pair, err := tls.LoadX509KeyPair(l.cert, l.key)
		if err != nil {
			return nil, usage("the certificate cannot be used: %w", err)
		}
		s.secure = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	if _, port, err := net.SplitHostPort(l.address); err != nil || !isPort(port) {
		return nil, usage("--listen wants an address such as 127.0.0.1:8480, not %q", l.address)
	}
	var err error
	if s.Listener, err = new(net.ListenConfig).Listen(ctx, "tcp", l.address); err != nil {
		if errors.Is(err, syscall.EADDRINUSE) {
			err = errors.New("another program listens there; stop it, or choose another port with --listen (port 0 picks a free one)")
		}
		return nil, fault.New(fault.Unavailable, "listen", l.address, err)
	}
	if err := l.allow(s, anyCredentials); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func isPort(text string) bool {
	_, err := strconv.ParseUint(text, 10, 16)
	return err == nil
}

// allow looks at where a site really is: names and empty hosts have been
// resolved.
func (l listen) allow(s *site, anyCredentials bool) error {
	at, ok := s.Addr().(*net.TCPAddr)
	switch {
	case ok && at.IP.IsLoopback():
		return nil
	case anyCredentials:
		return usage("--accept-any-credentials is for this machine only; listen on 127.0.0.1, not %s", l.address)
	case s.secure == nil && !l.plain:
		return usage("%s can be reached from other machines; add --tls-cert and --tls-key, or --allow-plain-http behind a proxy that has TLS", l.address)
	}
	return nil
}

// url is how clients on this machine reach the site.
func (s *site) url() string {
	scheme := "http://"
	if s.secure != nil {
		scheme = "https://"
	}
	if at, ok := s.Addr().(*net.TCPAddr); ok && at.IP.IsUnspecified() {
		return scheme + net.JoinHostPort("localhost", strconv.Itoa(at.Port))
	}
	return scheme + s.Addr().String()
}

// server is what answers at the site, with the limits of every connection.
func (s *site) server(ctx context.Context, a *app, handler http.Handler) *http.Server {
	return &http.Server{
		Handler: handler, TLSConfig: s.secure,
		ReadHeaderTimeout: headTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: largestHead,
		ErrorLog: slog.NewLogLogger(slog.NewTextHandler(a.err, nil), slog.LevelWarn),
		// A call in flight is finished when the server is told to stop.
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
}

// run serves until ctx ends, then finishes the calls in flight. Ready is called
// once requests are answered.
func (s *site) run(ctx context.Context, a *app, handler http.Handler, ready func() error) error {
	server := s.server(ctx, a, handler)
	ended := make(chan error, 1)
	go func() {
		if s.secure != nil {
			ended <- server.ServeTLS(s, "", "")
		} else {
			ended <- server.Serve(s)
		}
	}()
	if err := ready(); err != nil {
		return errors.Join(err, server.Close())
	}
	select {
	case err := <-ended:
		return fault.New(fault.Unavailable, "serve", s.Addr().String(), err)
	case <-ctx.Done():
	}
	say(a.err, "Stopping; calls in flight are finished first.")
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		return errors.Join(fault.New(fault.Unavailable, "finish calls in flight", s.Addr().String(), err), server.Close())
	}
	return nil
}
