// Command bench measures what Rollcall promises to be quick at, one line a
// job: rate, times where it serves, peak memory, and the ratio to a bound
// measured in the same run. It asserts nothing. Every job runs in a process of
// its own, so that its peak memory is its own.
//
//	go run ./bench            every job at full size
//	go run ./bench compare    one job
//	BENCH_SMALL=1 …           a tenth of the size, for a quick look
//	BENCH_PROFILE=cpu.out …   the job's CPU profile, for go tool pprof
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strings"
	"syscall"
	"time"
)

// job is one measurement.
type job struct {
	name   string
	run    func(ctx context.Context, dir string) (string, error)
	binary bool // it runs the binary that people run
}

func jobs() []job {
	return []job{
		{name: "compare", run: compare},
		{name: "read-ldif", run: readLDIF},
		{name: "ldap", run: readLDAP},
		{name: "watch", run: watchLatency, binary: true},
		{name: "watch-aws", run: watchOverWire, binary: true},
		{name: "read-directory", run: readDirectory},
		{name: "first-load", run: firstLoad},
		{name: "lookup", run: lookup},
		{name: "journal", run: journalled},
		{name: "as-of", run: asOf},
		{name: "calls", run: callsMeasured},
		{name: "budget", run: budgetShared, binary: true},
		{name: "cold-start", run: coldStart, binary: true},
		{name: "sync-aws", run: syncAWS, binary: true},
		{name: "access", run: whoReaches},
		{name: "leaver", run: leave, binary: true},
		{name: "serve", run: serve, binary: true},
		{name: "openicf", run: openICF, binary: true},
	}
}

const childVariable = "ROLLCALL_BENCH_JOB"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := bench(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, chosen []string) error {
	if what, child := os.LookupEnv(fillVariable); child {
		return fillHere(ctx, what)
	}
	if file, child := os.LookupEnv(bareVariable); child {
		return bareHere(ctx, file)
	}
	if name, child := os.LookupEnv(virtualVariable); child {
		virtualHere(name)
	}
	if told, child := os.LookupEnv(callerVariable); child {
		return callHere(ctx, told)
	}
	if told, child := os.LookupEnv(ldapVariable); child {
		return readLDAPHere(ctx, told)
	}
	if name, child := os.LookupEnv(childVariable); child {
		return runJob(ctx, name)
	}
	dir, err := os.MkdirTemp("", "rollcall-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for _, j := range jobs() {
		if len(chosen) > 0 && !slices.Contains(chosen, j.name) {
			continue
		}
		if j.binary {
			if err := buildOnce(ctx, dir); err != nil {
				return err
			}
		}
		if err := spawn(ctx, j.name); err != nil {
			return fmt.Errorf("%s: %w", j.name, err)
		}
	}
	return nil
}

// spawn runs one job in a process of its own and prints its line.
func spawn(ctx context.Context, name string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), childVariable+"="+name)
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) } // so that it ends what it started, and cleans up
	cmd.WaitDelay = time.Minute
	out, err := cmd.Output()
	if err != nil {
		return err
	}
	fmt.Printf("%-15s %s\n", name, strings.TrimSpace(string(out)))
	return nil
}

func runJob(ctx context.Context, name string) error {
	at := slices.IndexFunc(jobs(), func(j job) bool { return j.name == name })
	if at < 0 {
		return fmt.Errorf("there is no such job")
	}
	dir, err := os.MkdirTemp("", "rollcall-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(40) // as the command line does while it plans
	}
	stop, err := profile(os.Getenv("BENCH_PROFILE"))
	if err != nil {
		return err
	}
	line, err := jobs()[at].run(ctx, dir)
	stop()
	if err != nil {
		return err
	}
	var usage syscall.Rusage // of this process alone, not of one that filled a directory for it
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return err
	}
	fmt.Printf("%s, peak %d MiB\n", line, usage.Maxrss/1024)
	return nil
}

// size is n, or a tenth of it for a quick look.
func size(n int) int {
	if os.Getenv("BENCH_SMALL") != "" {
		return n / 10
	}
	return n
}

// profile writes this process's CPU profile to a file until it is stopped.
func profile(file string) (stop func(), err error) {
	if file == "" {
		return func() {}, nil
	}
	f, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() {
		pprof.StopCPUProfile()
		if err := f.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "bench: profile:", err)
		}
	}, nil
}
