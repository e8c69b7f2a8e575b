package cloudtrail

import (
	"strings"

	"rollcall/caller"
	"rollcall/directory"
)

// UserIdentity is who made a request, as CloudTrail says it.
type UserIdentity struct {
	Type           string          `json:"type"` // AssumedRole, WebIdentityUser, IAMUser; Unknown if nobody said
	PrincipalID    string          `json:"principalId,omitempty"`
	ARN            string          `json:"arn,omitempty"`
	AccountID      string          `json:"accountId"`
	AccessKeyID    string          `json:"accessKeyId,omitempty"` // of SCIM, the token's id
	UserName       string          `json:"userName,omitempty"`    // of an operator
	SessionContext *SessionContext `json:"sessionContext,omitempty"`
}

// SessionContext is whose session it is.
type SessionContext struct {
	SessionIssuer SessionIssuer     `json:"sessionIssuer"`
	Attributes    SessionAttributes `json:"attributes"`
}

// SessionIssuer is the role that a session is of.
type SessionIssuer struct {
	Type        string `json:"type"`
	PrincipalID string `json:"principalId"`
	ARN         string `json:"arn"`
	AccountID   string `json:"accountId"`
	UserName    string `json:"userName"`
}

// SessionAttributes are a session's. When it began is not known.
type SessionAttributes struct {
	MFAAuthenticated string `json:"mfaAuthenticated"`
}

// userIdentity says who made a write: an access key acts in a role, a SCIM
// token is a web identity, an operator a user of the account.
func (l Log) userIdentity(e *directory.Event) UserIdentity {
	name := e.Actor.Name
	switch {
	case e.Actor.Door == doorAWS:
		if role, session, ok := strings.Cut(name, "/"); ok {
			return l.assumedRole(e, role, session)
		}
	case e.Actor.Door == doorSCIM && name != "":
		return UserIdentity{Type: "WebIdentityUser", AccountID: l.Account, AccessKeyID: strings.TrimPrefix(name, caller.TokenActor)}
	case name != "":
		return UserIdentity{
			Type: "IAMUser", PrincipalID: caller.UniqueID("AIDA", l.Account, name),
			ARN: "arn:aws:iam::" + l.Account + ":user/" + name, AccountID: l.Account, UserName: name,
		}
	}
	return UserIdentity{Type: "Unknown", AccountID: l.Account, UserName: name}
}

func (l Log) assumedRole(e *directory.Event, role, session string) UserIdentity {
	by := caller.Caller{Name: session, Account: e.Call.Account, Role: role, KeyID: e.Call.Key}
	set(&by.Account, l.Account)
	return UserIdentity{
		Type: "AssumedRole", PrincipalID: by.UserID(), ARN: by.ARN(), AccountID: by.Account, AccessKeyID: by.KeyID,
		SessionContext: &SessionContext{
			SessionIssuer: SessionIssuer{
				Type: "Role", PrincipalID: caller.RoleID(by.Account, role),
				ARN: "arn:aws:iam::" + by.Account + ":role/" + role, AccountID: by.Account, UserName: role,
			},
			Attributes: SessionAttributes{MFAAuthenticated: "false"},
		},
	}
}
