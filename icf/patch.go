package icf

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"rollcall/fault"
)

// Operation is one operation of a PATCH.
type Operation struct {
	Operation string `json:"operation"`
	Field     string `json:"field"`
	From      string `json:"from"`
	Value     any    `json:"value"`
	Target    string `json:"target"` // of those who still write it so
}

// Transform makes a new value of an old one, as a transform's value (a script)
// says. It fails with fault.Invalid.
type Transform func(script, old any) (any, error)

// ReadPatch reads the body of a PATCH: a list of operations. It fails with
// fault.Invalid.
func ReadPatch(body []byte) ([]Operation, error) {
	var ops []Operation
	if err := decode(body, &ops); err != nil || ops == nil {
		return nil, fault.Text(fault.Invalid, "read patch", "", "The request could not be processed because the provided content is not a list of patch operations")
	}
	return ops, nil
}

// ApplyPatch returns the attributes that operations touch, with the values they
// leave: a body for an update of an object that is as o. Operations are made in
// their order, and one that fails fails them all, with fault.Invalid: nothing
// is done by half.
func ApplyPatch(objectType string, o Object, ops []Operation, transform Transform) (map[string]any, error) {
	p := patch{objectType: objectType, values: plain(o), touched: map[string]any{}, transform: transform}
	for i, op := range ops {
		if err := p.apply(op); err != nil {
			return nil, refusedf("Patch operation %d: %s", i+1, fault.Words(err))
		}
	}
	for name := range p.touched {
		p.touched[name] = p.values[name]
	}
	return p.touched, nil
}

type patch struct {
	objectType string
	values     map[string]any
	touched    map[string]any
	transform  Transform
}

// plain is an object as JSON would be read.
func plain(o Object) map[string]any {
	text, _ := json.Marshal(o)
	var m map[string]any
	_ = decode(text, &m)
	return m
}

func (p *patch) apply(op Operation) error {
	if op.Field == "" {
		op.Field = op.Target
	}
	a, part, appends, err := p.locate(op.Field)
	if err != nil {
		return err
	}
	switch strings.ToLower(op.Operation) {
	case "add":
		if op.Value == nil {
			return refusedf("add wants a value")
		}
		p.set(a, part, op.Value, appends || a.form == formItems || a.form == formTexts)
	case "replace":
		if op.Value == nil {
			return refusedf("replace wants a value; remove takes one away")
		}
		p.set(a, part, op.Value, false)
	case "remove":
		p.remove(a, part, op.Value)
	case "increment":
		return refusedf("increment is for numbers, and %s is none", a.name)
	case "move", "copy":
		return p.transfer(op, a, part)
	case "transform":
		return p.transformed(op, a, part)
	default:
		return refusedf("there is no operation %q; use add, remove, replace, increment, move, copy or transform", op.Operation)
	}
	return nil
}

// locate reads a field: an attribute, a part of an object, or the end of a list.
func (p *patch) locate(field string) (a attribute, part string, appends bool, err error) {
	pointer, err := ParsePointer(field)
	if err != nil {
		return a, "", false, refusedf("field %q is no attribute", field)
	}
	a, known := find(p.objectType, pointer[0])
	switch {
	case !known:
		return a, "", false, refusedf("Target does not support attribute %s", pointer[0])
	case len(pointer) == 1:
		return a, "", false, nil
	case len(pointer) == 2 && pointer[1] == "-" && a.form != formText && a.form != formName:
		return a, "", true, nil
	case len(pointer) == 2 && a.form == formName:
		if part, known = a.part(pointer[1]); known {
			return a, part, false, nil
		}
	}
	return a, "", false, refusedf("field %q cannot be addressed; name the attribute as a whole", field)
}

func (p *patch) set(a attribute, part string, value any, appends bool) {
	p.touched[a.name] = nil
	switch {
	case part != "":
		name, _ := p.values[a.name].(map[string]any)
		if name == nil {
			name = map[string]any{}
		}
		name[part] = value
		p.values[a.name] = name
	case appends:
		old, _ := p.values[a.name].([]any)
		for _, one := range asList(value) {
			if !slices.ContainsFunc(old, func(v any) bool { return reflect.DeepEqual(v, one) }) {
				old = append(old, one)
			}
		}
		p.values[a.name] = old
	default:
		p.values[a.name] = value
	}
}

func asList(v any) []any {
	if l, isList := v.([]any); isList {
		return l
	}
	return []any{v}
}

// remove takes a value away, or all of them if none is named.
func (p *patch) remove(a attribute, part string, value any) {
	p.touched[a.name] = nil
	if part != "" {
		if name, there := p.values[a.name].(map[string]any); there {
			delete(name, part)
		}
		return
	}
	old, isList := p.values[a.name].([]any)
	switch {
	case value == nil:
		p.values[a.name] = nil
	case isList:
		p.values[a.name] = slices.DeleteFunc(old, func(v any) bool {
			return slices.ContainsFunc(asList(value), func(one any) bool { return reflect.DeepEqual(v, one) })
		})
	case reflect.DeepEqual(p.values[a.name], value):
		p.values[a.name] = nil
	}
}

func (p *patch) get(a attribute, part string) any {
	if part == "" {
		return p.values[a.name]
	}
	name, _ := p.values[a.name].(map[string]any)
	return name[part]
}

// transfer is move and copy: a move leaves nothing where it came from.
func (p *patch) transfer(op Operation, to attribute, part string) error {
	if op.From == "" {
		return refusedf("%s wants from", op.Operation)
	}
	from, fromPart, _, err := p.locate(op.From)
	if err != nil {
		return err
	}
	value := p.get(from, fromPart)
	if strings.EqualFold(op.Operation, "move") {
		p.remove(from, fromPart, nil)
	}
	if value == nil {
		p.remove(to, part, nil)
		return nil
	}
	p.set(to, part, value, false)
	return nil
}

func (p *patch) transformed(op Operation, a attribute, part string) error {
	if op.Value == nil || p.transform == nil {
		return refusedf("transform wants a script as its value")
	}
	value, err := p.transform(op.Value, p.get(a, part))
	if err != nil {
		return err
	}
	p.set(a, part, value, false)
	return nil
}
