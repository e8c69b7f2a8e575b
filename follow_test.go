package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"testing"
)

func TestEventsAreFollowed(t *testing.T) {
	o := newOffice(t)
	o.must("user", "create", "ann", "--given-name", "Ann", "--family-name", "Lee")
	c, _, complaints := o.command("directory", "events", "--follow", "--output", "json")
	c.Stdout = nil
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer c.Process.Kill() //nolint:errcheck // it has ended, unless the test failed
	lines := bufio.NewScanner(out)
	for number, name := range []string{"ann", "bob"} {
		if number == 1 {
			o.must("user", "create", "bob", "--given-name", "Bob", "--family-name", "Ray")
		}
		if !lines.Scan() {
			t.Fatalf("no event of %s: %v %s", name, lines.Err(), complaints)
		}
		var e struct {
			EventName string
			Rollcall  struct {
				Sequence int64
				After    struct{ UserName string }
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil || e.Rollcall.Sequence != int64(number+1) || e.EventName != "CreateUser" || e.Rollcall.After.UserName != name {
			t.Errorf("%s: %v %s", name, err, lines.Bytes())
		}
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("being interrupted is how it ends: %v", err)
	}
}

// Writers through two doors are followed from the first event on.
func TestNothingIsMissedWhileItIsFollowed(t *testing.T) {
	o := newOffice(t)
	s := o.serve()
	c, _, complaints := o.command("directory", "events", "--follow", "--since", "1h", "--output", "json", "--envelope", "eventbridge")
	c.Stdout = nil
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer c.Process.Kill() //nolint:errcheck // nothing else ends it
	const writers, each = 4, 15
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range each {
				if _, err := s.createUser(fmt.Sprintf("w%d-%d", w, i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	o.must("user", "create", "bob", "--given-name", "Bob", "--family-name", "Ray")
	all.Wait()
	lines := bufio.NewScanner(out)
	users := map[string]bool{}
	for number := int64(1); len(users) < writers*each+1; number++ {
		if !lines.Scan() {
			t.Fatalf("%d users: %v %s", len(users), lines.Err(), complaints)
		}
		var e struct {
			Detail struct {
				EventName string
				Rollcall  struct {
					Sequence int64
					After    struct{ UserName string }
				}
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil || e.Detail.Rollcall.Sequence != number {
			t.Fatalf("%v: event %d: %s", err, number, lines.Bytes())
		}
		if e.Detail.EventName == "CreateUser" {
			users[e.Detail.Rollcall.After.UserName] = true
		}
	}
}
