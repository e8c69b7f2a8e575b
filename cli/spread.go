package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"rollcall/identity"
)

// attributeText is an attribute as it was written down; an empty value takes it
// away.
type attributeText struct{ name, value string }

// onceText is a flag of one value: given twice, the second would silently win.
type onceText struct {
	into *string
	set  bool
}

// Set takes the value in.
func (o *onceText) Set(text string) error {
	if o.set {
		return errors.New("it is given twice, and Identity Center keeps one")
	}
	*o.into, o.set = text, true
	return nil
}

// String is the value.
func (o *onceText) String() string {
	if o.into == nil {
		return ""
	}
	return *o.into
}

// Type is what help calls the value.
func (o *onceText) Type() string { return "string" }

// spread sets an attribute, or those of an object: AWS takes name.givenName, and
// refuses name with an object, so that each part is set by its own path.
func (a *attributes) spread(name, value string) ([]identity.Edit, error) {
	object := strings.HasPrefix(strings.TrimSpace(value), "{")
	if !object || name != "name" && name != "enterprise" && name != namespace+"enterprise" {
		e, err := a.edit(name, value)
		return []identity.Edit{e}, err
	}
	parts := map[string]*string{}
	in := json.NewDecoder(bytes.NewReader([]byte(value)))
	if err := in.Decode(&parts); err != nil {
		return nil, usage(`%s is an object of texts, such as {"givenName":"Ann"}: %s`, name, err)
	}
	var all []identity.Edit
	for _, part := range slices.Sorted(maps.Keys(parts)) {
		text := ""
		if parts[part] != nil {
			text = *parts[part]
		}
		e, err := a.edit(name+"."+part, text)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	if len(all) == 0 {
		return nil, usage("%s is an object without parts, which sets nothing", name)
	}
	return all, nil
}
