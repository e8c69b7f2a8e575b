package caller

import "context"

// Asked is what a door has understood of a request: who asks for what. Whoever
// stands before the doors and keeps a log gives each request one, with
// [WithAsked], and reads it when the request is answered. It belongs to the
// goroutine that answers.
type Asked struct {
	Service   string // AWS's signing name, or "scim"; empty if the door has no word for it
	Operation string // as AWS calls it: "CreateUser"
	By        string // as events and the journal name them; empty for whoever did not prove who they are
}

type askedKey struct{}

// WithAsked gives a request something to be noted in.
func WithAsked(ctx context.Context) (context.Context, *Asked) {
	a := new(Asked)
	return context.WithValue(ctx, askedKey{}, a), a
}

// NoteOperation is for doors: this is asked for, by whomever. Without anybody
// who wants to know, it does nothing.
func NoteOperation(ctx context.Context, service, operation string) {
	if a, ok := ctx.Value(askedKey{}).(*Asked); ok {
		a.Service, a.Operation = service, operation
	}
}

// NoteCaller is for doors: whoever asks has proved to be this.
func NoteCaller(ctx context.Context, name string) {
	if a, ok := ctx.Value(askedKey{}).(*Asked); ok {
		a.By = name
	}
}
