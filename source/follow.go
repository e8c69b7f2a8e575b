package source

import (
	"context"
	"slices"

	"rollcall/fault"
)

// Follower is implemented by drivers that can tell what changes.
type Follower interface {
	// Follow reads the source whole, as Read does, and fails as Read does. What
	// it returns is kept up to date until ctx ends, and has to be closed. It
	// fails with fault.Unsupported where the system at the other end says of
	// nothing when it was changed.
	Follow(ctx context.Context) (Followed, error)
}

// Followed is a source that was read whole and is kept up to date since. It is
// for one goroutine.
type Followed interface {
	// Driver's Read hands out what is kept; it asks nobody.
	Driver
	// Next waits until something has changed, takes it in, and says in a few
	// words what it was: "3 entries changed". Changes that come close together
	// are one. When ctx ends it returns ctx's error, and nothing is lost.
	//
	// After it has failed it also returns, with no words, when the source answers
	// again and nothing has changed.
	//
	// fault.Stale: what is kept can no longer be brought up to date, and must
	// not be believed; follow anew. fault.Unavailable: the connection was cut;
	// call it again, after a while. Whatever else it fails with means the same
	// as fault.Stale.
	Next(ctx context.Context) (string, error)
	// Close lets go of the source.
	Close()
}

// Cautious is implemented by what is followed where the account may not see all
// that makes changes known at once.
type Cautious interface {
	// Caveats are what it does not see, what that costs and how it is mended, a
	// sentence each; nil: nothing.
	Caveats() []string
}

// Patcher is implemented by what is followed where it can tell that of some
// people nothing but attributes is other than it was handed out last, and of
// everything else nothing: most changes are of that kind, and the rest need not
// be put together and proven again for them.
type Patcher interface {
	// Patch hands out those people as they are now, and how far the copy has
	// come; ok is false where more is other, and Read has to tell.
	Patch() (people []Person, replica Replica, ok bool)
}

// Live is a source that is followed: its snapshot is always that of a complete
// read with every change since taken in. It is for one goroutine; the snapshots
// are for anybody.
type Live struct {
	source   *Source
	followed Followed
	snapshot *Snapshot
}

// Follow reads the source whole and follows it. It fails as [Source.Read] does,
// and with fault.Unsupported if a source of this kind does not tell what
// changes. It ends with ctx.
func (s *Source) Follow(ctx context.Context) (*Live, error) {
	f, ok := s.driver.(Follower)
	if !ok {
		return nil, fault.Text(fault.Unsupported, "follow source", s.name, "a file does not say what changes; give the sync a schedule")
	}
	followed, err := f.Follow(ctx)
	if err != nil {
		return nil, err
	}
	l := &Live{source: New(s.name, followed), followed: followed}
	if l.snapshot, err = l.source.Read(ctx); err != nil {
		followed.Close()
		return nil, err
	}
	return l, nil
}

// Snapshot is what the source holds now. It is not changed afterwards.
func (l *Live) Snapshot() *Snapshot { return l.snapshot }

// Caveats are what the source does not show at once, as [Cautious] says.
func (l *Live) Caveats() []string {
	if c, ok := l.followed.(Cautious); ok {
		return c.Caveats()
	}
	return nil
}

// Next waits for changes as [Followed] does, and puts them into a snapshot that
// is proven as one that was just read. If that fails, the source has to be read
// whole.
func (l *Live) Next(ctx context.Context) (string, error) {
	what, err := l.followed.Next(ctx)
	if err != nil {
		return "", err
	}
	if l.patch() {
		return what, nil
	}
	snapshot, err := l.source.Read(context.WithoutCancel(ctx))
	if err != nil {
		return "", fault.New(fault.Stale, "follow source", l.source.name, err)
	}
	l.snapshot = snapshot
	return what, nil
}

// patch makes the next snapshot of the last one and those who changed, where
// that is all; it reports whether it was. Who is there, under which anchors and
// in which groups was proven before.
func (l *Live) patch() bool {
	p, able := l.followed.(Patcher)
	if !able {
		return false
	}
	people, replica, ok := p.Patch()
	if !ok {
		return false
	}
	next := *l.snapshot
	next.Report.Replica = replica
	next.People = slices.Clone(next.People) // forty bytes a person
	for _, person := range people {
		at, there := next.personAt(person.Anchor)
		if !there {
			return false
		}
		next.People[at] = person
	}
	l.snapshot = &next
	return true
}

// Close lets go of the source. The last snapshot stays what it is.
func (l *Live) Close() { l.followed.Close() }
