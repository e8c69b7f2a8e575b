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
	key    *client // with the key of the first server: no other is shown its secret again
}

// watchLatency measures how long a change in a directory server takes until it
// can be read in Identity Center, through rollcall serve, which watches.
func watchLatency(ctx context.Context, dir string) (string, error) {
	var lines []string
	for _, open := range []func(string) (*watchedServer, error){watchedSlapd(size(5000)), watchedSlapd(size(20_000)), watchedSamba} {
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

// measure loads an Identity Center, and has another server, begun over what is
// there, follow the changes.
func (s *watchedServer) measure(ctx context.Context, state string) (string, error) {
	if err := os.Mkdir(state, 0o700); err != nil {
		return "", err
	}
	file := filepath.Join(state, "rollcall.yaml")
	if err := os.WriteFile(file, []byte(s.config), 0o600); err != nil {
		return "", err
	}
	conn, err := s.dial()
	if err != nil {
		return "", err
	}
	defer conn.Close()
	began := time.Now()
	loading, err := s.serve(ctx, state, file, conn)
	if err != nil {
		return "", err
	}
	loaded := time.Since(began)
	first, err := loading.server.peak()
	loading.end()
	if err != nil {
		return "", err
	}
	l, err := s.serve(ctx, state, file, conn)
	if err != nil {
		return "", err
	}
	defer l.end()
	line, err := l.changes(ctx, size(100))
	return fmt.Sprintf("(%d people, first load %.1f s, peak %d MiB; followed by another process): %s", s.people, loaded.Seconds(), first, line), err
}

// serve begins a server that watches, and waits until two changes have arrived:
// the second comes after everybody else.
func (s *watchedServer) serve(ctx context.Context, state, file string, conn *ldap.Conn) (*watchedChanges, error) {
	if err := os.RemoveAll(filepath.Join(state, "env")); err != nil {
		return nil, err
	}
	p, err := serveStore(ctx, rollcallBinary(), state, "--config", file)
	if err != nil {
		return nil, err
	}
	l := &watchedChanges{watchedServer: s, server: p, store: p.env["ROLLCALL_IDENTITY_STORE_ID"], conn: conn}
	if l.client, err = clientOf(p.env); err == nil {
		l.wire, err = dial(ctx, l.client.address)
	}
	if s.key == nil {
		s.key = l.client
	}
	l.client.key = s.key.key
	for _, i := range []int{0, 1} {
		if err == nil {
			_, err = l.change(ctx, i, fmt.Sprintf("Begun %d", p.Process.Pid))
		}
	}
	if err != nil {
		l.end()
		return nil, err
	}
	return l, nil
}

// changes makes changes whenever it happens, one after the other, and says how
// long they took to arrive, and what each cost the server.
func (l *watchedChanges) changes(ctx context.Context, n int) (string, error) {
	pick := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same changes every time
	took := make([]time.Duration, n)
	before, err := l.server.cpu()
	for i := range took {
		if err != nil {
			return "", err
		}
		time.Sleep(time.Duration(pick.IntN(1000)) * time.Millisecond)
		took[i], err = l.change(ctx, pick.IntN(l.people), fmt.Sprintf("Title %d", i))
	}
	after, err := l.server.cpu()
	if err != nil {
		return "", err
	}
	now, err := l.server.resident()
	if err != nil {
		return "", err
	}
	peak, err := l.server.peak()
	return fmt.Sprintf("%s, server's CPU a change %.2f s, its memory %d MiB, peak %d MiB", latencies(took), (after-before).Seconds()/float64(n), now, peak), err
}

// latencies says how long changes took.
func latencies(took []time.Duration) string {
	slices.Sort(took)
	n := len(took)
	return fmt.Sprintf("%d changes, p50 %.2f s, p95 %.2f s, most %.2f s", n, took[n/2].Seconds(), took[n*95/100].Seconds(), took[n-1].Seconds())
}

// watchedChanges makes changes and looks for them.
type watchedChanges struct {
	*watchedServer
	server *process
	client *client
	wire   *wire
	conn   *ldap.Conn
	store  string
}

// end stops the server.
func (l *watchedChanges) end() {
	if l.wire != nil {
		l.wire.close()
	}
	_ = l.server.stop() // what it has measured is measured
}

var errLost = errors.New("a change has not arrived within ten minutes")

// change gives somebody a title, and returns how long it took to arrive.
func (l *watchedChanges) change(ctx context.Context, i int, title string) (time.Duration, error) {
	m := ldap.NewModifyRequest(l.dn(i), nil)
	m.Replace("title", []string{title})
	if err := l.conn.Modify(m); err != nil {
		return 0, err
	}
	made, pause := time.Now(), 2*time.Millisecond
	want := fmt.Appendf(nil, `"Title":%q`, title)
	id := ""
	for time.Since(made) < 10*time.Minute && ctx.Err() == nil {
		if time.Since(made) > 10*time.Second {
			pause = 100 * time.Millisecond // it loads everybody, and asking takes its time
		}
		if id == "" {
			var err error
			if id, err = l.find(i); err != nil {
				return 0, err
			}
		} else if status, body, err := l.wire.call(l.client.aws("DescribeUser", `{"IdentityStoreId":%q,"UserId":%q}`, l.store, id)); err != nil {
			return 0, err
		} else if status == 200 && bytes.Contains(body, want) {
			return time.Since(made), nil
		}
		time.Sleep(pause)
	}
	return 0, errors.Join(errLost, ctx.Err())
}

// find is somebody's id, empty if there is no such account yet.
func (l *watchedChanges) find(i int) (string, error) {
	status, body, err := l.wire.call(l.client.aws("GetUserId",
		`{"IdentityStoreId":%q,"AlternateIdentifier":{"UniqueAttribute":{"AttributePath":"userName","AttributeValue":%q}}}`, l.store, l.user(i)))
	switch {
	case err != nil:
		return "", err
	case bytes.Contains(body, []byte("ResourceNotFoundException")):
		return "", nil
	case status != 200:
		return "", fmt.Errorf("find an account: status %d: %s", status, body)
	}
	_, rest, _ := strings.Cut(string(body), `"UserId":"`)
	id, _, _ := strings.Cut(rest, `"`)
	return id, nil
}
