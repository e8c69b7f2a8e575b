package main

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"time"

	"rollcall/identity"
	"rollcall/journal"
)

// days is a clock that stands still until the next day.
type days struct{ now time.Time }

func (d *days) Now() time.Time { return d.now }

// After never comes: no lease outlives its day here.
func (d *days) After(time.Duration) <-chan time.Time { return nil }

// year is a company of which a hundredth changes every day: a title, and a
// group.
type year struct {
	company
	titles []int   // by person, how often it has changed
	member [][]int // people by group
}

func newYear(c company) *year {
	y := &year{company: c, titles: make([]int, c.people), member: make([][]int, c.groups)}
	for g := range c.groups {
		for k := range c.perGroup() {
			if who := c.member(g, k); !slices.Contains(y.member[g], who) {
				y.member[g] = append(y.member[g], who)
			}
		}
	}
	return y
}

func (y *year) nextDay(random *rand.Rand) {
	for range y.people / 100 {
		who := random.IntN(y.people)
		y.titles[who]++
		g := random.IntN(y.groups)
		if at := slices.Index(y.member[g], who); at >= 0 {
			y.member[g] = slices.Delete(y.member[g], at, at+1)
		} else {
			y.member[g] = append(y.member[g], who)
		}
	}
}

// seen is what a complete read finds on that day.
func (y *year) seen() iter.Seq2[journal.Observed, error] {
	return func(yield func(journal.Observed, error) bool) {
		for i := range y.people {
			u := y.user(i)
			u.Title = titles[y.titles[i]%len(titles)]
			body, err := journal.UserBody(&u)
			r := &identity.Record{Source: "corp", Kind: identity.KindUser, Anchor: y.anchor(i)}
			if !yield(journal.Observed{Kind: identity.KindUser, Object: y.id(i), Name: u.UserName, Record: r, Body: body}, err) {
				return
			}
		}
		for i := range y.groups {
			g := y.group(i)
			body, err := journal.GroupBody(&g)
			o := journal.Observed{Kind: identity.KindGroup, Object: y.groupID(i), Name: g.DisplayName, Body: body}
			for _, who := range y.member[i] {
				o.Members = append(o.Members, y.id(who))
			}
			if !yield(o, err) {
				return
			}
		}
	}
}

func (c company) groupID(i int) identity.ID {
	return identity.ID(fmt.Sprintf("1234567890-%08x-3333-7333-8333-%012x", i, i))
}

// asOf journals the state of every day of a year, for 10,000 users of whom 1 %
// change a day, and asks how single people and groups were at random moments.
func asOf(ctx context.Context, dir string) (string, error) {
	const length = 365
	c := company{people: size(10_000), groups: size(500), memberships: size(30_000)}
	clock := &days{now: time.Date(2026, 1, 1, 3, 0, 0, 0, time.UTC)}
	start := clock.now
	r, err := openRecord(ctx, dir, journal.WithClock(clock))
	if err != nil {
		return "", err
	}
	y, random := newYear(c), rand.New(rand.NewPCG(1, 2))
	began := time.Now()
	for day := range length {
		clock.now = start.AddDate(0, 0, day)
		if err := r.observe(ctx, y, clock.now, day); err != nil {
			return "", err
		}
		y.nextDay(random)
	}
	wrote := time.Since(began)
	took, err := r.bytes(ctx)
	if err != nil {
		return "", err
	}
	if r, err = openRecord(ctx, dir, journal.WithClock(clock)); err != nil {
		return "", err
	}
	defer r.db.Close()
	people, groups, err := r.questions(ctx, c, start, length, random)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d days of %d users, %d groups, %d memberships, 1 %% changing a day: %d MB, %.2f s a day; a user with their groups as of any time: %s; a group's members: %s",
		length, c.people, c.groups, c.memberships, took/1_000_000, wrote.Seconds()/length, spread(people), spread(groups)), nil
}

func (r *record) observe(ctx context.Context, y *year, now time.Time, day int) error {
	run, err := r.begin(ctx, fmt.Sprintf("day %d", day), now)
	if err != nil {
		return err
	}
	err = run.Observe(ctx, journal.Observation{Began: now, Kinds: []identity.Kind{identity.KindUser, identity.KindGroup}, Objects: y.seen()})
	if err != nil {
		run.Release()
		return err
	}
	_, err = run.Finish(ctx, journal.Complete, nil)
	return err
}

func (r *record) questions(ctx context.Context, c company, start time.Time, length int, random *rand.Rand) (people, groups []time.Duration, err error) {
	for range 1000 {
		at := start.Add(time.Duration(random.Int64N(int64(length))) * 24 * time.Hour)
		who, group := c.id(random.IntN(c.people)), c.groupID(random.IntN(c.groups))
		began := time.Now()
		if _, err := r.AsOf(ctx, "local", identity.KindUser, who, at); err != nil {
			return nil, nil, err
		}
		if _, err := r.GroupsAsOf(ctx, "local", who, at); err != nil {
			return nil, nil, err
		}
		people = append(people, time.Since(began))
		began = time.Now()
		if _, err := r.MembersAsOf(ctx, "local", group, at); err != nil {
			return nil, nil, err
		}
		groups = append(groups, time.Since(began))
	}
	return people, groups, nil
}

func spread(all []time.Duration) string {
	slices.Sort(all)
	return fmt.Sprintf("p50 %s, p99 %s", all[len(all)/2].Round(time.Microsecond), all[len(all)*99/100].Round(time.Microsecond))
}
