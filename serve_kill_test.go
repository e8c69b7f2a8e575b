package main

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
)

// Thirty-two clients write by two protocols while the server is killed as kill
// -9 does, and go on once it is back. Whatever was acknowledged is there, and
// nothing that may not be.
func TestWhatWasAcknowledgedSurvivesAKill(t *testing.T) {
	const writers, groups = 32, 4
	half := 15 * time.Second
	if testing.Short() {
		half = 1500 * time.Millisecond
	}
	o := newOffice(t)
	s := o.serve()
	var all []*writer
	for w := range writers {
		all = append(all, &writer{t: t, number: w, alive: map[string]string{}, gone: map[string]bool{}})
	}
	for g := range groups {
		made, err := s.client().CreateGroup(t.Context(), &identitystore.CreateGroupInput{
			IdentityStoreId: aws.String(s.env["ROLLCALL_IDENTITY_STORE_ID"]), DisplayName: aws.String(fmt.Sprint("group ", g)),
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range all {
			w.groups = append(w.groups, *made.GroupId)
		}
	}
	writeUntilItEnds(all, s, half, func() {
		if err := s.process.Process.Kill(); err != nil {
			t.Error(err)
		}
		s.process.Wait() //nolint:errcheck // it was killed
	})
	again := o.serve()
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "ROLLCALL_SCIM_TOKEN"} {
		again.env[name] = s.env[name] // a kept state does not show them again
	}
	wantAcknowledged(t, again, all)
	writeUntilItEnds(all, again, half, func() {})
	wantAcknowledged(t, again, all)
	if status := again.stop(); status != 0 {
		t.Errorf("exit status %d: %s", status, again.complaints())
	}
	o.wantSound()
}

// writeUntilItEnds has all write for a while, then ends the server under them.
func writeUntilItEnds(all []*writer, s *served, after time.Duration, end func()) {
	var ending atomic.Bool
	var busy sync.WaitGroup
	for _, w := range all {
		w.write = writingBy(w.number, s)
		busy.Go(func() {
			for !ending.Load() {
				if err := w.step(s.t.Context()); err != nil {
					if !ending.Load() {
						s.t.Errorf("writer %d: %v", w.number, err)
					}
					return
				}
			}
		})
	}
	time.Sleep(after)
	ending.Store(true)
	end()
	busy.Wait()
}

// wantAcknowledged compares what is there with what the writers know.
func wantAcknowledged(t *testing.T, s *served, all []*writer) {
	t.Helper()
	users, members := s.everybody(t.Context()), s.everyMember(t.Context(), all[0].groups)
	names := map[string]string{}
	for id, name := range users {
		folded := strings.ToLower(name)
		if other, twice := names[folded]; twice {
			t.Errorf("%s is there twice: %s and %s", name, id, other)
		}
		names[folded] = id
	}
	winners := map[string]int{}
	counted := [3]int{}
	for _, w := range all {
		for id, name := range w.alive {
			counted[0]++
			if users[id] != name {
				t.Errorf("writer %d: %s (%s) was acknowledged and is lost", w.number, name, id)
			}
		}
		for id := range w.gone {
			counted[1]++
			if name, there := users[id]; there {
				t.Errorf("writer %d: %s (%s) was deleted and is there", w.number, name, id)
			}
		}
		for _, m := range w.members {
			counted[2]++
			if _, alive := w.alive[m.user]; alive && !members[m] {
				t.Errorf("writer %d: a membership was acknowledged and is lost: %v", w.number, m)
			}
		}
		for _, name := range w.won {
			winners[strings.ToLower(name)]++
		}
	}
	for name, n := range winners {
		if n > 1 {
			t.Errorf("%d writers were told that they had made %s", n, name)
		}
	}
	for m := range members {
		if _, there := users[m.user]; !there {
			t.Errorf("%s is a member of %s and does not exist", m.user, m.group)
		}
	}
	t.Logf("acknowledged: %d users that stay, %d deleted, %d memberships; contested names: %d", counted[0], counted[1], counted[2], len(winners))
	if counted[0] == 0 || counted[1] == 0 || counted[2] == 0 || len(winners) == 0 {
		t.Error("the writers did not get far enough to tell anything")
	}
}

// readAgain lets a read be repeated. The SDK closes the body of its request once
// the answer begins; where that comes as quickly as here, its own transport
// takes it for a failure now and then, and hangs up in the middle of a long one.
func readAgain(o *identitystore.Options) { o.Retryer = retry.NewStandard() }

func (s *served) everybody(ctx context.Context) map[string]string {
	s.t.Helper()
	users := map[string]string{}
	pages := identitystore.NewListUsersPaginator(s.client(), &identitystore.ListUsersInput{IdentityStoreId: aws.String(s.env["ROLLCALL_IDENTITY_STORE_ID"])})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx, readAgain)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, u := range page.Users {
			users[*u.UserId] = *u.UserName
		}
	}
	return users
}

func (s *served) everyMember(ctx context.Context, groups []string) map[belongs]bool {
	s.t.Helper()
	members := map[belongs]bool{}
	for _, group := range groups {
		pages := identitystore.NewListGroupMembershipsPaginator(s.client(), &identitystore.ListGroupMembershipsInput{
			IdentityStoreId: aws.String(s.env["ROLLCALL_IDENTITY_STORE_ID"]), GroupId: &group,
		})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx, readAgain)
			if err != nil {
				s.t.Fatal(err)
			}
			for _, m := range page.GroupMemberships {
				members[belongs{group, memberUser(m.MemberId)}] = true
			}
		}
	}
	return members
}

// wantSound looks at the tables themselves, once nobody has them open.
func (o *office) wantSound() {
	o.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(o.folder, ".rollcall", "directory.db"))
	if err != nil {
		o.t.Fatal(err)
	}
	defer db.Close()
	for query, want := range map[string]string{
		"PRAGMA integrity_check":                                                           "ok",
		"SELECT count(*) FROM pragma_foreign_key_check":                                    "0",
		"SELECT count(*) - count(DISTINCT user_name_fold) FROM users":                      "0",
		"SELECT count(email_fold) - count(DISTINCT email_fold) FROM users":                 "0",
		"SELECT count(*) FROM memberships WHERE user_key NOT IN (SELECT key FROM users)":   "0",
		"SELECT count(*) FROM memberships WHERE group_key NOT IN (SELECT key FROM groups)": "0",
		"SELECT count(*) FROM memberships m WHERE NOT EXISTS (SELECT 1 FROM user_groups g WHERE g.user_key = m.user_key AND g.group_key = m.group_key)": "0",
		"SELECT (SELECT count(*) FROM events) - (SELECT events FROM stores)":                                                                            "0",
		"SELECT (SELECT count(*) FROM events) - (SELECT coalesce(max(number), 0) FROM events)":                                                          "0",
	} {
		var got string
		if err := db.QueryRow(query).Scan(&got); err != nil || got != want {
			o.t.Errorf("%s: %q, %v; want %q", query, got, err, want)
		}
	}
}
