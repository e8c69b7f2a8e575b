package ldapentry

import (
	"fmt"
	"strings"

	"rollcall/fault"
	"rollcall/identity"
)

// anchorRule says where the anchors of people, or of groups, are.
type anchorRule struct {
	of        string // "people", "groups"
	attribute string // in lower case; empty until the first entry settles it
	form      identity.AnchorForm
	seen      map[identity.Anchor]Place
}

func newAnchorRule(of, attribute string, form identity.AnchorForm) (anchorRule, error) {
	r := anchorRule{of: of, form: form, seen: map[identity.Anchor]Place{}}
	switch form {
	case "", identity.AnchorText, identity.AnchorUUID, identity.AnchorGUID, identity.AnchorSID:
	default:
		return r, fault.Text(fault.Invalid, "read rules", "anchor of "+of, fmt.Sprintf("no form %q; there are text, uuid, guid, sid", form))
	}
	if attribute == "" {
		return r, nil
	}
	a, err := ParseAttribute(strings.TrimSpace(attribute))
	switch {
	case err != nil:
		return r, fault.New(fault.Invalid, "read rules", "anchor of "+of, err)
	case !a.Kept:
		return r, fault.Text(fault.Invalid, "read rules", "anchor of "+of, a.Name+" is never kept, so it cannot be the anchor")
	}
	r.attribute = a.Name
	return r, nil
}

// anchor returns an entry's anchor.
func (c *Collector) anchor(r *anchorRule, e *Entry) (identity.Anchor, error) {
	if r.attribute == "" && !r.settle(e) {
		return "", c.incomplete(e.DN, e.Place, "it has neither entryUUID nor objectGUID; export operational attributes too, "+
			"or name another attribute that never changes as the anchor of "+r.of)
	}
	raw, values := "", 0
	for _, v := range e.Values {
		if v.Attribute.Name == r.attribute && v.Text != "" {
			raw = v.Text
			values++
		}
	}
	switch {
	case values == 0:
		return "", c.incomplete(e.DN, e.Place, fmt.Sprintf("it has no %s, which is the anchor of %s", r.attribute, r.of))
	case values > 1:
		return "", c.incomplete(e.DN, e.Place, fmt.Sprintf("it has %d values of %s, which is the anchor of %s", values, r.attribute, r.of))
	}
	form := r.form
	if form == "" {
		form = identity.FormOfAnchor(r.attribute)
	}
	anchor, err := identity.ParseAnchor(form, []byte(raw))
	if err != nil {
		return "", c.incomplete(e.DN, e.Place, fmt.Sprintf("its anchor %s: %v", r.attribute, err))
	}
	return anchor, nil
}

// claim remembers that an entry's anchor is taken.
func (c *Collector) claim(r *anchorRule, d *Digest) error {
	if first, taken := r.seen[d.anchor]; taken {
		return c.incomplete(d.DN, d.place, fmt.Sprintf("its anchor %s is that of the entry at %s, too", r.attribute, first))
	}
	r.seen[d.anchor] = d.place
	return nil
}

// settle takes the usual attribute that the first entry has; whoever comes
// later must have the same.
func (r *anchorRule) settle(e *Entry) bool {
	for _, usual := range []string{"entryuuid", "objectguid"} {
		for _, v := range e.Values {
			if v.Attribute.Name == usual && v.Text != "" {
				r.attribute = usual
				return true
			}
		}
	}
	return false
}
