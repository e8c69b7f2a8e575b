package cli

import (
	"context"
	"io"
	"net/http"
	"sync"

	"rollcall/config"
)

// scimTokens gives out the token of a SCIM endpoint: the first, until it is
// refused, then the next.
type scimTokens struct {
	secrets *secrets
	alert   func(format string, args ...any)

	mu   sync.Mutex
	list []config.Secret
}

// token is the one to send now.
func (t *scimTokens) token(ctx context.Context) (string, error) {
	t.mu.Lock()
	ref := t.list[0]
	t.mu.Unlock()
	return t.secrets.read(ctx, ref)
}

// last is where the token is that is left to be sent.
func (t *scimTokens) last() config.Secret {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.list[0]
}

// after returns the token to send instead of one that was refused: the same
// reference read again if its secret was changed meanwhile, or the next one. It
// is false if there is none.
func (t *scimTokens) after(ctx context.Context, refused string) (token string, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.secrets.forget(t.list[0])
	for {
		now, err := t.secrets.read(ctx, t.list[0])
		if err == nil && now != refused {
			return now, true
		}
		if len(t.list) == 1 {
			return "", false
		}
		t.alert("Warning: the SCIM token %s is refused: it has expired or was revoked. Going on with %s; make a new token in the console, and put it there.", t.list[0], t.list[1])
		t.list = t.list[1:]
	}
}

// retoken is a transport that sends a request whose token was refused once
// more, with another. A request that was refused so has changed nothing.
type retoken struct {
	http.RoundTripper
	tokens *scimTokens
}

func (r retoken) RoundTrip(q *http.Request) (*http.Response, error) {
	answer, err := r.RoundTripper.RoundTrip(q)
	if err != nil || answer.StatusCode != http.StatusUnauthorized || q.Body != nil && q.GetBody == nil { // it cannot be said twice
		return answer, err
	}
	const scheme = "Bearer "
	sent := q.Header.Get("Authorization")
	token, ok := r.tokens.after(q.Context(), sent[min(len(scheme), len(sent)):])
	if !ok {
		return answer, nil
	}
	again := q.Clone(q.Context())
	if again.Body, ok = bodyOnceMore(q); !ok {
		return answer, nil
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<16)) // so that the connection can be used again
	_ = answer.Body.Close()
	again.Header.Set("Authorization", scheme+token)
	return r.RoundTripper.RoundTrip(again)
}

// bodyOnceMore is what a request had to say, from its beginning.
func bodyOnceMore(q *http.Request) (io.ReadCloser, bool) {
	if q.GetBody == nil {
		return q.Body, q.Body == nil
	}
	body, err := q.GetBody()
	return body, err == nil
}
