package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// coldStart measures how long a command takes from nothing: one that opens nothing,
// and one that reads a user of an embedded directory. The bound is a process
// that does nothing.
func coldStart(ctx context.Context, dir string) (string, error) {
	binary := rollcallBinary()
	if _, err := once(ctx, dir, nil, binary, "user", "create", "ann", "--given-name", "Ann", "--family-name", "Example"); err != nil {
		return "", err
	}
	var parts []string
	for _, words := range [][]string{{binary, "version"}, {binary, "user", "show", "ann"}, {"true"}} {
		took := make([]time.Duration, size(100))
		var cpu time.Duration
		for i := range took {
			c, err := once(ctx, dir, nil, words[0], words[1:]...)
			if err != nil {
				return "", err
			}
			took[i] = c.wall
			cpu += c.cpu
		}
		slices.Sort(took)
		parts = append(parts, fmt.Sprintf("%.1f ms (quickest %.1f, CPU %.1f)", millis(took[len(took)/2]), millis(took[0]), millis(cpu)/float64(len(took))))
	}
	return fmt.Sprintf("rollcall version %s, rollcall user show %s, in the median of %d; goal 60 ms; bound (a process that does nothing) %s",
		parts[0], parts[1], size(100), parts[2]), nil
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
