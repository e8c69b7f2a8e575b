package mapping

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"rollcall/fault"
	"rollcall/source"
)

// batch is how many entries a worker takes at once: enough that taking them
// costs nothing, few enough that all workers end together.
const batch = 256

// Failed is an entry whose mapping failed.
type Failed struct {
	Index int   // in what was mapped
	Err   error // as from Person or Group
}

// People maps everybody, on as many processors as there are. The answer has
// the order of people; where the mapping failed it holds an empty User, and
// failed says so, in the same order. Err is only that ctx ended.
func (m *Mapping) People(ctx context.Context, people []source.Person) (users []User, failed []Failed, err error) {
	users = make([]User, len(people))
	failed, err = inBatches(ctx, len(people), m.people.entry, func(e *entry, i int) error {
		var err error
		users[i], err = m.person(e, people[i])
		return err
	})
	return users, failed, err
}

// Groups maps every group, as [Mapping.People] does people.
func (m *Mapping) Groups(ctx context.Context, groups []source.Group) (mapped []Group, failed []Failed, err error) {
	mapped = make([]Group, len(groups))
	failed, err = inBatches(ctx, len(groups), m.groups.entry, func(e *entry, i int) error {
		var err error
		mapped[i], err = m.group(e, groups[i])
		return err
	})
	return mapped, failed, err
}

func inBatches(ctx context.Context, n int, newEntry func() *entry, one func(*entry, int) error) ([]Failed, error) {
	var (
		next   atomic.Int64
		lock   sync.Mutex
		failed []Failed
		done   sync.WaitGroup
	)
	work := func() {
		e := newEntry()
		for {
			from := int(next.Add(batch)) - batch
			if from >= n {
				return
			}
			for i := from; i < min(from+batch, n) && ctx.Err() == nil; i++ {
				if err := one(e, i); err != nil {
					lock.Lock()
					failed = append(failed, Failed{Index: i, Err: err})
					lock.Unlock()
				}
			}
		}
	}
	for range min(runtime.GOMAXPROCS(0), (n+batch-1)/batch) {
		done.Go(work)
	}
	done.Wait()
	if err := ctx.Err(); err != nil {
		return nil, fault.New(fault.Unavailable, "map", "", err)
	}
	slices.SortFunc(failed, func(a, b Failed) int { return a.Index - b.Index })
	return failed, nil
}
