package awsdir

import (
	"context"
	"strings"
	"sync"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

// spread divides reads that both services can answer between them, since AWS
// throttles them apart: each goes where fewer are under way. A slow or busy
// service has more under way, and so gets fewer.
type spread struct {
	mu        sync.Mutex
	api, scim int
	closed    bool // SCIM cannot list what we want
}

// oneAfterTheOther is how many calls a page of everybody counts for. Each waits
// for the one before it, so the API is left to it, but for a few.
const oneAfterTheOther = 12

// hold notes calls that only the API can answer, until done is called.
func (s *spread) hold(calls int) (done func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.api += calls
	return func() { s.leave(&s.api, calls) }
}

// choose says which service is to answer the next read; shut leaves SCIM out.
func (s *spread) choose(shut bool) (bySCIM bool, done func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	to := &s.api
	if bySCIM = !shut && !s.closed && s.scim < s.api; bySCIM {
		to = &s.scim
	}
	*to++
	return bySCIM, func() { s.leave(to, 1) }
}

func (s *spread) leave(from *int, calls int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*from -= calls
}

func (s *spread) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
}

// ListUsers lists users by the API.
func (d both) ListUsers(ctx context.Context, p directory.PageRequest) (directory.Page[identity.User], error) {
	defer d.spread.hold(oneAfterTheOther)()
	return d.api.ListUsers(ctx, p)
}

// ListGroups lists groups by the API.
func (d both) ListGroups(ctx context.Context, p directory.PageRequest) (directory.Page[identity.Group], error) {
	defer d.spread.hold(oneAfterTheOther)()
	return d.api.ListGroups(ctx, p)
}

// ListMemberIDs lists the users of a group by either service.
func (d both) ListMemberIDs(ctx context.Context, group identity.ID, p directory.PageRequest) (directory.Page[identity.ID], error) {
	page, err := d.divide(ctx, group, p, d.api.ListMembers, d.scim.ListMembers)
	return ids(page, err, func(m identity.Membership) identity.ID { return m.UserID })
}

// ListGroupIDs lists the groups of a user by either service.
func (d both) ListGroupIDs(ctx context.Context, user identity.ID, p directory.PageRequest) (directory.Page[identity.ID], error) {
	page, err := d.divide(ctx, user, p, d.api.ListMemberships, d.scim.ListMemberships)
	return ids(page, err, func(m identity.Membership) identity.ID { return m.GroupID })
}

func ids(page directory.Page[identity.Membership], err error, of func(identity.Membership) identity.ID) (directory.Page[identity.ID], error) {
	if err != nil {
		return directory.Page[identity.ID]{}, err
	}
	out := directory.Page[identity.ID]{Items: make([]identity.ID, len(page.Items)), Next: page.Next}
	for i, m := range page.Items {
		out.Items[i] = of(m)
	}
	return out, nil
}

// lister lists the memberships of a group or of a user.
type lister func(context.Context, identity.ID, directory.PageRequest) (directory.Page[identity.Membership], error)

// cursorMark begins the token of a page that SCIM goes on from: a listing stays
// with the service that began it.
const cursorMark = "scim:"

// divide reads a page by one of the services. What SCIM refuses, as with a
// token that has expired, the API is asked for.
func (d both) divide(ctx context.Context, id identity.ID, p directory.PageRequest, byAPI, bySCIM lister) (directory.Page[identity.Membership], error) {
	cursor, begun := strings.CutPrefix(p.Token, cursorMark)
	toSCIM, done := begun, func() {}
	if p.Token == "" {
		toSCIM, done = d.spread.choose(d.latch.shut() != nil)
	}
	defer done()
	if !toSCIM {
		return byAPI(ctx, id, p)
	}
	page, err := bySCIM(ctx, id, directory.PageRequest{Token: cursor, Limit: p.Limit})
	d.latch.learn(err)
	if page.Next != "" {
		page.Next = cursorMark + page.Next
	}
	if err == nil || begun || fault.KindOf(err).Temporary() {
		return page, err
	}
	if !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Unauthenticated) {
		d.spread.close()
	}
	return byAPI(ctx, id, p)
}
