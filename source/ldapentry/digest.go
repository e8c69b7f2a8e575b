package ldapentry

import (
	"fmt"
	"slices"
	"strings"

	"rollcall/dn"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/source"
)

// Digest is all that a collector needs of one entry. It depends on the rules
// and on nothing that was added before, so that whoever keeps it need not read
// an entry again that has not changed. It is not changed once it is made.
type Digest struct {
	DN         string            // as it was written
	Attributes source.Attributes // of people and groups, without a group's members; nobody changes them
	Members    []dn.DN           // of a group, those that are named by a DN

	name       dn.DN
	place      Place
	outside    bool // the base, or its subtrees
	what       what
	anchor     identity.Anchor
	uids       []string // of memberUid
	unreadable []string // members
	binary     []string // attributes, once for each value that is not text
}

// Digest reads an entry, which may be used again afterwards, its texts not. It
// fails with fault.Incomplete.
func (c *Collector) Digest(e *Entry) (*Digest, error) {
	d, err := c.digest(e)
	return &d, err
}

// AddDigest is [Collector.Add] for an entry that was read before, by the same
// rules.
func (c *Collector) AddDigest(d *Digest) error { return c.take(d) }

// Same reports whether two entries say the same.
func (d *Digest) Same(o *Digest) bool {
	if d.DN != o.DN || d.what != o.what || d.anchor != o.anchor || len(d.Attributes) != len(o.Attributes) {
		return false
	}
	for name, values := range d.Attributes {
		if !slices.Equal(values, o.Attributes[name]) {
			return false
		}
	}
	return slices.Equal(d.Members, o.Members) && slices.Equal(d.uids, o.uids) && slices.Equal(d.unreadable, o.unreadable)
}

// digest takes no memory of its own for an entry that nobody keeps.
func (c *Collector) digest(e *Entry) (d Digest, err error) {
	d = Digest{DN: e.DN, place: e.Place}
	if d.name, err = dn.Parse(e.DN); err != nil {
		return d, fault.New(fault.Incomplete, "read entry", e.Place.String(), fmt.Errorf("the entry's name: %w", err))
	}
	if d.outside = c.hasBase && d.name != "" && !c.covers(d.name); d.outside || d.name == "" {
		return d, nil
	}
	var problem string
	if d.what, problem = c.classes.sort(e); problem == "" {
		problem = checkValues(e)
	}
	if problem != "" {
		return d, c.incomplete(e.DN, e.Place, problem)
	}
	switch d.what {
	case person:
		if d.anchor, err = c.anchor(&c.personAnchor, e); err == nil {
			err = d.attributes(c, e)
		}
	case group:
		err = c.digestGroup(&d, e)
	}
	return d, err
}

// attributes notes what a mapping may see of an entry. Values that are not
// text are counted and left out, except that GUIDs and SIDs are text in the end.
func (d *Digest) attributes(c *Collector, e *Entry) error {
	all := make(source.Attributes, len(e.Values))
	texts := make([]string, 0, len(e.Values)) // one allocation for all lists
	for i := 0; i < len(e.Values); {
		a, start := e.Values[i].Attribute, len(texts)
		for ; i < len(e.Values) && e.Values[i].Attribute.Name == a.Name; i++ {
			text, err := d.text(a, e.Values[i].Text)
			if err != nil {
				return c.incomplete(e.DN, e.Place, err.Error())
			}
			if text != "" {
				texts = append(texts, text)
			}
		}
		if list := texts[start:len(texts):len(texts)]; len(list) > 0 {
			all[a.Name] = append(all[a.Name], list...)
		}
	}
	d.Attributes = all
	return nil
}

func (d *Digest) text(a *Attribute, value string) (string, error) {
	switch {
	case !a.Kept || value == "":
		return "", nil
	case a.form != "":
		anchor, err := identity.ParseAnchor(a.form, []byte(value))
		if err != nil {
			return "", fmt.Errorf("%s: %w", a.Name, err)
		}
		return string(anchor), nil
	case !isPlain(value):
		d.binary = append(d.binary, a.Name)
		return "", nil
	}
	return value, nil
}

func (c *Collector) digestGroup(d *Digest, e *Entry) (err error) {
	if d.anchor, err = c.anchor(&c.groupAnchor, e); err != nil {
		return err
	}
	d.DN = strings.Clone(e.DN)
	rest := Entry{DN: d.DN, Place: e.Place}
	for _, v := range e.Values {
		switch {
		case !memberAttributes[v.Attribute.Name]:
			// Cloned, so that the members' text can go.
			rest.Values = append(rest.Values, Value{v.Attribute, strings.Clone(v.Text)})
		case strings.TrimSpace(v.Text) == "": // the placeholder of a class that demands a member
		case v.Attribute.Name == "memberuid":
			d.uids = append(d.uids, strings.Clone(v.Text))
		default:
			d.addMember(v)
		}
	}
	return d.attributes(c, &rest)
}
