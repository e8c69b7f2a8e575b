package cli

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"rollcall/spelling"
)

// readPeopleYAML reads people of a YAML or JSON file: one mapping for one
// person, a list of them, or a list under people.
func (a *app) readPeopleYAML(file string, form requestForm) (*requests, error) {
	raw, err := a.readAll(file)
	if err != nil {
		return nil, usage("--from %s: %w", file, err)
	}
	tree, err := parser.ParseBytes(raw, 0)
	if err != nil {
		return nil, usage("%s: it is no YAML: %w", file, err)
	}
	rs := &requests{file: &rowFile{name: file}}
	if len(tree.Docs) > 1 {
		return nil, usage("%s:%d: it is several documents; write the people as one list", file, lineOf(tree.Docs[1].Body))
	}
	if len(tree.Docs) == 1 && tree.Docs[0].Body != nil {
		for _, n := range peopleIn(tree.Docs[0].Body) {
			r := &request{line: lineOf(n)}
			if err := r.readYAML(n, form); err != nil {
				rs.file.complain(fileRow{line: r.line}, err)
				continue
			}
			rs.list = append(rs.list, r)
		}
	}
	return rs, rs.some()
}

// peopleIn are the nodes of a document that are about one person each.
func peopleIn(n ast.Node) []ast.Node {
	if entries, ok := entriesOf(n); ok && len(entries) == 1 && entries[0].Key.String() == "people" {
		return peopleIn(entries[0].Value)
	}
	if list, ok := n.(*ast.SequenceNode); ok {
		return list.Values
	}
	return []ast.Node{n}
}

func entriesOf(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode: // of one entry
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

func lineOf(n ast.Node) int {
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 {
		n = m.Values[0]
	}
	if v, ok := n.(*ast.MappingValueNode); ok {
		n = v.Key
	}
	if n == nil || n.GetToken() == nil {
		return 1
	}
	return n.GetToken().Position.Line
}

// readYAML takes one person in. Line moves on to what is wrong.
func (r *request) readYAML(n ast.Node, form requestForm) error {
	entries, ok := entriesOf(n)
	if !ok {
		return usage("want the keys of a person, %s among them", form.who)
	}
	began := r.line
	for _, e := range entries {
		r.line = lineOf(e)
		if err := r.entry(keyText(e), e.Value, form); err != nil {
			return err
		}
	}
	r.line = began
	if r.name == "" {
		return usage("%s is missing", form.who)
	}
	return nil
}

func keyText(e *ast.MappingValueNode) string { return e.Key.GetToken().Value }

func (r *request) entry(key string, n ast.Node, form requestForm) error {
	switch {
	case key == form.who:
		text, err := scalarOf(key, n)
		r.name = text
		return err
	case slices.Contains(form.keys, key):
		values, err := textsOf(key, n)
		if err == nil && (key == "role" || key == "start") && len(values) != 1 {
			return usage("%s is one text", key)
		}
		r.put(key, values)
		return err
	case slices.Contains(requestKeys, key):
		return usage("%s is not for this command%s", key, spelling.Hint(key, form.keys))
	}
	value, err := attributeOf(key, n)
	r.texts = append(r.texts, attributeText{key, value})
	return err
}

// attributeOf writes an attribute's value as --set takes it: a text, or JSON.
func attributeOf(key string, n ast.Node) (string, error) {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode, *ast.SequenceNode:
	default:
		return scalarOf(key, n)
	}
	var value any
	if err := yaml.NodeToValue(n, &value); err != nil {
		return "", usage("%s: %w", key, err)
	}
	if list, ok := value.([]any); ok {
		for i, item := range list {
			if text, plain := item.(string); plain { // [ann@example.com]
				list[i] = map[string]any{"value": text, "type": "work", "primary": i == 0}
			}
		}
	}
	text, err := json.Marshal(value)
	if err != nil {
		return "", usage("%s: %w", key, err)
	}
	return string(text), nil
}

// scalarOf is a text; a number is what was written, with its zeros in front.
func scalarOf(key string, n ast.Node) (string, error) {
	switch n := n.(type) {
	case nil, *ast.NullNode:
		return "", nil
	case *ast.StringNode:
		return n.Value, nil
	case *ast.LiteralNode:
		return n.Value.Value, nil
	case ast.ScalarNode:
		return n.GetToken().Value, nil
	}
	return "", usage("%s is a text", key)
}

func textsOf(key string, n ast.Node) ([]string, error) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		text, err := scalarOf(key, n)
		if text == "" {
			return nil, err
		}
		return []string{text}, err
	}
	all := []string{}
	for i, item := range list.Values {
		text, err := scalarOf(fmt.Sprintf("%s, item %d,", key, i+1), item)
		if err != nil {
			return nil, err
		}
		if text != "" {
			all = append(all, text)
		}
	}
	return all, nil
}
