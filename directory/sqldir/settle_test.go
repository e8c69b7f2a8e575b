package sqldir

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"rollcall/directory"
	"rollcall/identity"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

// settled is a store whose pairs settle as soon as more than most wait, least
// at once.
type settled struct {
	t *testing.T
	*Driver
	users, groups []identity.ID
	made          int
}

func newSettled(t *testing.T, most, least, users, groups int) *settled {
	t.Helper()
	c, err := Open(t.Context(), sqldbtest.SQLite(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.settling = settling{most: most, least: least}
	s := &settled{t: t}
	if s.Driver, err = c.Store(t.Context(), "d-1234567890", Options{}); err != nil {
		t.Fatal(err)
	}
	for range users {
		s.users = append(s.users, s.newUser(t))
	}
	for range groups {
		s.groups = append(s.groups, s.newGroup(t))
	}
	return s
}

type failer interface{ Fatal(args ...any) }

func (s *settled) newUser(t failer) identity.ID {
	s.made++
	u, err := s.CreateUser(s.t.Context(), identity.User{UserName: fmt.Sprint("user", s.made), DisplayName: "U", Name: identity.Name{GivenName: "U", FamilyName: "U"}})
	if err != nil {
		t.Fatal(err)
	}
	return u.ID
}

func (s *settled) newGroup(t failer) identity.ID {
	s.made++
	g, err := s.CreateGroup(s.t.Context(), identity.Group{DisplayName: fmt.Sprint("group", s.made)})
	if err != nil {
		t.Fatal(err)
	}
	return g.ID
}

// number is what query answers.
func (s *settled) number(query string) (n int) {
	s.t.Helper()
	if err := s.db.Read(s.t.Context(), func(q sqldb.Query) error { return q.Row(query).Scan(&n) }); err != nil {
		s.t.Fatal(err)
	}
	return n
}

func (s *settled) waiting() int { s.t.Helper(); return s.number(countRecent) }

func (s *settled) change(group int, add, remove []identity.ID) {
	s.t.Helper()
	if err := s.ChangeMembers(s.t.Context(), s.groups[group], add, remove); err != nil {
		s.t.Fatal(err)
	}
}

// groupsOf lists the groups of a user through pages of two.
func (s *settled) groupsOf(t failer, user identity.ID) (all []identity.ID) {
	for token := ""; ; {
		page, err := s.ListMemberships(s.t.Context(), user, directory.PageRequest{Token: token, Limit: 2})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.Items {
			all = append(all, m.GroupID)
		}
		if token = page.Next; token == "" {
			return all
		}
	}
}

// Whoever joins, leaves, is deleted or loses a group, and whenever pairs
// settle: the groups of a user are those that have the user as a member.
func TestTheGroupsOfAUserAreThoseThatHaveTheUser(t *testing.T) {
	s := newSettled(t, 0, 0, 6, 4)
	rapid.Check(t, func(r *rapid.T) {
		*s.settling = settling{most: rapid.IntRange(0, 6).Draw(r, "most"), least: rapid.IntRange(1, 4).Draw(r, "least")}
		members := map[identity.ID]map[identity.ID]bool{}
		for _, g := range s.groups {
			members[g] = map[identity.ID]bool{}
		}
		user := func() identity.ID { return rapid.SampledFrom(s.users).Draw(r, "user") }
		group := func() identity.ID { return rapid.SampledFrom(s.groups).Draw(r, "group") }
		some := func() []identity.ID {
			return rapid.SliceOfNDistinct(rapid.SampledFrom(s.users), 0, 4, rapid.ID).Draw(r, "users")
		}
		must := func(err error) {
			if err != nil {
				r.Fatal(err)
			}
		}
		r.Repeat(map[string]func(*rapid.T){
			"add": func(*rapid.T) {
				g, all := group(), some()
				must(s.ChangeMembers(t.Context(), g, all, nil))
				for _, u := range all {
					members[g][u] = true
				}
			},
			"remove": func(*rapid.T) {
				g, all := group(), some()
				must(s.ChangeMembers(t.Context(), g, nil, all))
				for _, u := range all {
					delete(members[g], u)
				}
			},
			"one": func(*rapid.T) {
				g, u := group(), user()
				if members[g][u] {
					m, err := s.FindMembership(t.Context(), g, u)
					must(err)
					must(s.RemoveMember(t.Context(), m.ID))
					delete(members[g], u)
					return
				}
				_, err := s.AddMember(t.Context(), g, u)
				must(err)
				members[g][u] = true
			},
			// A key that is free again may be given to the next one.
			"new user": func(*rapid.T) {
				at := rapid.IntRange(0, len(s.users)-1).Draw(r, "at")
				must(s.DeleteUser(t.Context(), s.users[at], ""))
				for _, of := range members {
					delete(of, s.users[at])
				}
				s.users[at] = s.newUser(r)
			},
			"new group": func(*rapid.T) {
				at := rapid.IntRange(0, len(s.groups)-1).Draw(r, "at")
				must(s.DeleteGroup(t.Context(), s.groups[at], ""))
				delete(members, s.groups[at])
				s.groups[at] = s.newGroup(r)
				members[s.groups[at]] = map[identity.ID]bool{}
			},
			"": func(r *rapid.T) {
				for _, u := range s.users {
					want := slices.DeleteFunc(slices.Clone(s.groups), func(g identity.ID) bool { return !members[g][u] })
					got := s.groupsOf(r, u)
					slices.Sort(want)
					slices.Sort(got)
					if !slices.Equal(got, want) {
						r.Fatalf("%s is in %v, want %v", u, got, want)
					}
				}
			},
		})
		for _, g := range s.groups {
			if all := slices.Sorted(maps.Keys(members[g])); len(all) > 0 {
				must(s.ChangeMembers(t.Context(), g, nil, all))
			}
		}
		if n := s.number(`SELECT COUNT(*) FROM memberships`); n != 0 {
			r.Fatalf("%d memberships are left", n)
		}
	})
}

func TestPairsSettleOnceTooManyWait(t *testing.T) {
	for name, c := range map[string]struct{ writes, waiting int }{
		"as many as may wait":         {writes: 10, waiting: 100},
		"too few to settle":           {writes: 15, waiting: 150},
		"enough to settle":            {writes: 16, waiting: 100},
		"again too few to settle":     {writes: 21, waiting: 150},
		"and all of it comes by turn": {writes: 40, waiting: 100},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSettled(t, 100, 60, 10, 40)
			for g := range c.writes {
				s.change(g, s.users, nil)
			}
			if n := s.waiting(); n < c.waiting-len(s.groups) || n > c.waiting+len(s.groups) {
				t.Errorf("%d pairs wait after %d writes, want about %d", n, c.writes, c.waiting)
			}
			if n := s.number(`SELECT COUNT(*) FROM user_groups`); n != c.writes*len(s.users) {
				t.Errorf("%d pairs, want %d", n, c.writes*len(s.users))
			}
		})
	}
}

// What is gone leaves nothing behind, or the tables would grow for ever:
// neither what had settled before nor what went while it still waited.
func TestWhatIsGoneIsForgottenOnceItSettles(t *testing.T) {
	for name, most := range map[string]int{"what had settled": 0, "what waited": 1000} {
		t.Run(name, func(t *testing.T) {
			s := newSettled(t, most, 1, 20, 3)
			s.change(0, s.users, nil)
			s.change(1, s.users, nil)
			s.change(0, nil, s.users[:10])
			if err := s.DeleteGroup(t.Context(), s.groups[1], ""); err != nil {
				t.Fatal(err)
			}
			if err := s.DeleteUser(t.Context(), s.users[19], ""); err != nil {
				t.Fatal(err)
			}
			s.settling.most = 0
			for range 100 {
				s.change(2, s.users[:1], nil)
				s.change(2, nil, s.users[:1])
			}
			if settled, waiting := s.number(`SELECT COUNT(*) FROM user_groups_settled`), s.waiting(); settled+waiting > 9+2 || settled < 9 {
				t.Errorf("%d pairs have settled and %d wait, for 9 members", settled, waiting)
			}
		})
	}
}

// Whoever comes and goes all the time leaves the others their turn.
func TestEverybodySettlesInTurn(t *testing.T) {
	s := newSettled(t, 10, 1, 10, 2)
	s.change(0, s.users, nil)
	for range 20 {
		s.change(1, s.users[:1], nil)
		s.change(1, nil, s.users[:1])
	}
	if n := s.number(`SELECT COUNT(*) FROM user_groups_settled s JOIN groups g ON g.key = s.group_key WHERE g.display_name = 'group11'`); n != len(s.users) {
		t.Errorf("%d of %d have settled", n, len(s.users))
	}
}

// Another process has its own opinion of how many wait.
func TestAProcessThatStartsCountsWhatWaits(t *testing.T) {
	s := newSettled(t, 1000, 10, 10, 10)
	for g := range 9 {
		s.change(g, s.users, nil)
	}
	*s.settling = settling{most: 50, least: 10}
	s.change(9, s.users[:1], nil)                   // counts
	s.change(9, s.users[1:2], nil)                  // settles
	if n := s.waiting(); n >= 92 || n < 92-2*10-1 { // a user has at most 10
		t.Errorf("%d pairs wait", n)
	}
}
