package xsoar

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"unicode/utf8"

	"rollcall/fault"
)

// MaxDepth is how deep the values of an argument may lie in each other.
const MaxDepth = 32

// Object is a JSON object in the order that it was written: people see the
// lines of a cell in that order. A value is a string, a bool, a json.Number,
// nil, a []any or an Object.
type Object []Pair

// Pair is one name and its value.
type Pair struct {
	Name  string
	Value any
}

// Get returns the value of a name; nil if there is none.
func (o Object) Get(name string) any {
	if i := slices.IndexFunc(o, func(p Pair) bool { return p.Name == name }); i >= 0 {
		return o[i].Value
	}
	return nil
}

// Set is o with the value of a name, in its place if the name is there.
func (o Object) Set(name string, v any) Object {
	if i := slices.IndexFunc(o, func(p Pair) bool { return p.Name == name }); i >= 0 {
		o[i].Value = v
		return o
	}
	return append(o, Pair{name, v})
}

// MarshalJSON writes the object in its order.
func (o Object) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, p := range o {
		if i > 0 {
			out = append(out, ',')
		}
		name, err := plain(p.Name)
		if err != nil {
			return nil, err
		}
		value, err := plain(p.Value)
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, name...), ':'), value...)
	}
	return append(out, '}'), nil
}

// plain is JSON as other programs write it: < stays <.
func plain(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

// ValueOf is anything that has a JSON form, in the order of that form.
func ValueOf(v any) (any, error) {
	text, err := plain(v)
	if err != nil {
		return nil, fault.New(fault.Internal, "write value", "", err)
	}
	return Parse(text)
}

// Parse reads one JSON value. Of a name that an object has twice the last
// value counts, as in Python. It fails with fault.Invalid, and never quotes
// what it read.
func Parse(text []byte) (any, error) {
	refused := func(why string) error { return fault.Text(fault.Invalid, "read JSON", "", why) }
	if !utf8.Valid(text) {
		return nil, refused("it is not valid UTF-8")
	}
	read := json.NewDecoder(bytes.NewReader(text))
	read.UseNumber()
	v, err := next(read, 0)
	if errors.Is(err, errDeep) {
		return nil, refused("its values lie too deep in each other")
	}
	if err != nil {
		return nil, refused("it is malformed, or ends early")
	}
	if _, err := read.Token(); !errors.Is(err, io.EOF) {
		return nil, refused("something follows its end")
	}
	return v, nil
}

var errDeep = errors.New("too deep")

func next(read *json.Decoder, depth int) (any, error) {
	if depth > MaxDepth {
		return nil, errDeep
	}
	token, err := read.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		return nextObject(read, depth)
	case json.Delim('['):
		list := []any{}
		for read.More() {
			v, err := next(read, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := read.Token()
		return list, err
	}
	return token, nil
}

func nextObject(read *json.Decoder, depth int) (any, error) {
	o := Object{}
	at := map[string]int{}
	for read.More() {
		key, err := read.Token()
		if err != nil {
			return nil, err
		}
		v, err := next(read, depth+1)
		if err != nil {
			return nil, err
		}
		name, _ := key.(string)
		if i, twice := at[name]; twice {
			o[i].Value = v
			continue
		}
		at[name] = len(o)
		o = append(o, Pair{name, v})
	}
	_, err := read.Token()
	return o, err
}
