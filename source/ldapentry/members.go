package ldapentry

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"rollcall/dn"
	"rollcall/identity"
	"rollcall/source"
	"rollcall/source/nesting"
)

// groupEntry is what is kept of a group until everything has been read.
type groupEntry struct {
	anchor     identity.Anchor
	name       string
	attributes source.Attributes
	members    []int32 // nodes
	uids       []int32 // of memberUid, numbers in Collector.uids
	unreadable []string
	outside    int
}

// memberAttributes are where the usual classes keep their members. POSIX's
// gidNumber is not among them: it says where somebody's files go and makes
// nobody a member. AD's primaryGroupID does; see [primaryGroups].
var memberAttributes = set("member", "uniquemember", "memberuid")

func (c *Collector) takeGroup(d *Digest, at int32) error {
	if err := c.claim(&c.groupAnchor, d); err != nil {
		return err
	}
	for _, a := range d.binary {
		c.binary[a]++
	}
	g := groupEntry{anchor: d.anchor, name: d.DN, attributes: d.Attributes, unreadable: slices.Clip(d.unreadable)}
	for _, uid := range d.uids {
		g.uids = append(g.uids, c.uids.number(uid))
	}
	g.members = make([]int32, len(d.Members))
	for i, name := range d.Members {
		g.members[i] = c.node(name)
	}
	number := c.graph.AddGroup(d.anchor, g.name)
	c.nodes[at].number = int32(number)
	c.primary.group(g.attributes, number)
	c.groups = append(c.groups, g)
	c.report.Groups++
	return nil
}

// uidSuffix is the bit string that uniqueMember may carry after the name (RFC
// 4517 section 3.3.21).
var uidSuffix = regexp.MustCompile(`#'[01]*'B$`)

func (d *Digest) addMember(v Value) {
	text := v.Text
	if v.Attribute.Name == "uniquemember" && strings.HasSuffix(text, "'B") {
		text = uidSuffix.ReplaceAllString(text, "")
	}
	name, err := dn.Parse(text)
	if err != nil {
		d.unreadable = append(d.unreadable, fmt.Sprintf("a value of %s is no name: %v", v.Attribute.Name, err))
		return
	}
	d.Members = append(d.Members, name)
}

// uids finds people by uid, which is how posixGroup names its members. The
// schema compares uid without case in people and with it in groups; servers
// and clients do as they please, so case does not count here.
type uids struct {
	byName map[string]int32
	found  []foundUID
}

type foundUID struct {
	name   string
	people int // how many have it
	person nesting.Person
}

func newUIDs() uids { return uids{byName: map[string]int32{}} }

func (u *uids) number(uid string) int32 {
	key := identity.Fold(uid)
	n, ok := u.byName[key]
	if !ok {
		n = int32(len(u.found))
		key = strings.Clone(key)
		u.byName[key] = n
		u.found = append(u.found, foundUID{name: key})
	}
	return n
}

func (u *uids) person(uid string, p nesting.Person) {
	f := &u.found[u.number(uid)]
	if f.people == 0 || f.person != p {
		f.people++
		f.person = p
	}
}
