package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"rollcall/directory"
	"rollcall/identity"
)

// lookup finds single users by every key, in a directory of 1,000 users and in
// one of 100,000. What a lookup costs must not grow with what is stored.
func lookup(ctx context.Context, dir string) (string, error) {
	small, err := lookups(ctx, filepath.Join(dir, "small.db"), 1_000)
	if err != nil {
		return "", err
	}
	large, err := lookups(ctx, filepath.Join(dir, "large.db"), size(100_000))
	if err != nil {
		return "", err
	}
	parts := make([]string, len(small))
	for i, s := range small {
		l := large[i]
		parts[i] = fmt.Sprintf("%s %.0f/s (p50 %s, p99 %s), ratio to 1,000 users %.2f",
			s.key, l.rate, l.p50.Round(time.Microsecond), l.p99.Round(time.Microsecond), s.rate/l.rate)
	}
	return fmt.Sprintf("at %d users: %s", size(100_000), strings.Join(parts, "; ")), nil
}

// times is how quickly one key finds a user.
type times struct {
	key      string
	rate     float64
	p50, p99 time.Duration
}

func lookups(ctx context.Context, file string, users int) ([]times, error) {
	c := company{people: users, groups: 1, memberships: 1}
	if err := fillElsewhere(ctx, file, c); err != nil {
		return nil, err
	}
	b, err := openBench(ctx, file)
	if err != nil {
		return nil, err
	}
	defer b.center.Close()
	d := directory.New("local", b.driver)
	ids, err := idsOf(ctx, d)
	if err != nil {
		return nil, err
	}
	by := func(attribute string, value func(int) string) func(int) error {
		return func(i int) error {
			_, err := d.FindUser(ctx, directory.Key{Attribute: attribute, Value: value(i)})
			return err
		}
	}
	email := func(i int) string { u := c.user(i); return u.Email() }
	var all []times
	for _, one := range []struct {
		key  string
		find func(int) error
	}{
		{"id", func(i int) error { _, err := d.User(ctx, ids[i]); return err }},
		{"userName", by(directory.KeyUserName, func(i int) string { return c.user(i).UserName })},
		{"email", by(directory.KeyEmail, email)},
		{"externalId", by(directory.KeyExternalID, func(i int) string { return string(c.anchor(i)) })},
	} {
		t, err := measure(users, one.find)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", one.key, err)
		}
		t.key = one.key
		all = append(all, t)
	}
	return all, nil
}

func idsOf(ctx context.Context, d *directory.Directory) ([]identity.ID, error) {
	var ids []identity.ID
	for u, err := range d.Users(ctx) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, u.ID)
	}
	return ids, nil
}

// measure finds 20,000 users in an order that no cache likes, after 2,000 that
// do not count.
func measure(users int, find func(int) error) (times, error) {
	const warm, counted = 2_000, 20_000
	pick := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same users every time
	took := make([]time.Duration, 0, counted)
	for n := range warm + counted {
		began := time.Now()
		if err := find(pick.IntN(users)); err != nil {
			return times{}, err
		}
		if n >= warm {
			took = append(took, time.Since(began))
		}
	}
	slices.Sort(took)
	var sum time.Duration
	for _, t := range took {
		sum += t
	}
	return times{rate: counted / sum.Seconds(), p50: took[counted/2], p99: took[counted*99/100]}, nil
}

func scratch() (dir string, done func(), err error) {
	dir, err = os.MkdirTemp("", "rollcall-bench-")
	return dir, func() { _ = os.RemoveAll(dir) }, err
}
