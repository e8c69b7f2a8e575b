package icf

import (
	"strings"

	"rollcall/openapi"
)

// Shape is how objects of a type look on the wire, for a description: as
// clients get them, or, where sent says so, as they may send them. It is nil for
// a type that there is not.
func Shape(objectType string, sent bool) *openapi.Schema {
	if objectType != Account && objectType != Group {
		return nil
	}
	s := openapi.Schema{Type: "object", Properties: map[string]*openapi.Schema{}}
	if !sent {
		s.Properties[AttrID], s.Properties[AttrRevision] = openapi.Text(), openapi.Text()
		s.Required = []string{AttrID}
	}
	for _, a := range attributesOf(objectType) {
		s.Properties[a.name] = a.shape()
	}
	name := "icf." + strings.Trim(objectType, "_")
	if sent {
		name += "Sent"
	}
	return openapi.Named(name, s)
}

// shape is a value of the attribute. What is a list may also be the one object
// that it holds: see [Style].
func (a attribute) shape() *openapi.Schema {
	switch a.form {
	case formTexts:
		return openapi.List(openapi.Text())
	case formText:
		return openapi.Text()
	}
	one := &openapi.Schema{Type: "object", Properties: map[string]*openapi.Schema{}}
	for _, part := range a.parts {
		one.Properties[part] = openapi.Text()
	}
	if primary, has := a.part("primary"); has {
		one.Properties[primary] = &openapi.Schema{Type: "boolean"}
	}
	if a.form == formName {
		return one
	}
	return &openapi.Schema{AnyOf: []*openapi.Schema{openapi.List(one), one}}
}
