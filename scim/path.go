package scim

import (
	"strings"

	"rollcall/fault"
)

// Path is what one operation of a PATCH is about (RFC 7644 figure 7):
// `displayName`, `name.givenName`, `emails[type eq "work"].value`, each with a
// schema's URN before it if need be. The URN of an extension alone, with
// nothing else set, is the whole of it.
type Path struct {
	Schema    string // as written; empty for the resource's own
	Attribute string
	Filter    *Filter // which items of a list; nil for all
	Sub       string
}

// ParsePath reads a PATCH path. It fails with fault.Invalid.
func ParsePath(s string) (Path, error) {
	var p Path
	rest := s
	if schema, after, ok := cutSchema(s); ok {
		if p.Schema, rest = schema, after; rest == "" {
			return p, nil
		}
	}
	before, inside, filtered := strings.Cut(rest, "[")
	if filtered {
		end := strings.LastIndexByte(inside, ']')
		if end < 0 {
			return Path{}, pathFault("a bracket is not closed")
		}
		f, err := ParseFilter(inside[:end])
		if err != nil {
			return Path{}, err
		}
		p.Attribute, p.Filter = before, &f
		after := inside[end+1:]
		if after != "" {
			var dotted bool
			if p.Sub, dotted = strings.CutPrefix(after, "."); !dotted || !isAttributeName(p.Sub) {
				return Path{}, pathFault("want a dot and the name of a sub-attribute after the bracket")
			}
		}
	} else {
		var nested bool
		if p.Attribute, p.Sub, nested = strings.Cut(rest, "."); nested && !isAttributeName(p.Sub) {
			return Path{}, pathFault("want the name of a sub-attribute after the dot")
		}
	}
	if !isAttributeName(p.Attribute) {
		return Path{}, pathFault("want the name of an attribute")
	}
	return p, nil
}

// cutSchema takes a known schema's URN off the front. A dot after it, in place
// of the colon, is how AWS's own messages write it (aws-contract 7.10).
func cutSchema(s string) (schema, rest string, ok bool) {
	for _, urn := range []string{UserSchema, GroupSchema, EnterpriseSchema} {
		if len(s) < len(urn) || !strings.EqualFold(s[:len(urn)], urn) {
			continue
		}
		rest = s[len(urn):]
		if rest == "" {
			return urn, "", true
		}
		if rest[0] == ':' || rest[0] == '.' {
			return urn, rest[1:], len(rest) > 1
		}
	}
	return "", s, false
}

func pathFault(why string) error {
	return fault.Text(fault.Invalid, "read path", "", "invalid path in PATCH request: "+why)
}

// String is the path as it is sent.
func (p Path) String() string {
	s := p.Attribute
	if p.Filter != nil {
		s += "[" + p.Filter.String() + "]"
	}
	if p.Sub != "" {
		s += "." + p.Sub
	}
	switch {
	case p.Schema == "":
		return s
	case s == "":
		return p.Schema
	}
	return p.Schema + ":" + s
}
