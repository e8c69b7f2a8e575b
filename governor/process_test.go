package governor_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall/governor"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

const (
	urlEnv   = "GOVERNOR_TEST_URL"
	callsEnv = "GOVERNOR_TEST_CALLS"
)

// realRate is fast, so that tests in real time are.
var realRate = plain(50)

func TestMain(m *testing.M) {
	if url := os.Getenv(urlEnv); url != "" {
		if err := call(url, os.Getenv(callsEnv)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// call is what the test binary does as another process: so many calls by two
// workers, each printed with its time.
func call(url, calls string) error {
	n, err := strconv.Atoi(calls)
	if err != nil {
		return err
	}
	ctx := context.Background()
	db, err := sqldb.Open(ctx, url, governor.Migrations)
	if err != nil {
		return err
	}
	defer db.Close()
	g, err := governor.New(db, "i-1", realRate)
	if err != nil {
		return err
	}
	errs := make(chan error, 2)
	for range 2 {
		go func() {
			for range n / 2 {
				if err := g.Take(ctx, aRead); err != nil {
					errs <- err
					return
				}
				fmt.Println(time.Now().UnixNano())
			}
			errs <- nil
		}()
	}
	return errors.Join(<-errs, <-errs)
}

// process is this test binary, calling.
type process struct {
	cmd    *exec.Cmd
	lines  *bufio.Scanner
	stderr strings.Builder
}

func start(t *testing.T, url string, calls int) *process {
	t.Helper()
	p := &process{cmd: exec.Command(os.Args[0])}
	p.cmd.Env = append(os.Environ(), urlEnv+"="+url, fmt.Sprint(callsEnv, "=", calls))
	p.cmd.Stderr = &p.stderr
	out, err := p.cmd.StdoutPipe()
	ok(t, err)
	p.lines = bufio.NewScanner(out)
	ok(t, p.cmd.Start())
	return p
}

// read notes up to n calls; fewer if the process ends.
func (p *process) read(n int, calls *log) error {
	for range n {
		if !p.lines.Scan() {
			break
		}
		at, err := strconv.ParseInt(p.lines.Text(), 10, 64)
		if err != nil {
			return err
		}
		calls.mu.Lock()
		calls.at = append(calls.at, time.Unix(0, at))
		calls.mu.Unlock()
	}
	return p.lines.Err()
}

func TestTwoProcessesShareOneBudget(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		var calls log
		var all sync.WaitGroup
		for range 2 {
			p := start(t, url, 60)
			all.Go(func() {
				if err := errors.Join(p.read(1000, &calls), p.cmd.Wait()); err != nil {
					t.Errorf("%v: %s", err, p.stderr.String())
				}
			})
		}
		all.Wait()
		if n := calls.len(); n != 120 {
			t.Errorf("%d calls, want 120", n)
		}
		// Each of four workers may have noted a call late.
		if most := calls.most(); most > 50+50/4+1+4 {
			t.Errorf("%d calls in one second, want about 50", most)
		}
	})
}

func TestAKilledProcessDoesNotBlockOthers(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		p := start(t, url, 1_000_000)
		ok(t, p.read(20, new(log)))
		ok(t, p.cmd.Process.Kill())
		if err := p.cmd.Wait(); err == nil {
			t.Error("it ended well, though it was killed")
		}
		db, err := sqldb.Open(t.Context(), url, governor.Migrations)
		ok(t, err)
		defer db.Close()
		g, err := governor.New(db, "i-1", realRate)
		ok(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for range 20 {
			ok(t, g.Take(governor.WithLane(ctx, governor.Audit), aRead))
		}
	})
}
