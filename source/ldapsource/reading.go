package ldapsource

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"rollcall/dn"
	"rollcall/fault"
	"rollcall/source"
	"rollcall/source/ldapentry"
)

// reading is one reading of a directory.
type reading struct {
	*Driver
	c         *conn
	collector *ldapentry.Collector
	roots     []string // the subtrees that are read
	names     map[string]*ldapentry.Attribute
	partial   []*partial // groups of the page with more members than were given
	seen      sight
	replica   source.Replica
	referrals map[string]bool
	kept      *mirror // keeps what is read, for whoever follows; nil: nothing is kept
}

// begin looks at the server before anything is read: what is read later is at
// least as new as what it says now.
func (d *Driver) begin(ctx context.Context, c *conn, out source.Receiver) (*reading, error) {
	if !c.root.paging {
		return nil, errNoPaging(c)
	}
	rules := d.o.Rules
	collector, err := d.collector(c.root.dialect, out)
	if err != nil {
		return nil, err
	}
	r := &reading{
		Driver: d, c: c, collector: collector, roots: rules.Within, names: map[string]*ldapentry.Attribute{},
		seen: newSight(d.canaries), referrals: map[string]bool{},
	}
	if len(r.roots) == 0 {
		r.roots = []string{rules.Base}
	}
	for _, root := range append([]string{rules.Base}, rules.Within...) {
		if _, err := c.read(ctx, root, "objectClass"); err != nil {
			return nil, fmt.Errorf("the base, or a subtree of it, cannot be read: %w", err)
		}
	}
	r.replica, err = c.replica(ctx, rules.Base)
	return r, err
}

// collector takes the entries of a server of a dialect.
func (d *Driver) collector(of Dialect, out source.Receiver) (*ldapentry.Collector, error) {
	rules := d.o.Rules
	for _, anchor := range []*string{&rules.PersonAnchor, &rules.GroupAnchor} {
		if *anchor == "" {
			*anchor = of.Anchor()
		}
	}
	return ldapentry.NewCollector(rules, out)
}

func errNoPaging(c *conn) error {
	return fault.Text(fault.Unsupported, "read LDAP", c.server, "the server has no paged results (RFC 2696), so nothing shows where an answer ends")
}

// all reads every subtree, and with a filter the names of whatever it left out.
func (r *reading) all(ctx context.Context) error {
	filter := r.o.Filter
	if filter == "" {
		filter = everything
	}
	for _, root := range r.roots {
		s := search{
			base: root, filter: filter, attributes: r.attributes(), size: r.o.PageSize, referrals: r.referrals,
			each: r.take, pageDone: func() error { return r.complete(ctx) },
		}
		if err := s.run(ctx, r.c); err != nil {
			return err
		}
	}
	if r.o.Filter == "" {
		return nil
	}
	names := r.seen.wants(r.c.root.dialect)
	if r.kept != nil {
		names = append(names, r.c.root.dialect.Anchor())
	}
	if names == nil {
		names = []string{noAttrs}
	}
	for _, root := range r.roots {
		s := search{base: root, filter: everything, attributes: names, size: r.o.PageSize, referrals: r.referrals, each: r.leave}
		if err := s.run(ctx, r.c); err != nil {
			return err
		}
	}
	return nil
}

// attributes are those that the server is asked for.
func (r *reading) attributes() []string {
	needs := r.c.root.dialect.needs()
	if r.kept != nil {
		needs = append(needs, r.c.root.dialect.stamps()...)
	}
	if len(r.o.Attributes) == 0 {
		return append([]string{"*", "+"}, needs...)
	}
	all := slices.Concat([]string{"objectClass"}, needs, r.o.Attributes)
	for _, own := range []string{r.o.Rules.PersonAnchor, r.o.Rules.GroupAnchor} {
		if own != "" {
			all = append(all, own)
		}
	}
	slices.SortFunc(all, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return slices.CompactFunc(all, strings.EqualFold)
}

// take hands an entry on, unless some of its members are yet to be fetched.
func (r *reading) take(e *ldap.Entry) error {
	r.look(e)
	if p := partialOf(e); p != nil {
		r.partial = append(r.partial, p)
		return nil
	}
	return r.add(e)
}

// look notes what there is.
func (r *reading) look(e *ldap.Entry) {
	if name, err := dn.Parse(e.DN); err == nil { // if not, the collector says so
		r.seen.note(name, e)
	}
}

// leave notes an entry that the filter left out.
func (r *reading) leave(e *ldap.Entry) error {
	name, err := dn.Parse(e.DN)
	if err != nil {
		return nil //nolint:nilerr // a name that cannot be read is nobody's member
	}
	r.seen.note(name, e)
	r.collector.Leave(name)
	if r.kept != nil && r.kept.entries[name] == nil {
		return r.kept.put(r.c.root.dialect, e, nil)
	}
	return nil
}

func (r *reading) add(e *ldap.Entry) error {
	entry, err := r.entry(e)
	if err != nil {
		return err
	}
	if r.kept == nil {
		return r.collector.Add(entry)
	}
	digest, err := r.collector.Digest(entry)
	if err == nil {
		err = r.collector.AddDigest(digest)
	}
	if err != nil {
		return err
	}
	return r.kept.put(r.c.root.dialect, e, digest)
}

// entry is what an entry says that somebody may need.
func (r *reading) entry(e *ldap.Entry) (*ldapentry.Entry, error) {
	entry := &ldapentry.Entry{DN: e.DN}
	for _, from := range e.Attributes {
		a, err := r.attribute(from.Name)
		if err != nil {
			return nil, fault.New(fault.Incomplete, "read entry", e.DN, err)
		}
		if !a.Kept || computed[a.Name] || r.onlyStamp(a.Name) {
			continue
		}
		for _, v := range from.Values {
			entry.Values = append(entry.Values, ldapentry.Value{Attribute: a, Text: v})
		}
	}
	return entry, nil
}

// onlyStamp reports whether an attribute was asked for only to see what has
// changed: an ordinary read does not have it.
func (r *reading) onlyStamp(name string) bool {
	is := func(one string) bool { return strings.EqualFold(one, name) }
	return r.kept != nil && len(r.o.Attributes) > 0 && slices.ContainsFunc(r.c.root.dialect.stamps(), is) && !slices.ContainsFunc(r.o.Attributes, is)
}

// computed is what a server makes up for the answer and does not hold, so that
// no export has it.
var computed = map[string]bool{"entrydn": true, "hassubordinates": true, "numsubordinates": true, "subschemasubentry": true}

func (r *reading) attribute(name string) (*ldapentry.Attribute, error) {
	if a, ok := r.names[name]; ok {
		return a, nil
	}
	a, err := ldapentry.ParseAttribute(name)
	if err == nil {
		r.names[name] = a
	}
	return a, err
}

// finish looks whether what was read can be all there is, and settles groups.
func (r *reading) finish(ctx context.Context) (source.Report, error) {
	blind, elsewhere, err := r.c.referring(ctx, r.seen.blind())
	if err == nil {
		err = r.seen.check(r.Driver, blind)
	}
	if err != nil {
		return source.Report{}, err
	}
	report, err := r.collector.Finish(ctx)
	if err != nil {
		return source.Report{}, err
	}
	report.Bytes = r.c.raw.bytes.Load()
	report.Origin = r.c.server + ", " + strings.Join(r.roots, "; ")
	report.Replica = r.replica
	report.Warnings = append(report.Warnings, referred(r.referrals, elsewhere)...)
	return report, nil
}
