package icf

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"rollcall/fault"
	"rollcall/identity"
)

// Change is what a body asks for: edits of attributes, as identity writes them,
// and of an account the groups to be in.
type Change struct {
	Edits  []identity.Edit
	Groups []identity.ID // nil: not said
}

// ReadBody reads a body's one JSON object. Numbers keep their digits. It fails
// with fault.Invalid.
func ReadBody(body []byte) (map[string]any, error) {
	var o map[string]any
	if err := decode(body, &o); err != nil || o == nil {
		return nil, fault.Text(fault.Invalid, "read body", "", "The request could not be processed because the provided content is not a valid JSON object")
	}
	return o, nil
}

func decode(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows")
	}
	return nil
}

// ReadChange reads the attributes of a body: those that are there, the absent
// ones left alone. An empty text, null and an empty list take an attribute
// away. Names are read without case. It fails with fault.Invalid on an
// attribute that the type does not have (unless its name begins with an
// underscore) and on a value of another form.
func ReadChange(objectType string, body map[string]any) (Change, error) {
	var c Change
	seen := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(body)) {
		a, known := find(objectType, name)
		if !known {
			if strings.HasPrefix(name, "_") {
				continue
			}
			return c, refusedf("Target does not support attribute %s", name)
		}
		if other, twice := seen[a.name]; twice {
			return c, refusedf("Attribute %s is given twice, as %s and %s", a.name, other, name)
		}
		seen[a.name] = name
		if err := c.read(a, body[name]); err != nil {
			return c, err
		}
	}
	return c, nil
}

// CheckRequired refuses a creation that lacks what the type must have.
func CheckRequired(objectType string, body map[string]any) error {
	given := map[string]any{}
	for name, v := range body {
		if a, known := find(objectType, name); known {
			given[a.name] = v
		}
	}
	for _, a := range attributesOf(objectType) {
		if v := given[a.name]; a.required && (v == nil || v == "") {
			return refusedf("Required attribute '%s' value is null", a.name)
		}
	}
	return nil
}

func refusedf(format string, args ...any) error {
	return fault.Text(fault.Invalid, "read object", "", fmt.Sprintf(format, args...))
}

// read takes one attribute's value.
func (c *Change) read(a attribute, v any) error {
	switch a.form {
	case formName:
		return c.readName(a, v)
	case formItems:
		return c.readItems(a, v)
	case formTexts:
		return c.readGroups(a, v)
	}
	text, err := textOf(a.name, v)
	if err != nil {
		return err
	}
	c.Edits = append(c.Edits, identity.Edit{Path: a.path, New: textValue(text)})
	return nil
}

// textOf reads a text; a list of one is unwrapped, as declared single values
// are.
func textOf(name string, v any) (string, error) {
	if l, isList := v.([]any); isList {
		switch len(l) {
		case 0:
			return "", nil
		case 1:
			v = l[0]
		default:
			return "", refusedf("Attribute %s takes one value, and %d are given", name, len(l))
		}
	}
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	}
	return "", refusedf("Attribute %s takes a text", name)
}

// textValue is how identity writes a text; an empty one is not set.
func textValue(text string) identity.Value {
	if text == "" {
		return nil
	}
	return jsonOf(text)
}

func jsonOf(v any) identity.Value {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // texts, booleans and lists of them
	return bytes.TrimSpace(out.Bytes())
}

// partsOf reads an object's texts, by their canonical names.
func (a attribute) partsOf(v any) (map[string]any, error) {
	o, isObject := v.(map[string]any)
	if !isObject {
		return nil, refusedf("Attribute %s takes an object", a.name)
	}
	parts := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(o)) {
		part, known := a.part(name)
		if !known {
			return nil, refusedf("Target does not support attribute %s/%s", a.name, name)
		}
		if _, twice := parts[part]; twice {
			return nil, refusedf("Attribute %s/%s is given twice, in two spellings", a.name, part)
		}
		if part == "primary" {
			primary, err := boolOf(a.name, o[name])
			if err != nil {
				return nil, err
			}
			parts[part] = primary
			continue
		}
		text, err := textOf(a.name+"/"+part, o[name])
		if err != nil {
			return nil, err
		}
		parts[part] = text
	}
	return parts, nil
}

// boolOf reads a boolean, which some clients write as text.
func boolOf(name string, v any) (bool, error) {
	switch v := v.(type) {
	case nil:
		return false, nil
	case bool:
		return v, nil
	case string:
		if strings.EqualFold(v, "true") || strings.EqualFold(v, "false") {
			return strings.EqualFold(v, "true"), nil
		}
	}
	return false, refusedf("Attribute %s/primary is true or false", name)
}

// readName sets every part of a name: it is one attribute, and what is left out
// of it goes.
func (c *Change) readName(a attribute, v any) error {
	if l, isList := v.([]any); isList && len(l) == 1 {
		v = l[0]
	}
	if v == nil {
		v = map[string]any{}
	}
	parts, err := a.partsOf(v)
	if err != nil {
		return err
	}
	for _, name := range nameParts {
		text, _ := parts[name].(string)
		c.Edits = append(c.Edits, identity.Edit{Path: "name." + name, New: textValue(text)})
	}
	return nil
}

// readItems reads a list of objects; one that stands alone is a list of one.
func (c *Change) readItems(a attribute, v any) error {
	items, isList := v.([]any)
	if !isList && v != nil {
		items = []any{v}
	}
	all := []map[string]any{}
	for _, one := range items {
		parts, err := a.partsOf(one)
		if err != nil {
			return err
		}
		maps.DeleteFunc(parts, func(_ string, v any) bool { return v == "" })
		all = append(all, parts)
	}
	e := identity.Edit{Path: a.path}
	if len(all) > 0 {
		e.New = jsonOf(all)
	}
	c.Edits = append(c.Edits, e)
	return nil
}

func (c *Change) readGroups(a attribute, v any) error {
	items, isList := v.([]any)
	if !isList && v != nil {
		items = []any{v}
	}
	c.Groups = []identity.ID{}
	for _, one := range items {
		text, isText := one.(string)
		if !isText || text == "" {
			return refusedf("Attribute %s takes the ids of groups", a.name)
		}
		if id := identity.ID(text); !slices.Contains(c.Groups, id) {
			c.Groups = append(c.Groups, id)
		}
	}
	return nil
}
