package ldapsource

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"rollcall/dn"
	"rollcall/fault"
)

// sight is what the account came to see, held against what the server says is
// there. A server hides what an account may not read without a word.
type sight struct {
	parents map[dn.DN]bool   // of what was seen
	full    map[dn.DN]string // entries that have something below them, as the server calls them
	awaited map[dn.DN]bool   // the canaries that have not come up yet
}

func newSight(canaries []dn.DN) sight {
	s := sight{parents: map[dn.DN]bool{}, full: map[dn.DN]string{}, awaited: map[dn.DN]bool{}}
	for _, name := range canaries {
		s.awaited[name] = true
	}
	return s
}

// wants is what has to be asked of every entry: whether there is something
// below it. AD has no such attribute.
func (s sight) wants(d Dialect) []string {
	switch d {
	case OpenLDAP:
		return []string{"hasSubordinates"}
	case DS389, FreeIPA:
		return []string{"numSubordinates"}
	}
	return nil
}

func (s *sight) note(name dn.DN, e *ldap.Entry) {
	s.parents[name.Parent()] = true
	has := e.GetEqualFoldAttributeValue("hasSubordinates")
	if n := e.GetEqualFoldAttributeValue("numSubordinates"); strings.EqualFold(has, "TRUE") || n != "" && n != "0" {
		s.full[name] = strings.Clone(e.DN)
	}
	delete(s.awaited, name)
}

// blind are the containers of which nothing was seen, as the server calls them.
func (s *sight) blind() []string {
	var blind []string
	for name, text := range s.full {
		if !s.parents[name] {
			blind = append(blind, text)
		}
	}
	slices.Sort(blind)
	return blind
}

// check refuses containers of which nothing was seen, and canaries that are not
// among what was seen.
func (s *sight) check(d *Driver, blind []string) error {
	if len(blind) > 0 {
		more := ""
		if len(blind) > 1 {
			more = fmt.Sprintf(" (and of %d others)", len(blind)-1)
		}
		return fault.Text(fault.Incomplete, "check rights", blind[0],
			"the server says that there are entries below it, and none can be read"+more+": give the account the right to read them, or leave that part out by naming the subtrees to read")
	}
	for i, name := range d.canaries {
		if s.awaited[name] {
			return fault.Text(fault.Incomplete, "check canaries", d.o.Canaries[i],
				"this entry must be found in every read, and was not: the account does not see all, the scope is wrong, or somebody removed it")
		}
	}
	return nil
}
