package awsjson

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"unicode/utf8"
)

// Decode reads a JSON object into a shape. Names of members count with their
// case, as at AWS; unknown members and null are passed over, in lists null is
// the zero element. It fails with an [Exception] of [TypeSerialization], which
// says where and never what.
func Decode(body []byte, into any) error {
	body = bytes.TrimSpace(body)
	if len(body) == 0 {
		body = []byte("{}")
	}
	if !utf8.Valid(body) {
		return notRead("the body is not valid UTF-8")
	}
	if body[0] != '{' || !json.Valid(body) {
		return notRead("the body is not one JSON object")
	}
	return fill(body, reflect.ValueOf(into).Elem(), "")
}

func notRead(why string) error { return &Exception{Type: TypeSerialization, Message: why} }

var (
	rawType  = reflect.TypeFor[json.RawMessage]()
	timeType = reflect.TypeFor[Time]()
)

// fill sets a value of a shape from JSON that is known to be valid.
func fill(raw json.RawMessage, into reflect.Value, at string) error {
	if string(raw) == "null" {
		return nil
	}
	switch {
	case into.Type() == rawType:
		into.SetBytes(raw)
		return nil
	case into.Type() == timeType:
		return leaf(raw, into, at)
	}
	switch into.Kind() {
	case reflect.Pointer:
		fresh := reflect.New(into.Type().Elem())
		if err := fill(raw, fresh.Elem(), at); err != nil {
			return err
		}
		into.Set(fresh)
		return nil
	case reflect.Struct:
		return fillStruct(raw, into, at)
	case reflect.Slice:
		return fillList(raw, into, at)
	}
	return leaf(raw, into, at)
}

func leaf(raw json.RawMessage, into reflect.Value, at string) error {
	if err := json.Unmarshal(raw, into.Addr().Interface()); err != nil {
		return notRead("the value at '" + at + "' is not of the type that the model gives it")
	}
	return nil
}

func fillStruct(raw json.RawMessage, into reflect.Value, at string) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return notRead("the value at '" + at + "' is not an object")
	}
	return fillMembers(members, into, at)
}

func fillMembers(members map[string]json.RawMessage, into reflect.Value, at string) error {
	for i := range into.NumField() {
		field := into.Type().Field(i)
		if field.Anonymous {
			if err := fillMembers(members, into.Field(i), at); err != nil {
				return err
			}
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" {
			name = field.Name
		}
		if value, ok := members[name]; ok {
			if err := fill(value, into.Field(i), join(at, camel(name))); err != nil {
				return err
			}
		}
	}
	return nil
}

func fillList(raw json.RawMessage, into reflect.Value, at string) error {
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil {
		return notRead("the value at '" + at + "' is not a list")
	}
	list := reflect.MakeSlice(into.Type(), len(items), len(items))
	for i, item := range items {
		if err := fill(item, list.Index(i), Member(at, i)); err != nil {
			return err
		}
	}
	into.Set(list)
	return nil
}
