package cloudtrail

import (
	"strings"
	"time"

	"rollcall/directory"
	"rollcall/identity"
	"rollcall/scim"
)

// scimName is what SCIM calls a write. Of the two ways to update a user the
// request says which it was; members come and go by PATCH, also those that a
// group is created with.
func scimName(e *directory.Event) string {
	switch e.Operation {
	case "UpdateUser":
		if e.Call.Operation == "PutUser" {
			return "PutUser"
		}
		return "PatchUser"
	case "UpdateGroup", "CreateGroupMembership", "DeleteGroupMembership":
		return "PatchGroup"
	}
	return e.Operation
}

// scim describes a write by SCIM (aws-contract 9.1): the body of the request
// and the resource that answers it, texts hidden, ids in clear.
func (l Log) scim(e *directory.Event) (description, error) {
	d := description{name: scimName(e), request: Members{}}
	if e.Call.Tenant != "" {
		d.request["tenantId"] = e.Call.Tenant
	}
	var err error
	switch {
	case e.Kind == identity.KindMembership:
		err = scimMember(e, &d)
	case e.After == nil:
		d.request["id"] = e.ID
	case d.name == "CreateUser" || d.name == "CreateGroup" || d.name == "PutUser":
		err = scimWhole(e, &d)
	default:
		err = scimPatch(e, &d)
	}
	return d, err
}

// scimWhole describes a request whose body is the resource.
func scimWhole(e *directory.Event, d *description) error {
	var err error
	if d.response, err = resource(e); err != nil {
		return err
	}
	body := Members{}
	for name, value := range d.response {
		if name != "id" && name != "meta" {
			body[name] = value
		}
	}
	d.request["httpBody"] = body
	if e.Before != nil {
		d.request["id"] = e.ID
	}
	return nil
}

// scimPatch describes a PATCH by what it changed.
func scimPatch(e *directory.Event, d *description) error {
	edits, err := editsOf(e)
	if err != nil {
		return err
	}
	var all []Members
	for _, edit := range edits {
		value, err := hiddenValue(edit.New)
		if err != nil {
			return err
		}
		operation := Members{"op": "REPLACE", "path": scimPath(edit.Path), "value": value}
		if edit.New == nil {
			operation = Members{"op": "REMOVE", "path": scimPath(edit.Path)}
		}
		all = append(all, operation)
	}
	d.request["id"], d.request["httpBody"] = e.ID, patchBody(all...)
	if e.Kind == identity.KindUser {
		d.response, err = resource(e)
	}
	return err
}

func patchBody(operations ...Members) Members {
	return Members{"schemas": []string{scim.PatchMessage}, "operations": operations}
}

// scimPath is an attribute's path as SCIM writes it.
func scimPath(path string) string {
	if path == identity.PathExternalIDs {
		return "externalId"
	}
	if rest, ok := strings.CutPrefix(path, enterprise+"."); ok {
		return scim.EnterpriseSchema + ":" + rest
	}
	return path
}

// scimMember describes one member who came or went.
func scimMember(e *directory.Event, d *description) error {
	m, err := either[identity.Membership](e)
	operation := Members{"op": "ADD", "path": "members", "value": []Members{{"value": m.UserID}}}
	if e.After == nil {
		operation = Members{"op": "REMOVE", "path": `members[value eq "` + string(m.UserID) + `"]`}
	}
	d.request["id"], d.request["httpBody"] = m.GroupID, patchBody(operation)
	return err
}

// resource is the object after a write as SCIM shows it, hidden.
func resource(e *directory.Event) (Members, error) {
	var wire any
	var meta identity.Meta
	if e.Kind == identity.KindGroup {
		g, err := read[identity.Group](e.After)
		if err != nil {
			return nil, err
		}
		shown := dialect(g.ExternalIDs).WriteGroup(&g)
		shown.Members = nil
		wire, meta = shown, g.Meta
	} else {
		u, err := read[identity.User](e.After)
		if err != nil {
			return nil, err
		}
		wire, meta = dialect(u.ExternalIDs).WriteUser(&u), u.Meta
	}
	value, err := plain(wire)
	members, ok := value.(map[string]any)
	if err != nil || !ok {
		return nil, err
	}
	schemas, resourceType := members["schemas"], ""
	if kind, ok := members["meta"].(map[string]any); ok {
		resourceType, _ = kind["resourceType"].(string)
	}
	delete(members, "schemas")
	hide(members)
	members["id"], members["schemas"] = e.ID, schemas
	members["meta"] = Members{"resourceType": resourceType, "created": scimTime(meta.CreatedAt), "lastModified": scimTime(meta.UpdatedAt)}
	return members, nil
}

// dialect shows an external id if there is one, whoever issued it.
func dialect(ids []identity.ExternalID) scim.Dialect {
	if len(ids) == 0 {
		return scim.Dialect{}
	}
	return scim.Dialect{Issuer: ids[0].Issuer}
}

// scimTime is how CloudTrail prints the times of a resource (aws-contract 9.1).
func scimTime(t time.Time) string { return t.UTC().Format("Jan 2, 2006, 3:04:05 PM") }
