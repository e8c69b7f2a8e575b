package directorytest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"rollcall/directory"
	"rollcall/identity"
)

var pagingTests = []test{
	{"AnEmptyListingIsOneEmptyPage", emptyListing},
	{"PagesOfEverySizeAreComplete", pagesComplete},
	{"ListingsAreStableWhileOthersWrite", listingsStable},
	{"MemberListingsAreStableWhileOthersWrite", memberListingsStable},
	{"ListingsAreStableUnderConcurrentWrites", listingsStableConcurrently},
}

// listing is one of the four ways to list, reduced to ids.
type listing struct {
	name string
	page func(ctx context.Context, p directory.PageRequest) (ids []identity.ID, next string, err error)
}

func idsOf[T any](page directory.Page[T], err error, id func(T) identity.ID) ([]identity.ID, string, error) {
	var all []identity.ID
	for _, item := range page.Items {
		all = append(all, id(item))
	}
	return all, page.Next, err
}

// listings lists every listing of d; the last two are of this group and user,
// and give the users' and the groups' ids.
func listings(d directory.Driver, g identity.ID, u identity.ID) []listing {
	return []listing{
		{"users", func(ctx context.Context, p directory.PageRequest) ([]identity.ID, string, error) {
			page, err := d.ListUsers(ctx, p)
			return idsOf(page, err, func(u identity.User) identity.ID { return u.ID })
		}},
		{"groups", func(ctx context.Context, p directory.PageRequest) ([]identity.ID, string, error) {
			page, err := d.ListGroups(ctx, p)
			return idsOf(page, err, func(g identity.Group) identity.ID { return g.ID })
		}},
		{"members", func(ctx context.Context, p directory.PageRequest) ([]identity.ID, string, error) {
			page, err := d.ListMembers(ctx, g, p)
			return idsOf(page, err, func(m identity.Membership) identity.ID { return m.UserID })
		}},
		{"memberships", func(ctx context.Context, p directory.PageRequest) ([]identity.ID, string, error) {
			page, err := d.ListMemberships(ctx, u, p)
			return idsOf(page, err, func(m identity.Membership) identity.ID { return m.GroupID })
		}},
	}
}

// walk reads a listing to its end in pages of limit, calling between after
// each page, and returns how often each id came.
func walk(ctx context.Context, l listing, limit int, between func()) (map[identity.ID]int, error) {
	seen := map[identity.ID]int{}
	tokens := map[string]bool{}
	for token := ""; ; {
		page, next, err := l.page(ctx, directory.PageRequest{Token: token, Limit: limit})
		if err != nil {
			return nil, err
		}
		if limit > 0 && len(page) > limit {
			return nil, fmt.Errorf("a page of %d items, asked for %d", len(page), limit)
		}
		for _, id := range page {
			seen[id]++
		}
		between()
		if next == "" {
			return seen, nil
		}
		if tokens[next] {
			return nil, errors.New("a page token came twice")
		}
		tokens[next], token = true, next
	}
}

// wantOnce holds that each of ids was seen exactly once and nothing was twice.
func wantOnce(t *testing.T, what string, seen map[identity.ID]int, ids []identity.ID) {
	t.Helper()
	for _, id := range ids {
		if seen[id] == 0 {
			t.Errorf("%s: %s was left out", what, id)
		}
	}
	for id, n := range seen {
		if n > 1 {
			t.Errorf("%s: %s came %d times", what, id, n)
		}
	}
}

// fill makes users u…, groups g…, every user a member of the first group and
// the first user a member of every group; it returns their ids.
func fill(t *testing.T, d directory.Driver, n int) (users, groups []identity.ID) {
	t.Helper()
	users = ids(addUsers(t, d, "u", n)...)
	for i := range n {
		groups = append(groups, addGroup(t, d, fmt.Sprintf("g%d", i)).ID)
	}
	for i := range n {
		addMember(t, d, groups[0], users[i])
		if i > 0 {
			addMember(t, d, groups[i], users[0])
		}
	}
	return users, groups
}

func emptyListing(t *testing.T, d directory.Driver) {
	for _, l := range listings(d, "", "")[:2] {
		seen, err := walk(ctx(t), l, 0, func() {})
		wantNone(t, l.name, err)
		if len(seen) > 0 {
			t.Errorf("%s: an empty directory lists %d", l.name, len(seen))
		}
	}
	l := listings(d, addGroup(t, d, "staff").ID, addUser(t, d, User("ann")).ID)
	for _, l := range l[2:] {
		if seen, err := walk(ctx(t), l, 1, func() {}); err != nil || len(seen) > 0 {
			t.Errorf("%s: %d listed, %v; want none", l.name, len(seen), err)
		}
	}
}

func pagesComplete(t *testing.T, d directory.Driver) {
	const n = 101 // one more than the largest page
	users, groups := fill(t, d, n)
	want := map[string][]identity.ID{"users": users, "groups": groups, "members": users, "memberships": groups}
	for _, l := range listings(d, groups[0], users[0]) {
		for _, limit := range []int{0, 1, 2, 100} {
			what := fmt.Sprintf("%s in pages of %d", l.name, limit)
			seen, err := walk(ctx(t), l, limit, func() {})
			wantNone(t, what, err)
			wantOnce(t, what, seen, want[l.name])
			if len(seen) != n {
				t.Errorf("%s: %d listed, want %d", what, len(seen), n)
			}
		}
	}
}

func listingsStable(t *testing.T, d directory.Driver) {
	users, groups := fill(t, d, 24)
	var kept, keptGroups, doomed, doomedGroups []identity.ID
	for i := range users { // every third goes while the listing is under way
		if i%3 == 1 {
			doomed, doomedGroups = append(doomed, users[i]), append(doomedGroups, groups[i])
		} else {
			kept, keptGroups = append(kept, users[i]), append(keptGroups, groups[i])
		}
	}
	round := 0
	disturb := func() {
		round++
		addUser(t, d, User(fmt.Sprintf("aaa%d", round))) // first and last by name
		addUser(t, d, User(fmt.Sprintf("zzz%d", round)))
		addGroup(t, d, fmt.Sprintf("aaa%d", round))
		updateUser(t, d, kept[round%len(kept)], set(t, "userName", fmt.Sprintf("moved%d", round)), unset("emails"))
		updateGroup(t, d, keptGroups[round%len(keptGroups)], set(t, "displayName", fmt.Sprintf("moved%d", round)))
		if len(doomed) > 0 {
			wantNone(t, "delete user", d.DeleteUser(ctx(t), doomed[0], ""))
			wantNone(t, "delete group", d.DeleteGroup(ctx(t), doomedGroups[0], ""))
			doomed, doomedGroups = doomed[1:], doomedGroups[1:]
		}
	}
	for i, l := range listings(d, groups[0], users[0])[:2] {
		rounds := 0
		seen, err := walk(ctx(t), l, 5, func() {
			if rounds++; rounds <= 4 { // new objects may keep a listing going
				disturb()
			}
		})
		wantNone(t, l.name, err)
		wantOnce(t, l.name, seen, [][]identity.ID{kept, keptGroups}[i])
	}
}

func memberListingsStable(t *testing.T, d directory.Driver) {
	const n = 24
	users, groups := fill(t, d, n)
	kept, keptGroups := users[:1:1], groups[:1:1]
	for i := 2; i < n; i += 2 {
		kept, keptGroups = append(kept, users[i]), append(keptGroups, groups[i])
	}
	next := 1
	disturb := func() {
		if next >= n {
			return
		}
		u := addUser(t, d, User(fmt.Sprintf("new%d", next)))
		addMember(t, d, groups[0], u.ID)
		g := addGroup(t, d, fmt.Sprintf("new%d", next))
		addMember(t, d, g.ID, users[0])
		for _, pair := range [][2]identity.ID{{groups[0], users[next]}, {groups[next], users[0]}} {
			m, err := d.FindMembership(ctx(t), pair[0], pair[1])
			wantNone(t, "find membership", err)
			wantNone(t, "remove member", d.RemoveMember(ctx(t), m.ID))
		}
		next += 2
	}
	for i, l := range listings(d, groups[0], users[0])[2:] {
		rounds := 0
		seen, err := walk(ctx(t), l, 5, func() {
			if rounds++; rounds <= 4 {
				disturb()
			}
		})
		wantNone(t, l.name, err)
		wantOnce(t, l.name, seen, [][]identity.ID{kept, keptGroups}[i])
	}
}

func listingsStableConcurrently(t *testing.T, d directory.Driver) {
	users, groups := fill(t, d, 30)
	var wait sync.WaitGroup
	defer wait.Wait()
	stop, cancel := context.WithCancel(ctx(t))
	defer cancel()
	for w := range 4 {
		wait.Go(func() { churn(t, stop, d, fmt.Sprintf("churn%d-", w)) })
	}
	want := map[string][]identity.ID{"users": users, "groups": groups, "members": users, "memberships": groups}
	for range 3 {
		for _, l := range listings(d, groups[0], users[0]) {
			seen, err := walk(ctx(t), l, 7, func() {})
			wantNone(t, l.name, err)
			wantOnce(t, l.name, seen, want[l.name])
		}
	}
}

// churn makes and deletes users and groups until stop ends.
func churn(t *testing.T, stop context.Context, d directory.Driver, prefix string) {
	for i := 0; stop.Err() == nil; i++ {
		u, err := d.CreateUser(ctx(t), User(fmt.Sprint(prefix, i)))
		if err != nil {
			t.Errorf("create user: %v", err)
			return
		}
		g, err := d.CreateGroup(ctx(t), Group(fmt.Sprint(prefix, i)))
		if err != nil {
			t.Errorf("create group: %v", err)
			return
		}
		if err := errors.Join(d.DeleteUser(ctx(t), u.ID, ""), d.DeleteGroup(ctx(t), g.ID, "")); err != nil {
			t.Errorf("delete: %v", err)
			return
		}
	}
}
