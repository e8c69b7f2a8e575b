package examples_test

import (
	"encoding/base64"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"rollcall/examples"
)

// An entry is one entry of a file, its values by attribute name; the DN is the
// value of "dn".
type entry map[string][]string

func (e entry) one(attr string) string { return strings.Join(e[attr], " | ") }

func (e entry) is(class string) bool { return slices.Contains(e["objectClass"], class) }

func (e entry) isPerson() bool { return e.is("inetOrgPerson") }

func (e entry) isGroup() bool {
	return e.is("groupOfNames") || e.is("groupOfUniqueNames") || e.is("posixGroup")
}

// members are the values of whichever member attribute the class has.
func (e entry) members() []string {
	return slices.Concat(e["member"], e["uniqueMember"], e["memberUid"])
}

// A day is one file, read as simply as can be, so that it says nothing of the
// reader that people use.
type day struct {
	text           string
	entries        []entry
	people, groups []entry
	byDN, byAnchor map[string]entry
}

func read(t *testing.T, name string) day {
	t.Helper()
	raw, err := fs.ReadFile(examples.Company(), name)
	if err != nil {
		t.Fatal(err)
	}
	d := day{text: string(raw), byDN: map[string]entry{}, byAnchor: map[string]entry{}}
	unfolded := strings.ReplaceAll(d.text, "\n ", "")
	for block := range strings.SplitSeq(unfolded, "\n\n") {
		e := parse(t, block)
		dn := e.one("dn")
		if dn == "" {
			continue
		}
		d.entries, d.byDN[dn] = append(d.entries, e), e
		if anchor := e.one("entryUUID"); anchor != "" {
			d.byAnchor[anchor] = e
		}
		if e.isPerson() {
			d.people = append(d.people, e)
		}
		if e.isGroup() {
			d.groups = append(d.groups, e)
		}
	}
	return d
}

func parse(t *testing.T, block string) entry {
	t.Helper()
	e := entry{}
	for line := range strings.SplitSeq(block, "\n") {
		name, value, _ := strings.Cut(line, ":")
		switch {
		case line == "", strings.HasPrefix(line, "#"):
			continue
		case strings.HasPrefix(value, ": "):
			raw, err := base64.StdEncoding.DecodeString(value[2:])
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			value = string(raw)
		default:
			value = strings.TrimPrefix(value, " ")
		}
		e[name] = append(e[name], value)
	}
	return e
}

// nested are the groups that are members of g.
func (d day) nested(g entry) []entry {
	var inner []entry
	for _, m := range g.members() {
		if e, ok := d.byDN[m]; ok && e.isGroup() {
			inner = append(inner, e)
		}
	}
	return inner
}

// depth is how many steps of nesting lie below g; the second value is whether
// g is below itself.
func (d day) depth(g entry, above ...string) (int, bool) {
	deepest, cycle := 0, false
	for _, inner := range d.nested(g) {
		dn := inner.one("dn")
		if slices.Contains(append(above, g.one("dn")), dn) {
			cycle = true
			continue
		}
		n, c := d.depth(inner, append(above, g.one("dn"))...)
		deepest, cycle = max(deepest, n+1), cycle || c
	}
	return deepest, cycle
}

// everybody adds to reached all people in g and the groups in it.
func (d day) everybody(g entry, reached map[string]bool) {
	if reached[g.one("dn")] {
		return
	}
	reached[g.one("dn")] = true
	for _, m := range g.members() {
		if e, ok := d.byDN[m]; ok && e.isGroup() {
			d.everybody(e, reached)
		} else {
			reached["person "+m] = true
		}
	}
}

// flat counts the people in g and in the groups in it.
func (d day) flat(g entry) int {
	reached := map[string]bool{}
	d.everybody(g, reached)
	n := 0
	for m := range reached {
		if strings.HasPrefix(m, "person ") {
			n++
		}
	}
	return n
}
