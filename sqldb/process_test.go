package sqldb

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"rollcall/sqldb/sqldbtest"
)

// play is what the test binary does as the other process. Standard input
// tells it to start (a line) and to stop (its end).
func play(role string) int {
	stdin := bufio.NewReader(os.Stdin)
	if _, err := stdin.ReadString('\n'); err != nil {
		return 1
	}
	db, err := Open(context.Background(), os.Getenv("SQLDB_TEST_URL"), notes())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer db.Close()
	base, err := strconv.ParseInt(os.Getenv("SQLDB_TEST_BASE"), 10, 64)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	stop := make(chan struct{})
	go func() { _, _ = io.Copy(io.Discard, stdin); close(stop) }()
	switch role {
	case "open":
		err = acknowledge(db, base)
	case "write":
		err = writeUntil(stop, db, base)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// acknowledge writes a note and then prints its id.
func acknowledge(db *DB, id int64) error {
	err := db.Write(context.Background(), func(tx *Tx) error { return insert(tx, id, fmt.Sprint(id)) })
	if err == nil {
		_, err = fmt.Println(id)
	}
	return err
}

func writeUntil(stop chan struct{}, db *DB, base int64) error {
	var wg sync.WaitGroup
	errs := make(chan error, 4)
	for w := range int64(4) {
		wg.Go(func() {
			for i := base + w; ; i += 4 {
				select {
				case <-stop:
					return
				default:
				}
				if err := acknowledge(db, i); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(errs)
	return <-errs
}

// process is this test binary in a role.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	lines  *bufio.Scanner
	stderr strings.Builder
	acked  []int64
}

func start(t *testing.T, role, url string, base int64) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(os.Args[0])}
	p.cmd.Env = append(os.Environ(), "SQLDB_TEST_ROLE="+role, "SQLDB_TEST_URL="+url, fmt.Sprint("SQLDB_TEST_BASE=", base))
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

func (p *process) goOn() {
	if _, err := io.WriteString(p.stdin, "go\n"); err != nil {
		p.t.Error(err)
	}
}

// read takes up to n acknowledgements; fewer if the process ends.
func (p *process) read(n int) {
	for len(p.acked) < n && p.lines.Scan() {
		id, err := strconv.ParseInt(p.lines.Text(), 10, 64)
		if err != nil {
			p.t.Error(err)
			return
		}
		p.acked = append(p.acked, id)
	}
}

const everything = 1 << 30

func (p *process) finish() error {
	_ = p.stdin.Close()
	p.read(everything)
	return p.cmd.Wait()
}

// wantAll wants every acknowledged id to be there.
func wantAll(t *testing.T, db *DB, acked ...[]int64) {
	t.Helper()
	there := ids(t, db)
	for _, id := range slices.Concat(acked...) {
		if _, ok := slices.BinarySearch(there, id); !ok {
			t.Errorf("%d was acknowledged and is not there", id)
		}
	}
}

// Both write without a pause until both have got somewhere.
func TestTwoProcessesWriteToOneDatabaseAndBothMakeProgress(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		one, two := start(t, "write", url, 0), start(t, "write", url, 1_000_000)
		var wg sync.WaitGroup
		for _, p := range []*process{one, two} {
			p.goOn()
			wg.Go(func() { p.read(60) })
		}
		// Whoever is first is not read any further, but writes on until its pipe is full.
		wg.Wait()
		for _, p := range []*process{one, two} {
			wg.Go(func() {
				if err := p.finish(); err != nil {
					t.Errorf("%v: %s", err, p.stderr.String())
				}
			})
		}
		wg.Wait()
		if len(one.acked) < 60 || len(two.acked) < 60 {
			t.Errorf("%d and %d writes, want 60 of each at least", len(one.acked), len(two.acked))
		}
		wantAll(t, open(t, url), one.acked, two.acked)
	})
}

func TestEveryAcknowledgedWriteSurvivesAKill(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		p := start(t, "write", url, 0)
		p.goOn()
		p.read(100)
		if err := p.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := p.finish(); err == nil {
			t.Error("the process ended well, though it was killed")
		}
		db := open(t, url)
		wantAll(t, db, p.acked)
		if len(p.acked) < 100 {
			t.Errorf("%d writes before the kill: %s", len(p.acked), p.stderr.String())
		}
		if err := db.Write(context.Background(), func(tx *Tx) error { return insert(tx, -1, "after") }); err != nil {
			t.Error(err)
		}
	})
}

func TestThreeProcessesCanOpenADatabaseForTheFirstTimeAtOnce(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		var all []*process
		for i := range int64(3) {
			all = append(all, start(t, "open", url, i))
		}
		for _, p := range all {
			p.goOn()
		}
		for _, p := range all {
			if err := p.finish(); err != nil {
				t.Errorf("%v: %s", err, p.stderr.String())
			}
		}
		wantIDs(t, open(t, url), 0, 1, 2)
	})
}
