package sqlassignment_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"rollcall/assignment"
	"rollcall/assignment/sqlassignment"
	"rollcall/directory/sqldir"
	"rollcall/identity"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

const (
	urlEnv   = "SQLASSIGNMENT_TEST_URL"
	groupEnv = "SQLASSIGNMENT_TEST_GROUP"
)

func TestMain(m *testing.M) {
	if url := os.Getenv(urlEnv); url != "" {
		if err := play(context.Background(), url, identity.ID(os.Getenv(groupEnv))); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// play is this test binary as another process: it begins a creation for each
// permission set, says the id of the request, and waits to be killed.
func play(ctx context.Context, url string, group identity.ID) error {
	db, err := sqldb.Open(ctx, url, sqldir.Migrations(), sqlassignment.Migrations())
	if err != nil {
		return err
	}
	now := func() time.Time { return begin }
	people, err := sqldir.New(db).Store(ctx, store, sqldir.Options{Now: now})
	if err != nil {
		return err
	}
	s, err := people.Store(ctx)
	if err != nil {
		return err
	}
	d, err := sqlassignment.Open(ctx, db, s, sqlassignment.Options{Directory: people, Record: people.Record, Now: now, Delay: delay})
	if err != nil {
		return err
	}
	for set, err := range assignment.New("local", d).PermissionSets(ctx) {
		if err != nil {
			return err
		}
		r, err := d.CreateAssignment(ctx, identity.Assignment{
			Principal: identity.Principal{Kind: identity.KindGroup, ID: group}, PermissionSet: set, Account: accounts[0],
		})
		if err != nil {
			return err
		}
		fmt.Println(r.ID)
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// What a process that was killed had begun settles all the same: nobody has to
// carry it on.
func TestWhatAKilledProcessBeganSettles(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		h := open(t, url, &clock{now: begin})
		g, err := h.people.CreateGroup(t.Context(), identity.Group{DisplayName: "staff"})
		if err != nil {
			t.Fatal(err)
		}
		const sets = 3
		for i := range sets {
			if _, err := h.driver.CreatePermissionSet(t.Context(), identity.PermissionSet{Name: fmt.Sprint("set", i)}, nil); err != nil {
				t.Fatal(err)
			}
		}
		ids := killed(t, url, g.ID, sets)
		held := func(want assignment.State) {
			t.Helper()
			for _, id := range ids {
				if r, err := h.driver.Request(t.Context(), assignment.Creation, id); err != nil || r.State != want {
					t.Errorf("%+v, %v; want %s", r, err, want)
				}
			}
		}
		held(assignment.InProgress)
		h.clock.pass(delay)
		held(assignment.Succeeded)
		n := 0
		for _, err := range assignment.New("local", h.driver).Everything(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		if n != sets {
			t.Errorf("%d assignments, want %d", n, sets)
		}
	})
}

// killed has another process begin n creations, kills it, and returns their
// ids.
func killed(t *testing.T, url string, group identity.ID, n int) (ids []string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), urlEnv+"="+url, groupEnv+"="+string(group))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for range n {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Errorf("the other process: %v", err)
			break
		}
		ids = append(ids, strings.TrimSpace(line))
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed, and says so
	return ids
}
