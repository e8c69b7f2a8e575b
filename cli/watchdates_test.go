package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/source/ldapsource/ldaptest"
	"rollcall/work"
)

// leapClock goes as every clock does, and can be put forward: whoever waits for
// a moment that is over then waits no longer.
type leapClock struct {
	mu    sync.Mutex
	ahead time.Duration
	leapt chan struct{} // closed by the next leap
}

func newLeapClock() *leapClock { return &leapClock{leapt: make(chan struct{})} }

func (c *leapClock) look() (now time.Time, leapt chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead), c.leapt
}

func (c *leapClock) Now() time.Time {
	now, _ := c.look()
	return now
}

func (c *leapClock) leap(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
	close(c.leapt)
	c.leapt = make(chan struct{})
}

// After may come a little early, never late, by what is left of a wait.
func (c *leapClock) After(d time.Duration) <-chan time.Time {
	due := make(chan time.Time, 1)
	began, leapt := c.look()
	go func() {
		for now := began; ; {
			select {
			case <-time.After(began.Add(d).Sub(now)):
			case <-leapt:
			}
			if now, leapt = c.look(); !now.Before(began.Add(d)) {
				due <- now
				return
			}
		}
	}()
	return due
}

func (c *leapClock) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-c.After(d):
		return nil
	}
}

const datesConfig = `directories:
  local: {kind: embedded, database: "sqlite:directory.db"}
sources:
  corp:
    kind: ldap
    servers: %s
    base: OU=AWS,DC=corp,DC=test
    bind: {user: "%s", password: "file:%s"}
    tls: {ca: %s}
syncs:
  corp:
    source: corp
    mapping: {preset: ad}
    actions: mirror
    grace: 20d
    watch: 30d
    brakes: {users_off: {floor: 100, percent: 100}}
`

// watchedDates is an Active Directory that is watched by a clock of the test's.
type watchedDates struct {
	t     *testing.T
	clock *leapClock
	ad    *ldaptest.Samba
	dir   string
}

func newWatchedDates(t *testing.T) *watchedDates {
	w := &watchedDates{t: t, clock: newLeapClock(), ad: ldaptest.StartSamba(t, ldaptest.SmallDomain), dir: t.TempDir()}
	secret := filepath.Join(w.dir, "password")
	config := fmt.Sprintf(datesConfig, w.ad.LDAPS, w.ad.Admin, secret, w.ad.CA)
	for file, text := range map[string]string{secret: w.ad.Password, w.file(): config} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func (w *watchedDates) file() string { return filepath.Join(w.dir, "rollcall.yaml") }

func (w *watchedDates) app() *app {
	return &app{in: new(bytes.Buffer), out: new(bytes.Buffer), err: w.t.Output(), time: w.clock, state: w.dir, configFile: w.file()}
}

// during runs a command while the test does something, and stops it.
func (w *watchedDates) during(do func(h *house), args ...string) {
	w.t.Helper()
	ctx, stop := context.WithCancel(w.t.Context())
	ended := make(chan error, 1)
	root := newRoot(w.app())
	root.SetArgs(append([]string{"--state", w.dir, "--config", w.file()}, args...))
	go func() { ended <- root.ExecuteContext(ctx) }()
	err := w.app().with(w.t.Context(), func(h *house) error { do(h); return nil })
	stop()
	if ran := <-ended; err != nil || ran != nil {
		w.t.Fatal(err, ran)
	}
}

// is waits until somebody has an account that is so, or none.
func (w *watchedDates) is(h *house, name string, want string) {
	w.t.Helper()
	got := ""
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		d, err := h.directory(w.t.Context(), "local")
		if err != nil {
			w.t.Fatal(err)
		}
		var u identity.User
		u, err = d.FindUser(w.t.Context(), directory.Key{Attribute: directory.KeyUserName, Value: name + "@corp.test"})
		switch {
		case fault.Is(err, fault.NotFound):
			got = "gone"
		case err != nil:
			w.t.Fatal(err)
		case u.Active:
			got = "on"
		default:
			got = "off"
		}
		if got == want {
			return
		}
	}
	w.t.Fatalf("%s is %s, want %s", name, got, want)
}

// because waits until the last attempt has ended, and says why there was one.
func (w *watchedDates) because(h *house, want string) {
	w.t.Helper()
	why := ""
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		all, err := work.NewBook(h.state).Attempts(w.t.Context(), "corp", 1)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(all) > 0 && !all[0].Ended.IsZero() {
			if why = all[0].Why; why == want && all[0].Status.Good() {
				return
			}
		}
	}
	w.t.Fatalf("the last attempt was made because %q, want %q", why, want)
}

func adPersonNamed(name string) string {
	return fmt.Sprintf("dn: CN=%s,OU=AWS,DC=corp,DC=test\nchangetype: add\nobjectClass: user\nsAMAccountName: %[1]s\n"+
		"userPrincipalName: %[1]s@corp.test\nsn: Example\ngivenName: %[1]s\nuserAccountControl: 544\n\n", name)
}

// A date that passes is no event: neither that of an account that ends nor the
// end of a grace period. Both are seen in time, by sync watch and by serve,
// though nothing else happens for weeks.
func TestDatesThatPassAreLive(t *testing.T) {
	w := newWatchedDates(t)
	const day = 24 * time.Hour
	gone := func(name string) string { return "dn: CN=" + name + ",OU=AWS,DC=corp,DC=test\nchangetype: delete\n" }
	w.ad.Modify(t, strings.Join([]string{adPersonNamed("bob"), adPersonNamed("cat"), adPersonNamed("dan")}, "\n"))
	ends := w.clock.Now().Add(10 * day)
	w.ad.Modify(t, fmt.Sprintf("dn: CN=bob,OU=AWS,DC=corp,DC=test\nchangetype: modify\nreplace: accountExpires\naccountExpires: %d\n",
		(ends.Unix()+11_644_473_600)*10_000_000))

	w.during(func(h *house) {
		w.is(h, "cat", "on")
		w.ad.Modify(t, gone("cat"))
		w.is(h, "cat", "off")
		w.because(h, "live: 1 entry removed")
		w.is(h, "bob", "on")
		w.clock.leap(10 * day)
		w.is(h, "bob", "off")
		w.because(h, "live: a date has passed")
		w.is(h, "cat", "off")
		w.clock.leap(10 * day)
		w.is(h, "cat", "gone")
		w.because(h, "live: a grace period has ended")
	}, "sync", "watch", "corp")

	w.during(func(h *house) {
		w.because(h, "the watch begins")
		w.is(h, "dan", "on")
		w.ad.Modify(t, gone("dan"))
		w.is(h, "dan", "off")
		w.because(h, "live: 1 entry removed")
		w.clock.leap(20*day - time.Hour)
		w.is(h, "dan", "off")
		w.clock.leap(time.Hour)
		w.is(h, "dan", "gone")
		w.because(h, "live: a grace period has ended")
		w.is(h, "bob", "off") // for whom it has not begun: the source lists them
	}, "serve", "--listen", "127.0.0.1:0")
}
