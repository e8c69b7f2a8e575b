package scim

import (
	"encoding/json"
	"strings"

	"rollcall/fault"
)

// Patch is the body of a PATCH (RFC 7644 section 3.5.2).
type Patch struct {
	Schemas    []string    `json:"schemas"`
	Operations []Operation `json:"Operations"`
}

// Operation is one step of a PATCH.
type Operation struct {
	Op    string          `json:"op"`             // add, replace, remove; ParsePatch folds its case
	Path  string          `json:"path,omitempty"` // see [ParsePath]; empty: Value names the attributes
	Value json.RawMessage `json:"value,omitempty"`
}

// The operations of a PATCH.
const (
	OpAdd     = "add"
	OpReplace = "replace"
	OpRemove  = "remove"
)

const readPatch = "read patch"

// NewPatch is a PATCH to be sent.
func NewPatch(operations ...Operation) Patch {
	return Patch{Schemas: []string{PatchMessage}, Operations: operations}
}

// ParsePatch reads the body of a PATCH; paths and values are looked at when it
// is applied. It fails with fault.Invalid. A body without schemas is taken.
func ParsePatch(body []byte) (Patch, error) {
	if _, err := parseObject(readPatch, body); err != nil { // of one JSON value, no name twice, UTF-8
		return Patch{}, err
	}
	var p Patch
	if err := json.Unmarshal(body, &p); err != nil {
		return Patch{}, patchFault(`want {"schemas": […], "Operations": [{"op": "…", "path": "…", "value": …}]}`)
	}
	if p.Schemas != nil && !contains(p.Schemas, PatchMessage) {
		return Patch{}, patchFault("schemas must name " + PatchMessage)
	}
	if len(p.Operations) == 0 {
		return Patch{}, patchFault("there are no Operations")
	}
	for i := range p.Operations {
		o := &p.Operations[i]
		o.Op = strings.ToLower(o.Op)
		switch {
		case o.Op != OpAdd && o.Op != OpReplace && o.Op != OpRemove:
			return Patch{}, patchFault("op must be add, replace or remove")
		case o.Op == OpRemove && o.Path == "":
			return Patch{}, patchFault("Missing path in PATCH request")
		}
	}
	return p, nil
}

func patchFault(why string) error { return fault.Text(fault.Invalid, readPatch, "", why) }

// target is one attribute that an operation is about, found in the schema.
type target struct {
	extension bool       // the attribute belongs to the enterprise extension
	attribute *Attribute // nil: the extension as a whole
	filter    *Filter
	sub       *Attribute // nil: the attribute as a whole
}

// step is one operation on one target. A path-less operation makes several.
type step struct {
	op     string
	target target
	value  any // nil if there is none, or null
	given  bool
}

// resourceKind is what a PATCH is checked against.
type resourceKind struct {
	schema    string
	core      []Attribute
	extension []Attribute
}

var (
	userKind  = resourceKind{UserSchema, userAttributes, enterpriseAttributes}
	groupKind = resourceKind{GroupSchema, groupAttributes, nil}
)

// steps resolves the operations of a PATCH.
func (k resourceKind) steps(p Patch) ([]step, error) {
	var all []step
	for _, o := range p.Operations {
		s := step{op: o.Op, given: o.Value != nil}
		if s.given {
			v, err := parseValue(readPatch, o.Value)
			if err != nil {
				return nil, err
			}
			s.value = v
		}
		if o.Path == "" {
			several, err := k.pathless(s)
			if err != nil {
				return nil, err
			}
			all = append(all, several...)
			continue
		}
		t, err := k.find(o.Path)
		if err != nil {
			return nil, err
		}
		s.target = t
		all = append(all, s)
	}
	return all, nil
}

// pathless resolves a value whose keys are attributes, or paths, as Entra
// writes them. The id and the rest that is the server's are passed over: AWS's
// own sample names the id.
func (k resourceKind) pathless(s step) ([]step, error) {
	values, ok := s.value.(object)
	if !ok {
		return nil, patchFault("without a path, value must be an object of attributes")
	}
	var all []step
	for _, m := range values {
		if contains(readOnly, m.name) {
			continue
		}
		t, err := k.find(m.name)
		if err != nil {
			return nil, err
		}
		all = append(all, step{op: s.op, target: t, value: m.value, given: true})
	}
	return all, nil
}

// find looks a path up in the schema of the kind.
func (k resourceKind) find(path string) (target, error) {
	p, err := ParsePath(path)
	if err != nil {
		return target{}, err
	}
	t := target{filter: p.Filter}
	attributes := k.core
	switch {
	case strings.EqualFold(p.Schema, EnterpriseSchema) && k.extension != nil:
		if t.extension, attributes = true, k.extension; p.Attribute == "" {
			return t, nil
		}
	case p.Schema != "" && !strings.EqualFold(p.Schema, k.schema), p.Attribute == "":
		return t, pathFault("this resource has no such schema")
	}
	if t.attribute, err = k.attribute(attributes, p.Attribute, t.extension); err != nil {
		return t, err
	}
	if p.Sub != "" {
		var ok bool
		if t.sub, ok = sub(t.attribute.SubAttributes, p.Sub); !ok {
			return t, pathFault(t.attribute.Name + " has no such sub-attribute, or it is not supported")
		}
	}
	if t.filter != nil && (!t.attribute.MultiValued || !onlyEquality(t.filter)) {
		return t, pathFault(`only lists are filtered, and only by eq`)
	}
	return t, nil
}

func (k resourceKind) attribute(all []Attribute, name string, extension bool) (*Attribute, error) {
	a, ok := named(all, name)
	switch {
	case ok && !(extension && a == &externalID):
		return a, nil
	case contains(readOnly, name):
		return nil, pathFault("the attribute is read only")
	case contains(unsupported, name):
		return nil, pathFault("the attribute is not supported")
	}
	return nil, pathFault("there is no such attribute")
}

// onlyEquality reports whether f is made of eq, and and or: AWS takes nothing
// else in a path (aws-contract 7.9).
func onlyEquality(f *Filter) bool {
	switch f.Op {
	case "eq":
		return true
	case opAnd, opOr:
		return onlyEquality(&f.Terms[0]) && onlyEquality(&f.Terms[1])
	}
	return false
}
