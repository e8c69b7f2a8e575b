package caller

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
	"sync"
	"time"

	"rollcall/awsjson/sigv4"
	"rollcall/fault"
)

// Limits of sessions (aws-contract 6).
const (
	MinSession     = 15 * time.Minute
	MaxSession     = 12 * time.Hour
	MaxChained     = time.Hour // for a session that begins another
	DefaultSession = time.Hour
)

// Session is what AssumeRole gives.
type Session struct {
	Caller
	Secret string
	Token  string
}

// AssumeRole is a request for a session.
type AssumeRole struct {
	RoleARN  string
	Name     string        // RoleSessionName
	Duration time.Duration // zero means DefaultSession
}

// roleARN is arn:PARTITION:iam::ACCOUNT:role/PATH/NAME.
// So many repetitions take a millisecond to read, so they wait for their use.
var roleARN = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^arn:[\w-]{1,32}:iam::(\d{12}):role/([\w+=,.@/-]{1,512})$`)
})

// AssumeRole begins a session in a role. Roles have no trust policies here: any
// key may take any role, of any account; a read-only one stays read-only. A
// session ends at its time, and at once when the key it began with is disabled
// or deleted. It fails with fault.Invalid for what AWS would not take.
func (k *Keys) AssumeRole(by Caller, r AssumeRole) (Session, error) {
	role, err := r.check(by)
	if err != nil {
		return Session{}, err
	}
	ends := k.Now().UTC().Add(role.Duration).Truncate(time.Second) // as it is told
	parent := by.parent
	if parent == "" {
		parent = by.KeyID
	}
	s := sealed{
		Key: newKeyID(sessionPrefix), Secret: newSecret(), Account: role.account, Role: role.name,
		Name: role.Name, Expires: ends.Unix(), ReadOnly: by.ReadOnly, Parent: parent,
	}
	token, err := k.sealSession(s)
	return Session{s.caller(), s.Secret, token}, err
}

// taken is a request that can be granted.
type taken struct {
	AssumeRole
	account, name string
}

func (r AssumeRole) check(by Caller) (taken, error) {
	const op = "assume role"
	longest := MaxSession
	if by.IsSession() {
		longest = MaxChained
	}
	if r.Duration == 0 {
		r.Duration = DefaultSession
	}
	parts := roleARN().FindStringSubmatch(r.RoleARN)
	switch {
	case parts == nil:
		return taken{}, fault.Text(fault.Invalid, op, "roleArn", "want arn:aws:iam::ACCOUNT:role/NAME")
	case !sessionForm.MatchString(r.Name):
		return taken{}, fault.Text(fault.Invalid, op, "roleSessionName", "want 2 to 64 letters, digits and _+=,.@-")
	case r.Duration < MinSession || r.Duration > MaxSession:
		return taken{}, fault.Text(fault.Invalid, op, "durationSeconds", "want 900 to 43200")
	case r.Duration > longest:
		return taken{}, fault.Text(fault.Invalid, op, "durationSeconds", "a session may begin another of 3600 at most")
	}
	name := parts[2][strings.LastIndex(parts[2], "/")+1:]
	if !roleForm.MatchString(name) {
		return taken{}, fault.Text(fault.Invalid, op, "roleArn", "the role's name wants 1 to 64 letters, digits and _+=,.@-")
	}
	return taken{r, parts[1], name}, nil
}

// sealed is a session as its token carries it. Nothing is stored: whoever holds
// the key file can read it.
type sealed struct {
	Key      string `json:"k"`
	Secret   string `json:"s"`
	Account  string `json:"a"`
	Role     string `json:"r"`
	Name     string `json:"n"`
	Expires  int64  `json:"e"` // seconds since 1970
	ReadOnly bool   `json:"o,omitempty"`
	Parent   string `json:"p"`
}

func (s sealed) caller() Caller {
	return Caller{
		Name: s.Name, Account: s.Account, Role: s.Role, KeyID: s.Key, ReadOnly: s.ReadOnly,
		Expires: time.Unix(s.Expires, 0).UTC(), parent: s.Parent,
	}
}

// sessionContext keeps other things that the key file sealed from being taken
// for session tokens.
var sessionContext = []byte("session/1")

func (k *Keys) sealSession(s sealed) (string, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return "", fault.New(fault.Internal, "begin session", s.Key, err)
	}
	box, err := k.ring.Seal(text, sessionContext)
	return base64.RawURLEncoding.EncodeToString(box), err
}

// maxSessionToken is far above what any session needs: names are bounded.
const maxSessionToken = 2048

// openSession is false for every text that sealSession did not write with this
// key file. It knows nothing of time.
func (k *Keys) openSession(token string) (s sealed, ok bool) {
	if len(token) > maxSessionToken {
		return s, false
	}
	box, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil {
		return s, false
	}
	text, err := k.ring.Open(box, sessionContext)
	if err != nil {
		return s, false
	}
	err = json.Unmarshal(text, &s)
	return s, err == nil
}

// findSession is find for temporary credentials. Opening the token proves it is
// ours; the key it began with must still be good.
func (k *Keys) findSession(ctx context.Context, claim *sigv4.Claim) (found, error) {
	s, ok := k.openSession(claim.SessionToken)
	if !ok || s.Key != claim.AccessKey {
		return found{}, sigv4.UnknownKey()
	}
	key, _, err := k.active(ctx, s.Parent)
	if err != nil {
		return found{}, err
	}
	return found{
		s.caller(), sigv4.Credentials{AccessKey: s.Key, Secret: s.Secret, SessionToken: claim.SessionToken}, key,
	}, nil
}
