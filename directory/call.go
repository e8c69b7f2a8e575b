package directory

import "context"

// Call is the request that a write is part of, as its door received it: what
// CloudTrail tells of a write beside who made it. Whatever a door does not know
// is empty; a write made without a request, at the command line, has the zero
// Call. It is kept with the write's events, so it is short, and it never holds
// what was written.
type Call struct {
	ID        string // the request's, as the answer's header has it
	Operation string // as the door names it: "PutUser"
	Source    string // the address that it came from
	Agent     string // User-Agent, at most [MaxCallText] bytes of it
	Host      string // the server as the client names it, cut likewise
	TLS       string // "TLSv1.3"; empty for a connection in the clear
	Cipher    string // "TLS_AES_128_GCM_SHA256"
	Region    string // that the signature is for
	Account   string // the caller's: twelve digits
	Key       string // the access key or session that signed it
	Tenant    string // of SCIM
}

// MaxCallText is how many bytes of a header are kept in a [Call].
const MaxCallText = 256

type callKey struct{}

// WithCall returns a context whose writes are part of c.
func WithCall(ctx context.Context, c Call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// CallOf returns the request that ctx's writes are part of; the zero Call if
// there is none.
func CallOf(ctx context.Context) Call {
	c, _ := ctx.Value(callKey{}).(Call)
	return c
}
