package awscall

import (
	"bytes"
	"io"
	"net/http"
)

// whole has the body of a request in memory when it is sent. AWS's SDK closes a
// body as soon as the head of the answer is there; where the connection has not
// yet seen the body's end by then, it is cut in the middle of the answer. A body
// that net/http knows to be in memory goes out with the head, in one piece.
type whole struct{ http.RoundTripper }

func (w whole) RoundTrip(q *http.Request) (*http.Response, error) {
	if q.Body == nil || q.Body == http.NoBody {
		return w.RoundTripper.RoundTrip(q)
	}
	body, err := io.ReadAll(q.Body)
	if closed := q.Body.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, err
	}
	sent := q.Clone(q.Context())
	sent.Body, sent.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	sent.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	return w.RoundTripper.RoundTrip(sent)
}
