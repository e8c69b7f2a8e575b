package config

import (
	"bytes"
	"encoding/json"
	"reflect"

	"rollcall/fault"
)

const dialect = "https://json-schema.org/draft/2020-12/schema"

// schema is as much of JSON Schema as rollcall.yaml needs.
type schema struct {
	Dialect     string             `json:"$schema,omitempty"`
	Title       string             `json:"title,omitempty"`
	Description string             `json:"description,omitempty"`
	Type        string             `json:"type,omitempty"`
	Enum        []string           `json:"enum,omitempty"`
	Minimum     *int               `json:"minimum,omitempty"`
	Pattern     string             `json:"pattern,omitempty"`
	Properties  map[string]*schema `json:"properties,omitempty"`
	Additional  any                `json:"additionalProperties,omitempty"`
	Items       *schema            `json:"items,omitempty"`
	AnyOf       []*schema          `json:"anyOf,omitempty"`
}

// Schema returns the JSON Schema of rollcall.yaml, for editors. It is made from
// the same struct that the file is read into.
func Schema() ([]byte, error) {
	s := schemaOf(reflect.TypeFor[Config](), field{})
	s.Dialect, s.Title = dialect, "rollcall.yaml"
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(s); err != nil {
		return nil, fault.New(fault.Internal, "write schema", "", err)
	}
	return out.Bytes(), nil
}

func schemaOf(t reflect.Type, f field) *schema {
	s := shapeOf(t, f)
	s.Description = f.doc
	return s
}

func shapeOf(t reflect.Type, f field) *schema {
	text := &schema{Type: "string"}
	switch t {
	case reflect.TypeFor[Secret]():
		return &schema{Type: "string", Pattern: "^(env|file|aws-sm|aws-ssm):."}
	case reflect.TypeFor[Duration](), reflect.TypeFor[Date]():
		return text
	case reflect.TypeFor[Delimiter]():
		return &schema{Type: "string", Enum: delimiterWords()}
	case reflect.TypeFor[Database]():
		return &schema{AnyOf: []*schema{text, schemaOf(reflect.TypeFor[databaseParts](), field{})}}
	case reflect.TypeFor[Actions](), reflect.TypeFor[Anchors](), reflect.TypeFor[Schedule](), reflect.TypeFor[Watch]():
		return &schema{AnyOf: []*schema{text, object(t)}}
	case reflect.TypeFor[Strings]():
		item := &schema{Type: "string", Enum: f.each}
		return &schema{AnyOf: []*schema{item, {Type: "array", Items: item}}}
	}
	switch t.Kind() {
	case reflect.Struct:
		return object(t)
	case reflect.Map:
		value := schemaOf(t.Elem(), field{raw: f.raw})
		return &schema{Type: "object", Additional: value}
	case reflect.Bool:
		return &schema{Type: "boolean"}
	case reflect.Int:
		zero := 0
		return &schema{Type: "integer", Minimum: &zero}
	}
	if f.raw { // an expression may be a number, true, or nothing
		return &schema{AnyOf: []*schema{text, {Type: "boolean"}, {Type: "number"}, {Type: "null"}}}
	}
	return &schema{Type: "string", Enum: f.words}
}

func object(t reflect.Type) *schema {
	s := &schema{Type: "object", Properties: map[string]*schema{}, Additional: false}
	for _, f := range fieldsOf(t) {
		s.Properties[f.name] = schemaOf(f.typ, f)
	}
	return s
}
