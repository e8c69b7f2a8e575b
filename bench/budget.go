package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"rollcall/awsjson"
)

// budgetShared lets two processes load an Identity Center that takes 20 calls a
// second, while somebody who knows nothing of their budget takes 5 of them; in
// the middle a third process begins to put somebody out. It is in real time.
// The bound is what is free: 15 calls a second, and the 20 that AWS's bucket
// holds when nobody has called for a while.
func budgetShared(ctx context.Context, dir string) (string, error) {
	binary := rollcallBinary()
	p, err := serveStore(ctx, binary, dir, "--quotas", "aws")
	if err != nil {
		return "", err
	}
	defer p.stop() //nolint:errcheck // what it has measured is measured
	lasts := 60 * time.Second
	if os.Getenv("BENCH_SMALL") != "" {
		lasts = 8 * time.Second
	}
	r := race{env: p.env, state: "sqlite:" + filepath.Join(dir, "shared.db"), lasts: lasts}
	if err := r.run(ctx); err != nil {
		return "", err
	}
	return r.line(), nil
}

const (
	rivals = 5 // calls a second of somebody else
	free   = 20 - rivals
	burst  = 20
)

// race is who calls, and what came of it.
type race struct {
	env   map[string]string
	state string // of the shared budget
	lasts time.Duration

	ours   [2]calls
	leaver struct{ turn, start time.Duration }
}

func (r *race) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var all sync.WaitGroup
	failures := make([]error, len(r.ours)+1)
	for i := range r.ours {
		all.Go(func() { r.ours[i], _, failures[i] = r.spawn(ctx, loading, r.lasts) })
	}
	all.Go(func() {
		time.Sleep(r.lasts / 2)
		began := time.Now()
		made, waited, err := r.spawn(ctx, leaving, 0)
		if err == nil && len(made) == 0 {
			err = errors.New("the leaver made no call")
		}
		if failures[len(r.ours)] = err; err == nil {
			r.leaver.turn, r.leaver.start = waited, made[0].at.Sub(began)
		}
	})
	rival, stop := context.WithCancel(ctx)
	var others sync.WaitGroup
	var refused error
	others.Go(func() { refused = r.rival(rival) })
	all.Wait()
	stop()
	others.Wait()
	return errors.Join(append(failures, refused)...)
}

// rival calls five times a second, whatever the answer.
func (r *race) rival(ctx context.Context) error {
	c, err := clientOf(r.env)
	if err != nil {
		return err
	}
	w, err := dial(ctx, c.address)
	if err != nil {
		return err
	}
	defer w.close()
	turn := time.NewTicker(time.Second / rivals)
	defer turn.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-turn.C:
		}
		status, body, err := w.call(c.aws("ListGroups", `{"IdentityStoreId":%q}`, r.env["ROLLCALL_IDENTITY_STORE_ID"]))
		if err == nil && status != http.StatusOK && !bytes.Contains(body, []byte(awsjson.TypeThrottling)) {
			err = fmt.Errorf("the rival is answered with %d: %s", status, body)
		}
		if err != nil {
			return err
		}
	}
}

func (r *race) line() string {
	both := slices.Concat(r.ours[0], r.ours[1])
	slices.SortFunc(both, func(a, b call) int { return a.at.Compare(b.at) })
	throttled := both.throttled(time.Time{})
	seconds := both[len(both)-1].at.Sub(both[0].at).Seconds()
	bound := free*seconds + burst
	return fmt.Sprintf("%.0f s of AWS's 20 calls a second, somebody else takes %d: two processes made %d and %d calls on one budget, %d (%.2f %%) throttled (goal under 1 %%), "+
		"%.1f/s; bound (what is free) %.1f/s, %.0f %% of it (goal 90 %%); most in one second %d; a leaver's turn after %.2f s (goal 1 s), %.2f s from the start of its process",
		seconds, rivals, len(r.ours[0]), len(r.ours[1]), throttled, 100*float64(throttled)/float64(len(both)),
		float64(len(both)-throttled)/seconds, bound/seconds, 100*float64(len(both)-throttled)/bound, both.most(), r.leaver.turn.Seconds(), r.leaver.start.Seconds())
}

// most is the largest number of calls in any second; all are in order.
func (all calls) most() (most int) {
	first := 0
	for i := range all {
		for all[i].at.Sub(all[first].at) >= time.Second {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}
