package mapping

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"rollcall/identity"
	"rollcall/source"
)

// What an expression may read at most. The static cost of an expression is
// reckoned with these, so they hold when it runs.
const (
	maxValue  = 8 << 10 // bytes in one value
	maxValues = 10_000  // values of one attribute
)

// entry is the person or group that expressions look at. It resolves their
// variables itself, so that nothing is copied for each of them; one serves a
// goroutine for as many entries as it likes, one after the other.
type entry struct {
	variable   string
	anchor     identity.Anchor
	name       string
	attributes source.Attributes
	single     view
	all        view
	read       func(attribute string, values []string) // told of everything an expression reads; may be nil
}

var _ cel.Activation = (*entry)(nil)

func newEntry(variable string) *entry {
	e := &entry{variable: variable}
	e.single, e.all = view{entry: e}, view{entry: e, many: true}
	return e
}

func (e *entry) turnTo(anchor identity.Anchor, name string, a source.Attributes) {
	e.anchor, e.name, e.attributes = anchor, name, a
}

// ResolveName finds a variable.
func (e *entry) ResolveName(name string) (any, bool) {
	switch name {
	case e.variable:
		return &e.single, true
	case "all":
		return &e.all, true
	case "dn":
		e.note("dn", e.name)
		return types.String(e.name), true
	case "anchor":
		e.note("anchor", string(e.anchor))
		return types.String(e.anchor), true
	}
	return nil, false
}

// Parent is nil: there are no variables but the entry's.
func (e *entry) Parent() cel.Activation { return nil }

func (e *entry) note(attribute string, values ...string) {
	if e.read != nil {
		e.read(attribute, values)
	}
}

func (e *entry) values(attribute string) ([]string, error) {
	values, ok := e.attributes[attribute]
	if !ok {
		attribute = strings.ToLower(attribute)
		values = e.attributes[attribute]
	}
	e.note(attribute, values...)
	if len(values) > maxValues {
		return nil, refusal(fmt.Sprintf("%s has %d values, and an expression reads at most %d", attribute, len(values), maxValues))
	}
	for _, v := range values {
		if len(v) > maxValue {
			return nil, refusal(fmt.Sprintf("%s has a value of %d bytes, and an expression reads at most %d", attribute, len(v), maxValue))
		}
	}
	return values, nil
}

// view is an entry as a CEL map: from attribute to its one value, or with many
// to the list of its values.
type view struct {
	*entry
	many bool
}

var _ traits.Mapper = (*view)(nil)

// Find never fails to find: an attribute that is missing is "" or [].
func (v *view) Find(key ref.Val) (ref.Val, bool) {
	attribute, ok := key.(types.String)
	if !ok {
		return types.MaybeNoSuchOverloadErr(key), false
	}
	values, err := v.values(string(attribute))
	if err != nil {
		return types.WrapErr(err), false
	}
	if v.many {
		return types.NewStringList(types.DefaultTypeAdapter, values), true
	}
	switch len(values) {
	case 0:
		return types.String(""), true
	case 1:
		return types.String(values[0]), true
	}
	return types.WrapErr(refusal(fmt.Sprintf("%s has %d values where one is wanted; write first(%s) to take the first",
		attribute, len(values), inAll(string(attribute))))), false
}

// inAll writes how an expression reaches every value of an attribute.
func inAll(attribute string) string {
	if strings.Trim(strings.ToLower(attribute), "abcdefghijklmnopqrstuvwxyz0123456789_") == "" && attribute[0] > '9' {
		return "all." + attribute
	}
	return fmt.Sprintf("all[%q]", attribute)
}

// Get is Find as CEL's index operator has it.
func (v *view) Get(key ref.Val) ref.Val {
	value, _ := v.Find(key)
	return value
}

// Contains says whether the attribute has any value.
func (v *view) Contains(key ref.Val) ref.Val {
	attribute, ok := key.(types.String)
	if !ok {
		return types.MaybeNoSuchOverloadErr(key)
	}
	values, err := v.values(string(attribute))
	if err != nil {
		return types.WrapErr(err)
	}
	return types.Bool(len(values) > 0)
}

// Iterator goes through the names of the attributes, in order.
func (v *view) Iterator() traits.Iterator {
	return types.NewStringList(types.DefaultTypeAdapter, slices.Sorted(maps.Keys(v.attributes))).Iterator()
}

// Size is the number of attributes.
func (v *view) Size() ref.Val { return types.Int(len(v.attributes)) }

// Equal is an error: entries are compared by attributes.
func (v *view) Equal(ref.Val) ref.Val { return types.WrapErr(errWhole) }

// ConvertToNative is an error, as an entry is no value.
func (v *view) ConvertToNative(reflect.Type) (any, error) { return nil, errWhole }

// ConvertToType gives the view's own type, and no other.
func (v *view) ConvertToType(t ref.Type) ref.Val {
	if t == types.TypeType {
		return types.MapType
	}
	return types.WrapErr(errWhole)
}

// Type is that of a map.
func (v *view) Type() ref.Type { return types.MapType }

// Value is the view itself, so that nothing behind it is reached past Find.
func (v *view) Value() any { return v }

const errWhole = refusal("the whole entry is used as a value; name an attribute")
