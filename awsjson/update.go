package awsjson

import (
	"encoding/json"
	"errors"
	"slices"

	"rollcall/fault"
	"rollcall/identity"
)

// Operation sets one attribute of a user or group (aws-contract 3.5): null, or
// nothing, unsets it.
type Operation struct {
	AttributePath  *string         `json:"AttributePath"`
	AttributeValue json.RawMessage `json:"AttributeValue"` // a document with lowerCamelCase keys
}

func (c *Checker) operations(operations []Operation) {
	const at = "operations"
	if !c.Required(at, operations != nil) {
		return
	}
	list(c, at, operations, identity.MaxOperations, func(at string, o *Operation) {
		c.Needed(at+".attributePath", o.AttributePath, pathRule)
	})
}

// Operations writes edits as the operations of UpdateUser or UpdateGroup.
func Operations(edits []identity.Edit) []Operation {
	operations := make([]Operation, len(edits))
	for i, e := range edits {
		value := e.New
		if absent(value) {
			value = json.RawMessage("null")
		}
		operations[i] = Operation{&edits[i].Path, value}
	}
	return operations
}

// UserEdits reads the operations of UpdateUser. Attribute names count without
// case; of several operations on one the last counts. What is no attribute that
// may be set, or no value that it may have, is an [Exception] of
// [TypeValidation].
func UserEdits(operations []Operation) ([]identity.Edit, error) {
	edits, err := readOperations(operations, identity.UserPaths())
	if err != nil {
		return nil, err
	}
	var blank identity.User
	for _, e := range edits {
		if err := applied(e, blank.Apply([]identity.Edit{e})); err != nil {
			return nil, err
		}
	}
	attributes, err := AttributesOf(&blank, true)
	if err != nil {
		return nil, err
	}
	var c Checker
	attributes.Constrain(&c)
	return identity.LastOfEach(edits), c.exception()
}

// GroupEdits is [UserEdits] for UpdateGroup.
func GroupEdits(operations []Operation) ([]identity.Edit, error) {
	edits, err := readOperations(operations, identity.GroupPaths())
	if err != nil {
		return nil, err
	}
	var blank identity.Group
	for _, e := range edits {
		if err := applied(e, blank.Apply([]identity.Edit{e})); err != nil {
			return nil, err
		}
	}
	var c Checker
	c.group(set(blank.DisplayName), set(blank.Description))
	return identity.LastOfEach(edits), c.exception()
}

// applied says in the model's words that a value could not be set.
func applied(e identity.Edit, err error) error {
	switch {
	case err == nil:
		return nil
	case fault.Is(err, fault.Invalid):
		return Invalid(e.Path, "Member must be of the attribute's type, with no keys but the attribute's own")
	}
	return err
}

func readOperations(operations []Operation, paths []string) ([]identity.Edit, error) {
	var edits []identity.Edit
	for i, o := range operations {
		at := Member("operations", i)
		if err := noEmptyText(o.AttributeValue); err != nil {
			return nil, Invalid(at+".attributeValue", err.Error())
		}
		path := get(o.AttributePath)
		if sameName(path, EnterpriseExtension) {
			all, err := enterpriseEdits(o.AttributeValue)
			if err != nil {
				return nil, Invalid(at+".attributeValue", "Member must be "+err.Error())
			}
			edits = append(edits, all...)
			continue
		}
		edit, err := oneEdit(path, o.AttributeValue, paths)
		if err != nil {
			return nil, Invalid(at+".attributePath", err.Error())
		}
		edits = append(edits, edit)
	}
	return edits, nil
}

func oneEdit(path string, value json.RawMessage, paths []string) (identity.Edit, error) {
	if sameName(path, enterprisePrefix+managerName) {
		inner, err := manager(value)
		return identity.Edit{Path: enterpriseManager, New: inner}, err
	}
	known := slices.IndexFunc(paths, func(p string) bool { return sameName(p, path) })
	if known < 0 || paths[known] == identity.PathActive || paths[known] == identity.PathExternalIDs {
		return identity.Edit{}, errors.New("Member must be the path of an attribute that can be updated; a part of a name is set by its own path, name.givenName")
	}
	if absent(value) {
		value = nil
	}
	return identity.Edit{Path: paths[known], New: value}, nil
}

// noEmptyText refuses empty texts and lists wherever they are in a document:
// null unsets, nothing else does.
func noEmptyText(document json.RawMessage) error {
	if absent(document) {
		return nil
	}
	var value any
	if err := json.Unmarshal(document, &value); err != nil {
		return errors.New("Member must be a JSON value")
	}
	return walk(value)
}

func walk(value any) error {
	const tooShort = "Member must have length greater than or equal to 1"
	switch v := value.(type) {
	case string:
		if v == "" {
			return errors.New(tooShort)
		}
	case []any:
		if len(v) == 0 {
			return errors.New(tooShort)
		}
		for _, item := range v {
			if err := walk(item); err != nil {
				return err
			}
		}
	case map[string]any:
		for _, item := range v {
			if err := walk(item); err != nil {
				return err
			}
		}
	}
	return nil
}
