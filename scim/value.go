package scim

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"rollcall/fault"
)

// maxDepth bounds how deep values lie in each other: a resource takes five
// levels, and recursion must end.
const maxDepth = 32

// object is a JSON object in the order it was written: attribute names are
// compared without case (RFC 7643 section 2.1), so that a Go map would let
// chance choose between "active" and "Active".
type object []member

type member struct {
	name  string
	value any
}

// parseObject reads a request's body, which must be one JSON object. Values
// are string, bool, json.Number, nil, []any and object.
func parseObject(op string, body []byte) (object, error) {
	v, err := parseValue(op, body)
	if err != nil {
		return nil, err
	}
	o, ok := v.(object)
	if !ok {
		return nil, invalidJSON(op, "not a JSON object")
	}
	return o, nil
}

func parseValue(op string, raw []byte) (any, error) {
	if !utf8.Valid(raw) {
		return nil, invalidJSON(op, "not valid UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	v, err := nextValue(dec, 0)
	if err == nil {
		if _, end := dec.Token(); !errors.Is(end, io.EOF) {
			err = errors.New("more than one JSON value")
		}
	}
	if err != nil {
		return nil, invalidJSON(op, jsonProblem(err))
	}
	return v, nil
}

// invalidJSON begins with AWS's own words (aws-contract 7.10).
func invalidJSON(op, why string) error {
	return fault.Text(fault.Invalid, op, "", "Invalid JSON from RequestBody: "+why)
}

// jsonProblem tells our own words from the library's, which quote what they
// find: it may be somebody's name.
func jsonProblem(err error) string {
	if _, syntax := errors.AsType[*json.SyntaxError](err); syntax || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "it is malformed, or ends early"
	}
	return err.Error()
}

func nextValue(dec *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, errors.New("values lie too deep in each other")
	}
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		return nextObject(dec, depth)
	case json.Delim('['):
		list := []any{}
		for dec.More() {
			v, err := nextValue(dec, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := dec.Token()
		return list, err
	}
	return token, nil
}

func nextObject(dec *json.Decoder, depth int) (object, error) {
	all := object{}
	seen := map[string]bool{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		name, _ := key.(string)
		if folded := strings.ToLower(name); seen[folded] {
			return nil, errors.New("an object names one attribute twice")
		} else {
			seen[folded] = true
		}
		v, err := nextValue(dec, depth+1)
		if err != nil {
			return nil, err
		}
		all = append(all, member{name, v})
	}
	_, err := dec.Token()
	return all, err
}
