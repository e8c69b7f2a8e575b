package cloudtrail

import (
	"encoding/json"
	"strings"

	"rollcall/directory"
	"rollcall/identity"
)

// access describes a write of the access side (aws-contract 4.1). It names
// people by id only, and CloudTrail hides none of it.
func (l Log) access(e *directory.Event) (description, error) {
	d := description{name: e.Operation, request: Members{"instanceArn": l.Store.Instance}}
	switch e.Kind {
	case identity.KindAssignment:
		return d, accountAssignment(e, &d)
	case identity.KindPermissionSet:
		d.request["permissionSetArn"] = identity.PermissionSetARN(l.Store.Instance, string(e.ID))
	case identity.KindInstance:
	default: // an application names its instance only when it is made
		d.request = Members{}
	}
	before, err := read[map[string]any](e.Before)
	if err != nil {
		return d, err
	}
	after, err := read[map[string]any](e.After)
	if err != nil {
		return d, err
	}
	said, made := after, e.Before == nil
	if e.After == nil {
		said = before
	}
	for name, value := range said {
		switch {
		case derived[name]:
		case made || e.After == nil && identifying[name] || e.After != nil && !sameJSON(before[name], value):
			d.request[accessName(name)] = value
		}
	}
	for name := range before {
		if _, still := after[name]; e.After != nil && !still {
			d.request[accessName(name)] = nil
		}
	}
	if arn, ok := said["arn"].(string); ok {
		l.named(e, &d, arn, made)
	}
	return d, nil
}

// named puts the ARN of what was made or meant where it belongs.
func (l Log) named(e *directory.Event, d *description, arn string, made bool) {
	member := "applicationArn"
	if e.Kind == identity.KindPermissionSet {
		member = "permissionSetArn"
	}
	if !made {
		d.request[member] = arn
		return
	}
	delete(d.request, member)
	d.response = Members{member: arn}
	if e.Kind == identity.KindPermissionSet {
		shown := Members{member: arn}
		for _, name := range []string{"name", "description", "sessionDuration", "relayState"} {
			if value, ok := d.request[name]; ok {
				shown[name] = value
			}
		}
		d.response = Members{"permissionSet": shown}
	}
	d.request["instanceArn"] = l.Store.Instance
}

// derived are members of the log's documents that no request has.
var derived = map[string]bool{"arn": true, "createdAt": true}

// identifying are those that say what a deletion is of.
var identifying = map[string]bool{"application": true, "principal": true, "region": true}

// accessNames are members of the log's documents that sso-admin calls
// otherwise (aws-contract 4.1, 4.5).
var accessNames = map[string]string{
	"inline": "inlinePolicy", "managed": "managedPolicies", "customer": "customerManagedPolicyReferences", "boundary": "permissionsBoundary",
	"application": "applicationArn", "provider": "applicationProviderArn", "region": "regionName", "account": "targetId",
}

func accessName(name string) string {
	if other, ok := accessNames[name]; ok {
		return other
	}
	return name
}

func sameJSON(a, b any) bool {
	one, err := json.Marshal(a)
	if err != nil {
		return false
	}
	two, err := json.Marshal(b)
	return err == nil && string(one) == string(two)
}

// accountAssignment describes what gives somebody a permission set in an
// account, or takes it away; the id of the event is that of the request, which
// is in progress when it is answered.
func accountAssignment(e *directory.Event, d *description) error {
	a, err := either[identity.Assignment](e)
	status, answer := Members{"requestId": e.ID, "status": "IN_PROGRESS"}, "accountAssignmentCreationStatus"
	if e.After == nil {
		answer = "accountAssignmentDeletionStatus"
	}
	for name, value := range map[string]any{
		"permissionSetArn": a.PermissionSet, "targetId": a.Account, "targetType": "AWS_ACCOUNT",
		"principalId": a.Principal.ID, "principalType": strings.ToUpper(string(a.Principal.Kind)),
	} {
		d.request[name], status[name] = value, value
	}
	d.response = Members{answer: status}
	return err
}
