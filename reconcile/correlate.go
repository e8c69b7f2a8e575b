package reconcile

import (
	"fmt"
	"slices"

	"rollcall/directory"
	"rollcall/identity"
)

// correlator finds the objects that a record without a link may be. External
// ids decide before attributes do. Its indexes are made when first asked for:
// most runs link everybody already.
type correlator struct {
	issuer     string
	attributes []string
	externals  func(object int) []identity.ExternalID
	value      func(object int, attribute string) string
	wanted     func(record int, attribute string) string
	anchor     func(record int) identity.Anchor
	linked     func(object int) bool // to a record of this very source, so it is somebody else's
	count      int

	byExternal  map[identity.Anchor][]int
	byAttribute map[string]map[string][]int
}

// find returns the candidates of a record, and why they are no clear match if
// that is more than their number.
func (c *correlator) find(record int) (objects []int, why string) {
	c.index()
	if objects = c.byExternal[c.anchor(record)]; len(objects) > 0 {
		if n := len(c.externals(objects[0])); len(objects) == 1 && n > 1 {
			return nil, fmt.Sprintf("the object with its external id has %d external ids", n)
		}
		return objects, ""
	}
	for _, attribute := range c.attributes {
		value := identity.Fold(c.wanted(record, attribute))
		if value == "" {
			continue
		}
		for _, object := range c.byAttribute[attribute][value] {
			if slices.Contains(objects, object) || c.linked(object) {
				continue
			}
			if c.isSomebodyElse(object, record) {
				return nil, fmt.Sprintf("an object has its %s, but another external id", attribute)
			}
			objects = append(objects, object)
		}
	}
	return objects, ""
}

// isSomebodyElse reports whether an object carries our issuer's external id
// with another anchor than the record's.
func (c *correlator) isSomebodyElse(object, record int) bool {
	return slices.ContainsFunc(c.externals(object), func(e identity.ExternalID) bool {
		return e.Issuer == c.issuer && e.ID != string(c.anchor(record))
	})
}

func (c *correlator) index() {
	if c.byExternal != nil {
		return
	}
	c.byExternal = map[identity.Anchor][]int{}
	c.byAttribute = map[string]map[string][]int{}
	for _, attribute := range c.attributes {
		c.byAttribute[attribute] = make(map[string][]int, c.count)
	}
	for object := range c.count {
		for _, e := range c.externals(object) {
			if e.Issuer == c.issuer {
				c.byExternal[identity.Anchor(e.ID)] = append(c.byExternal[identity.Anchor(e.ID)], object)
			}
		}
		for _, attribute := range c.attributes {
			if v := identity.Fold(c.value(object, attribute)); v != "" {
				c.byAttribute[attribute][v] = append(c.byAttribute[attribute][v], object)
			}
		}
	}
}

func userAttribute(u *identity.User, attribute string) string {
	switch attribute {
	case directory.KeyUserName:
		return u.UserName
	case directory.KeyEmail:
		return u.Email()
	case directory.KeyDisplayName:
		return u.DisplayName
	}
	return ""
}

func groupAttribute(g *identity.Group, attribute string) string {
	if attribute == directory.KeyDisplayName {
		return g.DisplayName
	}
	return ""
}
