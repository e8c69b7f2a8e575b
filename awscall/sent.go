package awscall

import (
	"context"
	"errors"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
)

// sent notes whether a request may have reached the other side. A connection
// that was never had carried nothing; of one that was had, nobody can tell.
type sent struct{ connected atomic.Bool }

func (s *sent) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { s.connected.Store(true) },
	})
}

func (s *sent) may() bool { return s.connected.Load() }

// plain leaves out the address that net/http puts round its errors: the query
// in it may be somebody's name.
func plain(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}
