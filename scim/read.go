package scim

import (
	"encoding/json"
	"fmt"
	"strings"

	"rollcall/fault"
	"rollcall/identity"
)

// maxItems is how many items AWS takes in each list of a user.
const maxItems = 1

// tree is a resource with every attribute under its schema's own spelling;
// values are string, bool, tree and []any of tree. Bodies are brought into
// this form, PATCH works on it.
type tree = map[string]any

// reader brings values that a client sent into the form of a [tree], and
// gathers what is wrong with them.
type reader struct {
	Dialect
	problems identity.Problems
}

func (r *reader) refuse(at, problem string) {
	r.problems = append(r.problems, identity.Problem{Field: at, Problem: problem})
}

// err is everything that was refused, as fault.Invalid.
func (r *reader) err(op string) error {
	if len(r.problems) == 0 {
		return nil
	}
	return fault.New(fault.Invalid, op, "", r.problems)
}

// resource reads a whole resource. Attributes that no schema has are dropped,
// as RFC 7644 section 3.3 allows; those that AWS names unsupported are not.
func (r *reader) resource(in object, core, extension []Attribute) tree {
	out := tree{}
	for _, m := range in {
		a, known := named(core, m.name)
		switch {
		case known:
			r.set(out, a.Name, a, m.value)
		case strings.EqualFold(m.name, EnterpriseSchema) && extension != nil:
			r.extension(out, m.value)
		case contains(unsupported, m.name) && assigned(m.value):
			r.refuse(m.name, "attribute is not supported")
		}
	}
	return out
}

// extension merges the enterprise attributes that in holds into out's.
func (r *reader) extension(out tree, in any) {
	if in == nil {
		return
	}
	o, ok := in.(object)
	if !ok {
		r.refuse(EnterpriseSchema, "want an object")
		return
	}
	values := within(out, EnterpriseSchema)
	for _, m := range o {
		if a, known := sub(enterpriseAttributes, m.name); known {
			r.set(values, EnterpriseSchema+"."+a.Name, a, m.value)
		}
	}
}

// within returns the tree at name, making it if there is none.
func within(t tree, name string) tree {
	inner, ok := t[name].(tree)
	if !ok {
		inner = tree{}
		t[name] = inner
	}
	return inner
}

// set puts one attribute's value into out; null and empty lists unset.
func (r *reader) set(out tree, at string, a *Attribute, v any) {
	if !assigned(v) {
		delete(out, a.Name)
		return
	}
	if v := r.value(at, a, v); v != nil {
		out[a.Name] = v
	}
}

func assigned(v any) bool {
	list, isList := v.([]any)
	return v != nil && (!isList || len(list) > 0)
}

// value reads a value of attribute a; nil if it is refused, which r remembers.
func (r *reader) value(at string, a *Attribute, v any) any {
	if a.MultiValued {
		return r.list(at, a, v)
	}
	return r.single(at, a, v)
}

func (r *reader) single(at string, a *Attribute, v any) any {
	switch a.Type {
	case typeComplex:
		return r.complex(at, a, v)
	case typeBoolean:
		if b, ok := boolean(v); ok {
			return b
		}
		r.refuse(at, `want true or false, or "true" or "false"`)
		return nil
	}
	s, ok := v.(string)
	switch {
	case !ok:
		r.refuse(at, "want a string")
		return nil
	case s == "":
		// Both, in this order, is what AWS says of it (aws-contract 7.10).
		r.refuse(at, `Member must satisfy regular expression pattern: [\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ]+`)
		r.refuse(at, "Member must have length greater than or equal to 1")
		return nil
	}
	return s
}

// boolean takes the strings that AWS's own PatchUser sample and Entra send
// (aws-contract 7.7).
func boolean(v any) (value, ok bool) {
	switch v := v.(type) {
	case bool:
		return v, true
	case string:
		return strings.EqualFold(v, "true"), strings.EqualFold(v, "true") || strings.EqualFold(v, "false")
	}
	return false, false
}

// complex reads the sub-attributes of one value. A manager may be written as
// the bare id, as Entra does.
func (r *reader) complex(at string, a *Attribute, v any) any {
	if s, ok := v.(string); ok && a.Name == "manager" {
		v = object{{"value", s}}
	}
	o, ok := v.(object)
	if !ok {
		r.refuse(at, "want an object")
		return nil
	}
	out := tree{}
	for _, m := range o {
		if s, known := sub(a.SubAttributes, m.name); known {
			r.set(out, at+"."+s.Name, s, m.value)
		} else if r.refusesDisplay(m.name) && assigned(m.value) {
			r.refuse(at+"."+m.name, "attribute is not supported")
		}
	}
	delete(out, "$ref") // taken, and dropped as in AWS's answers (aws-contract 7.3)
	return out
}

// refusesDisplay reports whether name is a sub-attribute that AWS refuses by
// name: "display" of any list, and a manager's "displayName".
func (r *reader) refusesDisplay(name string) bool {
	return !r.IgnoreDisplay && (strings.EqualFold(name, "display") || strings.EqualFold(name, "displayName"))
}

// list reads a list; a lone object is a list of one.
func (r *reader) list(at string, a *Attribute, v any) any {
	items, ok := v.([]any)
	if !ok {
		items = []any{v}
	}
	if limit := limitOf(a); len(items) > limit {
		r.refuse(at, fmt.Sprintf("List attribute %s exceeds allowed limit of %d", a.Name, limit))
		return nil
	}
	out := make([]any, 0, len(items))
	for _, item := range items {
		if one, ok := r.complex(at, a, item).(tree); ok && (len(one) > 0 || a.Name == "members") {
			out = append(out, one)
		}
	}
	if a.Name == "emails" && len(out) == 1 && out[0].(tree)["primary"] != true {
		r.refuse(at, "the e-mail must be marked primary: true")
		return nil
	}
	return out
}

func limitOf(a *Attribute) int {
	if a.Name == "members" {
		return MaxMembers
	}
	return maxItems
}

// into turns a tree into a resource, whose JSON it is.
func into(t tree, resource any) error {
	raw, err := json.Marshal(t)
	if err == nil {
		err = json.Unmarshal(raw, resource)
	}
	if err != nil {
		return fault.New(fault.Internal, "read resource", "", err)
	}
	return nil
}
