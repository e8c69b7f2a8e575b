package ldaptest

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Kill ends the server as kill -9 does; what it has is kept for [Samba.Start].
func (s *Samba) Kill(t testing.TB) {
	t.Helper()
	if err := s.kill(); err != nil {
		t.Fatal(err)
	}
}

// Start starts a server again that was killed, with all that it had.
func (s *Samba) Start(t testing.TB) {
	t.Helper()
	if err := s.serve(); err != nil {
		t.Fatal(err)
	}
}

// Keep copies what a server has that was killed. What it returns puts that back,
// as who restores a snapshot of a machine does: the server has the same
// identity and forgets what happened since.
func (s *Samba) Keep(t testing.TB) (restore func()) {
	t.Helper()
	kept := t.TempDir()
	if err := copyInto(kept, s.Dir); err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		if err := copyInto(s.Dir, kept); err != nil {
			t.Fatal(err)
		}
	}
}

func (s *Samba) kill() error {
	text, err := os.ReadFile(filepath.Join(s.Dir, "run/samba.pid"))
	if err != nil {
		return err
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err == nil {
		err = syscall.Kill(pid, syscall.SIGKILL)
	}
	for err == nil && syscall.Kill(pid, 0) == nil {
		time.Sleep(time.Millisecond)
	}
	return err
}
