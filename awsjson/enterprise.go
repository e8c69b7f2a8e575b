package awsjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"rollcall/identity"
)

// The enterprise extension is a document with the names of SCIM's enterprise
// user: its manager is an object, everything else text. identity keeps each as
// an attribute of its own, at "aws:identitystore:enterprise.department".
const (
	enterprisePrefix  = EnterpriseExtension + "."
	managerName       = "manager"
	managerValue      = "value"
	enterpriseManager = enterprisePrefix + managerName + "." + managerValue
)

var enterprisePaths = slices.DeleteFunc(identity.UserPaths(), func(path string) bool { return !strings.HasPrefix(path, enterprisePrefix) })

func enterpriseDocument(u *identity.User) (json.RawMessage, error) {
	document := map[string]any{}
	for _, path := range enterprisePaths {
		value, err := identity.UserValue(u, path)
		switch {
		case err != nil:
			return nil, err
		case value == nil:
		case path == enterpriseManager:
			document[managerName] = map[string]any{managerValue: value}
		default:
			document[strings.TrimPrefix(path, enterprisePrefix)] = value
		}
	}
	return Encode(document)
}

// errEnterprise describes what a document must be.
var errEnterprise = errors.New("an object with texts at employeeNumber, costCenter, organization, division, department and manager.value")

// enterpriseEdits sets every attribute of the extension as the document has
// it, and unsets those that it leaves out; null unsets all.
func enterpriseEdits(document json.RawMessage) ([]identity.Edit, error) {
	var members map[string]json.RawMessage
	if !absent(document) && json.Unmarshal(document, &members) != nil {
		return nil, errEnterprise
	}
	var edits []identity.Edit
	for _, path := range enterprisePaths {
		name, value := strings.TrimPrefix(path, enterprisePrefix), json.RawMessage(nil)
		if path == enterpriseManager {
			name = managerName
			var err error
			if value, err = manager(members[name]); err != nil {
				return nil, err
			}
		} else {
			value = members[name]
		}
		delete(members, name)
		edits = append(edits, identity.Edit{Path: path, New: value})
	}
	if len(members) > 0 {
		return nil, errEnterprise
	}
	return edits, texts(edits)
}

// manager is the value in a manager's document.
func manager(document json.RawMessage) (json.RawMessage, error) {
	if absent(document) {
		return nil, nil
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(document, &members) != nil {
		return nil, errEnterprise
	}
	value := members[managerValue]
	if delete(members, managerValue); len(members) > 0 {
		return nil, errEnterprise
	}
	return value, nil
}

// texts holds that each value is a text the model allows, or none.
func texts(edits []identity.Edit) error {
	for _, e := range edits {
		if absent(e.New) {
			continue
		}
		var text string
		if json.Unmarshal(e.New, &text) != nil {
			return errEnterprise
		}
		var c Checker
		if c.sensitive(e.Path, &text); len(c.problems) > 0 {
			return errors.New("an object whose texts have 1 to 1024 characters and satisfy regular expression pattern: " + sensitiveRule.pattern)
		}
	}
	return nil
}

// absent reports whether a document is left out or null, which mean the same
// (aws-contract 3.5).
func absent(document json.RawMessage) bool {
	trimmed := bytes.TrimSpace(document)
	return len(trimmed) == 0 || string(trimmed) == "null"
}
