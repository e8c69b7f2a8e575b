package config

import (
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// entry is one key of a mapping.
type entry struct {
	name  string
	place place
	value ast.Node
}

// entries lists a mapping's keys and notes where they stand. Keys that are
// there twice or are no plain texts are complained about and left out.
func (d *decoder) entries(n ast.Node, at path) ([]entry, bool) {
	values, ok := mappingValues(n)
	if !ok {
		d.complain(at, placeOf(n), "want keys with values, indented below it")
		return nil, false
	}
	var entries []entry
	seen := map[string]int{}
	for _, v := range values {
		name, ok := keyText(v.Key)
		where := placeOf(v.Key)
		if !ok {
			d.complain(at, where, "a key must be a plain text")
			continue
		}
		if line, twice := seen[name]; twice {
			d.complain(at.with(name), where, "this key is there already, in line "+itoa(line))
			continue
		}
		seen[name] = where.line
		d.note(at.with(name), where, v.Value)
		entries = append(entries, entry{name, where, v.Value})
	}
	return entries, true
}

func (d *decoder) note(at path, key place, value ast.Node) {
	s := spot{key: key, value: placeOf(value), node: value}
	if _, null := value.(*ast.NullNode); null || value == nil || s.value.line == 0 {
		s.value = key
	}
	d.spots[at.key()] = s
}

func isMapping(n ast.Node) bool {
	_, ok := mappingValues(n)
	return ok
}

func mappingValues(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

func keyText(k ast.MapKeyNode) (string, bool) {
	switch k := k.(type) {
	case *ast.StringNode:
		return k.Value, true
	case *ast.IntegerNode, *ast.BoolNode, *ast.FloatNode:
		return k.GetToken().Value, true
	}
	return "", false
}

// scalarText returns what a scalar says, as it is written but for quotes and
// the indentation of blocks.
func scalarText(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		if n.Value == nil {
			return "", true
		}
		return strings.TrimRight(n.Value.Value, "\n"), true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// isText reports whether a scalar is a text. A raw one is an expression, and
// those may be numbers or true.
func isText(n ast.Node, raw bool) bool {
	switch n.(type) {
	case *ast.StringNode, *ast.LiteralNode:
		return true
	}
	return raw
}

func isNumber(n ast.Node, _ bool) bool {
	_, ok := n.(*ast.IntegerNode)
	return ok
}

// isFlag reports whether a scalar is true or false, as YAML 1.2 writes them.
func isFlag(n ast.Node, _ bool) bool {
	_, ok := n.(*ast.BoolNode)
	return ok
}

// placeOf is where a node begins.
func placeOf(n ast.Node) place {
	if n == nil || reflect.ValueOf(n).IsNil() {
		return place{}
	}
	if values, ok := mappingValues(n); ok && len(values) > 0 {
		return placeOf(values[0].Key)
	}
	return placeOfToken(n.GetToken())
}

func placeOfToken(t *token.Token) place {
	if t == nil || t.Position == nil {
		return place{}
	}
	return place{t.Position.Line, t.Position.Column}
}
