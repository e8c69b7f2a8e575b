package cli

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// company is who works there; the CSV files are written from it.
type company struct {
	next   int
	people map[int]*worker
}

type worker struct {
	login, given, family, title string
	teams                       map[string]bool
}

var teams = []string{"red", "green", "blue", "ops"}

func (c *company) hire(r *rand.Rand) {
	c.next++
	c.people[c.next] = &worker{
		login: fmt.Sprintf("p%03d", c.next), given: fmt.Sprintf("Given%d", c.next), family: "Doe", title: "Engineer",
		teams: map[string]bool{teams[r.IntN(len(teams))]: true},
	}
}

// change is what happens in a quarter of an hour.
func (c *company) change(r *rand.Rand) {
	for range r.IntN(4) {
		numbers := slices.Sorted(maps.Keys(c.people))
		n := numbers[r.IntN(len(numbers))]
		p := c.people[n]
		switch r.IntN(6) {
		case 0, 1:
			c.hire(r)
		case 2:
			if len(numbers) > 20 {
				delete(c.people, n)
			}
		case 3:
			p.title = fmt.Sprintf("Title %d", r.IntN(100))
		case 4:
			team := teams[r.IntN(len(teams))]
			p.teams[team] = !p.teams[team]
		case 5: // two people trade their names
			if other := c.people[numbers[r.IntN(len(numbers))]]; other != p {
				p.login, other.login = other.login, p.login
			}
		}
	}
}

// lines are what the directory is to hold.
func (c *company) lines() []string {
	var all []string
	for _, p := range c.people {
		all = append(all, fmt.Sprintf("%s %s %s, %s", p.login, p.given, p.family, p.title))
		for team, in := range p.teams {
			if in {
				all = append(all, "team "+team+": "+p.login)
			}
		}
	}
	slices.Sort(all)
	return all
}

func (c *company) write(t *testing.T, folder string) {
	t.Helper()
	people := [][]string{{"number", "login", "given", "family", "title"}}
	groups, members := [][]string{{"id", "name"}}, [][]string{{"group", "member"}}
	for _, team := range teams {
		groups = append(groups, []string{team, team})
	}
	for _, n := range slices.Sorted(maps.Keys(c.people)) {
		p := c.people[n]
		number := fmt.Sprint(n)
		people = append(people, []string{number, p.login, p.given, p.family, p.title})
		for _, team := range teams {
			if p.teams[team] {
				members = append(members, []string{team, number})
			}
		}
	}
	for name, rows := range map[string][][]string{"people.csv": people, "groups.csv": groups, "members.csv": members} {
		var text bytes.Buffer
		if err := csv.NewWriter(&text).WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), text.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
