package caller

import (
	"context"
	"time"

	"rollcall/identity"
)

// Digest is the SHA-256 of a token's text. The text has 260 random bits, so a
// fast hash is enough.
type Digest [32]byte

// KeyDriver keeps access keys. Methods about one key fail with fault.NotFound
// if there is none.
type KeyDriver interface {
	// InsertKey fails with fault.Conflict if the id is taken.
	InsertKey(ctx context.Context, k Key, sealed []byte) error
	// Key returns a key and its sealed secret.
	Key(ctx context.Context, id string) (Key, []byte, error)
	// Keys lists all, oldest first.
	Keys(ctx context.Context) ([]Key, error)
	SetKeyActive(ctx context.Context, id string, active bool) error
	DeleteKey(ctx context.Context, id string) error
	// UseKey stores when a key was last used, unless a later time is stored.
	UseKey(ctx context.Context, id string, at time.Time) error
}

// TokenDriver keeps SCIM tokens and the tenant id of each store. Methods about
// one token fail with fault.NotFound if there is none.
type TokenDriver interface {
	// Tenant returns the tenant id of a store. The first to ask with a fresh
	// one decides what it is; with an empty one nothing is stored, and without
	// a tenant the answer is empty.
	Tenant(ctx context.Context, store identity.StoreID, fresh string) (string, error)
	// InsertToken fails with fault.Quota if the store has limit tokens already.
	InsertToken(ctx context.Context, t Token, d Digest, limit int) error
	Token(ctx context.Context, id string) (Token, Digest, error)
	// Tokens lists those of one store, oldest first.
	Tokens(ctx context.Context, store identity.StoreID) ([]Token, error)
	DeleteToken(ctx context.Context, store identity.StoreID, id string) error
	UseToken(ctx context.Context, id string, at time.Time) error
}

// OperatorDriver keeps operators and their bearer tokens. Names are folded by
// the caller of these methods. Methods about one of them fail with
// fault.NotFound if there is none.
type OperatorDriver interface {
	// PutOperator stores a new operator, or takes back one who was revoked;
	// fault.Conflict if there is one of that name who was not.
	PutOperator(ctx context.Context, o Operator, hash string) error
	// Operator returns an operator, revoked or not, and the password's hash.
	Operator(ctx context.Context, name string) (Operator, string, error)
	// Operators lists all, by name.
	Operators(ctx context.Context) ([]Operator, error)
	// SetPassword fails with fault.NotFound for a revoked operator too.
	SetPassword(ctx context.Context, name, hash string) error
	// RevokeOperator keeps the operator, without password and tokens.
	RevokeOperator(ctx context.Context, name string, at time.Time) error
	UseOperator(ctx context.Context, name string, at time.Time) error

	// InsertOperatorToken fails with fault.NotFound for a revoked operator.
	InsertOperatorToken(ctx context.Context, t OperatorToken, d Digest) error
	OperatorToken(ctx context.Context, id string) (OperatorToken, Digest, Operator, error)
	// OperatorTokens lists those of one operator, oldest first.
	OperatorTokens(ctx context.Context, name string) ([]OperatorToken, error)
	DeleteOperatorToken(ctx context.Context, name, id string) error
	// UseOperatorToken stores the time with the token and with its operator.
	UseOperatorToken(ctx context.Context, id string, at time.Time) error
}
