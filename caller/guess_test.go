package caller

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"rollcall/fault"
)

func TestGuessesAreBoundedInTimeAndMemory(t *testing.T) {
	now := time.Unix(0, 0)
	g := guesses{now: func() time.Time { return now }, entries: map[string]tried{}}
	ann := []limit{{"ann", 1}}
	for range 40 {
		g.failed(ann)
	}
	if got := g.wait(ann); got != longestWait {
		t.Errorf("waits %v, want %v", got, longestWait)
	}
	for n := range rememberAtAll + 100 {
		g.failed([]limit{{fmt.Sprint(n), 1}})
	}
	if len(g.entries) > rememberAtAll {
		t.Errorf("remembers %d", len(g.entries))
	}
}

func TestManyNamesFromOnePlaceAndManyPlacesForOneName(t *testing.T) {
	now := time.Unix(0, 0)
	for name, c := range map[string]struct {
		tries int
		who   func(n int) (name, from string)
	}{
		"many names":  {30, func(n int) (string, string) { return fmt.Sprint("u", n), "192.0.2.1" }},
		"many places": {100, func(n int) (string, string) { return "ann", fmt.Sprint("192.0.2.", n) }},
	} {
		t.Run(name, func(t *testing.T) {
			g := guesses{now: func() time.Time { return now }, entries: map[string]tried{}}
			for n := range c.tries {
				g.failed(limits(c.who(n)))
			}
			if got := g.wait(limits(c.who(c.tries + 1))); got != 0 {
				t.Errorf("after %d: waits %v", c.tries, got)
			}
			g.failed(limits(c.who(c.tries)))
			if got := g.wait(limits(c.who(c.tries + 1))); got != firstWait {
				t.Errorf("after one more: waits %v", got)
			}
		})
	}
}

func TestADamagedHashIsNoWrongPassword(t *testing.T) {
	good := hashPassword("correct horse battery")
	if same, err := samePassword(good, "correct horse battery"); !same || err != nil {
		t.Fatalf("%v, %v", same, err)
	}
	for name, hash := range map[string]string{
		"another kind": "$2y$10$abcdefghijklmnopqrstuv", "cut": good[:len(good)-5], "no salt": strings.Replace(good, "p=1$", "p=1$!", 1),
		"no lanes": strings.Replace(good, "p=1", "p=0", 1), "another version": strings.Replace(good, "v=19", "v=18", 1),
		"no time": strings.Replace(good, "t=2", "t=0", 1), "empty parts": "$argon2id$v=19$m=19456,t=2,p=1$$",
	} {
		if same, err := samePassword(hash, "correct horse battery"); same || !fault.Is(err, fault.Internal) {
			t.Errorf("%s: %v, %v", name, same, err)
		}
	}
}

func FuzzParseBearer(f *testing.F) {
	f.Add(newBearer(scimPrefix).String())
	f.Add(newBearer(operatorPrefix).String())
	f.Add("rcs_")
	f.Fuzz(func(t *testing.T, text string) {
		b, ok := parseBearer(scimPrefix, text)
		if ok && b.String() != text {
			t.Errorf("%q became %q", text, b)
		}
		if _, both := parseBearer(operatorPrefix, text); ok && both {
			t.Errorf("%q is both kinds", text)
		}
	})
}
