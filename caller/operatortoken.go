package caller

import (
	"context"
	"time"

	"rollcall/fault"
	"rollcall/identity"
)

// OperatorToken is a bearer token of an operator, without its text.
type OperatorToken struct {
	ID         string // twelve characters; the text has it too
	Operator   string
	CreatedAt  time.Time
	CreatedBy  string
	ExpiresAt  time.Time
	LastUsedAt time.Time // exact to a minute; zero if never
}

// MaxOperatorToken is how long a bearer token may be good for.
const MaxOperatorToken = 366 * 24 * time.Hour

// CreateToken makes a bearer token, good for so long, and returns its text this
// once. It fails with fault.NotFound if there is no such operator or they are
// revoked, and with fault.Invalid for a length that is not positive or beyond
// [MaxOperatorToken].
func (s *Operators) CreateToken(ctx context.Context, name, by string, lasts time.Duration) (_ OperatorToken, text string, err error) {
	if lasts <= 0 || lasts > MaxOperatorToken {
		return OperatorToken{}, "", fault.Text(fault.Invalid, "make operator token", "validity", "want more than nothing and at most 366 days")
	}
	b, now := newBearer(operatorPrefix), s.Now().UTC()
	made := OperatorToken{ID: b.id, Operator: identity.Fold(name), CreatedAt: now, CreatedBy: by, ExpiresAt: now.Add(lasts)}
	if err := s.driver.InsertOperatorToken(ctx, made, b.digest()); err != nil {
		return OperatorToken{}, "", err
	}
	return made, b.String(), nil
}

// Tokens lists an operator's bearer tokens, oldest first.
func (s *Operators) Tokens(ctx context.Context, name string) ([]OperatorToken, error) {
	return s.driver.OperatorTokens(ctx, identity.Fold(name))
}

// RevokeToken removes one bearer token; fault.NotFound if the operator has none
// of that id.
func (s *Operators) RevokeToken(ctx context.Context, name, id string) error {
	return s.driver.DeleteOperatorToken(ctx, identity.Fold(name), id)
}

// CheckToken returns the operator whose bearer token this is. A token that is
// unknown, revoked or expired, and one of a revoked operator, are all the same
// fault.Unauthenticated.
func (s *Operators) CheckToken(ctx context.Context, text string) (Operator, error) {
	refused := fault.Text(fault.Unauthenticated, "authenticate", "", "the token is not known, or has expired")
	b, ok := parseBearer(operatorPrefix, text)
	if !ok {
		return Operator{}, refused
	}
	token, digest, o, err := s.driver.OperatorToken(ctx, b.id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Operator{}, err
	}
	same := b.digest().is(digest) // of nothing, if there is no such token
	if err != nil || !same || o.Revoked() || !s.Now().Before(token.ExpiresAt) {
		return Operator{}, refused
	}
	s.use(ctx, token.LastUsedAt, func(ctx context.Context, at time.Time) error { return s.driver.UseOperatorToken(ctx, token.ID, at) })
	NoteCaller(ctx, o.Name)
	return o, nil
}
