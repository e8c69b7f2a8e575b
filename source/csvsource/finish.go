package csvsource

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"rollcall/source"
	"rollcall/source/nesting"
)

// finish settles who the members are and hands the groups on, flattened.
func (c *collector) finish(ctx context.Context) (source.Report, error) {
	for _, m := range c.rows {
		c.settle(m)
	}
	c.rows = nil
	for i, g := range c.held {
		if g.lost != "" && g.more > 0 {
			g.lost = fmt.Sprintf("%s, and %d more", g.lost, g.more)
		}
		if g.lost != "" {
			c.graph.Unreadable(nesting.Group(i), g.lost)
		}
	}
	report := source.Report{People: len(c.people.taken), Groups: len(c.held)}
	var addOnly []string
	err := c.graph.Flatten(ctx, func(f nesting.Flat) error {
		g := &c.held[f.Group]
		if f.Why != "" {
			addOnly = append(addOnly, g.name+": "+f.Why)
		}
		return c.out.Group(source.Group{
			Anchor: g.anchor, Name: g.name, Attributes: g.attributes, Members: f.Members, AddOnly: f.Why != "", Why: f.Why,
		})
	})
	if len(addOnly) > 0 {
		slices.Sort(addOnly)
		report.Warnings = append(report.Warnings, fmt.Sprintf(
			"%s add-only, since not every member could be found; the first is %s", count(len(addOnly), "group"), addOnly[0]))
	}
	return report, err
}

// settle puts a member into a group, or says on the group why it cannot be.
func (c *collector) settle(m membership) {
	person, isPerson := c.people.find(m.key)
	nested, isGroup := c.groups.find(m.key)
	switch {
	case isPerson && isGroup:
		c.lose(m, "is a person's key and a group's")
	case person == ambiguous || nested == ambiguous:
		c.lose(m, "has a key of several rows")
	case isPerson:
		c.graph.PutPerson(m.in, nesting.Person(person))
	case isGroup:
		c.graph.PutGroup(m.in, nesting.Group(nested))
	default:
		c.lose(m, "was not found")
	}
}

func (c *collector) lose(m membership, why string) {
	g := &c.held[m.in]
	if g.lost != "" {
		g.more++
		return
	}
	g.lost = fmt.Sprintf("the member in line %d of %s %s", m.place.line, filepath.Base(c.files[m.place.file]), why)
}
