package caller

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

const (
	keyPrefix     = "AKIA" // a long-lived access key (IAM, unique identifiers)
	sessionPrefix = "ASIA" // a temporary one
	keyIDLength   = 20
	secretBytes   = 30 // 40 characters, as AWS's secrets have
)

// randomBytes cannot fail: crypto/rand.Read ends the program rather than
// return an error.
func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

func newKeyID(prefix string) string {
	return prefix + base32.StdEncoding.EncodeToString(randomBytes(10)) // 16 characters
}

// newSecret has only characters that a shell leaves alone.
func newSecret() string { return base64.RawURLEncoding.EncodeToString(randomBytes(secretBytes)) }

// IsKeyID reports whether s has the form of a long-lived access key's id.
func IsKeyID(s string) bool { return isKeyID(s, keyPrefix) }

func isKeyID(s, prefix string) bool {
	rest, ok := strings.CutPrefix(s, prefix)
	return ok && len(s) == keyIDLength && strings.Trim(rest, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}

// newTenantID has the form of AWS's: 11-4-4-4-12 hexadecimal digits.
func newTenantID() string {
	h := hex.EncodeToString(randomBytes(18))
	return strings.Join([]string{h[:11], h[11:15], h[15:19], h[19:23], h[23:35]}, "-")
}

// The kinds of bearer token begin differently, so that one is never taken for
// the other, and so that scanners for leaked secrets know them.
const (
	scimPrefix     = "rcs_"
	operatorPrefix = "rco_"

	tokenIDLength     = 12
	tokenSecretLength = 52
	tokenAlphabet     = "abcdefghijklmnopqrstuvwxyz234567"
)

// bearer is a token's text, taken apart: prefix, id and secret without any
// separator.
type bearer struct{ prefix, id, secret string }

func newBearer(prefix string) bearer {
	enc := base32.NewEncoding(tokenAlphabet).WithPadding(base32.NoPadding)
	return bearer{prefix, enc.EncodeToString(randomBytes(8))[:tokenIDLength], enc.EncodeToString(randomBytes(33))[:tokenSecretLength]}
}

// parseBearer is false for whatever newBearer cannot have made. Its error is
// left to the caller, who says no more than that nobody is let in.
func parseBearer(prefix, text string) (bearer, bool) {
	rest, ok := strings.CutPrefix(text, prefix)
	if !ok || len(rest) != tokenIDLength+tokenSecretLength || strings.Trim(rest, tokenAlphabet) != "" {
		return bearer{}, false
	}
	return bearer{prefix, rest[:tokenIDLength], rest[tokenIDLength:]}, true
}

// String is the text that is shown once.
func (b bearer) String() string { return b.prefix + b.id + b.secret }

func (b bearer) digest() Digest { return sha256.Sum256([]byte(b.String())) }

// is takes as long whichever byte differs.
func (d Digest) is(other Digest) bool { return subtle.ConstantTimeCompare(d[:], other[:]) == 1 }
