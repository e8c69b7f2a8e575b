package ldaptest

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// RequireEnv set to 1 makes a missing server a failure, not a skip; so does CI.
const RequireEnv = "ROLLCALL_REQUIRE_LDAP"

func required() bool { return os.Getenv(RequireEnv) == "1" || os.Getenv("CI") != "" }

// need skips t where a program is missing, or fails it if that is required.
func need(t testing.TB, program, instead string) string {
	t.Helper()
	path, err := find(program)
	if err != nil {
		say := t.Skipf
		if required() {
			say = t.Fatalf
		}
		say("there is no %s on this machine: %s", program, instead)
	}
	return path
}

// find finds a program, also among those of the system's administrator.
func find(program string) (string, error) {
	if path, err := exec.LookPath(program); err == nil {
		return path, nil
	}
	return exec.LookPath("/usr/sbin/" + program)
}

// guard runs a server and ends it, with its folder, when its own standard
// input ends. The other end is held by this process and by no other, so that
// the server goes however this process does.
const guard = `
dir=$1
shift
"$@" </dev/null &
cat >/dev/null
kill -TERM $!
wait
rm -rf "$dir"
`

// process is a server that goes with this process, or when it is ended.
type process struct {
	dir  string
	stop func()
	log  string
}

// run starts a server whose files are in dir.
func run(dir string, command ...string) (*process, error) {
	p := &process{dir: dir, log: filepath.Join(dir, "log")}
	log, err := os.Create(p.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.Command("/bin/sh", append([]string{"-c", guard, "sh", dir}, command...)...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for the tests; the server ends after them
	alive, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		runtime.KeepAlive(alive) // a pipe that is collected is closed
		close(ended)
	}()
	p.stop = func() {
		_ = alive.Close()
		<-ended
	}
	return p, nil
}

// after makes a server one that was started again: who ends it ends the guard
// of the server before it, too.
func (p *process) after(before *process) *process {
	if before != nil {
		own := p.stop
		p.stop = func() { own(); before.stop() }
	}
	return p
}

// up waits until somebody listens at an address.
func (p *process) up(address string) error {
	for deadline := time.Now().Add(60 * time.Second); ; {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			return conn.Close()
		}
		if time.Now().After(deadline) {
			text, _ := os.ReadFile(p.log) // whatever there is of it
			return fmt.Errorf("it does not listen at %s: %w\n%s", address, err, strings.TrimSpace(string(text)))
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// freePorts finds ports that are free now. Nothing keeps them so, but the
// system hands ports out in turn.
func freePorts(n int) ([]int, error) {
	var ports []int
	var problems []error
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			problems = append(problems, err)
			continue
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, errors.Join(problems...)
}

// command runs a program to its end and returns what it said.
func command(input string, name string, args ...string) (string, error) {
	return commandFrom(strings.NewReader(input), name, args...)
}

func commandFrom(input io.Reader, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Stdin = input
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return string(out), fmt.Errorf("%s: %w\n%s", filepath.Base(name), err, strings.TrimSpace(errs.String()))
	}
	return string(out), nil
}
