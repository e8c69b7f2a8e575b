package scimdoor_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"

	"rollcall/directory/memdir"
	"rollcall/door/scimdoor"
	"rollcall/fault"
	"rollcall/identity"
)

// gone is a directory in which every user is deleted between two reads.
type gone struct{ *memdir.Driver }

func (gone) User(_ context.Context, id identity.ID) (identity.User, error) {
	return identity.User{}, fault.Text(fault.NotFound, "read user", "user "+string(id), "it is gone")
}

// contended is a directory to which others write before each of the first
// writes of ours.
type contended struct {
	*memdir.Driver
	left *atomic.Int32
}

func (c contended) UpdateUser(ctx context.Context, id identity.ID, revision string, edits []identity.Edit) (identity.User, error) {
	if n := c.left.Add(-1); n >= 0 {
		other := []identity.Edit{{Path: "nickName", New: identity.Value(fmt.Sprintf(`"n%d"`, n))}}
		if _, err := c.Driver.UpdateUser(ctx, id, "", other); err != nil {
			return identity.User{}, err
		}
	}
	return c.Driver.UpdateUser(ctx, id, revision, edits)
}

func TestAPatchIsWorkedOutAnewWhenAnotherWriteCameBetween(t *testing.T) {
	for others, want := range map[int32]int{9: 200, 10: 409} {
		left := &atomic.Int32{}
		s := open(t, contended{memdir.New(store), left}, scimdoor.Options{Log: slog.New(slog.DiscardHandler)})
		user := s.user("ann")
		left.Store(others)
		r := s.send("PATCH /Users/"+user, `{"Operations":[{"op":"replace","path":"title","value":"Boss"}]}`)
		if r.status != want {
			t.Errorf("after %d other writes: %d %s; want %d", others, r.status, r.raw, want)
		}
		if want == 200 && (r.body["nickName"] != "n0" || r.body["title"] != "Boss") {
			t.Errorf("one write lost the other: %s", r.raw)
		}
	}
}

func TestWritersAtOnceLoseNothing(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		user, group := s.user("ann"), s.group("g")
		var all sync.WaitGroup
		for i, path := range []string{"title", "nickName", "locale", "timezone"} {
			member := s.user(fmt.Sprintf("m%d", i))
			all.Go(func() {
				if r := s.send("PATCH /Users/"+user, `{"Operations":[{"op":"add","path":"`+path+`","value":"x"}]}`); r.status != 200 {
					t.Errorf("%s: %d %s", path, r.status, r.raw)
				}
			})
			all.Go(func() {
				if r := s.send("PATCH /Groups/"+group, `{"Operations":[{"op":"add","path":"members","value":[{"value":"`+member+`"}]}]}`); r.status != 204 {
					t.Errorf("member: %d %s", r.status, r.raw)
				}
			})
		}
		all.Wait()
		got := s.must(200, "GET /Users/"+user, "")
		for _, path := range []string{"title", "nickName", "locale", "timezone"} {
			if got.body[path] != "x" {
				t.Errorf("%s is lost: %s", path, got.raw)
			}
		}
		if n := len(s.members(group)); n != 4 {
			t.Errorf("%d members, want 4", n)
		}
	})
}
