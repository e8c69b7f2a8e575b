package ldapentry

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"rollcall/dn"
	"rollcall/fault"
	"rollcall/source"
	"rollcall/source/nesting"
)

// Collector takes a source's entries one by one. It is for one goroutine and
// one read.
type Collector struct {
	base    dn.DN
	hasBase bool // the base was given
	within  []dn.DN
	classes classes
	out     source.Receiver

	nodes   []node
	byDN    map[dn.DN]int32
	uids    uids
	common  dn.DN // what all entries lie under
	entries int   // inside the base
	outside int   // entries outside it
	report  source.Report
	binary  map[string]int // attribute → values that are not text

	personAnchor, groupAnchor anchorRule
	graph                     nesting.Graph
	groups                    []groupEntry // by nesting.Group
	primary                   primaryGroups
}

// node is a name that has come up, as an entry or as a member.
type node struct {
	what   what
	number int32 // a nesting.Person or nesting.Group
	place  Place // of the entry
}

// NewCollector checks the rules and makes a collector that hands people to
// out. It fails with fault.Invalid.
func NewCollector(r Rules, out source.Receiver) (*Collector, error) {
	base, err := dn.Parse(r.Base)
	if err != nil {
		return nil, fault.New(fault.Invalid, "read rules", "base", err)
	}
	c := &Collector{
		base: base, hasBase: base != "", classes: newClasses(r), out: out,
		byDN: map[dn.DN]int32{}, uids: newUIDs(), binary: map[string]int{}, primary: newPrimaryGroups(),
	}
	for _, text := range r.Within {
		part, err := dn.Parse(text)
		if err == nil && !part.Under(base) {
			err = fmt.Errorf("it does not lie under the base")
		}
		if err != nil {
			return nil, fault.New(fault.Invalid, "read rules", "subtree of the base", err)
		}
		c.within = append(c.within, part)
	}
	if c.personAnchor, err = newAnchorRule("people", r.PersonAnchor, r.PersonAnchorForm); err != nil {
		return nil, err
	}
	if c.groupAnchor, err = newAnchorRule("groups", r.GroupAnchor, r.GroupAnchorForm); err != nil {
		return nil, err
	}
	return c, nil
}

// Add takes the next entry and hands it on if it is a person. The entry may be
// used again afterwards, its texts not. It fails with fault.Incomplete, or with
// what the receiver said.
func (c *Collector) Add(e *Entry) error {
	d, err := c.digest(e)
	if err != nil {
		return err
	}
	return c.take(&d)
}

// take takes what an entry says.
func (c *Collector) take(d *Digest) error {
	if d.name == "" { // the root DSE, which describes the server
		c.report.Skipped++
		return nil
	}
	if d.outside {
		c.outside++
		return nil
	}
	if c.entries++; c.entries == 1 {
		c.common = d.name
	}
	c.common = dn.Common(c.common, d.name)
	at := c.node(d.name)
	if c.nodes[at].what != named {
		return c.incomplete(d.DN, d.place, "it is there twice, first at "+c.nodes[at].place.String())
	}
	c.nodes[at] = node{what: d.what, place: d.place}
	switch d.what {
	case person:
		return c.takePerson(d, at)
	case group:
		return c.takeGroup(d, at)
	default:
		c.report.Skipped++
		return nil
	}
}

// covers reports whether a name lies under the base, and in one of its
// subtrees where there are some.
func (c *Collector) covers(name dn.DN) bool {
	if !name.Under(c.base) {
		return false
	}
	return len(c.within) == 0 || slices.ContainsFunc(c.within, name.Under)
}

// Leave says that an entry is there and takes no part: a filter left it out. A
// member of that name is no member that could not be read. Names that were
// added count as they are.
func (c *Collector) Leave(name dn.DN) {
	if !c.covers(name) {
		return
	}
	if at := c.node(name); c.nodes[at].what == named {
		c.nodes[at].what = other
		c.report.Skipped++
	}
}

func (c *Collector) node(name dn.DN) int32 {
	at, ok := c.byDN[name]
	if !ok {
		at = int32(len(c.nodes))
		c.nodes = append(c.nodes, node{})
		c.byDN[name] = at
	}
	return at
}

func (c *Collector) incomplete(name string, at Place, why string) error {
	return fault.Text(fault.Incomplete, "read entry", at.String(), name+": "+why)
}

// checkValues finds values that were read in part or damaged on the way.
func checkValues(e *Entry) string {
	for _, v := range e.Values {
		switch a := v.Attribute; {
		case a.Partial:
			return fmt.Sprintf("%s holds a part of its values; use a tool that fetches all ranges, or raise MaxValRange on the server", a.Name)
		case a.text && !isPlain(v.Text):
			return fmt.Sprintf("%s is not UTF-8 text", a.Name)
		}
	}
	return ""
}

func isPlain(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

func (c *Collector) takePerson(d *Digest, at int32) error {
	if err := c.claim(&c.personAnchor, d); err != nil {
		return err
	}
	for _, a := range d.binary {
		c.binary[a]++
	}
	p := c.graph.AddPerson(d.anchor)
	c.nodes[at].number = int32(p)
	for _, uid := range d.Attributes["uid"] {
		c.uids.person(uid, p)
	}
	c.primary.person(d.Attributes, p)
	c.report.People++
	return c.out.Person(source.Person{Anchor: d.anchor, Name: d.DN, Attributes: d.Attributes})
}
