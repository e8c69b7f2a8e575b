package cloudtrail

import (
	"rollcall/directory"
	"rollcall/identity"
)

// console describes a write in the words of AWS's console, which has verbs of
// its own for what is changed most (aws-contract 9.1). The parameters are those
// of the API: what the console sends is nowhere documented.
func (l Log) console(e *directory.Event) (description, error) {
	d, err := l.identityStore(e)
	if err != nil {
		return d, err
	}
	if e.Kind == identity.KindMembership {
		return l.consoleMember(e, d)
	}
	if e.Before == nil || e.After == nil {
		return d, nil
	}
	edits, err := editsOf(e)
	if err != nil || len(edits) != 1 {
		return d, err
	}
	if name, ok := consoleVerb(e, edits[0]); ok {
		d.name = name
	}
	return d, nil
}

func (l Log) consoleMember(e *directory.Event, d description) (description, error) {
	m, err := either[identity.Membership](e)
	d.name = "AddMemberToGroup"
	if e.After == nil {
		d.name = "RemoveMemberFromGroup"
	}
	d.request = l.inStore()
	d.request["groupId"], d.request["memberId"] = m.GroupID, Members{"userId": m.UserID}
	d.response = nil
	return d, err
}

// consoleVerb is the console's own name for a change of one attribute.
func consoleVerb(e *directory.Event, edit identity.Edit) (string, bool) {
	switch {
	case edit.Path == identity.PathActive && string(edit.New) == "true":
		return "EnableUser", true
	case edit.Path == identity.PathActive:
		return "DisableUser", true
	case e.Kind == identity.KindUser && edit.Path == "userName":
		return "UpdateUserName", true
	case e.Kind == identity.KindGroup && edit.Path == "displayName":
		return "UpdateGroupDisplayName", true
	}
	return "", false
}
