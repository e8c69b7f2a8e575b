package cli

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/emulate"
	"rollcall/identity"
	"rollcall/identitycentertest"
	"rollcall/reconcile"
	"rollcall/work"
)

// dayClock stands still but for sleeps, and for what the test adds. It can have
// a process die at the n-th look at it.
type dayClock struct {
	mu    sync.Mutex
	now   time.Time
	looks int
	die   func()
}

func (c *dayClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.looks--; c.looks == 0 && c.die != nil {
		go c.die()
	}
	return c.now
}

// After is what leases are renewed by: nobody in this test is slow.
func (c *dayClock) After(time.Duration) <-chan time.Time { return nil }

func (c *dayClock) Sleep(ctx context.Context, d time.Duration) error {
	c.add(d)
	return ctx.Err()
}

func (c *dayClock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// to moves the clock on to a moment, if it is not past it.
func (c *dayClock) to(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now.Before(t) {
		c.now = t
	}
}

// dieAt has die called at the n-th look from now.
func (c *dayClock) dieAt(n int, die func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.looks, c.die = n, die
}

const dayConfig = `directories:
  aws:
    kind: aws
    region: %s
    endpoint_url: %s
    store: %s
    instance: %s
    access_key: {id: "env:DAY_ID", secret: "env:DAY_SECRET"}
    scim: {url: %s, token: "env:DAY_TOKEN"}
    rate: {limit: 100000/sec, read: 100000/sec, share: 100}
sources:
  corp:
    kind: csv
    people: {path: people.csv, anchor: number}
    groups: {path: groups.csv, anchor: id}
    memberships: {path: members.csv}
syncs:
  corp:
    source: corp
    actions: mirror
    mapping:
      user:
        userName: person.login
        displayName: person.given + " " + person.family
        name.givenName: person.given
        name.familyName: person.family
        title: person.title
      group: {displayName: group.name}
    brakes:
      users_off: {floor: 1000, percent: 100}
      users_renamed: {floor: 1000, percent: 100}
      missing_on_target: {floor: 1000, percent: 100}
      emptied: 1000
      group_leavers: {percent: 100, of: 1000, all: 1000}
    schedule: {every: 15m, jitter: 5m}
`

// day is one installation through a day.
type day struct {
	t      *testing.T
	folder string
	clock  *dayClock
	random *rand.Rand
	log    *slog.Logger
	life   *life
	lives  int
}

// life is one process: what it has in memory goes with it.
type life struct {
	house   *house
	service *work.Service
	ended   atomic.Bool // it was killed, or asked to end
	mu      sync.Mutex
	others  []*house // of attempts
}

// begin starts a process.
func (d *day) begin() {
	d.t.Helper()
	d.lives++
	a := &app{out: new(bytes.Buffer), err: d.t.Output(), state: filepath.Join(d.folder, "state"), configFile: filepath.Join(d.folder, "rollcall.yaml"), time: d.clock}
	h, err := a.open(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	s, err := h.service(d.log)
	if err != nil {
		d.t.Fatal(err)
	}
	l := &life{house: h, service: s}
	s.Hands.(*hands).house = func(h *house) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.others = append(l.others, h)
	}
	d.life = l
}

// die is a process that is killed: it reaches nothing any more.
func (l *life) die() {
	l.ended.Store(true)
	_ = l.house.state.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, h := range l.others {
		_ = h.state.Close()
	}
}

// stop asks a process to end in the middle of what it does.
func (l *life) stop() {
	l.ended.Store(true)
	l.service.Stop()
}

// end lets a process end.
func (l *life) end() {
	l.service.Stop()
	_ = l.house.close()
}

// round looks once, and does what is found. It reports whether anything was
// left to do, and false as well where the process is dead.
func (d *day) round() (found, alive bool) {
	tasks, err := d.life.service.Keep(d.t.Context())
	for _, task := range tasks {
		if err == nil {
			err = d.life.service.Do(d.t.Context(), task)
		}
	}
	d.life.service.Wait()
	return len(tasks) > 0, err == nil && !d.life.ended.Load()
}

// settled reports whether no attempt is open.
func (d *day) settled() bool {
	all, err := work.NewBook(d.life.house.state).Attempts(d.t.Context(), "corp", 1)
	return err == nil && (len(all) == 0 || all[0].Status != work.Open)
}

// work goes through everything that is due now, over as many lives as it takes.
func (d *day) work() {
	d.t.Helper()
	for range 100 {
		found, alive := d.round()
		if !alive {
			d.life.end()
			d.begin()
		} else if !found && d.settled() {
			return
		}
		d.clock.add(20 * time.Second) // leases of the dead run out
	}
	d.t.Fatal("it never ends")
}

// lines are what the directory holds.
func (d *day) lines() []string {
	d.t.Helper()
	dir, err := d.life.house.directory(d.t.Context(), "aws")
	if err != nil {
		d.t.Fatal(err)
	}
	current, err := reconcile.Read(d.t.Context(), dir, true)
	if err != nil {
		d.t.Fatal(err)
	}
	names := map[identity.ID]string{}
	var all []string
	for _, u := range current.Users {
		names[u.ID] = u.UserName
		all = append(all, fmt.Sprintf("%s %s, %s", u.UserName, u.DisplayName, u.Title))
	}
	for _, g := range current.Groups {
		for _, id := range current.Members[g.ID] {
			all = append(all, "team "+g.DisplayName+": "+names[id])
		}
	}
	slices.Sort(all)
	return all
}

// spoil breaks the source in one of the ways in which sources break.
func (d *day) spoil() {
	d.t.Helper()
	file := filepath.Join(d.folder, []string{"people.csv", "members.csv"}[d.random.IntN(2)])
	text, err := os.ReadFile(file)
	if err != nil {
		d.t.Fatal(err)
	}
	switch d.random.IntN(3) {
	case 0: // it is not there yet
		err = os.Remove(file)
	case 1: // it is half written
		err = os.WriteFile(file, append(bytes.Split(text, []byte("\n"))[0], "\n\"12"...), 0o600)
	case 2: // it is empty
		err = os.WriteFile(file, nil, 0o600)
	}
	if err != nil {
		d.t.Fatal(err)
	}
}

// A day of 96 quarters of an hour: people come, go, move and trade names; the
// source breaks, the Identity Center fails in every way it can, and the process
// is killed or asked to end in the middle. In the end the directory is as the
// source says.
func TestADayOfRunsEndsWithTheTargetEqualToTheSource(t *testing.T) {
	seed := uint64(20260301)
	srv := identitycentertest.New(t)
	key, err := srv.Config.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DAY_ID", key.AccessKeyID)
	t.Setenv("DAY_SECRET", key.SecretAccessKey)
	t.Setenv("DAY_TOKEN", srv.SCIMToken)
	d := &day{t: t, folder: t.TempDir(), random: rand.New(rand.NewPCG(seed, 1)), log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	midnight := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	d.clock = &dayClock{now: midnight.Add(-time.Second)}
	config := fmt.Sprintf(dayConfig, identitycentertest.Region, srv.URL, srv.IdentityStoreID, srv.InstanceARN, srv.SCIMURL)
	if err := os.WriteFile(filepath.Join(d.folder, "rollcall.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(d.folder, "state"), 0o700); err != nil {
		t.Fatal(err)
	}
	c := &company{people: map[int]*worker{}}
	for range 40 {
		c.hire(d.random)
	}
	c.write(t, d.folder)
	d.begin()
	d.work() // the first run is at once
	broken := 0
	for quarter := range 96 {
		c.change(d.random)
		c.write(t, d.folder)
		if d.random.IntN(8) == 0 {
			d.spoil()
			broken++
		}
		if d.random.IntN(4) == 0 {
			srv.Faults(dayFaults(d.random)...)
		}
		switch d.random.IntN(6) {
		case 0:
			d.clock.dieAt(5+d.random.IntN(60), d.life.die)
		case 1:
			d.clock.dieAt(5+d.random.IntN(60), d.life.stop)
		}
		d.clock.to(midnight.Add(time.Duration(quarter+1)*15*time.Minute - time.Millisecond))
		d.clock.to(d.clock.Now().Add(6 * time.Minute)) // whatever the jitter was
		d.work()
		d.clock.dieAt(0, nil)
		srv.Faults()
	}
	c.write(t, d.folder)
	d.clock.add(21 * time.Minute)
	d.work()
	if diff := cmp.Diff(c.lines(), d.lines()); diff != "" {
		t.Errorf("seed %d (-source +target):\n%s", seed, diff)
	}
	d.report(broken)
	d.life.end()
}

// report prints the day, and looks that it was one.
func (d *day) report(broken int) {
	d.t.Helper()
	all, err := work.NewBook(d.life.house.state).Attempts(d.t.Context(), "corp", 1000)
	if err != nil {
		d.t.Fatal(err)
	}
	counts, made := map[work.Status]int{}, 0
	for _, a := range all {
		counts[a.Status]++
		made += a.Made
	}
	d.t.Logf("%d attempts %v in %d lives, %d changes made, the source broken %d times", len(all), counts, d.lives, made, broken)
	if len(all) < 96 || d.lives < 5 || counts[work.Failed] == 0 || counts[work.Complete] < 40 {
		d.t.Error("that was no such day")
	}
	runs, err := d.life.house.journal.Unfinished(d.t.Context(), "")
	if err != nil || len(runs) > 0 {
		d.t.Errorf("unfinished runs: %v, %v", runs, err)
	}
	if problems := strings.TrimSpace(fmt.Sprint(counts[work.Braked])); problems != "0" {
		d.t.Errorf("%s attempts were braked", problems)
	}
}

// dayFaults are some of the ways to go wrong, each in some of the calls.
func dayFaults(r *rand.Rand) []emulate.Fault {
	var all []emulate.Fault
	for _, kind := range emulate.Kinds() {
		f := emulate.Fault{Operation: "*", Kind: kind, Probability: 0.02 + 0.03*r.Float64()}
		switch kind {
		case emulate.Slow:
			f.Delay = emulate.Duration(1)
		case emulate.Throttle, emulate.Fail: // the first is waited out by another clock, the second is of assignments
			continue
		}
		all = append(all, f)
	}
	return all
}
