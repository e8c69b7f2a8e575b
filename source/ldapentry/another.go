package ldapentry

import (
	"slices"

	"rollcall/source"
)

// Person is who a digest is about, if it is about a person whom a collector
// hands on.
func (d *Digest) Person() (source.Person, bool) {
	return source.Person{Anchor: d.anchor, Name: d.DN, Attributes: d.Attributes}, d.what == person && !d.outside && d.name != ""
}

// namedBy are the attributes by which groups name people, or people groups.
var namedBy = []string{"uid", "primarygroupid", "objectsid"}

// SamePerson reports whether two digests are about one person under one name, so
// that a collector that takes one for the other comes to the same but for this
// person's attributes.
func (d *Digest) SamePerson(o *Digest) bool {
	_, is := d.Person()
	_, was := o.Person()
	return is && was && d.DN == o.DN && d.name == o.name && d.anchor == o.anchor && slices.Equal(d.binary, o.binary) &&
		!slices.ContainsFunc(namedBy, func(name string) bool { return !slices.Equal(d.Attributes[name], o.Attributes[name]) })
}
