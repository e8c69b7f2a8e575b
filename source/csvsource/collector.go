package csvsource

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"rollcall/identity"
	"rollcall/source"
	"rollcall/source/nesting"
)

// collector hands people on as they come, and keeps who is in which group
// until everything has been read.
type collector struct {
	o      Options
	out    source.Receiver
	graph  nesting.Graph
	people *index
	groups *index
	held   []group // by nesting.Group
	files  []string
	rows   []membership
}

// membership is a row that is settled when all rows are known: groups that
// have no file of their own may be members before they have any.
type membership struct {
	in    nesting.Group
	place place
	key   string // of the member
}

// group is a group as it was read.
type group struct {
	anchor     identity.Anchor
	name       string
	attributes source.Attributes
	lost       string // the first member that was not found
	more       int    // how many others were not
}

func newCollector(o Options, out source.Receiver) *collector {
	return &collector{o: o, out: out, people: newIndex(o.People), groups: newIndex(o.Groups)}
}

func (c *collector) readPeople(ctx context.Context, r *records, sealed bool) (int, error) {
	return c.read(ctx, r, sealed, c.o.People, c.people, func(anchor identity.Anchor, name string, a source.Attributes) (int32, error) {
		return int32(c.graph.AddPerson(anchor)), c.out.Person(source.Person{Anchor: anchor, Name: name, Attributes: a})
	})
}

func (c *collector) readGroups(ctx context.Context, r *records, sealed bool) (int, error) {
	return c.read(ctx, r, sealed, c.o.Groups, c.groups, func(anchor identity.Anchor, name string, a source.Attributes) (int32, error) {
		return int32(c.addGroup(anchor, name, a)), nil
	})
}

func (c *collector) addGroup(anchor identity.Anchor, name string, a source.Attributes) nesting.Group {
	c.held = append(c.held, group{anchor: anchor, name: name, attributes: a})
	return c.graph.AddGroup(anchor, name)
}

// file numbers a file, so that places stay small.
func (c *collector) file(path string) int32 {
	c.files = append(c.files, path)
	return int32(len(c.files) - 1)
}

// anchor reads a row's anchor and remembers that it is taken.
func (c *collector) anchor(t *table, at int, value string, in *index, here place) (identity.Anchor, error) {
	name := t.columns[at].name
	if value == "" {
		return "", t.records.failValue(at, name, "it is empty, and it is the anchor; every row needs one (a row that is empty altogether can be taken out)")
	}
	anchor, err := identity.ParseAnchor(in.form, []byte(value))
	if err != nil {
		return "", t.records.failValue(at, name, err.Error())
	}
	if first, taken := in.taken[anchor]; taken {
		return "", t.records.failValue(at, name, fmt.Sprintf("this anchor is that of the row in %s:%d, too", c.files[first.file], first.line))
	}
	in.taken[anchor] = here
	return anchor, nil
}

// read takes the rows of a table, each of which is somebody or something with
// an anchor. Add returns its number in the graph.
func (c *collector) read(ctx context.Context, r *records, sealed bool, o Table, in *index,
	add func(anchor identity.Anchor, name string, a source.Attributes) (int32, error),
) (int, error) {
	t, err := openTable(r, sealed, o, o.Anchor, o.key())
	if err != nil {
		return 0, err
	}
	anchorAt, err := t.column(o.Anchor)
	if err != nil {
		return 0, err
	}
	keyAt, err := t.column(o.key())
	if err != nil {
		return 0, err
	}
	file, base := c.file(r.file), filepath.Base(r.file)
	err = t.each(ctx, func(row []string) error {
		anchor, err := c.anchor(t, anchorAt, row[anchorAt], in, place{file, int32(r.first)})
		if err != nil {
			return err
		}
		number, err := add(anchor, fmt.Sprintf("line %d of %s", r.first, base), t.attributes(row))
		in.put(row[keyAt], number)
		return err
	})
	return t.rows, err
}

func (c *collector) readMemberships(ctx context.Context, r *records, sealed bool) (int, error) {
	o := c.o.Memberships
	t, err := openTable(r, sealed, Table{}, o.Group, o.Member)
	if err != nil {
		return 0, err
	}
	groupAt, err := t.column(o.Group)
	if err != nil {
		return 0, err
	}
	memberAt, err := t.column(o.Member)
	if err != nil {
		return 0, err
	}
	file := c.file(r.file)
	err = t.each(ctx, func(row []string) error {
		for _, i := range []int{groupAt, memberAt} {
			if strings.TrimSpace(row[i]) == "" {
				return r.failValue(i, t.columns[i].name, "it is empty; a row of memberships names a group and a member")
			}
		}
		in, err := c.groupOf(t, groupAt, row[groupAt])
		if err != nil {
			return err
		}
		c.rows = append(c.rows, membership{in, place{file, int32(r.first)}, row[memberAt]})
		return nil
	})
	return t.rows, err
}

// groupOf finds the group of a membership. Without a file of groups, whatever
// is named is one.
func (c *collector) groupOf(t *table, at int, key string) (nesting.Group, error) {
	number, found := c.groups.find(key)
	switch {
	case number == ambiguous:
		return 0, t.records.failValue(at, t.columns[at].name, "there are several groups of that name; name groups by another column (key)")
	case found:
		return nesting.Group(number), nil
	case len(c.o.Groups.Paths) > 0:
		return 0, t.records.failValue(at, t.columns[at].name, "there is no such group in "+strings.Join(c.o.Groups.Paths, ", ")+
			"; the two files contradict each other, so one of them is not whole")
	}
	column := t.columns[at]
	anchor, err := identity.ParseAnchor(identity.AnchorText, []byte(key))
	if err != nil {
		return 0, t.records.failValue(at, column.name, err.Error())
	}
	g := c.addGroup(anchor, fmt.Sprintf("line %d of %s", t.records.first, filepath.Base(t.records.file)),
		source.Attributes{column.attribute: {strings.TrimSpace(key)}})
	c.groups.put(key, int32(g))
	return g, nil
}
