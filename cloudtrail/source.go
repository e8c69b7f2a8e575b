package cloudtrail

import (
	"rollcall/caller"
	"rollcall/directory"
	"rollcall/identity"
)

// The services that events come from (aws-contract 9.1).
const (
	SourceIdentityStore = "identitystore.amazonaws.com"
	SourceDirectory     = "sso-directory.amazonaws.com" // the console's side of the directory
	SourceSCIM          = "identitystore-scim.amazonaws.com"
	SourceAccess        = "sso.amazonaws.com"
	SourceIAM           = "iam.amazonaws.com"
)

// The doors that AWS has, too.
const (
	doorAWS  = "aws"
	doorSCIM = "scim"
)

// sourceOf is the service that CloudTrail would name. What comes neither by the
// API nor by SCIM is an administrator's own change, which on AWS is made in the
// console: consumers have to watch both, and can learn here that they do.
func sourceOf(e *directory.Event) string {
	switch e.Kind {
	case identity.KindInstance, identity.KindPermissionSet, identity.KindAssignment, identity.KindApplication, identity.KindApplicationAssignment:
		return SourceAccess
	case caller.KindKey:
		return SourceIAM
	case caller.KindToken, caller.KindTenant:
		return SourceDirectory
	case identity.KindStore:
		return SourceIdentityStore // the console has no name for it
	}
	switch e.Actor.Door {
	case doorAWS:
		return SourceIdentityStore
	case doorSCIM:
		return SourceSCIM
	}
	return SourceDirectory
}

// description is what an event says that depends on who made it and how.
type description struct {
	name              string
	request, response Members
}

// describe says what an event was called, asked and answered where it was made.
func (l Log) describe(e *directory.Event) (description, error) {
	switch sourceOf(e) {
	case SourceSCIM:
		return l.scim(e)
	case SourceAccess:
		return l.access(e)
	case SourceIAM:
		return l.key(e)
	}
	switch e.Kind {
	case caller.KindToken, caller.KindTenant:
		return l.token(e)
	case identity.KindStore:
		return l.store(e)
	}
	if sourceOf(e) == SourceDirectory {
		return l.console(e)
	}
	return l.identityStore(e)
}
