// Package sigv4 signs HTTP requests as AWS does (Signature Version 4) and
// checks such signatures: for a door that must know who is asking, and for a
// client that asks.
//
// It holds no keys and reads no body: whoever calls it has both. It checks
// signatures in the query, too (presigned URLs), and makes none; it does not
// know chunked uploads.
package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"rollcall/fault"
)

const (
	// Algorithm is the only one there is.
	Algorithm = "AWS4-HMAC-SHA256"
	// UnsignedPayload in [HeaderContent] says that the signature does not cover
	// the body.
	UnsignedPayload = "UNSIGNED-PAYLOAD"
	// MaxSkew is how far a request's time may be from the server's, either way.
	MaxSkew = 5 * time.Minute

	timeFormat = "20060102T150405Z"
	dateFormat = "20060102"
	terminator = "aws4_request"
)

// The headers a signature needs and makes.
const (
	HeaderAuthorization = "Authorization"
	HeaderDate          = "X-Amz-Date"
	HeaderToken         = "X-Amz-Security-Token"
	HeaderContent       = "X-Amz-Content-Sha256"
)

// What AWS calls the ways in which a signature is refused.
const (
	CodeMissing    = "MissingAuthenticationTokenException" // there is none
	CodeIncomplete = "IncompleteSignatureException"        // it cannot be read
	CodeInvalid    = "InvalidSignatureException"           // it is another request's, or too old
	CodeUnknown    = "UnrecognizedClientException"         // no such access key, or not with that session token
	CodeExpired    = "ExpiredTokenException"               // the session has ended
)

// Refusal says why a signature does not count, in AWS's words.
type Refusal struct {
	Code string // one of the Code constants
	Text string // for the caller; holds no secret and nothing computed from one
}

func (r *Refusal) Error() string { return r.Text }

// Refuse returns a fault.Unauthenticated around a [Refusal].
func Refuse(code, text string) error {
	return fault.New(fault.Unauthenticated, "check signature", "", &Refusal{code, text})
}

// Scope is what a signature is good for: one day, one region, one service.
type Scope struct {
	Date    string // 20260314
	Region  string
	Service string // the signing name: "identitystore"
}

func (s Scope) String() string {
	return s.Date + "/" + s.Region + "/" + s.Service + "/" + terminator
}

// Credentials are an access key: its id, its secret, and for a session its
// token.
type Credentials struct {
	AccessKey    string
	Secret       string
	SessionToken string
}

// Sign signs r, whose body is the one given, for a region and a service. It
// sets the date, the session token and the Authorization, and covers the host
// and every header that is there, those aside that proxies change.
func Sign(r *http.Request, body []byte, key Credentials, region, service string, now time.Time) {
	now = now.UTC()
	r.Header.Set(HeaderDate, now.Format(timeFormat))
	r.Header.Del(HeaderAuthorization)
	if key.SessionToken != "" {
		r.Header.Set(HeaderToken, key.SessionToken)
	}
	a := Authorization{
		AccessKey:     key.AccessKey,
		Scope:         Scope{now.Format(dateFormat), region, service},
		SignedHeaders: signable(r.Header),
	}
	a.Signature = signature(key.Secret, a.Scope, r.Header.Get(HeaderDate), canonical(r, a.SignedHeaders, contentHash(r, body)))
	r.Header.Set(HeaderAuthorization, a.String())
}

// contentHash is what the signature says of the body.
func contentHash(r *http.Request, body []byte) string {
	if r.Header.Get(HeaderContent) == UnsignedPayload {
		return UnsignedPayload
	}
	return hash(body)
}

func signature(secret string, s Scope, at, canonicalRequest string) string {
	key := []byte("AWS4" + secret)
	for _, part := range []string{s.Date, s.Region, s.Service, terminator} {
		key = mac(key, part)
	}
	return hex.EncodeToString(mac(key, Algorithm+"\n"+at+"\n"+s.String()+"\n"+hash([]byte(canonicalRequest))))
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
