package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// cost is what one run of a command took.
type cost struct {
	wall, cpu time.Duration
	peak      int64  // MiB
	said      string // on stderr
}

// once runs a command in a folder and says what it cost.
func once(ctx context.Context, dir string, env []string, name string, args ...string) (cost, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	var said strings.Builder
	cmd.Stderr = &said
	began := time.Now()
	err := cmd.Run()
	c := cost{wall: time.Since(began), said: said.String()}
	if err != nil {
		return c, fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, c.said)
	}
	c.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		c.peak = usage.Maxrss / 1024
	}
	return c, nil
}
