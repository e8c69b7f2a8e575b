package xsoar

import (
	"encoding/json"
	"slices"
	"strings"

	"rollcall/fault"
)

// Arguments are what a command is called with, by their names. An argument may
// be the text that a person types, or the value that the text would hold.
type Arguments = Object

func refused(argument, why string) error {
	return fault.Text(fault.Invalid, "read arguments", argument, why)
}

// ObjectOf returns an argument that is a JSON object, or a text that holds one.
// It fails with fault.Invalid.
func ObjectOf(args Arguments, name string) (Object, error) {
	v := args.Get(name)
	if text, isText := v.(string); isText {
		if strings.TrimSpace(text) == "" {
			v = nil
		} else {
			var err error
			if v, err = Parse([]byte(text)); err != nil {
				return nil, refused(name, name+" is not JSON: "+fault.Words(err))
			}
		}
	}
	if v == nil {
		return nil, refused(name, "the argument "+name+" is missing")
	}
	o, isObject := v.(Object)
	if !isObject {
		return nil, refused(name, name+" is not a JSON object")
	}
	return o, nil
}

// SwitchOf returns an argument that is true or false, as a boolean or as a
// text; usual if it is not there. It fails with fault.Invalid.
func SwitchOf(args Object, name string, usual bool) (bool, error) {
	switch v := args.Get(name).(type) {
	case nil:
		return usual, nil
	case bool:
		return v, nil
	case string:
		switch strings.ToLower(strings.TrimSpace(v)) {
		case "":
			return usual, nil
		case "true":
			return true, nil
		case "false":
			return false, nil
		}
	}
	return false, refused(name, name+" is true or false")
}

// TextOf returns an argument that is a text; "" if it is not there. It fails
// with fault.Invalid.
func TextOf(args Object, name string) (string, error) {
	switch v := args.Get(name).(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case json.Number:
		return v.String(), nil
	}
	return "", refused(name, name+" is not a text")
}

// ListOf returns an argument that is a list of ids, each once: a JSON list, a
// text that holds one, a text with commas, or one alone. It fails with
// fault.Invalid.
func ListOf(args Arguments, name string) ([]string, error) {
	var all []string
	add := func(id string) {
		if id = strings.TrimSpace(id); id != "" && !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	v := args.Get(name)
	if text, isText := v.(string); isText && strings.HasPrefix(strings.TrimSpace(text), "[") {
		var err error
		if v, err = Parse([]byte(text)); err != nil {
			return nil, refused(name, name+" is not a JSON list: "+fault.Words(err))
		}
	}
	switch v := v.(type) {
	case nil:
	case string:
		for id := range strings.SplitSeq(v, ",") {
			add(id)
		}
	case json.Number:
		add(v.String())
	case []any:
		for _, one := range v {
			switch one := one.(type) {
			case string:
				add(one)
			case json.Number:
				add(one.String())
			default:
				return nil, refused(name, name+" has something that is not an id")
			}
		}
	default:
		return nil, refused(name, name+" is not a list of ids")
	}
	return all, nil
}

// ReadArguments reads the arguments of a command from a JSON object; nothing at
// all is none. It fails with fault.Invalid.
func ReadArguments(text []byte) (Arguments, error) {
	if len(strings.TrimSpace(string(text))) == 0 {
		return Arguments{}, nil
	}
	v, err := Parse(text)
	if err != nil {
		return nil, refused("", "the arguments are not JSON: "+fault.Words(err))
	}
	o, isObject := v.(Object)
	if !isObject {
		return nil, refused("", "the arguments are not a JSON object")
	}
	return o, nil
}
