package scim

import (
	"cmp"
	"encoding/json"
	"strings"
)

// Match reports whether the filter holds for a resource, or for one item of a
// list, given as decoded JSON: string, bool, float64, json.Number, nil, []any
// and map[string]any. Attribute names and texts are compared without case
// (RFC 7643 section 2.1; caseExact attributes are not told apart here). A
// filter on a list holds if it holds for one item (RFC 7644 section 3.4.2.2).
func (f *Filter) Match(resource map[string]any) bool {
	switch f.Op {
	case opAnd:
		return f.Terms[0].Match(resource) && f.Terms[1].Match(resource)
	case opOr:
		return f.Terms[0].Match(resource) || f.Terms[1].Match(resource)
	case opNot:
		return !f.Terms[0].Match(resource)
	case opItems:
		for _, v := range lookUp(resource, f.Path) {
			if item, ok := v.(map[string]any); ok && f.Terms[0].Match(item) {
				return true
			}
		}
		return false
	}
	return f.compareAny(lookUp(resource, f.Path))
}

func (f *Filter) compareAny(values []any) bool {
	if f.Op == "ne" { // also true of what is not there
		eq := Filter{Op: "eq", Value: f.Value}
		return !eq.compareAny(values)
	}
	if len(values) == 0 {
		return f.Op == "eq" && f.Value == nil
	}
	for _, v := range values {
		// A complex value is compared by its "value" (RFC 7644 section 3.4.2.2).
		if item, ok := v.(map[string]any); ok && f.Op != opPresent {
			inner := lookUp(item, "value")
			if len(inner) == 0 {
				continue
			}
			v = inner[0]
		}
		if f.compare(v) {
			return true
		}
	}
	return false
}

func (f *Filter) compare(v any) bool {
	switch want := f.Value.(type) {
	case string:
		if got, ok := v.(string); ok {
			return compareTexts(f.Op, strings.ToLower(got), strings.ToLower(want))
		}
		got, isFlag := v.(bool) // Entra writes [primary eq "True"]
		value, ok := boolean(want)
		return isFlag && ok && f.Op == "eq" && got == value
	case bool:
		got, ok := v.(bool)
		return ok && f.Op == "eq" && got == want
	case json.Number:
		got, ok := number(v)
		limit, err := want.Float64()
		return ok && err == nil && ordered(f.Op, cmp.Compare(got, limit))
	}
	return f.Op == opPresent && v != nil && v != ""
}

func compareTexts(op, got, want string) bool {
	switch op {
	case "co":
		return strings.Contains(got, want)
	case "sw":
		return strings.HasPrefix(got, want)
	case "ew":
		return strings.HasSuffix(got, want)
	}
	return ordered(op, strings.Compare(got, want))
}

func ordered(op string, c int) bool {
	switch op {
	case "eq":
		return c == 0
	case "gt":
		return c > 0
	case "ge":
		return c >= 0
	case "lt":
		return c < 0
	case "le":
		return c <= 0
	}
	return false
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case json.Number:
		n, err := v.Float64()
		return n, err == nil
	}
	return 0, false
}

// lookUp returns every value at a path: the items of lists one by one, and
// nothing for what is not there.
func lookUp(from map[string]any, path string) []any {
	if len(path) > len(EnterpriseSchema) && strings.EqualFold(path[:len(EnterpriseSchema)], EnterpriseSchema) {
		inner, _ := child(from, EnterpriseSchema).(map[string]any)
		return lookUp(inner, path[len(EnterpriseSchema)+1:])
	}
	if at := strings.LastIndexByte(path, ':'); at >= 0 {
		path = path[at+1:]
	}
	name, rest, nested := strings.Cut(path, ".")
	values := items(child(from, name))
	if !nested {
		return values
	}
	var all []any
	for _, v := range values {
		if inner, ok := v.(map[string]any); ok {
			all = append(all, lookUp(inner, rest)...)
		}
	}
	return all
}

func child(from map[string]any, name string) any {
	if v, ok := from[name]; ok {
		return v
	}
	for key, v := range from {
		if strings.EqualFold(key, name) {
			return v
		}
	}
	return nil
}

func items(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}
