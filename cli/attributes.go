package cli

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rollcall/identity"
	"rollcall/mapping"
	"rollcall/spelling"
)

// attributes are the flags that give an object's attributes: one each for the
// usual ones, --set and --unset for all.
type attributes struct {
	usual []usualFlag
	known []string // paths
	full  func(name string) string
	text  func(path string) bool
	set   []string
	unset []string
}

// usualFlag is a flag for one attribute; typed says that it was given, maybe
// empty.
type usualFlag struct {
	name, path, usage string
	value             string
	typed             func() bool
}

func userAttributes() *attributes {
	return &attributes{
		usual: []usualFlag{
			{name: "given-name", path: "givenName", usage: "given name"},
			{name: "family-name", path: "familyName", usage: "family name"},
			{name: "display-name", path: "displayName", usage: "name to show"},
			{name: "email", path: "email", usage: "e-mail `address`"},
			{name: "phone", path: "phone", usage: "telephone `number`"},
			{name: "title", path: "title", usage: "job title"},
			{name: "department", path: "department", usage: "department"},
			{name: "employee-number", path: "employeeNumber", usage: "employee `number`"},
		},
		known: identity.UserPaths(),
		full:  userPath,
		text:  func(path string) bool { _, ok := identity.UserText(path); return ok },
	}
}

func groupAttributes() *attributes {
	return &attributes{
		usual: []usualFlag{{name: "description", path: "description", usage: "what the group is for"}},
		known: identity.GroupPaths(),
		full:  func(name string) string { return name },
		text:  func(path string) bool { _, ok := identity.GroupText(path); return ok },
	}
}

// userPath is the full path of what a person calls an attribute:
// "department" and "enterprise.department" are one.
func userPath(name string) string {
	if strings.HasPrefix(name, "enterprise.") {
		return namespace + name
	}
	return mapping.UserPath(name)
}

func (a *attributes) flags(c *cobra.Command, unset bool) {
	for i := range a.usual {
		f := &a.usual[i]
		c.Flags().Var(&onceText{into: &f.value}, f.name, f.usage)
		f.typed = func() bool { return c.Flags().Changed(f.name) }
	}
	c.Flags().StringArrayVar(&a.set, "set", nil, "set any attribute, as `PATH=VALUE`; a list as JSON; may be repeated")
	if unset {
		c.Flags().StringArrayVar(&a.unset, "unset", nil, "take an attribute's value away, by its `PATH`; may be repeated")
	}
}

// edits are what the flags ask for.
func (a *attributes) edits() ([]identity.Edit, error) {
	var all []identity.Edit
	texts, err := a.texts()
	if err != nil {
		return nil, err
	}
	for _, t := range texts {
		edits, err := a.spread(t.name, t.value)
		if err != nil {
			return nil, err
		}
		all = append(all, edits...)
	}
	return all, a.once(all)
}

// texts are the attributes as the flags have them; an empty value takes one
// away.
func (a *attributes) texts() ([]attributeText, error) {
	var all []attributeText
	for _, f := range a.usual {
		if f.typed() {
			all = append(all, attributeText{f.path, f.value})
		}
	}
	for _, assignment := range a.set {
		name, value, ok := strings.Cut(assignment, "=")
		if !ok {
			return nil, usage("--set takes PATH=VALUE, such as --set title=Lead; %q has no =", assignment)
		}
		all = append(all, attributeText{name, value})
	}
	for _, name := range a.unset {
		all = append(all, attributeText{name, ""})
	}
	return all, nil
}

// edit sets one attribute; an empty value takes it away.
func (a *attributes) edit(name, value string) (identity.Edit, error) {
	path := a.full(name)
	switch {
	case path == identity.PathActive:
		return identity.Edit{}, usage("a user's status has commands of its own: rollcall user enable, rollcall user disable")
	case !slices.Contains(a.known, path):
		return identity.Edit{}, usage("there is no attribute %q%s", name, spelling.Hint(name, a.names()))
	case value == "":
		return identity.Edit{Path: path}, nil
	case a.text(path):
		text, err := json.Marshal(value)
		return identity.Edit{Path: path, New: text}, err
	}
	list, err := listValue(path, value)
	return identity.Edit{Path: path, New: list}, err
}

func (a *attributes) names() []string {
	if slices.Contains(a.known, "userName") {
		return append(mapping.UserPathNames(), identity.PathExternalIDs)
	}
	return a.known
}

// once refuses an attribute that is given twice: which value was meant?
func (a *attributes) once(edits []identity.Edit) error {
	seen := map[string]bool{}
	for _, e := range edits {
		if seen[e.Path] {
			return usage("%s is given twice", e.Path)
		}
		seen[e.Path] = true
	}
	return nil
}

// listValue reads a list: JSON as it stands, one plain value as the list of it.
func listValue(path, value string) (identity.Value, error) {
	value = strings.TrimSpace(value)
	switch {
	case strings.HasPrefix(value, "["):
		return identity.Value(value), nil
	case strings.HasPrefix(value, "{"):
		return identity.Value("[" + value + "]"), nil
	}
	item := map[string]any{"value": value, "type": "work", "primary": true}
	switch path {
	case "emails", "phoneNumbers", "roles", "photos":
	case "addresses":
		item = map[string]any{"formatted": value, "type": "work", "primary": true}
	default:
		return nil, usage(`%s is a list, and is set as JSON: --set '%s=[{"issuer":"hr","id":"4711"}]'`, path, path)
	}
	return json.Marshal([]any{item})
}
