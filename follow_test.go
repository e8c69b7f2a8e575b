package main

import (
	"bufio"
	"encoding/json"
	"os"
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
			Number    int64
			EventName string
			After     struct{ UserName string }
		}
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil || e.Number != int64(number+1) || e.EventName != "CreateUser" || e.After.UserName != name {
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
