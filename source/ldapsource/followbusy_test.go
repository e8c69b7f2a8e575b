package ldapsource

import (
	"fmt"
	"strings"
	"testing"

	"rollcall/source"
	"rollcall/source/ldapsource/ldaptest"
)

// A directory that changes while it is read for the first time is read whole:
// what the server pushes meanwhile is none of the answer.
func TestABusyDirectoryIsFollowed(t *testing.T) {
	s := ldaptest.StartSlapd(t, ldaptest.SlapdOptions{})
	var people, changes strings.Builder
	people.WriteString(of(unit, "people"))
	for i := range 1000 {
		people.WriteString(of(someone, fmt.Sprint("p", i)))
	}
	s.Add(t, people.String())
	for i := range 2000 {
		fmt.Fprintf(&changes, "dn: uid=p%d,ou=people,dc=example,dc=com\nchangetype: modify\nreplace: title\ntitle: t%d\n\n", i%20, i)
	}
	o := plain(s)
	o.PageSize = 50
	d := driver(t, o)
	d.pace = quick
	written := make(chan struct{})
	go func() { defer close(written); s.Modify(t, changes.String()) }()
	var last *source.Live
	for done := false; !done; {
		last = follow(t, d)
		select {
		case <-written:
			done = true
		default:
		}
	}
	catchUp(t, last, d)
}
