package awsdoor

import (
	"errors"
	"strings"

	"rollcall/awsjson"
	"rollcall/fault"
	"rollcall/identity"
)

// ssoSays puts a failure into the words of sso-admin, whose errors have a
// message and, when it is about a key of KMS, a reason (aws-contract 4.3).
func ssoSays(err error, e *awsjson.Exception) {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		e.Message = ssoMessage(f, e.Message)
	}
	if !strings.HasPrefix(e.Reason, "KMS_") {
		e.Reason = ""
	}
	e.RequestID, e.ResourceID, e.ResourceType, e.RetryAfterSeconds = "", "", "", 0
}

// accountInstance is what an instance of one account says to whatever needs an
// organization (aws-contract 4.4).
const accountInstance = "This operation is not supported for account instances"

// ssoMessage says what a failure is about; usual is what it says otherwise.
func ssoMessage(f *fault.Error, usual string) string {
	switch f.Kind {
	case fault.NotFound:
		return missingMessage(f, usual)
	case fault.Conflict, fault.Quota:
		if f.Err == nil {
			return usual
		}
		if _, about, ok := strings.Cut(f.On, "field "); ok {
			return "The value of " + about + " conflicts with what is there: " + f.Err.Error()
		}
		return strings.TrimPrefix(f.On+": "+f.Err.Error(), ": ")
	case fault.Unsupported:
		return accountInstance
	case fault.Invalid:
		if _, said := errors.AsType[identity.Problems](f); !said && f.On != "" && f.Err != nil {
			return awsjson.Invalid(f.On, f.Err.Error()).Message
		}
	}
	return usual
}

// resources are what sso-admin calls the things that a fault can be about.
var resources = []struct{ ours, aws string }{
	{"permission set ", "PermissionSet"},
	{"account ", "Account"},
	{"assignment ", "AccountAssignment of principal"},
	{"application assignment ", "ApplicationAssignment of principal"},
	{"application ", "Application"},
	{"policy ", "Policy"},
	{"region ", "Region"},
	{"user ", "User"},
	{"group ", "Group"},
	{"creation request ", "AccountAssignmentCreationStatus"},
	{"deletion request ", "AccountAssignmentDeletionStatus"},
	{"provisioning request ", "PermissionSetProvisioningStatus"},
}

// missingMessage names what was not found, as AWS does (aws-contract 4.6).
func missingMessage(f *fault.Error, usual string) string {
	for _, r := range resources {
		if id, ok := strings.CutPrefix(f.On, r.ours); ok && !strings.Contains(id, " ") {
			return couldNotFind(r.aws, id)
		}
	}
	return usual
}

func couldNotFind(resource, id string) string { return "Could not find " + resource + " with id " + id }

// notFound names the resource that err, if it is fault.NotFound, is about.
func notFound(err error, resource, id string) error {
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	return &awsjson.Exception{Type: awsjson.TypeNotFound, Message: couldNotFind(resource, id)}
}
