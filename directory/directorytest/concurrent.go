package directorytest

import (
	"fmt"
	"sync"
	"testing"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

var concurrentTests = []test{
	{"OneOfManyWritersGetsAName", oneGetsTheName},
	{"OneOfManyWritersGetsARevision", oneGetsTheRevision},
	{"ManyWritersLeaveAConsistentDirectory", manyWriters},
	{"ChangingMembersAndDeletingLeavesNoOrphans", noOrphans},
}

// writers is how many write at once.
const writers = 32

// together runs write for each writer, all at the same time, and waits.
func together(write func(writer int)) {
	var ready, done sync.WaitGroup
	ready.Add(writers)
	for w := range writers {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			write(w)
		})
	}
	done.Wait()
}

func oneGetsTheName(t *testing.T, d directory.Driver) {
	spelled := []string{"müller", "MÜLLER", "Müller", "mu\u0308ller"}
	var mu sync.Mutex
	won := map[string]int{}
	count := func(what string, err error) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case err == nil:
			won[what]++
		case !fault.Is(err, fault.Conflict):
			t.Errorf("%s: %v; want it to work or be a conflict", what, err)
		}
	}
	together(func(w int) {
		byName := User(fmt.Sprint("a", w))
		byName.UserName = spelled[w%len(spelled)]
		_, err := d.CreateUser(ctx(t), byName)
		count("userName", err)
		byEmail := User(fmt.Sprint("b", w))
		byEmail.Emails[0].Value = spelled[w%len(spelled)] + "@example.org"
		_, err = d.CreateUser(ctx(t), byEmail)
		count("e-mail", err)
		_, err = d.CreateGroup(ctx(t), Group(spelled[w%len(spelled)]))
		count("group name", err)
	})
	for _, what := range []string{"userName", "e-mail", "group name"} {
		if won[what] != 1 {
			t.Errorf("%s: %d writers got it, want 1", what, won[what])
		}
	}
	now := everything(t, d)
	if len(now.Users) != 2 || len(now.Groups) != 1 {
		t.Errorf("%d users and %d groups are stored, want 2 and 1", len(now.Users), len(now.Groups))
	}
}

func oneGetsTheRevision(t *testing.T, d directory.Driver) {
	if !revised(t, d) {
		return
	}
	u := addUser(t, d, User("ann"))
	var mu sync.Mutex
	var won []identity.User
	together(func(w int) {
		got, err := d.UpdateUser(ctx(t), u.ID, u.Revision, []identity.Edit{set(t, "title", fmt.Sprint("writer ", w))})
		mu.Lock()
		defer mu.Unlock()
		if err == nil {
			won = append(won, got)
		} else if !fault.Is(err, fault.Stale) {
			t.Errorf("update: %v; want it to work or be stale", err)
		}
	})
	if len(won) != 1 {
		t.Fatalf("%d writers updated one revision, want 1", len(won))
	}
	wantSame(t, "what is stored", won[0], user(t, d, u.ID))
}

// manyWriters has each writer make, change and delete its own objects and join
// shared groups, and holds that what was acknowledged is there.
func manyWriters(t *testing.T, d directory.Driver) {
	shared := []identity.ID{addGroup(t, d, "shared 0").ID, addGroup(t, d, "shared 1").ID}
	var mu sync.Mutex
	stored, joined := map[identity.ID]identity.User{}, map[identity.ID]identity.Membership{}
	together(func(w int) {
		for i := range 3 {
			u, m, err := writeOnce(t, d, shared[(w+i)%len(shared)], fmt.Sprintf("w%d-%d", w, i), i == 2)
			if err != nil {
				t.Errorf("writer %d: %v", w, err)
				return
			}
			if i < 2 {
				mu.Lock()
				stored[u.ID], joined[m.ID] = u, m
				mu.Unlock()
			}
		}
	})
	now := everything(t, d)
	users, links := map[identity.ID]identity.User{}, map[identity.ID]identity.Membership{}
	for _, u := range now.Users {
		users[u.ID] = u
	}
	for _, m := range now.Memberships {
		links[m.ID] = m
	}
	wantSame(t, "the users acknowledged", stored, users)
	wantSame(t, "the memberships acknowledged", joined, links, answered(d))
	if f, ok := d.(directory.Feeder); ok {
		if got, want := len(events(t, f)), 2+writers*(3*3+1); got != want { // 3 users made, joined, renamed; 1 deleted
			t.Errorf("%d events, want %d", got, want)
		}
	}
}

// writeOnce makes a user, joins it to group and renames it; doomed, it deletes
// the user again.
func writeOnce(t *testing.T, d directory.Driver, group identity.ID, name string, doomed bool) (identity.User, identity.Membership, error) {
	u, err := d.CreateUser(ctx(t), User(name))
	if err != nil {
		return u, identity.Membership{}, err
	}
	m, err := d.AddMember(ctx(t), group, u.ID)
	if err != nil {
		return u, m, err
	}
	u, err = d.UpdateUser(ctx(t), u.ID, u.Revision, []identity.Edit{set(t, "userName", name+"-renamed")})
	if err == nil && doomed {
		err = d.DeleteUser(ctx(t), u.ID, u.Revision)
	}
	return u, m, err
}

func noOrphans(t *testing.T, d directory.Driver) {
	users := addUsers(t, d, "u", writers)
	groups := make([]identity.Group, writers/2)
	for i := range groups {
		groups[i] = addGroup(t, d, fmt.Sprint("g", i))
	}
	together(func(w int) {
		g := groups[w/2]
		switch w % 4 {
		case 0, 2: // fills a group while others go
			for _, u := range users {
				if _, err := d.AddMember(ctx(t), g.ID, u.ID); err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Conflict) {
					t.Errorf("add member: %v", err)
				}
			}
		case 1:
			if err := d.DeleteGroup(ctx(t), g.ID, ""); err != nil {
				t.Errorf("delete group: %v", err)
			}
		case 3:
			if err := d.DeleteUser(ctx(t), users[w].ID, ""); err != nil {
				t.Errorf("delete user: %v", err)
			}
		}
	})
	now := everything(t, d)
	there := map[identity.ID]bool{}
	for _, u := range now.Users {
		there[u.ID] = true
		for _, m := range memberships(t, d, u.ID) {
			if _, err := d.Group(ctx(t), m.GroupID); err != nil {
				t.Errorf("membership %s is of group %s: %v", m.ID, m.GroupID, err)
			}
		}
	}
	for _, m := range now.Memberships {
		if !there[m.UserID] {
			t.Errorf("membership %s is of user %s, who is not there", m.ID, m.UserID)
		}
	}
	if len(now.Users) != writers-writers/4 || len(now.Groups) != len(groups)-writers/4 {
		t.Errorf("%d users and %d groups are left, want %d and %d", len(now.Users), len(now.Groups), writers-writers/4, len(groups)-writers/4)
	}
}
