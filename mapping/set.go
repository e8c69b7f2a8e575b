package mapping

import (
	"encoding/json"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"rollcall/identity"
)

// form is the sort of result an attribute takes.
type form int

const (
	textForm form = iota
	flagForm
	listForm
)

func (f form) accepts(t *cel.Type) bool {
	switch f {
	case textForm:
		return t.IsExactType(cel.StringType)
	case flagForm:
		return t.IsExactType(cel.BoolType)
	}
	if t.Kind() == types.ListKind {
		t = t.Parameters()[0]
	}
	return t.IsExactType(cel.StringType) || t.Kind() == types.MapKind
}

func (f form) refusal(t *cel.Type) string {
	want := map[form]string{
		textForm: "a string",
		flagForm: "true or false",
		listForm: `a string, a map like {"value": …, "type": …}, or a list of either`,
	}[f]
	text := "gives " + t.String() + ", and " + want + " is wanted"
	switch {
	case f == textForm && t.IsExactType(cel.ListType(cel.StringType)):
		text += "; write first(…) to take the first"
	case f == textForm:
		text += "; string(…) makes one"
	}
	return text
}

func textSetter[T any](at func(*T) *string) setter[T] {
	return func(to *T, result ref.Val) error {
		text, ok := result.(types.String)
		if !ok {
			return errForm
		}
		*at(to) = string(text)
		return nil
	}
}

func groupSetter(path string) (setter[identity.Group], form, bool) {
	at, ok := identity.GroupText(path)
	if !ok {
		return nil, textForm, false
	}
	return textSetter(at), textForm, true
}

func userSetter(path string) (setter[identity.User], form, bool) {
	if at, ok := identity.UserText(path); ok {
		return textSetter(at), textForm, true
	}
	switch path {
	case identity.PathActive:
		return setActive, flagForm, true
	case identity.PathExternalIDs:
		return nil, textForm, false
	case "emails":
		return setEmails, listForm, true
	}
	return listSetter(path), listForm, true
}

func setActive(u *identity.User, result ref.Val) error {
	active, ok := result.(types.Bool)
	if !ok {
		return errForm
	}
	u.Active = bool(active)
	return nil
}

// setEmails is listSetter, with a short way for the usual: one address.
func setEmails(u *identity.User, result ref.Val) error {
	address, ok := result.(types.String)
	if !ok {
		return listSetter("emails")(u, result)
	}
	u.Emails = nil
	if address != "" {
		u.Emails = []identity.Email{{Value: string(address), Type: work, Primary: true}}
	}
	return nil
}

const (
	work    = "work"
	errForm = refusal("the result is of another type than the expression said")
)

// listSetter takes one item or several. An item in which nothing is filled in
// but its type is left out, so that somebody without a telephone has none.
func listSetter(path string) setter[identity.User] {
	return func(u *identity.User, result ref.Val) error {
		items, err := itemsOf(path, result)
		if err != nil {
			return err
		}
		var value identity.Value
		if len(items) > 0 {
			if value, err = json.Marshal(items); err != nil {
				return refusal("an item cannot be written as JSON")
			}
		}
		if err := u.Apply([]identity.Edit{{Path: path, New: value}}); err != nil {
			return refusal("an item has a key that " + path + " do not have, or a value of another type")
		}
		return nil
	}
}

func itemsOf(path string, result ref.Val) ([]map[string]any, error) {
	list, ok := result.(traits.Lister)
	if !ok {
		list = types.NewRefValList(types.DefaultTypeAdapter, []ref.Val{result})
	}
	var items []map[string]any
	for it := list.Iterator(); it.HasNext() == types.True; {
		item, err := itemOf(path, it.Next(), len(items) == 0)
		if err != nil {
			return nil, err
		}
		if item != nil {
			items = append(items, item)
		}
	}
	return items, nil
}

// itemOf reads one item, or nil if nothing is in it.
func itemOf(path string, v ref.Val, isFirst bool) (map[string]any, error) {
	switch v := v.(type) {
	case types.String:
		if v == "" {
			return nil, nil
		}
		return itemFromText(path, string(v), isFirst), nil
	case traits.Mapper:
		return itemFromMap(v)
	}
	return nil, refusal("an item is neither a string nor a map")
}

func itemFromText(path, text string, isFirst bool) map[string]any {
	switch path {
	case "emails":
		return map[string]any{"value": text, "type": work, "primary": isFirst}
	case "phoneNumbers":
		return map[string]any{"value": text, "type": work}
	case "addresses":
		return map[string]any{"formatted": text, "type": work}
	}
	return map[string]any{"value": text}
}

func itemFromMap(m traits.Mapper) (map[string]any, error) {
	item, filled := map[string]any{}, false
	for it := m.Iterator(); it.HasNext() == types.True; {
		key, ok := it.Next().(types.String)
		if !ok {
			return nil, refusal("an item has a key that is not a string")
		}
		switch v := m.Get(key).(type) {
		case types.String:
			if v != "" {
				item[string(key)] = string(v)
				filled = filled || (key != "type" && key != "display")
			}
		case types.Bool:
			item[string(key)] = bool(v)
		default:
			return nil, refusal("an item has a value that is neither a string nor true or false")
		}
	}
	if !filled {
		return nil, nil
	}
	return item, nil
}
