package caller

import (
	"context"
	"time"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

// Token is a SCIM bearer token, without its text (aws-contract 7.2).
type Token struct {
	ID         string // twelve characters; the text has it too
	Store      identity.StoreID
	Tenant     string // the first part of the endpoint's path
	CreatedAt  time.Time
	CreatedBy  string
	ExpiresAt  time.Time
	LastUsedAt time.Time // exact to a minute; zero if never
}

const (
	// MaxTokens is how many tokens a store may have, expired ones included.
	MaxTokens = 2
	// NoticeDays is how many days before its end a token is warned about
	// (aws-contract 9.3).
	NoticeDays = 90
)

// Expired reports whether a token is of no use any more.
func (t Token) Expired(now time.Time) bool { return !now.Before(t.ExpiresAt) }

// DaysLeft is how many whole days a token is still good for.
func (t Token) DaysLeft(now time.Time) int {
	return max(0, int(t.ExpiresAt.Sub(now)/(24*time.Hour)))
}

// Tokens makes SCIM tokens and checks them. It is safe for concurrent use.
type Tokens struct {
	driver TokenDriver
	Options
}

// NewTokens returns the tokens that d keeps.
func NewTokens(d TokenDriver, o Options) *Tokens { return &Tokens{d, o.filled()} }

// Create makes a token for a store, good for one year, and returns its text
// this once. It fails with fault.Quota if the store has [MaxTokens] already.
func (t *Tokens) Create(ctx context.Context, store identity.StoreID, by string) (_ Token, text string, err error) {
	tenant, err := t.driver.Tenant(ctx, store, newTenantID())
	if err != nil {
		return Token{}, "", err
	}
	b, now := newBearer(scimPrefix), t.Now().UTC()
	made := Token{ID: b.id, Store: store, Tenant: tenant, CreatedAt: now, CreatedBy: by, ExpiresAt: now.AddDate(1, 0, 0)}
	if err := t.driver.InsertToken(ctx, made, b.digest(), MaxTokens); err != nil {
		return Token{}, "", err
	}
	return made, b.String(), nil
}

// List returns a store's tokens, oldest first.
func (t *Tokens) List(ctx context.Context, store identity.StoreID) ([]Token, error) {
	return t.driver.Tokens(ctx, store)
}

// Revoke removes a token of a store; fault.NotFound if there is none.
func (t *Tokens) Revoke(ctx context.Context, store identity.StoreID, id string) error {
	return t.driver.DeleteToken(ctx, store, id)
}

// Tenant returns the tenant id of a store, empty before its first token.
func (t *Tokens) Tenant(ctx context.Context, store identity.StoreID) (string, error) {
	return t.driver.Tenant(ctx, store, "")
}

// Endpoint says who may use the SCIM endpoint of one store.
type Endpoint struct {
	tokens *Tokens
	store  identity.StoreID
}

// Endpoint returns that of a store, whether or not it has tokens yet.
func (t *Tokens) Endpoint(store identity.StoreID) *Endpoint { return &Endpoint{t, store} }

// TokenActor is what the name of an actor begins with that is a SCIM token; its
// id follows.
const TokenActor = "token "

// Authenticate returns whom a token of this store's tenant belongs to. A token
// that is unknown, revoked, expired or another store's, and a wrong tenant, are
// all the same fault.Unauthenticated.
func (e *Endpoint) Authenticate(ctx context.Context, tenant, text string) (directory.Actor, error) {
	refused := fault.Text(fault.Unauthenticated, "authenticate", "", "the token or the tenant is not known here, or the token has expired")
	b, ok := parseBearer(scimPrefix, text)
	if !ok {
		return directory.Actor{}, refused
	}
	token, digest, err := e.tokens.driver.Token(ctx, b.id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return directory.Actor{}, err
	}
	same := b.digest().is(digest) // of nothing, if there is no such token
	if err != nil || !same || token.Store != e.store || token.Tenant != tenant || token.Expired(e.tokens.Now()) {
		return directory.Actor{}, refused
	}
	e.tokens.use(ctx, token.LastUsedAt, func(ctx context.Context, at time.Time) error {
		return e.tokens.driver.UseToken(ctx, token.ID, at)
	})
	return directory.Actor{Name: TokenActor + token.ID}, nil
}
