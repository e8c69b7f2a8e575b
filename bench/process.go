package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// process is a server as a process of its own, so that what it costs is told
// apart from what the load costs.
type process struct {
	*exec.Cmd
	env map[string]string // what its file for clients says
}

// binaryVariable is where the binary is, once it is built.
const binaryVariable = "ROLLCALL_BENCH_BINARY"

// buildOnce builds the binary that people run, for all jobs that do.
func buildOnce(ctx context.Context, dir string) error {
	if _, built := os.LookupEnv(binaryVariable); built {
		return nil
	}
	binary := filepath.Join(dir, "rollcall")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", binary, "rollcall")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("build rollcall: %w", err)
	}
	return os.Setenv(binaryVariable, binary)
}

// rollcallBinary is what was built.
func rollcallBinary() string { return os.Getenv(binaryVariable) }

// serveStore runs rollcall serve over the state in a folder.
func serveStore(ctx context.Context, binary, state string, more ...string) (*process, error) {
	file := filepath.Join(state, "env")
	args := append([]string{"serve", "--state", state, "--listen", "127.0.0.1:0", "--env", file}, more...)
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Dir = state // there is no configuration
	return start(cmd, file)
}

// start starts a server and waits for the file that says it is ready.
func start(cmd *exec.Cmd, file string) (*process, error) {
	var complaints strings.Builder
	cmd.Stderr = &complaints
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{Cmd: cmd}
	for range 1000 {
		env, err := readEnv(file)
		if err == nil {
			p.env = env
			return p, nil
		}
		if !errors.Is(err, os.ErrNotExist) {
			return nil, errors.Join(err, p.stop())
		}
		time.Sleep(20 * time.Millisecond)
	}
	return nil, errors.Join(errors.New("the server is not ready: "+complaints.String()), p.stop())
}

// readEnv reads a file of export NAME='value' lines; nothing in it needs more
// of a shell.
func readEnv(file string) (map[string]string, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	env := map[string]string{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		name, value, ok := strings.Cut(lines.Text(), "=")
		if name, exported := strings.CutPrefix(name, "export "); ok && exported {
			env[name] = strings.Trim(value, "'")
		}
	}
	return env, lines.Err()
}

// stop ends the server and waits for it.
func (p *process) stop() error {
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	err := p.Wait()
	if p.ProcessState != nil && p.ProcessState.ExitCode() <= 0 { // it ended well, or by the signal
		return nil
	}
	return err
}

// cpu is how much CPU the server has used so far, to the nanosecond: the clock
// that clock_getcpuclockid(3) names for another process.
func (p *process) cpu() (time.Duration, error) {
	const everyThread = 2
	var used unix.Timespec
	err := unix.ClockGettime(int32(^p.Process.Pid<<3|everyThread), &used) //nolint:gosec // a process number has 22 bits
	return time.Duration(used.Nano()), err
}

// peak is the most memory that the server has had so far, in MiB.
func (p *process) peak() (int, error) { return memoryOf(p.Process.Pid, "VmHWM:") }

// resident is the memory that the server has now, in MiB.
func (p *process) resident() (int, error) { return memoryOf(p.Process.Pid, "VmRSS:") }

func memoryOf(pid int, line string) (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), line)
	kib, err := strconv.Atoi(strings.Fields(rest + " -")[0])
	return kib / 1024, err
}
