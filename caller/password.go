package caller

import (
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"rollcall/fault"
)

// Passwords are hashed by Argon2id (RFC 9106) with OWASP's second setting:
// 19 MiB, twice, one lane.
const (
	argonMemory = 19 * 1024 // KiB
	argonTime   = 2
	argonLanes  = 1
	saltBytes   = 16
	hashBytes   = 32
)

// The bounds of a password's length, in characters. Length is all that is asked
// for (NIST SP 800-63B section 5.1.1).
const (
	MinPassword = 12
	MaxPassword = 256
)

// NewPassword makes a password that nobody has to think of.
func NewPassword() string { return newSecret()[:24] }

// checkPassword holds a new password to the rules.
func checkPassword(password string) error {
	const op = "set password"
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password):
		return fault.Text(fault.Invalid, op, "password", "it is not valid UTF-8")
	case n < MinPassword:
		return fault.Text(fault.Invalid, op, "password", fmt.Sprintf("it has %d characters; want at least %d", n, MinPassword))
	case n > MaxPassword:
		return fault.Text(fault.Invalid, op, "password", fmt.Sprintf("it has %d characters; want at most %d", n, MaxPassword))
	}
	return nil
}

// hashPassword returns the hash in the form that other programs read too:
// $argon2id$v=19$m=…,t=…,p=…$SALT$HASH.
func hashPassword(password string) string {
	salt := randomBytes(saltBytes)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes,
		base64.RawStdEncoding.EncodeToString(salt),
		base64.RawStdEncoding.EncodeToString(argon(password, salt, argonTime, argonMemory, argonLanes)))
}

// argon hashes the composed form, so that a password typed on two keyboards is
// the same one.
func argon(password string, salt []byte, time, memory uint32, lanes uint8) []byte {
	return argon2.IDKey([]byte(norm.NFC.String(password)), salt, time, memory, lanes, hashBytes)
}

// samePassword reports whether password has that hash. The work is done for an
// empty hash too, and the answer is no, so that the time does not tell who
// exists.
func samePassword(hash, password string) (bool, error) {
	if hash == "" {
		argon(password, make([]byte, saltBytes), argonTime, argonMemory, argonLanes)
		return false, nil
	}
	var version int
	var time, memory uint32
	var lanes uint8
	head, tail, _ := strings.Cut(strings.TrimPrefix(hash, "$argon2id$"), "p=")
	if _, err := fmt.Sscanf(head, "v=%d$m=%d,t=%d,", &version, &memory, &time); err != nil || version != argon2.Version {
		return false, damaged()
	}
	parts := strings.Split(tail, "$")
	if len(parts) != 3 {
		return false, damaged()
	}
	if _, err := fmt.Sscanf(parts[0], "%d", &lanes); err != nil || lanes == 0 || time == 0 {
		return false, damaged()
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(parts[1])
	want, hashErr := base64.RawStdEncoding.DecodeString(parts[2])
	if saltErr != nil || hashErr != nil || len(want) != hashBytes {
		return false, damaged()
	}
	return subtle.ConstantTimeCompare(argon(password, salt, time, memory, lanes), want) == 1, nil
}

func damaged() error {
	return fault.Text(fault.Internal, "check password", "", "the stored hash cannot be read; set the password again: rollcall operator passwd NAME")
}
