package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"testing/synctest"
)

const (
	virtualVariable = "ROLLCALL_BENCH_VIRTUAL"
	folderVariable  = "ROLLCALL_BENCH_FOLDER"
)

// virtuals are what is measured in virtual time.
func virtuals() map[string]func(ctx context.Context, dir string) (string, error) {
	return map[string]func(context.Context, string) (string, error){"calls": callsVirtually}
}

// virtually measures something in a process where time passes only while
// everybody in it waits. An hour of AWS's patience costs no more than the work
// that is done in it, and what is said of time is the same on any machine.
func virtually(ctx context.Context, dir, name string) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), virtualVariable+"="+name, folderVariable+"="+dir)
	cmd.Stderr = os.Stderr
	if said, err := cmd.Output(); err != nil {
		return "", fmt.Errorf("%w: %s", err, said)
	}
	line, err := os.ReadFile(resultFile(dir))
	return string(line), err
}

func resultFile(dir string) string { return filepath.Join(dir, "result") }

// virtualHere is the other process. Only a test can have virtual time, so it is
// one; it does not return.
func virtualHere(name string) {
	dir := os.Getenv(folderVariable)
	run := func(t *testing.T) {
		line, err := virtuals()[name](t.Context(), dir)
		if err == nil {
			err = os.WriteFile(resultFile(dir), []byte(line), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	all := func(string, string) (bool, error) { return true, nil }
	testing.Main(all, []testing.InternalTest{{Name: name, F: func(t *testing.T) { synctest.Test(t, run) }}}, nil, nil)
}
