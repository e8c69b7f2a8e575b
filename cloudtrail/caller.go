package cloudtrail

import (
	"time"

	"rollcall/caller"
	"rollcall/directory"
)

// key describes a change of an access key in IAM's words.
func (l Log) key(e *directory.Event) (description, error) {
	k, err := either[caller.KeyEvent](e)
	if err != nil {
		return description{}, err
	}
	status := "Inactive"
	if k.Active {
		status = "Active"
	}
	d := description{name: e.Operation, request: Members{"userName": k.Name}}
	switch {
	case e.Before == nil:
		d.response = Members{"accessKey": Members{
			"accessKeyId": k.ID, "status": status, "userName": k.Name, "createDate": scimTime(k.CreatedAt),
		}}
	case e.After == nil:
		d.request["accessKeyId"] = k.ID
	default:
		d.request["accessKeyId"], d.request["status"] = k.ID, status
	}
	return d, nil
}

// token describes a change of a SCIM token or tenant, which on AWS is made in
// the console (aws-contract 7.2).
func (l Log) token(e *directory.Event) (description, error) {
	t, err := either[caller.TokenEvent](e)
	if err != nil {
		return description{}, err
	}
	d := description{name: e.Operation, request: l.inStore()}
	switch {
	case e.Kind == caller.KindTenant:
		d.response = Members{"tenantId": t.Tenant}
	case e.Before == nil:
		d.request["tenantId"] = t.Tenant
		d.response = Members{"tokenId": t.ID, "expirationTime": t.ExpiresAt.UTC().Format(time.RFC3339)}
	default:
		d.request["tenantId"], d.request["tokenId"] = t.Tenant, t.ID
	}
	return d, nil
}
