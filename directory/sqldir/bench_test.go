package sqldir_test

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"rollcall/directory"
	"rollcall/directory/sqldir"
	"rollcall/identity"
	"rollcall/sqldb/sqldbtest"
)

// person is a user as a company has them: the n-th.
func person(n int) identity.User {
	return identity.User{
		UserName:    fmt.Sprintf("user.%06d@example.com", n),
		Name:        identity.Name{GivenName: fmt.Sprintf("Given%d", n), FamilyName: "Family"},
		DisplayName: fmt.Sprintf("Given%d Family", n),
		Emails:      []identity.Email{{Value: fmt.Sprintf("user.%06d@example.com", n), Type: "work", Primary: true}},
		Title:       "Engineer",
		Enterprise:  identity.Enterprise{EmployeeNumber: fmt.Sprint(n), Department: "Research", Organization: "Example"},
		Active:      true,
		ExternalIDs: []identity.ExternalID{{Issuer: "https://example.com/corp", ID: fmt.Sprintf("anchor-%06d", n)}},
	}
}

// people makes users from up to below to, with many callers at once.
func people(t testing.TB, d *sqldir.Driver, from, to int) []identity.ID {
	t.Helper()
	made := make([]identity.ID, to-from)
	inParallel(t, 64, to-from, func(ctx context.Context, i int) error {
		u, err := d.CreateUser(ctx, person(from+i))
		made[i] = u.ID
		return err
	})
	return made
}

func inParallel(t testing.TB, callers, n int, do func(ctx context.Context, i int) error) {
	t.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := do(context.Background(), i); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// measured runs work and reports, beside the time on the wall, the processor
// time it took, which other work on the machine hardly changes.
func measured(b *testing.B, work func()) {
	b.Helper()
	var before, after syscall.Rusage
	b.ResetTimer()
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &before); err != nil {
		b.Fatal(err)
	}
	work()
	b.StopTimer()
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &after); err != nil {
		b.Fatal(err)
	}
	spent := after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano()
	b.ReportMetric(float64(spent)/float64(b.N), "cpu-ns/op")
}

// asked is a context as a door makes it: the log says who asked, and how.
func asked(ctx context.Context) context.Context {
	return directory.WithCall(directory.WithActor(ctx, directory.Actor{Name: "Administrator/bench", Door: "aws"}), directory.Call{
		ID: "5f1e8d1c-6a5e-4b57-9a53-0f6f0f1b2c3d", Operation: "CreateUser", Source: "127.0.0.1", Host: "127.0.0.1:8480",
		Agent:  "aws-sdk-go-v2/1.41.0 ua/2.1 os/linux lang/go#1.26 md/GOOS#linux md/GOARCH#amd64 api/identitystore#1.49.7 m/E",
		Region: "us-east-1", Account: "111122223333", Key: "AKIAQQQQQQQQQQQQQQQQ",
	})
}

func benchStore(b *testing.B) *sqldir.Driver {
	b.Helper()
	c, err := sqldir.Open(context.Background(), sqldbtest.SQLite(b))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close() })
	d, err := c.Store(context.Background(), "d-1234567890", sqldir.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return d
}

func BenchmarkCreateUser(b *testing.B) {
	for _, callers := range []int{1, 32} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			d := benchStore(b)
			measured(b, func() {
				inParallel(b, callers, b.N, func(ctx context.Context, i int) error {
					_, err := d.CreateUser(asked(ctx), person(i))
					return err
				})
			})
		})
	}
}

func BenchmarkLookup(b *testing.B) {
	d := benchStore(b)
	var ids []identity.ID
	for _, size := range []int{1_000, 100_000} {
		ids = append(ids, people(b, d, len(ids), size)...)
		find := func(attribute, issuer string, value func(identity.User) string) func(int) error {
			return func(i int) error {
				_, err := d.FindUser(context.Background(), directory.Key{Attribute: attribute, Issuer: issuer, Value: value(person(i))})
				return err
			}
		}
		for by, lookup := range map[string]func(int) error{
			"id":         func(i int) error { _, err := d.User(context.Background(), ids[i]); return err },
			"userName":   find(directory.KeyUserName, "", func(u identity.User) string { return u.UserName }),
			"email":      find(directory.KeyEmail, "", func(u identity.User) string { return u.Email() }),
			"externalId": find(directory.KeyExternalID, "https://example.com/corp", func(u identity.User) string { return u.ExternalIDs[0].ID }),
			"bareId":     find(directory.KeyExternalID, "", func(u identity.User) string { return u.ExternalIDs[0].ID }),
		} {
			b.Run(fmt.Sprintf("users=%d/by=%s", size, by), func(b *testing.B) {
				measured(b, func() {
					for i := range b.N {
						if err := lookup(i * 7919 % size); err != nil {
							b.Fatal(err)
						}
					}
				})
			})
		}
	}
	b.Run("listing", func(b *testing.B) {
		measured(b, func() {
			for range b.N {
				count(b, directory.New("local", d).Users(context.Background()), 100_000)
			}
		})
	})
}

// One million memberships in 10,000 groups, read group by group.
func BenchmarkMembers(b *testing.B) {
	const users, groups, perGroup = 100_000, 10_000, 100
	d := benchStore(b)
	ids := people(b, d, 0, users)
	b.Logf("%d users in %v", users, b.Elapsed())
	made := make([]identity.ID, groups)
	inParallel(b, 64, groups, func(ctx context.Context, i int) error {
		g, err := d.CreateGroup(ctx, identity.Group{DisplayName: fmt.Sprintf("group %d", i)})
		if err != nil {
			return err
		}
		made[i] = g.ID
		members := make([]identity.ID, perGroup)
		for k := range members {
			members[k] = ids[(i*31+k*977)%users]
		}
		return d.ChangeMembers(ctx, g.ID, members, nil)
	})
	b.Logf("with %d memberships in %v", groups*perGroup, b.Elapsed())
	measured(b, func() {
		for range b.N {
			for _, g := range made {
				count(b, directory.New("local", d).Members(context.Background(), g), perGroup)
			}
		}
	})
}

// count reads a listing to its end and wants it to be that long.
func count[T any](b *testing.B, listing iter.Seq2[T, error], want int) {
	b.Helper()
	n := 0
	for _, err := range listing {
		if err != nil {
			b.Fatal(err)
		}
		n++
	}
	if n != want {
		b.Fatalf("%d items, want %d", n, want)
	}
}

// Whether somebody is in a group, asked of a store of 10,000 and of one of
// 300,000 memberships.
func BenchmarkFindMembership(b *testing.B) {
	for _, users := range []int{1_000, 30_000} {
		d := benchStore(b)
		ids := people(b, d, 0, users)
		made := make([]identity.ID, users/10)
		member := func(g, k int) identity.ID { return ids[(g*31+k*977)%users] }
		inParallel(b, 64, len(made), func(ctx context.Context, i int) error {
			g, err := d.CreateGroup(ctx, identity.Group{DisplayName: fmt.Sprintf("group %d", i)})
			if err != nil {
				return err
			}
			made[i] = g.ID
			members := make([]identity.ID, 100)
			for k := range members {
				members[k] = member(i, k)
			}
			return d.ChangeMembers(ctx, g.ID, members, nil)
		})
		b.Run(fmt.Sprintf("users=%d", users), func(b *testing.B) {
			measured(b, func() {
				for i := range b.N {
					g, k := i*7919%len(made), i%100
					if _, err := d.FindMembership(context.Background(), made[g], member(g, k)); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
