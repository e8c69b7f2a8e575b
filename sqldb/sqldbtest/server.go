package sqldbtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

var errMissing = errors.New("there is no PostgreSQL server on this machine: apt-get install postgresql, or set " + ServerEnv + " to the URL of one")

// ownServer starts this process's throw-away server, once, and returns its URL.
var ownServer = sync.OnceValues(startServer)

// guard starts the server and ends it, with its files, when its own standard
// input ends. The other end is held by this process and by no other, so that
// the server goes however this process does.
const guard = `
"$1/postgres" -D "$2/data" -k "$2" -h 127.0.0.1 -p "$3" -F -c max_connections=100 -c shared_buffers=32MB \
	-c full_page_writes=off -c synchronous_commit=off -c autovacuum=off -c log_min_messages=warning </dev/null &
cat >/dev/null
kill -QUIT $!
wait
rm -rf "$2"
`

func startServer() (string, error) {
	bin, err := binaries()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "sqldbtest-")
	if err != nil {
		return "", err
	}
	as, err := unprivileged(dir)
	if err == nil {
		err = initCluster(bin, dir, as)
	}
	if err != nil {
		_ = os.RemoveAll(dir)
		return "", err
	}
	port, err := freePort()
	if err != nil {
		_ = os.RemoveAll(dir)
		return "", err
	}
	if err := startGuard(bin, dir, port, as); err != nil {
		_ = os.RemoveAll(dir)
		return "", err
	}
	url := fmt.Sprintf("postgres://test:test@127.0.0.1:%d/postgres?sslmode=disable", port)
	return url, waitUntilUp(url, dir)
}

// binaries finds the folder of the newest server, Debian's place first.
func binaries() (string, error) {
	best, bestVersion := "", -1
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is well-formed
	for _, path := range found {
		bin := filepath.Dir(path)
		version, err := strconv.Atoi(filepath.Base(filepath.Dir(bin)))
		if err == nil && version > bestVersion {
			best, bestVersion = bin, version
		}
	}
	if best != "" {
		return best, nil
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	return "", errMissing
}

// unprivileged says as whom the server runs, and gives dir to them: it refuses
// to run as root.
func unprivileged(dir string) (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for the tests; the server ends after them
	if os.Geteuid() != 0 {
		return attr, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(uidErr, gidErr, os.Chown(dir, int(uid), int(gid))); err != nil {
			return nil, err
		}
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return attr, nil
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")
}

func initCluster(bin, dir string, as *syscall.SysProcAttr) error {
	password := filepath.Join(dir, "password")
	if err := os.WriteFile(password, []byte("test\n"), 0o644); err != nil {
		return err
	}
	cmd := exec.Command(filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"), "-U", "test", "--pwfile", password,
		"--auth-local=trust", "--auth-host=scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
	cmd.SysProcAttr = as
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return nil
}

// freePort finds a port that is free now. Nothing keeps it so, but the system
// hands ports out in turn.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

func startGuard(bin, dir string, port int, as *syscall.SysProcAttr) error {
	cmd := exec.Command("/bin/sh", "-c", guard, "sh", bin, dir, strconv.Itoa(port))
	cmd.SysProcAttr = as
	cmd.Dir = "/"
	log, err := os.Create(logFile(dir))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	alive, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	// Reaps the guard if the server does not come up, and keeps the pipe from
	// being collected, which would close it.
	go func() {
		_ = cmd.Wait()
		runtime.KeepAlive(alive)
	}()
	return nil
}

func logFile(dir string) string { return filepath.Join(dir, "log") }

func waitUntilUp(url, dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, url)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			log, _ := os.ReadFile(logFile(dir)) // whatever there is of it
			return fmt.Errorf("the PostgreSQL server did not start: %w\n%s", err, strings.TrimSpace(string(log)))
		case <-time.After(20 * time.Millisecond):
		}
	}
}
