package caller

import (
	"context"
	"time"

	"rollcall/awsjson/sigv4"
	"rollcall/fault"
	"rollcall/keyring"
)

// Key is an access key, without its secret.
type Key struct {
	ID         string // AKIA and 16 more
	Name       string // who or what uses it: 2 to 64 characters, those of a role session's name
	Account    string // twelve digits
	Role       string // what its holder is
	ReadOnly   bool
	Active     bool // a disabled key is as good as none
	CreatedAt  time.Time
	CreatedBy  string
	LastUsedAt time.Time // exact to a minute; zero if never
}

// Keys makes access keys and checks what is signed with them. It is safe for
// concurrent use.
type Keys struct {
	driver KeyDriver
	ring   *keyring.Keyring
	nobody sigv4.Credentials // verified against when there is no such key
	Options
}

// NewKeys returns the keys that d keeps, sealed by ring.
func NewKeys(d KeyDriver, ring *keyring.Keyring, o Options) *Keys {
	return &Keys{d, ring, sigv4.Credentials{Secret: newSecret()}, o.filled()}
}

// Create makes an access key as k says; its id and times are set here. The
// secret is returned this once. It fails with fault.Invalid for a name, account
// or role that cannot be.
func (k *Keys) Create(ctx context.Context, key Key) (_ Key, secret string, err error) {
	if err := key.Validate(); err != nil {
		return Key{}, "", err
	}
	key.ID, key.Active, key.CreatedAt, key.LastUsedAt = newKeyID(keyPrefix), true, k.Now().UTC(), time.Time{}
	secret = newSecret()
	sealed, err := k.ring.Seal([]byte(secret), sealContext(key.ID))
	if err != nil {
		return Key{}, "", err
	}
	if err := k.driver.InsertKey(ctx, key, sealed); err != nil {
		return Key{}, "", err
	}
	return key, secret, nil
}

// Validate holds a key that is to be made to the rules: fault.Invalid for a
// name, account or role that cannot be.
func (k Key) Validate() error {
	const op = "make access key"
	switch {
	case !sessionForm.MatchString(k.Name):
		return fault.Text(fault.Invalid, op, "name", "want 2 to 64 letters, digits and _+=,.@-")
	case !accountForm.MatchString(k.Account):
		return fault.Text(fault.Invalid, op, "account", "want twelve digits")
	case !roleForm.MatchString(k.Role):
		return fault.Text(fault.Invalid, op, "role", "want 1 to 64 letters, digits and _+=,.@-")
	}
	return nil
}

// sealContext ties a sealed secret to its key.
func sealContext(id string) []byte { return []byte("access-key/" + id) }

// List returns all keys, oldest first.
func (k *Keys) List(ctx context.Context) ([]Key, error) { return k.driver.Keys(ctx) }

// Key returns one key; fault.NotFound if there is none.
func (k *Keys) Key(ctx context.Context, id string) (Key, error) {
	key, _, err := k.driver.Key(ctx, id)
	return key, err
}

// Disable disables a key, and with it the sessions that began with it;
// fault.NotFound if there is none.
func (k *Keys) Disable(ctx context.Context, id string) error {
	return k.driver.SetKeyActive(ctx, id, false)
}

// Enable undoes Disable; fault.NotFound if there is no such key.
func (k *Keys) Enable(ctx context.Context, id string) error {
	return k.driver.SetKeyActive(ctx, id, true)
}

// Delete removes a key for good, and ends the sessions that began with it;
// fault.NotFound if there is none.
func (k *Keys) Delete(ctx context.Context, id string) error { return k.driver.DeleteKey(ctx, id) }

// Verify says who signed a request whose body is the one given. All that is
// wrong with the signature or the key is fault.Unauthenticated around a
// [sigv4.Refusal]: an unknown key, a disabled one, another's session token, an
// ended session.
func (k *Keys) Verify(ctx context.Context, claim *sigv4.Claim, body []byte, p sigv4.Policy) (Caller, error) {
	now := k.Now()
	f, err := k.find(ctx, claim)
	if fault.Is(err, fault.Unauthenticated) {
		// As much work as for a key that exists, so that the time tells nothing.
		_ = claim.Verify(body, k.nobody, p, now)
		return Caller{}, err
	}
	if err != nil {
		return Caller{}, err
	}
	if err := claim.Verify(body, f.credentials, p, now); err != nil {
		return Caller{}, err
	}
	if f.caller.IsSession() && !now.Before(f.caller.Expires) {
		return Caller{}, sigv4.Refuse(sigv4.CodeExpired, "The security token included in the request is expired")
	}
	k.use(ctx, f.key.LastUsedAt, func(ctx context.Context, at time.Time) error { return k.driver.UseKey(ctx, f.key.ID, at) })
	return f.caller, nil
}

// Unproved is whom a claim names, without a look at any key: for servers that
// accept any credentials.
func Unproved(claim *sigv4.Claim) Caller {
	return Caller{Name: "anybody", Account: DefaultAccount, Role: DefaultRole, KeyID: claim.AccessKey}
}

// The account and the role of a key that names none: the management account of
// a new embedded instance.
const (
	DefaultAccount = "111122223333"
	DefaultRole    = "Administrator"
)

// found is who a claim says is asking, and what would prove it.
type found struct {
	caller      Caller
	credentials sigv4.Credentials
	key         Key // the caller's, or that the session began with
}

func (k *Keys) find(ctx context.Context, claim *sigv4.Claim) (found, error) {
	if isKeyID(claim.AccessKey, sessionPrefix) {
		return k.findSession(ctx, claim)
	}
	key, sealed, err := k.active(ctx, claim.AccessKey)
	if err != nil {
		return found{}, err
	}
	secret, err := k.ring.Open(sealed, sealContext(key.ID))
	if err != nil {
		return found{}, fault.New(fault.Internal, "open access key", key.ID, err)
	}
	return found{
		Caller{Name: key.Name, Account: key.Account, Role: key.Role, KeyID: key.ID, ReadOnly: key.ReadOnly},
		sigv4.Credentials{AccessKey: key.ID, Secret: string(secret)},
		key,
	}, nil
}

// active returns a key that may be used now.
func (k *Keys) active(ctx context.Context, id string) (Key, []byte, error) {
	if !IsKeyID(id) {
		return Key{}, nil, sigv4.UnknownKey()
	}
	key, sealed, err := k.driver.Key(ctx, id)
	if fault.Is(err, fault.NotFound) || (err == nil && !key.Active) {
		return Key{}, nil, sigv4.UnknownKey()
	}
	return key, sealed, err
}
