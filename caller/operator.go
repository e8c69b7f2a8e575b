package caller

import (
	"context"
	"regexp"
	"slices"
	"time"

	"rollcall/fault"
	"rollcall/identity"
)

// Role is what an operator may do. Each includes those before it.
type Role string

// The roles.
const (
	Reader   Role = "reader"   // look at everything
	Worker   Role = "operator" // plan and carry out
	Approver Role = "approver" // decide what waits for approval
	Admin    Role = "admin"    // operators, keys and tokens
)

// Roles lists the roles, from the least to the most.
func Roles() []Role { return []Role{Reader, Worker, Approver, Admin} }

// Includes reports whether who has r may do what needs the other.
func (r Role) Includes(other Role) bool {
	mine, theirs := slices.Index(Roles(), r), slices.Index(Roles(), other)
	return theirs >= 0 && mine >= theirs
}

// Operator is somebody who runs Rollcall. The journal names them, so they are
// never removed, only revoked.
type Operator struct {
	Name        string // 1 to 64 letters, digits and _.@+-, in lower case
	Role        Role
	HasPassword bool
	CreatedAt   time.Time
	CreatedBy   string
	RevokedAt   time.Time // zero for one who may come in
	LastUsedAt  time.Time // exact to a minute; zero if never
}

// Revoked reports whether the operator may not come in any more.
func (o Operator) Revoked() bool { return !o.RevokedAt.IsZero() }

// May refuses, with fault.Denied, what needs a role that the operator's does
// not include.
func (o Operator) May(need Role) error {
	if o.Role.Includes(need) {
		return nil
	}
	return fault.Text(fault.Denied, "authorize", "operator "+o.Name, "it needs the role "+string(need)+"; theirs is "+string(o.Role))
}

// Validate holds an operator who is to be made to the rules: fault.Invalid for
// a name or role that cannot be.
func (o Operator) Validate() error {
	switch {
	case !operatorName.MatchString(identity.Fold(o.Name)):
		return fault.Text(fault.Invalid, "make operator", "name", "want 1 to 64 letters, digits and _.@+-, the first no sign")
	case !slices.Contains(Roles(), o.Role):
		return fault.Text(fault.Invalid, "make operator", "role", "want reader, operator, approver or admin")
	}
	return nil
}

var operatorName = regexp.MustCompile(`^[a-z0-9][a-z0-9_.@+-]{0,63}$`)

// Operators makes operators and checks who they are. It is safe for concurrent
// use.
type Operators struct {
	driver  OperatorDriver
	guesses guesses
	known   *known
	Options
}

// NewOperators returns the operators that d keeps.
func NewOperators(d OperatorDriver, o Options) *Operators {
	o = o.filled()
	return &Operators{driver: d, guesses: guesses{now: o.Now, entries: map[string]tried{}}, known: newKnown(), Options: o}
}

// Create makes an operator; an empty password makes one who comes in by bearer
// token only. Somebody who was revoked comes back with the new role and
// password. It fails with fault.Conflict if there is one of that name, and
// with fault.Invalid for a name, role or password that cannot be.
func (s *Operators) Create(ctx context.Context, o Operator, password string) (Operator, error) {
	o.Name = identity.Fold(o.Name)
	if err := o.Validate(); err != nil {
		return Operator{}, err
	}
	hash := ""
	if password != "" {
		if err := checkPassword(password); err != nil {
			return Operator{}, err
		}
		hash = hashPassword(password)
	}
	o.HasPassword, o.CreatedAt, o.RevokedAt, o.LastUsedAt = hash != "", s.Now().UTC(), time.Time{}, time.Time{}
	return o, s.driver.PutOperator(ctx, o, hash)
}

// List returns all operators by name, the revoked too.
func (s *Operators) List(ctx context.Context) ([]Operator, error) { return s.driver.Operators(ctx) }

// Operator returns one, revoked or not; fault.NotFound if there is none.
func (s *Operators) Operator(ctx context.Context, name string) (Operator, error) {
	o, _, err := s.driver.Operator(ctx, identity.Fold(name))
	return o, err
}

// SetPassword replaces a password. Bearer tokens stay. It fails with
// fault.NotFound if there is no such operator or they are revoked.
func (s *Operators) SetPassword(ctx context.Context, name, password string) error {
	if err := checkPassword(password); err != nil {
		return err
	}
	return s.driver.SetPassword(ctx, identity.Fold(name), hashPassword(password))
}

// Revoke shuts an operator out, and drops their password and tokens;
// fault.NotFound if there is none.
func (s *Operators) Revoke(ctx context.Context, name string) error {
	return s.driver.RevokeOperator(ctx, identity.Fold(name), s.Now().UTC())
}

// CheckPassword returns the operator whose password this is. From is where the
// attempt comes from, an address; who guesses is made to wait, by name and by
// address. A wrong password, an unknown name and a revoked operator are all the
// same fault.Unauthenticated and take as long; fault.Throttled says that the
// attempt was not looked at, and when the next will be.
func (s *Operators) CheckPassword(ctx context.Context, name, password, from string) (Operator, error) {
	name = identity.Fold(name)
	o, hash, err := s.driver.Operator(ctx, name)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Operator{}, err
	}
	if err != nil || o.Revoked() {
		hash = ""
	}
	if !s.known.has(name, hash, password) {
		if err := s.checkSlowly(ctx, name, hash, password, from); err != nil {
			return Operator{}, err
		}
	}
	s.use(ctx, o.LastUsedAt, func(ctx context.Context, at time.Time) error { return s.driver.UseOperator(ctx, name, at) })
	NoteCaller(ctx, o.Name)
	return o, nil
}

// checkSlowly is the part of CheckPassword that costs what a guess should cost.
func (s *Operators) checkSlowly(ctx context.Context, name, hash, password, from string) error {
	leave, err := s.known.enter(ctx, name)
	if err != nil {
		return err
	}
	defer leave()
	if s.known.has(name, hash, password) { // somebody else was first
		return nil
	}
	counted := limits(name, from)
	if wait := s.guesses.wait(counted); wait > 0 {
		e := fault.Text(fault.Throttled, "check password", "", "there were too many wrong ones")
		e.RetryAfter = wait
		return e
	}
	if len(password) > MaxPassword*4 {
		password = "" // no password is so long, and hashing takes time by length
	}
	same, err := samePassword(hash, password)
	switch {
	case err != nil:
		return err
	case !same:
		s.guesses.failed(counted)
		return fault.Text(fault.Unauthenticated, "check password", "", "the name or the password is wrong")
	}
	s.guesses.succeeded(counted)
	s.known.add(name, hash, password)
	return nil
}
