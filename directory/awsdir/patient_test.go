package awsdir_test

import (
	"context"
	"sync"
	"time"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

// patient is a caller who settles what goes wrong on the way to a driver, as
// the executor of plans does: what is refused for the moment is asked again, an
// answer that was lost is settled by reading, and a refusal is believed if a
// read bears it out. Without it the wire's own failures would be taken for the
// driver's.
type patient struct {
	directory.Driver
	wait func(time.Duration) // virtual: the clock goes on by that much

	mu    sync.Mutex
	known map[identity.ID]bool // objects that a creation of ours was acknowledged
}

// patientDriver gives d a patient caller, with d's abilities and no others.
func patientDriver(d directory.Driver, wait func(time.Duration)) directory.Driver {
	p := &patient{Driver: d, wait: wait, known: map[identity.ID]bool{}}
	_, bulk := d.(directory.MemberChanger)
	_, own := d.(directory.Reviser)
	switch {
	case bulk && own:
		return struct {
			*patient
			throughSCIM
			throughAPI
			directory.IDLister
		}{p, throughSCIM{p}, throughAPI{p}, memberLists{p}}
	case bulk:
		return struct {
			*patient
			throughSCIM
		}{p, throughSCIM{p}}
	}
	return struct {
		*patient
		throughAPI
	}{p, throughAPI{p}}
}

// The patience with a call: so often it is made again while the wire may be to
// blame, and so often an answer is heard before it is believed for want of a
// read that could tell.
const (
	patience = 100
	believed = 16
)

// tries are those of one call.
type tries struct {
	p     *patient
	n     int
	heard map[fault.Kind]int // how often, of those that a faulty wire may have made up
}

// again says whether the call is to be made again after an answer.
func (t *tries) again(ctx context.Context, err error) bool {
	kind := fault.KindOf(err)
	switch {
	case err == nil || !t.more(ctx):
		return false
	case kind == fault.Throttled:
		t.p.wait(fault.RetryAfter(err) + time.Second/20) // SCIM does not say how long
	case kind == fault.Denied, kind == fault.Unauthenticated:
		t.p.wait(time.Minute + time.Second) // SCIM may be shut
		return t.doubtful(kind)
	case kind == fault.Conflict, kind == fault.Stale:
		return t.doubtful(kind)
	}
	return kind.Temporary()
}

// more counts a try, and says whether patience is left.
func (t *tries) more(ctx context.Context) bool {
	t.n++
	return ctx.Err() == nil && t.n < patience
}

func (t *tries) doubtful(kind fault.Kind) bool {
	if t.heard == nil {
		t.heard = map[fault.Kind]int{}
	}
	t.heard[kind]++
	return t.heard[kind] < believed
}

// listed reads a page until the wire lets it through. No page is refused for what
// is in the directory, so no refusal is believed, however often it is heard: one
// page can be many calls.
func listed[T any](ctx context.Context, p *patient, read func() (directory.Page[T], error)) (directory.Page[T], error) {
	for t := (&tries{p: p}); ; {
		got, err := read()
		kind := fault.KindOf(err)
		refused := err != nil && (kind == fault.Conflict || kind == fault.Stale || kind == fault.Denied || kind == fault.Unauthenticated)
		if !t.again(ctx, err) && (!refused || t.n >= patience) {
			return got, err
		}
	}
}

// steady makes a read until the wire lets it through.
func steady[T any](ctx context.Context, p *patient, read func() (T, error)) (T, error) {
	for t := (&tries{p: p}); ; {
		got, err := read()
		if !t.again(ctx, err) {
			return got, err
		}
	}
}

func (p *patient) Limits() directory.Limits { return directory.LimitsOf(p.Driver) }

func (p *patient) ListUsers(ctx context.Context, at directory.PageRequest) (directory.Page[identity.User], error) {
	return listed(ctx, p, func() (directory.Page[identity.User], error) { return p.Driver.ListUsers(ctx, at) })
}

func (p *patient) ListGroups(ctx context.Context, at directory.PageRequest) (directory.Page[identity.Group], error) {
	return listed(ctx, p, func() (directory.Page[identity.Group], error) { return p.Driver.ListGroups(ctx, at) })
}

func (p *patient) ListMembers(ctx context.Context, group identity.ID, at directory.PageRequest) (directory.Page[identity.Membership], error) {
	return listed(ctx, p, func() (directory.Page[identity.Membership], error) { return p.Driver.ListMembers(ctx, group, at) })
}

func (p *patient) ListMemberships(ctx context.Context, user identity.ID, at directory.PageRequest) (directory.Page[identity.Membership], error) {
	return listed(ctx, p, func() (directory.Page[identity.Membership], error) { return p.Driver.ListMemberships(ctx, user, at) })
}

func (p *patient) User(ctx context.Context, id identity.ID) (identity.User, error) {
	return steady(ctx, p, func() (identity.User, error) { return p.Driver.User(ctx, id) })
}

func (p *patient) Group(ctx context.Context, id identity.ID) (identity.Group, error) {
	return steady(ctx, p, func() (identity.Group, error) { return p.Driver.Group(ctx, id) })
}

func (p *patient) FindUser(ctx context.Context, key directory.Key) (identity.User, error) {
	return steady(ctx, p, func() (identity.User, error) { return p.Driver.FindUser(ctx, key) })
}

func (p *patient) FindGroup(ctx context.Context, key directory.Key) (identity.Group, error) {
	return steady(ctx, p, func() (identity.Group, error) { return p.Driver.FindGroup(ctx, key) })
}

func (p *patient) Membership(ctx context.Context, id identity.ID) (identity.Membership, error) {
	return steady(ctx, p, func() (identity.Membership, error) { return p.Driver.Membership(ctx, id) })
}

func (p *patient) FindMembership(ctx context.Context, group, user identity.ID) (identity.Membership, error) {
	return steady(ctx, p, func() (identity.Membership, error) { return p.Driver.FindMembership(ctx, group, user) })
}

// memberLists are read by either service.
type memberLists struct{ p *patient }

func (l memberLists) ListMemberIDs(ctx context.Context, group identity.ID, at directory.PageRequest) (directory.Page[identity.ID], error) {
	return steady(ctx, l.p, func() (directory.Page[identity.ID], error) {
		return l.p.Driver.(directory.IDLister).ListMemberIDs(ctx, group, at)
	})
}

func (l memberLists) ListGroupIDs(ctx context.Context, user identity.ID, at directory.PageRequest) (directory.Page[identity.ID], error) {
	return steady(ctx, l.p, func() (directory.Page[identity.ID], error) {
		return l.p.Driver.(directory.IDLister).ListGroupIDs(ctx, user, at)
	})
}

// throughAPI is what only the API can do.
type throughAPI struct{ p *patient }

func (throughAPI) ChecksRevisions() {}

func (a throughAPI) Network(ctx context.Context) (*directory.Network, error) {
	return steady(ctx, a.p, func() (*directory.Network, error) { return a.p.Driver.(directory.NetworkController).Network(ctx) })
}

// SetNetwork can be said twice.
func (a throughAPI) SetNetwork(ctx context.Context, n directory.Network) error {
	_, err := steady(ctx, a.p, func() (none struct{}, err error) {
		return none, a.p.Driver.(directory.NetworkController).SetNetwork(ctx, n)
	})
	return err
}
