package awsdir

import (
	"encoding/json"
	"strings"

	"rollcall/identity"
	"rollcall/scim"
)

// The enterprise extension's attributes, here and in SCIM (aws-contract 7.12).
const (
	enterprisePrefix = "aws:identitystore:enterprise."
	managerPath      = enterprisePrefix + "manager.value"
)

// patchOf writes edits as a PATCH that names each attribute by its path: AWS's
// answer to values without a path is not documented for users.
func patchOf(kind identity.Kind, edits []identity.Edit, lacking []string) (scim.Patch, error) {
	if err := checkEdits(kind, edits, lacking); err != nil {
		return scim.Patch{}, err
	}
	edits, err := canonical(kind, edits)
	if err != nil {
		return scim.Patch{}, err
	}
	operations := make([]scim.Operation, len(edits))
	for i, e := range edits {
		operations[i] = operationOf(e)
	}
	return scim.NewPatch(operations...), nil
}

func operationOf(e identity.Edit) scim.Operation {
	o := scim.Operation{Op: scim.OpReplace, Path: e.Path, Value: e.New}
	if name, ok := strings.CutPrefix(e.Path, enterprisePrefix); ok {
		o.Path = scim.EnterpriseSchema + ":" + name
	}
	if e.Path == managerPath { // an object, as the sample of a creation has it
		o.Path = scim.EnterpriseSchema + ":manager"
		if e.New != nil {
			o.Value = append(append([]byte(`{"value":`), e.New...), '}')
		}
	}
	if e.New == nil {
		o.Op, o.Value = scim.OpRemove, nil
	}
	return o
}

// memberList writes ids as the value of an operation on members.
func memberList(ids []identity.ID) json.RawMessage {
	list := make([]scim.Member, len(ids))
	for i, id := range ids {
		list[i].Value = string(id)
	}
	raw, _ := json.Marshal(list) // strings always can be
	return raw
}

func quote(s string) json.RawMessage {
	raw, _ := json.Marshal(s) // a string always can be
	return raw
}
