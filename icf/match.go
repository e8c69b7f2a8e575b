package icf

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"rollcall/fault"
	"rollcall/identity"
)

// folded are the attributes that are compared as the directory compares names:
// without case.
var folded = []string{AttrName, "emails"}

// Check refuses, with fault.Invalid, attributes that objects of the type do not
// have and operators that mean nothing. A filter that passes can be evaluated.
func (f Filter) Check(objectType string) error {
	for _, p := range f.Parts {
		if err := p.Check(objectType); err != nil {
			return err
		}
	}
	if f.Pointer == nil {
		return nil
	}
	if !hasAttribute(objectType, f.Pointer[0]) {
		return fault.Text(fault.Invalid, "check filter", "", "Attribute "+f.Pointer[0]+" does not exist on "+objectType)
	}
	if f.Op != OpPresent && matchers[f.Op] == nil {
		return fault.Text(fault.Invalid, "check filter", "", "The operator "+string(f.Op)+" is not supported")
	}
	if f.Op == OpIn {
		if _, ok := list(f.Value); !ok {
			return fault.Text(fault.Invalid, "check filter", "", `The operator in wants a list in quotes, such as '["a","b"]'`)
		}
	}
	return nil
}

// Matches evaluates a filter that was checked. Of a list, one value that
// matches is enough.
func (f Filter) Matches(o Object) bool {
	switch f.Op {
	case OpTrue:
		return true
	case OpFalse:
		return false
	case OpNot:
		return !f.Parts[0].Matches(o)
	case OpAnd:
		return !slices.ContainsFunc(f.Parts, func(p Filter) bool { return !p.Matches(o) })
	case OpOr:
		return slices.ContainsFunc(f.Parts, func(p Filter) bool { return p.Matches(o) })
	}
	have := values(o, f.Pointer)
	if f.Op == OpPresent {
		return len(have) > 0
	}
	match := matchers[f.Op]
	return match != nil && match(have, f.Value, slices.Contains(folded, f.Pointer[0]))
}

// values are the simple values that a pointer finds in an object. An object in
// a list stands for its value, or its id.
func values(v any, p Pointer) []any {
	switch v := v.(type) {
	case Object:
		if len(p) == 0 {
			for _, name := range []string{"value", "id"} {
				if inner, there := v.Get(name); there {
					return []any{inner}
				}
			}
			return []any{v}
		}
		inner, there := v.Get(p[0])
		if !there {
			return nil
		}
		return values(inner, p[1:])
	case []any:
		var all []any
		for _, one := range v {
			all = append(all, values(one, p)...)
		}
		return all
	}
	if len(p) > 0 {
		return nil
	}
	return []any{v}
}

// matcher says whether one of some values is as an operator wants it.
type matcher func(have []any, want any, fold bool) bool

var matchers = map[Op]matcher{
	OpEqual:        any1(func(order int) bool { return order == 0 }),
	OpLess:         any1(func(order int) bool { return order < 0 }),
	OpLessEqual:    any1(func(order int) bool { return order <= 0 }),
	OpGreater:      any1(func(order int) bool { return order > 0 }),
	OpGreaterEqual: any1(func(order int) bool { return order >= 0 }),
	OpContains:     text1(strings.Contains),
	OpStarts:       text1(strings.HasPrefix),
	OpEnds:         text1(strings.HasSuffix),
	OpIn: func(have []any, want any, fold bool) bool {
		all, _ := list(want)
		return slices.ContainsFunc(all, func(one any) bool { return equals(have, one, fold) })
	},
	OpContainsAll: func(have []any, want any, fold bool) bool {
		all, ok := list(want)
		if !ok {
			all = []any{want}
		}
		return !slices.ContainsFunc(all, func(one any) bool { return !equals(have, one, fold) })
	},
}

func equals(have []any, want any, fold bool) bool {
	return slices.ContainsFunc(have, func(v any) bool { order, ok := compare(v, want, fold); return ok && order == 0 })
}

func any1(holds func(order int) bool) matcher {
	return func(have []any, want any, fold bool) bool {
		return slices.ContainsFunc(have, func(v any) bool { order, ok := compare(v, want, fold); return ok && holds(order) })
	}
}

func text1(holds func(text, part string) bool) matcher {
	return func(have []any, want any, fold bool) bool {
		part, ok := want.(string)
		return ok && slices.ContainsFunc(have, func(v any) bool {
			text, ok := v.(string)
			if fold {
				text, part = identity.Fold(text), identity.Fold(part)
			}
			return ok && holds(text, part)
		})
	}
}

// compare orders two values of one type; ok is false for two of different ones.
func compare(a, b any, fold bool) (order int, ok bool) {
	switch a := a.(type) {
	case string:
		b, same := b.(string)
		if fold {
			a, b = identity.Fold(a), identity.Fold(b)
		}
		return strings.Compare(a, b), same
	case bool:
		b, same := b.(bool)
		return cmp.Compare(number(a), number(b)), same
	}
	return 0, false
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// list reads a JSON array out of a text.
func list(v any) ([]any, bool) {
	text, ok := v.(string)
	if !ok {
		return nil, false
	}
	var all []any
	return all, json.Unmarshal([]byte(text), &all) == nil && all != nil
}

// Key returns the attribute and value by which an object that matches can be
// found with one lookup; ok is false where only a listing tells. Whatever is
// found still has to match.
func (f Filter) Key() (attribute, value string, ok bool) {
	switch f.Op {
	case OpAnd:
		for _, p := range f.Parts {
			if attribute, value, ok = p.Key(); ok {
				return attribute, value, true
			}
		}
	case OpEqual:
		text, isText := f.Value.(string)
		simple := len(f.Pointer) == 1 || len(f.Pointer) == 2 && f.Pointer[1] == map[string]string{"emails": "value", "externalIds": "id"}[f.Pointer[0]]
		if isText && simple && slices.Contains([]string{AttrID, AttrName, "emails", "externalIds"}, f.Pointer[0]) {
			return f.Pointer[0], text, true
		}
	}
	return "", "", false
}

// Uses reports whether a filter looks at an attribute.
func (f Filter) Uses(attribute string) bool {
	return f.Pointer != nil && f.Pointer[0] == attribute ||
		slices.ContainsFunc(f.Parts, func(p Filter) bool { return p.Uses(attribute) })
}
