package awsassignment

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	shapes "rollcall/awsjson/ssoadmin"
	"rollcall/fault"
	"rollcall/identity"
)

// What is named is held to its form before anybody is asked: AWS says of what
// has another only that it is invalid.

func (d *Driver) permissionSet(op, arn string) error {
	if !identity.IsPermissionSetARN(arn) {
		return fault.Text(fault.Invalid, op, "permission set", "want the ARN of a permission set: arn:aws:sso:::permissionSet/ssoins-…/ps-…")
	}
	return d.mine(op, onSet(arn), arn)
}

func (d *Driver) application(op, arn string) error {
	if !identity.IsApplicationARN(arn) {
		return fault.Text(fault.Invalid, op, "application", "want the ARN of an application: arn:aws:sso::…:application/ssoins-…/apl-…")
	}
	return d.mine(op, onApplication(arn), arn)
}

// resource is for what has tags.
func (d *Driver) resource(op, arn string) error {
	switch {
	case identity.IsInstanceARN(arn):
		return d.mine(op, "instance "+arn, arn)
	case identity.IsPermissionSetARN(arn):
		return d.permissionSet(op, arn)
	case identity.IsApplicationARN(arn):
		return d.application(op, arn)
	}
	return fault.Text(fault.Invalid, op, "resource", "want the ARN of a permission set, an application or the instance")
}

// mine is fault.NotFound for what belongs to another instance.
func (d *Driver) mine(op, on, arn string) error {
	if shapes.InstanceOf(arn) != d.arn {
		return fault.Text(fault.NotFound, op, on, "it belongs to another instance than "+d.arn)
	}
	return nil
}

func account(op, id string) error {
	if !identity.IsAccountID(id) {
		return fault.Text(fault.Invalid, op, "account", "want twelve digits")
	}
	return nil
}

// principal refuses one that cannot be of the instance's store.
func (d *Driver) principal(op string, p identity.Principal) error {
	if err := p.Validate(); err != nil {
		return err
	}
	if p.Store != "" && p.Store != d.store {
		return fault.Text(fault.Invalid, op, "principal", "it is of the store "+string(p.Store)+", and this instance is that of "+string(d.store))
	}
	return nil
}

func kindOf(p identity.Principal) types.PrincipalType {
	return types.PrincipalType(strings.ToUpper(string(p.Kind)))
}

// who reads a principal. It may be one that no longer exists.
func (d *Driver) who(op string, kind types.PrincipalType, id *string) (identity.Principal, error) {
	p := identity.Principal{Store: d.store, ID: identity.ID(aws.ToString(id))}
	switch kind {
	case types.PrincipalTypeUser:
		p.Kind = identity.KindUser
	case types.PrincipalTypeGroup:
		p.Kind = identity.KindGroup
	}
	if p.Kind == "" || p.ID == "" {
		return p, odd(op, "names no principal")
	}
	return p, nil
}

func onSet(arn string) string         { return "permission set " + string(identity.LastPart(arn)) }
func onApplication(arn string) string { return "application " + string(identity.LastPart(arn)) }
