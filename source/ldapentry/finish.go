package ldapentry

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"rollcall/dn"
	"rollcall/fault"
	"rollcall/source"
	"rollcall/source/nesting"
)

// Finish settles who the members of the groups are and hands the groups on,
// flattened. The report has the counts and warnings; bytes, origin and time
// are the driver's to add. It fails with fault.Incomplete when nothing lies
// under the base, or when no base was given and no entry is above all others.
func (c *Collector) Finish(ctx context.Context) (source.Report, error) {
	if err := c.settleBase(); err != nil {
		return source.Report{}, err
	}
	names := make([]dn.DN, len(c.nodes))
	for name, at := range c.byDN {
		names[at] = name
	}
	c.primary.settle(&c.graph)
	neither := 0
	for i := range c.groups {
		neither += c.settleMembers(nesting.Group(i), names)
	}
	var addOnly []string
	err := c.graph.Flatten(ctx, func(f nesting.Flat) error {
		g := &c.groups[f.Group]
		if f.Why != "" {
			addOnly = append(addOnly, g.name+": "+f.Why)
		}
		c.report.Outside += g.outside
		return c.out.Group(source.Group{
			Anchor: g.anchor, Name: g.name, Attributes: g.attributes, Members: f.Members,
			AddOnly: f.Why != "", Why: f.Why, Outside: g.outside,
		})
	})
	if err != nil {
		return source.Report{}, err
	}
	c.warn(neither, addOnly)
	return c.report, nil
}

func (c *Collector) settleBase() error {
	switch {
	case c.hasBase && c.entries == 0:
		return fault.Text(fault.Incomplete, "read source", "base "+string(c.base), fmt.Sprintf(
			"no entry lies under it, and %d lie elsewhere; correct the base, or see whether the export covered it", c.outside))
	case c.hasBase:
		return nil
	case c.entries == 0:
		return fault.Text(fault.Incomplete, "read source", "", "there is no entry in it")
	}
	c.base = c.common
	if at, ok := c.byDN[c.common]; !ok || c.nodes[at].what == named {
		return fault.Text(fault.Incomplete, "read source", "", fmt.Sprintf(
			"no base is configured and no entry lies above all others; the base entry is missing, or set base (all entries lie under %q)", c.common))
	}
	return nil
}

// settleMembers puts a group's members into the graph and returns how many
// are neither person nor group.
func (c *Collector) settleMembers(number nesting.Group, names []dn.DN) (neither int) {
	g := &c.groups[number]
	for _, at := range g.members {
		switch n := c.nodes[at]; {
		case n.what == person:
			c.graph.PutPerson(number, nesting.Person(n.number))
		case n.what == group:
			c.graph.PutGroup(number, nesting.Group(n.number))
		case n.what == other:
			neither++
		case c.covers(names[at]):
			g.unreadable = append(g.unreadable, fmt.Sprintf("member %s lies under the base and was not found", names[at]))
		default:
			g.outside++
		}
	}
	for _, uid := range g.uids {
		switch f := c.uids.found[uid]; f.people {
		case 0:
			g.unreadable = append(g.unreadable, fmt.Sprintf("memberUid %s was not found", f.name))
		case 1:
			c.graph.PutPerson(number, f.person)
		default:
			g.unreadable = append(g.unreadable, fmt.Sprintf("memberUid %s is %d people", f.name, f.people))
		}
	}
	if more := len(g.unreadable) - 1; more == 0 {
		c.graph.Unreadable(number, g.unreadable[0])
	} else if more > 0 {
		c.graph.Unreadable(number, fmt.Sprintf("%s, and %d more", g.unreadable[0], more))
	}
	g.members, g.uids, g.unreadable = nil, nil, nil
	return neither
}

func (c *Collector) warn(neither int, addOnly []string) {
	warn := func(count int, one, many, text string) {
		if count == 1 {
			many = one
		}
		if count > 0 {
			c.report.Warnings = append(c.report.Warnings, fmt.Sprintf("%d %s %s", count, many, text))
		}
	}
	outside := fmt.Sprintf("outside the base %s left out", c.base)
	warn(c.outside, "entry", "entries", outside)
	warn(c.report.Outside, "member", "members", outside)
	warn(neither, "member", "members", "left out as neither person nor group")
	if len(addOnly) > 0 {
		slices.Sort(addOnly)
		warn(len(addOnly), "group", "groups", "add-only, since not every member could be read; the first is "+addOnly[0])
	}
	values := 0
	for _, n := range c.binary {
		values += n
	}
	warn(values, "value", "values", "left out as no text: "+strings.Join(slices.Sorted(maps.Keys(c.binary)), ", "))
}
