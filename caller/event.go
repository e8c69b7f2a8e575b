package caller

import (
	"time"

	"rollcall/identity"
)

// The kinds of object by which the directory's own log names who may come in.
// Their ids there are their own; a tenant's is itself.
const (
	KindKey    identity.Kind = "accesskey"
	KindToken  identity.Kind = "scimtoken"
	KindTenant identity.Kind = "scimtenant"
)

// The operations on them, as AWS names them: IAM's for access keys, the
// console's for the rest (aws-contract 7.2).
const (
	CreateAccessKey = "CreateAccessKey"
	UpdateAccessKey = "UpdateAccessKey" // enable or disable
	DeleteAccessKey = "DeleteAccessKey"
	CreateToken     = "CreateBearerToken"
	DeleteToken     = "DeleteBearerToken"
	CreateTenant    = "CreateProvisioningTenant"
)

// KeyEvent is an access key in the log: never its secret, nor when it was used.
type KeyEvent struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Account   string    `json:"account"`
	Role      string    `json:"role"`
	ReadOnly  bool      `json:"readOnly"`
	Active    bool      `json:"active"`
	CreatedAt time.Time `json:"createdAt"`
	CreatedBy string    `json:"createdBy,omitempty"`
}

// EventOf is how the log has k.
func EventOf(k Key) KeyEvent {
	return KeyEvent{k.ID, k.Name, k.Account, k.Role, k.ReadOnly, k.Active, k.CreatedAt, k.CreatedBy}
}

// TokenEvent is a SCIM token in the log, never its text; of a tenant it has the
// tenant alone.
type TokenEvent struct {
	ID        string    `json:"id,omitempty"`
	Tenant    string    `json:"tenant"`
	CreatedAt time.Time `json:"createdAt,omitzero"`
	CreatedBy string    `json:"createdBy,omitempty"`
	ExpiresAt time.Time `json:"expiresAt,omitzero"`
}

// TokenEventOf is how the log has t.
func TokenEventOf(t Token) TokenEvent {
	return TokenEvent{t.ID, t.Tenant, t.CreatedAt, t.CreatedBy, t.ExpiresAt}
}
