// Package caller is who may come in: access keys and their sessions for the AWS
// door, bearer tokens for SCIM, and the operators who run Rollcall itself.
//
// A secret is shown once, by the call that makes it. Access keys are kept
// sealed, since a signature can only be checked with the secret; tokens are
// kept as digests and passwords as a slow hash. Nothing is let in from memory:
// every check reads what is stored now, so that what one process revokes is
// refused by the next request to another.
package caller

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"log/slog"
	"regexp"
	"strings"
	"time"

	"rollcall/directory"
	"rollcall/fault"
)

// Caller is who is asking the AWS door, once a signature has proved it. Keys
// and sessions alike act in a role of an account.
type Caller struct {
	Name     string // the key's name, or the session's
	Account  string // twelve digits
	Role     string // its name, without a path
	KeyID    string // AKIA… or ASIA…
	ReadOnly bool

	// Expires is when a session ends; zero for a key.
	Expires time.Time

	parent string // the key that a session began with; empty for a key
}

// IsSession reports whether the caller has temporary credentials.
func (c Caller) IsSession() bool { return c.parent != "" }

// ARN is what GetCallerIdentity says (aws-contract 6).
func (c Caller) ARN() string {
	return "arn:aws:sts::" + c.Account + ":assumed-role/" + c.Role + "/" + c.Name
}

// UserID is the role's unique id and the name, as GetCallerIdentity has it.
func (c Caller) UserID() string { return RoleID(c.Account, c.Role) + ":" + c.Name }

// RoleID is the unique id of a role: the same role always has the same.
func RoleID(account, role string) string { return UniqueID("AROA", account, role) }

// UniqueID is the id that IAM would give something of an account: a prefix that
// says what it is, and 17 characters that are always the same for the same name.
func UniqueID(prefix, account, name string) string {
	sum := sha256.Sum256([]byte(account + "/" + name))
	return prefix + base32.StdEncoding.EncodeToString(sum[:])[:uniqueIDLength]
}

const uniqueIDLength = 17

// Actor is how events and the journal name the caller. The door adds its own
// name.
func (c Caller) Actor() directory.Actor { return directory.Actor{Name: c.Role + "/" + c.Name} }

// May refuses, with fault.Denied, what a read-only key may not do: every
// operation whose name does not say that it only reads. Taking a role is
// allowed, since the session is read-only too.
func (c Caller) May(operation string) error {
	if !c.ReadOnly || Reads(operation) {
		return nil
	}
	return fault.Text(fault.Denied, "authorize", "operation "+operation, "the access key is read-only")
}

// Reads reports whether an operation's name says that it only reads.
func Reads(operation string) bool {
	for _, prefix := range []string{"Describe", "Get", "List", "Is", "AssumeRole"} {
		if strings.HasPrefix(operation, prefix) {
			return true
		}
	}
	return false
}

// Options are what all of the package's types take. The zero value is usual.
type Options struct {
	Now func() time.Time // nil is time.Now
	// Log is told when somebody was let in although the time of last use could
	// not be stored; nil is slog.Default.
	Log *slog.Logger
}

func (o Options) filled() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

// useStep is how exact times of last use are: finer would make every read a
// write.
const useStep = time.Minute

// use notes that somebody came in, who did before at last. Whoever could prove
// who they are is not sent away because the note failed.
func (o Options) use(ctx context.Context, last time.Time, store func(context.Context, time.Time) error) {
	now := o.Now().UTC()
	if now.Sub(last) < useStep {
		return
	}
	if err := store(ctx, now); err != nil {
		o.Log.WarnContext(ctx, "time of last use not stored", "err", err)
	}
}

var (
	accountForm = regexp.MustCompile(`^\d{12}$`)
	roleForm    = regexp.MustCompile(`^[\w+=,.@-]{1,64}$`)
	sessionForm = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`) // aws-contract 6, RoleSessionName
)
