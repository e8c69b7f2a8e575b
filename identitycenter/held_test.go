package identitycenter_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"rollcall/emulate"
	"rollcall/identitycenter"
)

// readers is more than a database reads at once.
const readers = 12

// A client that is let in and then sends nothing keeps nobody else from
// reading.
func TestClientsThatAreSlowToSendKeepNobodyFromReading(t *testing.T) {
	s := open(t, nil, one)
	token, text, err := s.databases[0].Tokens.Create(t.Context(), one, "test")
	ok(t, err)
	answered := make(chan int, readers)
	var bodies []*io.PipeWriter
	for n := range readers {
		body, send := io.Pipe()
		bodies = append(bodies, send)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/"+token.Tenant+"/scim/v2/Users", body)
		ok(t, err)
		r.Header.Set("Authorization", "Bearer "+text)
		go func() {
			got, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Error(err)
				answered <- 0
				return
			}
			got.Body.Close()
			answered <- got.StatusCode
		}()
		_, err = fmt.Fprintf(send, `{"userName":"slow%d","displayName":"x",`, n) // it is being read now
		ok(t, err)
	}
	if got := s.scim(token.Tenant, text); got != http.StatusOK {
		t.Errorf("status %d", got)
	}
	for _, send := range bodies {
		_, err := io.WriteString(send, `"name":{"givenName":"x","familyName":"x"}}`)
		ok(t, err)
		ok(t, send.Close())
	}
	for range readers {
		if got := <-answered; got != http.StatusCreated {
			t.Errorf("status %d", got)
		}
	}
}

// A call that the fault plan makes slow keeps nobody else from reading.
func TestCallsThatAreMadeSlowKeepNobodyFromReading(t *testing.T) {
	wake, asleep := make(chan struct{}), make(chan struct{}, readers)
	var calls atomic.Int32
	s := open(t, func(o *identitycenter.Options) {
		o.Emulate = emulate.Options{Latency: time.Millisecond, Sleep: func(context.Context, time.Duration) error {
			if calls.Add(1) <= readers {
				asleep <- struct{}{}
				<-wake
			}
			return nil
		}}
	}, one)
	c := s.client(0)
	made := make(chan error, readers)
	for n := range readers {
		go func() { made <- create(t, c, one, fmt.Sprintf("slow%d", n)) }()
	}
	for range readers {
		<-asleep
	}
	token, text, err := s.databases[0].Tokens.Create(t.Context(), one, "test")
	ok(t, err)
	if got := s.scim(token.Tenant, text); got != http.StatusOK {
		t.Errorf("status %d", got)
	}
	close(wake)
	for range readers {
		ok(t, <-made)
	}
}
