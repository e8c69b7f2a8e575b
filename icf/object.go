package icf

import (
	"bytes"
	"encoding/json"
	"slices"
)

// Object is one object as it is sent: its fields in order. A value is a string,
// a bool, an Object, or a list ([]any) of strings or Objects.
type Object []Field

// Field is one field of an object.
type Field struct {
	Name  string
	Value any
}

// Get returns a field's value, and whether there is one.
func (o Object) Get(name string) (any, bool) {
	for _, f := range o {
		if f.Name == name {
			return f.Value, true
		}
	}
	return nil, false
}

// ID is the object's _id.
func (o Object) ID() string {
	id, _ := o.Get(AttrID)
	text, _ := id.(string)
	return text
}

// add appends a text that is set.
func (o *Object) add(name, value string) {
	if value != "" {
		*o = append(*o, Field{name, value})
	}
}

// MarshalJSON writes the fields in their order.
func (o Object) MarshalJSON() ([]byte, error) {
	out := bytes.NewBufferString("{")
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for i, f := range o {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := enc.Encode(f.Name); err != nil {
			return nil, err
		}
		out.Truncate(out.Len() - 1)
		out.WriteByte(':')
		if err := enc.Encode(f.Value); err != nil {
			return nil, err
		}
		out.Truncate(out.Len() - 1)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// Project keeps the fields that pointers name, and always _id and _rev; a
// pointer into a field keeps that part of it alone. "*" and no pointers at all
// keep everything.
func (o Object) Project(fields []Pointer) Object {
	if len(fields) == 0 || slices.ContainsFunc(fields, func(p Pointer) bool { return len(p) == 1 && p[0] == "*" }) {
		return o
	}
	kept := Object{}
	for _, f := range o {
		if f.Name == AttrID || f.Name == AttrRevision {
			kept = append(kept, f)
			continue
		}
		if v, keep := project(f, fields); keep {
			kept = append(kept, Field{f.Name, v})
		}
	}
	return kept
}

// project returns what is left of one field.
func project(f Field, fields []Pointer) (any, bool) {
	var parts []Pointer
	for _, p := range fields {
		if p[0] != f.Name {
			continue
		}
		if len(p) == 1 {
			return f.Value, true
		}
		parts = append(parts, p[1:])
	}
	inner, isObject := f.Value.(Object)
	if parts == nil || !isObject {
		return f.Value, parts != nil
	}
	kept := Object{}
	for _, sub := range inner {
		if v, keep := project(sub, parts); keep {
			kept = append(kept, Field{sub.Name, v})
		}
	}
	return kept, true
}
