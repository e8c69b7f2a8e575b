package openapi

import (
	"encoding"
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Schema is as much of JSON Schema 2020-12 as answers need. One made by [Out],
// [In] or [Named] becomes a component that others point to.
type Schema struct {
	Ref         string             `json:"$ref,omitempty"`
	Says        string             `json:"description,omitempty"`
	Type        string             `json:"type,omitempty"`
	Format      string             `json:"format,omitempty"`
	Enum        []string           `json:"enum,omitempty"`
	Pattern     string             `json:"pattern,omitempty"`
	Minimum     *int               `json:"minimum,omitempty"`
	Maximum     *int               `json:"maximum,omitempty"`
	MaxItems    *int               `json:"maxItems,omitempty"`
	Items       *Schema            `json:"items,omitempty"`
	Properties  map[string]*Schema `json:"properties,omitempty"`
	Required    []string           `json:"required,omitempty"`
	Additional  *Schema            `json:"additionalProperties,omitempty"`
	Never       bool               `json:"-"` // no other properties than those named
	AnyOf       []*Schema          `json:"anyOf,omitempty"`
	named       string
	of          reflect.Type
	sent        bool     // in a request, where nothing is required but
	alsoRequire []string // these
}

// MarshalJSON writes Never as OpenAPI has it.
func (s Schema) MarshalJSON() ([]byte, error) {
	type plain Schema
	if !s.Never {
		return json.Marshal(plain(s))
	}
	return json.Marshal(struct {
		plain
		Additional bool `json:"additionalProperties"`
	}{plain: plain(s)})
}

// Out is the schema of T as encoding/json writes it. What may be left out is not
// required.
func Out[T any]() *Schema { return &Schema{of: reflect.TypeFor[T]()} }

// In is the schema of T as a client may send it: nothing is required but the
// names given.
func In[T any](required ...string) *Schema {
	return InType(reflect.TypeFor[T](), required...)
}

// InType is [In] for a type that is known when the program runs.
func InType(t reflect.Type, required ...string) *Schema {
	return &Schema{of: t, sent: true, alsoRequire: required}
}

// Named is a schema that others point to by that name.
func Named(name string, s Schema) *Schema {
	s.named = name
	return &s
}

// Object is an object of these properties, all of them required, and maybe
// others.
func Object(properties map[string]*Schema) *Schema {
	s := &Schema{Type: "object", Properties: properties}
	for name := range properties {
		s.Required = append(s.Required, name)
	}
	slices.Sort(s.Required)
	return s
}

// List is an array.
func List(items *Schema) *Schema { return &Schema{Type: "array", Items: items} }

// OrNull is the schema, or null.
func OrNull(s *Schema) *Schema { return &Schema{AnyOf: []*Schema{s, {Type: "null"}}} }

// Words is a text that is one of these.
func Words(words ...string) *Schema { return &Schema{Type: "string", Enum: words} }

// Number is a whole number; of limits there may be the least, and the most.
func Number(limits ...int) *Schema {
	s := &Schema{Type: "integer"}
	if len(limits) > 0 {
		s.Minimum = &limits[0]
	}
	if len(limits) > 1 {
		s.Maximum = &limits[1]
	}
	return s
}

// shapes are the components of a document, by name.
type shapes map[string]*Schema

const refs = "#/components/schemas/"

// resolve is a schema as a document has it: types and names are components.
func (all shapes) resolve(s *Schema) *Schema {
	switch {
	case s == nil:
		return nil
	case s.of != nil:
		return all.typed(s.of, s.sent, s.alsoRequire)
	case s.named != "":
		if all[s.named] == nil {
			all[s.named] = &Schema{} // so that it may point to itself
			plain := *s
			plain.named = ""
			*all[s.named] = *all.resolve(&plain)
		}
		return &Schema{Ref: refs + s.named}
	}
	out := *s
	out.Items, out.Additional = all.resolve(s.Items), all.resolve(s.Additional)
	out.Properties = nil
	for name, p := range s.Properties {
		if out.Properties == nil {
			out.Properties = map[string]*Schema{}
		}
		out.Properties[name] = all.resolve(p)
	}
	out.AnyOf = nil
	for _, one := range s.AnyOf {
		out.AnyOf = append(out.AnyOf, all.resolve(one))
	}
	return &out
}

// typed is the schema of a Go type.
func (all shapes) typed(t reflect.Type, sent bool, require []string) *Schema {
	if t == reflect.TypeFor[time.Time]() {
		return &Schema{Type: "string", Format: "date-time"}
	}
	if s, own := writesItself(t); own {
		return s
	}
	switch t.Kind() {
	case reflect.Pointer:
		return all.typed(t.Elem(), sent, require)
	case reflect.Bool:
		return &Schema{Type: "boolean"}
	case reflect.String:
		return Text()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return Number()
	case reflect.Float32, reflect.Float64:
		return &Schema{Type: "number"}
	case reflect.Slice, reflect.Array:
		return List(all.typed(t.Elem(), sent, nil))
	case reflect.Map:
		return &Schema{Type: "object", Additional: all.typed(t.Elem(), sent, nil)}
	case reflect.Struct:
		return all.object(t, sent, require)
	}
	return &Schema{} // anything
}

// writesItself is the schema of a type that says how it is written: a text, or
// what its zero value is written as.
func writesItself(t reflect.Type) (*Schema, bool) {
	if t == reflect.TypeFor[json.RawMessage]() {
		return &Schema{}, true
	}
	if t.Kind() == reflect.Pointer || t.Kind() == reflect.Interface {
		return nil, false
	}
	switch v := reflect.New(t).Interface().(type) {
	case json.Marshaler:
		text, err := v.MarshalJSON()
		if err != nil || len(text) == 0 {
			return &Schema{}, true
		}
		return &Schema{Type: kindOf(text[0])}, true
	case encoding.TextMarshaler:
		return Text(), true
	}
	return nil, false
}

// kindOf is the type of the JSON that begins so; empty for null.
func kindOf(first byte) string {
	switch first {
	case '"':
		return "string"
	case '{':
		return "object"
	case '[':
		return "array"
	case 't', 'f':
		return "boolean"
	case 'n':
		return ""
	}
	return "number"
}

// unfit is what a component's name may not have.
var unfit = regexp.MustCompile(`\[.*\.|[^A-Za-z0-9._]`)

// object is the schema of a struct: a component, unless it has no name.
func (all shapes) object(t reflect.Type, sent bool, require []string) *Schema {
	name := t.Name()
	if name != "" {
		name = t.PkgPath()[strings.LastIndexByte(t.PkgPath(), '/')+1:] + "." + unfit.ReplaceAllString(t.Name(), "")
		if sent {
			name += "Sent"
		}
		if all[name] != nil {
			return &Schema{Ref: refs + name}
		}
	}
	s := &Schema{Type: "object", Properties: map[string]*Schema{}, Required: slices.Clone(require)}
	if name != "" {
		all[name] = s
	}
	for _, f := range reflect.VisibleFields(t) {
		tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || tag == "-" || f.Anonymous && tag == "" {
			continue
		}
		if tag == "" {
			tag = f.Name
		}
		s.Properties[tag] = all.typed(f.Type, sent, nil)
		if !sent && !strings.Contains(options, "omit") {
			s.Required = append(s.Required, tag)
		}
	}
	slices.Sort(s.Required)
	if name == "" {
		return s
	}
	return &Schema{Ref: refs + name}
}
