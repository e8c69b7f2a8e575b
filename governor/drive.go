package governor

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// drive serves whoever waits, and ends when nobody does.
func (m *meter) drive(ctx context.Context) {
	for {
		step := m.next()
		var err error
		switch step.do {
		case stop:
			return
		case check:
			err = m.check(ctx)
		case ask:
			err = m.ask(ctx, step.claim)
		case sleep:
			m.sleep(ctx, step.until)
		}
		if err != nil {
			m.mu.Lock()
			m.fail(err)
			m.mu.Unlock()
		}
	}
}

// step is what the driver does next.
type step struct {
	do    doing
	claim claim // to ask with
	until int64 // to sleep
}

type doing int

const (
	stop  doing = iota
	check       // whether the slots that are due are still good, and use them
	ask         // for more slots
	sleep
)

func (m *meter) next() step {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.queue.empty() {
		m.driven = false
		return step{do: stop}
	}
	m.news = false
	now := m.now()
	m.notice(now)
	m.forget(now)
	if _, w := m.ready(now); w != nil {
		return step{do: check}
	}
	c, at := m.claim(now)
	if at <= now {
		m.askedBy, m.noted, m.notedAt = c.lane, c.waiting, now
		return step{do: ask, claim: c}
	}
	for _, s := range m.slots {
		if s.due > now {
			at = min(at, s.due)
			break
		}
	}
	return step{do: sleep, until: at}
}

// notice begins anew when the clock was set back: what is to be waited for would
// come an age too late.
func (m *meter) notice(now int64) {
	if now < m.looked-int64(time.Second) {
		m.slots, m.recent, m.got, m.queue.served = nil, nil, [numLanes]int64{}, [numLanes]int64{}
		m.askAt, m.blocked, m.notedAt = 0, 0, 0
		for _, w := range m.queue.all() {
			w.since = now
		}
	}
	m.looked = now
}

// forget drops slots too old to use, and calls too long ago to tell anything.
func (m *meter) forget(now int64) {
	m.slots = slices.DeleteFunc(m.slots, func(s slot) bool {
		return s.good < now
	})
	m.recent = slices.DeleteFunc(m.recent, func(t turn) bool { return t.at <= now-catchUp })
}

// claim is what to ask for, and when.
func (m *meter) claim(now int64) (claim, int64) {
	order := m.queue.first(mostWants, now)
	c := claim{lane: numLanes, holds: len(m.slots), waiting: m.queue.counts()}
	for _, w := range order {
		c.lane = min(c.lane, w.lane)
		c.wants = append(c.wants, m.want(w.lane, m.pace.class(w.write), w.since))
	}
	// Who calls one after the other will want as many as lately: reserved
	// together they cost one transaction.
	for _, t := range m.recent[min(len(order), len(m.recent)):] {
		if t.class == free && t.lane >= c.lane && len(c.wants) < mostWants {
			c.wants = append(c.wants, m.want(t.lane, free, now))
		}
	}
	c.wants = m.without(c.wants)
	if len(c.wants) == 0 {
		return c, now + int64(time.Hour)
	}
	at := max(m.askAt, m.blocked)
	if len(m.slots) > 0 {
		at = max(at, m.slots[len(m.slots)-1].due-int64(c.lane.low(m.alone)))
	}
	if c.waiting != m.noted {
		at = min(at, m.notedAt+int64(renewal)) // so that others see who waits, even while nobody may call
	}
	c.room = len(c.wants)
	return c, at
}

func (m *meter) want(l Lane, c class, since int64) want {
	return want{lane: l, class: c, since: since, hungry: max(since, m.got[l])}
}

// without leaves out the wants that have a slot already.
func (m *meter) without(wants []want) []want {
	for _, s := range m.slots {
		for i, w := range wants {
			if w.class == s.class {
				wants = slices.Delete(wants, i, i+1)
				break
			}
		}
	}
	return wants
}

// check uses the slots that are due, unless somebody was told to wait since
// they were reserved.
func (m *meter) check(ctx context.Context) error {
	epoch, err := m.shared().epoch(ctx)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if epoch != m.epoch {
		m.void(epoch, 0) // until when, the next asking says
		return nil
	}
	m.hand(m.now())
	return nil
}

func (m *meter) ask(ctx context.Context, c claim) error {
	got, err := m.shared().reserve(ctx, m.pace, c)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	// If somebody was told to wait meanwhile this epoch is over already: the
	// check before the first of these slots finds out.
	m.void(got.epoch, got.blocked)
	now := m.now()
	for _, s := range got.slots {
		s.good = max(s.due+catchUp, now) + grace
		m.slots = append(m.slots, s)
		m.got[s.lane] = now
	}
	slices.SortStableFunc(m.slots, func(a, b slot) int { return cmp.Compare(a.due, b.due) })
	m.askAt, m.blocked, m.alone = got.again, got.blocked, got.alone
	m.dismiss()
	return nil
}

// sleep waits until then, or until somebody comes or goes.
func (m *meter) sleep(ctx context.Context, until int64) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m.mu.Lock()
	news := m.news
	m.wake = cancel
	m.mu.Unlock()
	if news {
		return
	}
	_ = m.g.clock.Sleep(ctx, time.Duration(until-m.now())) // woken early is as good
}
