package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// watchGoal is how long a change may take to arrive, at the 95th percentile.
const watchGoal = 5 * time.Second

// watchedServer is a directory server whose changes are measured.
type watchedServer struct {
	name   string
	config string // of the source, and the sync's mapping
	people int
	dial   func() (*ldap.Conn, error)
	dn     func(i int) string
	user   func(i int) string // what the account is called
	stop   func()
}

// watchLatency measures how long a change in a directory server takes until it
// can be read in Identity Center, through rollcall serve, which watches.
func watchLatency(ctx context.Context, dir string) (string, error) {
	var lines []string
	for _, open := range []func(string) (*watchedServer, error){watchedSlapd, watchedSamba} {
		s, err := open(dir)
		if err != nil {
			return "", err
		}
		line, err := s.measure(ctx, filepath.Join(dir, s.name))
		s.stop()
		if err != nil {
			return "", fmt.Errorf("%s: %w", s.name, err)
		}
		lines = append(lines, s.name+" "+line)
	}
	return strings.Join(lines, "; ") + fmt.Sprintf(" (goal for p95 %s)", watchGoal), nil
}

func (s *watchedServer) measure(ctx context.Context, state string) (string, error) {
	if err := os.Mkdir(state, 0o700); err != nil {
		return "", err
	}
	file := filepath.Join(state, "rollcall.yaml")
	if err := os.WriteFile(file, []byte(s.config), 0o600); err != nil {
		return "", err
	}
	p, err := serveStore(ctx, rollcallBinary(), state, "--config", file)
	if err != nil {
		return "", err
	}
	defer p.stop() //nolint:errcheck // what it has measured is measured
	c, err := clientOf(p.env)
	if err != nil {
		return "", err
	}
	conn, err := s.dial()
	if err != nil {
		return "", err
	}
	defer conn.Close()
	began := time.Now()
	l := &watchedChanges{watchedServer: s, client: c, store: p.env["ROLLCALL_IDENTITY_STORE_ID"], conn: conn}
	if l.wire, err = dial(ctx, c.address); err != nil {
		return "", err
	}
	defer l.wire.close()
	for _, i := range []int{0, 1} { // the second arrives after everybody else
		if _, err := l.change(ctx, i, "First"); err != nil {
			return "", err
		}
	}
	loaded := time.Since(began)
	pick := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same changes every time
	changes := size(100)
	took := make([]time.Duration, changes)
	for i := range took {
		time.Sleep(time.Duration(pick.IntN(1000)) * time.Millisecond) // whenever it happens
		if took[i], err = l.change(ctx, pick.IntN(s.people), fmt.Sprintf("Title %d", i)); err != nil {
			return "", err
		}
	}
	slices.Sort(took)
	peak, err := p.peak()
	return fmt.Sprintf("(%d people, first load %.1f s): %d changes, p50 %.2f s, p95 %.2f s, most %.2f s, server's peak %d MiB", s.people, loaded.Seconds(),
		changes, took[changes/2].Seconds(), took[changes*95/100].Seconds(), took[changes-1].Seconds(), peak), err
}

// watchedChanges makes changes and looks for them.
type watchedChanges struct {
	*watchedServer
	client *client
	wire   *wire
	conn   *ldap.Conn
	store  string
}

var errLost = errors.New("a change has not arrived within ten minutes")

// change gives somebody a title, and returns how long it took to arrive.
func (l *watchedChanges) change(ctx context.Context, i int, title string) (time.Duration, error) {
	m := ldap.NewModifyRequest(l.dn(i), nil)
	m.Replace("title", []string{title})
	if err := l.conn.Modify(m); err != nil {
		return 0, err
	}
	made := time.Now()
	want := fmt.Appendf(nil, `"Title":%q`, title)
	id := ""
	for time.Since(made) < 10*time.Minute && ctx.Err() == nil {
		if id == "" {
			id = l.find(i)
		} else if status, body, err := l.wire.call(l.client.aws("DescribeUser", `{"IdentityStoreId":%q,"UserId":%q}`, l.store, id)); err != nil {
			return 0, err
		} else if status == 200 && bytes.Contains(body, want) {
			return time.Since(made), nil
		}
		time.Sleep(2 * time.Millisecond)
	}
	return 0, errors.Join(errLost, ctx.Err())
}

// find is somebody's id, empty if there is no such account yet.
func (l *watchedChanges) find(i int) string {
	status, body, err := l.wire.call(l.client.aws("GetUserId",
		`{"IdentityStoreId":%q,"AlternateIdentifier":{"UniqueAttribute":{"AttributePath":"userName","AttributeValue":%q}}}`, l.store, l.user(i)))
	if err != nil || status != 200 {
		return ""
	}
	_, rest, _ := strings.Cut(string(body), `"UserId":"`)
	id, _, _ := strings.Cut(rest, `"`)
	return id
}
