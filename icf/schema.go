package icf

// Schema returns an object type as a connector's configuration has it: the
// properties with their types, and which are required. It is nil for a type
// that there is not; __ALL__ needs none.
func Schema(objectType string) Object {
	if objectType != Account && objectType != Group {
		return nil
	}
	properties := Object{{AttrID, Object{
		{"type", "string"}, {"nativeName", "__UID__"}, {"nativeType", "string"}, {"flags", []any{"NOT_CREATABLE", "NOT_UPDATEABLE"}},
	}}}
	for _, a := range attributesOf(objectType) {
		properties = append(properties, Field{a.name, a.property()})
	}
	return Object{
		{"$schema", "http://json-schema.org/draft-03/schema"},
		{"id", objectType},
		{"type", "object"},
		{"nativeType", objectType},
		{"properties", properties},
	}
}

func (a attribute) property() Object {
	var o Object
	switch a.form {
	case formText:
		o = Object{{"type", "string"}}
	case formName:
		o = Object{{"type", "object"}}
	case formItems:
		o = Object{{"type", "array"}, {"items", Object{{"type", "object"}, {"nativeType", "object"}}}}
	case formTexts:
		o = Object{{"type", "array"}, {"items", Object{{"type", "string"}, {"nativeType", "string"}}}}
	}
	native := "object"
	if a.form == formText || a.form == formTexts {
		native = "string"
	}
	o = append(o, Field{"nativeName", a.name}, Field{"nativeType", native})
	if a.required {
		o = append(o, Field{"required", true})
	}
	if a.name == "externalIds" {
		o = append(o, Field{"flags", []any{"NOT_CREATABLE", "NOT_UPDATEABLE"}})
	}
	return o
}
