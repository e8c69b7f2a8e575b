package sqldir_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"rollcall/directory"
	"rollcall/directory/sqldir"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

const (
	store   = identity.StoreID("d-1234567890")
	roleEnv = "SQLDIR_TEST_ROLE" // what this test binary does as another process
	urlEnv  = "SQLDIR_TEST_URL"
	nameEnv = "SQLDIR_TEST_NAME"
)

func TestMain(m *testing.M) {
	if role := os.Getenv(roleEnv); role != "" {
		if err := play(role); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// play waits for a line on standard input, opens the store and either says
// its instance or writes until standard input ends.
func play(role string) error {
	ctx := context.Background()
	stdin := bufio.NewReader(os.Stdin)
	if _, err := stdin.ReadString('\n'); err != nil {
		return err
	}
	c, err := sqldir.Open(ctx, os.Getenv(urlEnv))
	if err != nil {
		return err
	}
	defer c.Close()
	d, err := c.Store(ctx, store, sqldir.Options{})
	if err != nil {
		return err
	}
	if role == "open" {
		s, err := d.Store(ctx)
		fmt.Println(s.Instance)
		return err
	}
	stop := make(chan struct{})
	go func() { _, _ = io.Copy(io.Discard, stdin); close(stop) }()
	return writeMuch(ctx, d, os.Getenv(nameEnv), stop)
}

const writers = 32

// writeMuch has 32 writers make users, memberships and deletions, and contend
// for names, until stop. Each acknowledged write is a line.
func writeMuch(ctx context.Context, d *sqldir.Driver, name string, stop <-chan struct{}) error {
	g, err := d.CreateGroup(ctx, identity.Group{DisplayName: "group of " + name})
	if err != nil {
		return err
	}
	fmt.Println("group", g.ID)
	var wg sync.WaitGroup
	failed := make(chan error, writers)
	for w := range writers {
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				if err := writeOne(ctx, d, g.ID, name, w, i); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(failed)
	return <-failed
}

func writeOne(ctx context.Context, d *sqldir.Driver, group identity.ID, name string, w, i int) error {
	if _, err := d.CreateUser(ctx, worker(fmt.Sprintf("Contended-%d", i))); err != nil && !fault.Is(err, fault.Conflict) {
		return err
	}
	u, err := d.CreateUser(ctx, worker(fmt.Sprintf("%s-%d-%d", name, w, i)))
	if err != nil {
		return err
	}
	fmt.Println("user", u.ID)
	if _, err := d.AddMember(ctx, group, u.ID); err != nil {
		return err
	}
	fmt.Println("member", u.ID)
	if i%4 != 3 {
		return nil
	}
	fmt.Println("deleting", u.ID)
	if err := d.DeleteUser(ctx, u.ID, u.Revision); err != nil {
		return err
	}
	fmt.Println("deleted", u.ID)
	return nil
}

func worker(name string) identity.User {
	return identity.User{
		UserName: name, DisplayName: name, Name: identity.Name{GivenName: "A", FamilyName: "B"}, Active: true,
		Emails:      []identity.Email{{Value: name + "@example.com"}},
		ExternalIDs: []identity.ExternalID{{Issuer: "i", ID: name}},
	}
}

// process is this test binary in a role.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	lines  *bufio.Scanner
	stderr strings.Builder
	acked  []string
}

func start(t *testing.T, role, url, name string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(os.Args[0])}
	p.cmd.Env = append(os.Environ(), roleEnv+"="+role, urlEnv+"="+url, nameEnv+"="+name)
	p.cmd.Stderr = &p.stderr
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.lines = bufio.NewScanner(stdout)
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *process) begin() {
	if _, err := io.WriteString(p.stdin, "go\n"); err != nil {
		p.t.Error(err)
	}
}

// read takes lines until there are n; fewer if the process ends.
func (p *process) read(n int) {
	for len(p.acked) < n && p.lines.Scan() {
		p.acked = append(p.acked, p.lines.Text())
	}
}

const everything = 1 << 30

// end lets the process finish what it does.
func (p *process) end() {
	_ = p.stdin.Close()
	p.read(everything)
	if err := p.cmd.Wait(); err != nil {
		p.t.Errorf("the other process: %v\n%s", err, p.stderr.String())
	}
}

func TestAcknowledgedWritesSurviveAKill(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		p := start(t, "write", url, "victim")
		p.begin()
		p.read(600)
		if err := p.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		p.read(everything)
		_ = p.cmd.Wait() // it was killed
		if len(p.acked) < 600 {
			t.Fatalf("only %d writes before the kill\n%s", len(p.acked), p.stderr.String())
		}
		wantAcknowledged(t, openStore(t, openCenter(t, url), store), p)
		wantSound(t, url)
	})
}

func TestTwoProcessesBothMakeProgress(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		first, second := start(t, "write", url, "first"), start(t, "write", url, "second")
		first.begin()
		second.begin()
		var wg sync.WaitGroup
		wg.Go(func() { first.read(300) })
		wg.Go(func() { second.read(300) })
		wg.Wait()
		first.end()
		second.end()
		wantAcknowledged(t, openStore(t, openCenter(t, url), store), first, second)
		wantSound(t, url)
	})
}

func TestThreeSimultaneousFirstOpensMakeOneStore(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		openers := []*process{start(t, "open", url, "a"), start(t, "open", url, "b"), start(t, "open", url, "c")}
		for _, p := range openers {
			p.begin()
		}
		instances := map[string]bool{}
		for _, p := range openers {
			p.end()
			for _, line := range p.acked {
				instances[line] = true
			}
		}
		stores, err := openCenter(t, url).Stores(t.Context())
		if err != nil || len(stores) != 1 || len(instances) != 1 || !instances[stores[0].Instance] {
			t.Errorf("stores %v, %v; the processes saw %v", stores, err, instances)
		}
	})
}

// wantAcknowledged wants what the processes said to be so. What was being
// deleted at the end may be there or not.
func wantAcknowledged(t *testing.T, d *sqldir.Driver, processes ...*process) {
	t.Helper()
	users := map[identity.ID]string{} // the last word on each user
	for _, p := range processes {
		var group identity.ID
		for _, line := range p.acked {
			word, id, _ := strings.Cut(line, " ")
			if word == "group" {
				group = identity.ID(id)
				continue
			}
			users[identity.ID(id)] = word
		}
		for id, word := range users {
			_, err := d.User(t.Context(), id)
			if word == "member" && err == nil {
				_, err = d.FindMembership(t.Context(), group, id)
			}
			switch {
			case word == "deleted" && !fault.Is(err, fault.NotFound):
				t.Errorf("user %s was deleted, and reading it says %v", id, err)
			case (word == "user" || word == "member") && err != nil:
				t.Errorf("%s %s was acknowledged: %v", word, id, err)
			}
		}
		clear(users)
	}
}

// wantSound wants no name twice, no membership or external id without its
// owners, and events numbered without a gap that tell the same story.
func wantSound(t *testing.T, url string) {
	t.Helper()
	wantUnique(t, openStore(t, openCenter(t, url), store))
	db, err := sqldb.Open(t.Context(), url, sqldir.Migrations())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for what, query := range map[string]string{
		"memberships without a group": `SELECT count(*) FROM memberships m LEFT JOIN groups g ON g.key = m.group_key WHERE g.key IS NULL`,
		"memberships without a user":  `SELECT count(*) FROM memberships m LEFT JOIN users u ON u.key = m.user_key WHERE u.key IS NULL`,
		"memberships not found by the user": `SELECT count(*) FROM memberships m WHERE NOT EXISTS
			(SELECT 1 FROM user_groups g WHERE g.user_key = m.user_key AND g.group_key = m.group_key)`,
		"external ids without a user": `SELECT count(*) FROM user_external_ids e LEFT JOIN users u ON u.key = e.owner WHERE u.key IS NULL`,
		"events missing or too many":  `SELECT max(number) - count(*) FROM events`,
		"users that no event tells of": `SELECT (SELECT count(*) FROM users) - (SELECT count(*) FROM events WHERE operation = 'CreateUser')
			+ (SELECT count(*) FROM events WHERE operation = 'DeleteUser')`,
	} {
		var n int
		if err := db.Read(t.Context(), func(q sqldb.Query) error { return q.Row(query).Scan(&n) }); err != nil || n != 0 {
			t.Errorf("%s: %d, %v", what, n, err)
		}
	}
}

func wantUnique(t *testing.T, d *sqldir.Driver) {
	t.Helper()
	seen := map[string]int{}
	for u, err := range directory.New("local", d).Users(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		seen["userName "+identity.Fold(u.UserName)]++
		seen["e-mail "+identity.Fold(u.Email())]++
		for _, id := range u.ExternalIDs {
			seen["external id "+id.ID]++
		}
	}
	maps.DeleteFunc(seen, func(_ string, n int) bool { return n == 1 })
	if len(seen) > 0 {
		t.Errorf("values that several users have: %v", seen)
	}
}
