package awscall_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"rollcall/awscall"
	"rollcall/fault"
)

func call(write bool) awscall.Call {
	return awscall.Call{Family: awscall.SCIM, Operation: "CreateUser", Write: write, Op: "create user", On: "user 1"}
}

// get is a sender of one request to url.
func get(client *http.Client, url string) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"?name=ann", nil)
		if err != nil {
			return 0, err
		}
		a, err := client.Do(r)
		if err != nil {
			return 0, err
		}
		defer a.Body.Close()
		return a.StatusCode, nil
	}
}

func TestOnlyAWriteThatMayHaveArrivedIsUnsettled(t *testing.T) {
	dropping := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer dropping.Close()
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer hanging.Close()
	nowhere := &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("no way there")
	}}}
	refusal := func(kind fault.Kind) func(context.Context) (int, error) {
		return func(ctx context.Context) (int, error) {
			_, _ = get(dropping.Client(), dropping.URL)(ctx) // the request was made
			return 0, fault.Text(kind, "create user", "", "no")
		}
	}
	for name, c := range map[string]struct {
		send     func(context.Context) (int, error)
		kind     fault.Kind
		unsettle bool
	}{
		"no connection":        {get(nowhere, dropping.URL), fault.Unavailable, false},
		"no answer":            {get(dropping.Client(), dropping.URL), fault.Unavailable, true},
		"no answer in time":    {get(hanging.Client(), hanging.URL), fault.Unavailable, true},
		"the server failed":    {refusal(fault.Unavailable), fault.Unavailable, true},
		"it was refused":       {refusal(fault.Denied), fault.Denied, false},
		"too fast":             {refusal(fault.Throttled), fault.Throttled, false},
		"somebody wrote first": {refusal(fault.Stale), fault.Stale, false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, write := range []bool{false, true} {
				_, err := awscall.Do(t.Context(), awscall.Line{Timeout: time.Second}, call(write), c.send)
				if !fault.Is(err, c.kind) || fault.IsUnsettled(err) != (write && c.unsettle) {
					t.Errorf("write %v: %v; want %v, unsettled %v", write, err, c.kind, write && c.unsettle)
				}
				if strings.Contains(err.Error(), "ann") {
					t.Errorf("the error tells what was asked for: %v", err)
				}
			}
		})
	}
}

func TestACallWaitsForItsTurnAndTellsHowItWent(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	var asked awscall.Call
	var told []error
	line := awscall.Line{Pace: func(_ context.Context, c awscall.Call) (func(error), error) {
		asked = c
		return func(err error) { told = append(told, err) }, nil
	}}
	status, err := awscall.Do(t.Context(), line, call(true), get(server.Client(), server.URL))
	if err != nil || status != 200 || asked != call(true) || len(told) != 1 || told[0] != nil {
		t.Errorf("%d, %v; asked about %+v, told %v", status, err, asked, told)
	}
	throttled := fault.Text(fault.Throttled, "", "", "too fast")
	throttled.RetryAfter = 3 * time.Second
	_, err = awscall.Do(t.Context(), line, call(true), func(context.Context) (int, error) { return 0, throttled })
	if len(told) != 2 || fault.RetryAfter(told[1]) != 3*time.Second || !errors.Is(err, told[1]) {
		t.Errorf("told %v of %v", told, err)
	}
}

func TestACallWithoutATurnIsNotMade(t *testing.T) {
	gone, leave := context.WithCancel(t.Context())
	leave()
	never := func(context.Context) (int, error) { t.Error("it was made"); return 0, nil }
	refuse := func(err error) awscall.Line {
		return awscall.Line{Pace: func(context.Context, awscall.Call) (func(error), error) { return nil, err }}
	}
	for name, c := range map[string]struct {
		ctx  context.Context
		line awscall.Line
		want fault.Kind
	}{
		"the caller has gone":        {gone, awscall.Line{}, fault.Unavailable},
		"the caller went waiting":    {t.Context(), refuse(context.Canceled), fault.Unavailable},
		"the budget is used up":      {t.Context(), refuse(fault.Text(fault.Quota, "", "", "used up")), fault.Quota},
		"somebody else's throttling": {t.Context(), refuse(fault.Text(fault.Throttled, "", "", "wait")), fault.Throttled},
	} {
		_, err := awscall.Do(c.ctx, c.line, call(true), never)
		if !fault.Is(err, c.want) || fault.IsUnsettled(err) {
			t.Errorf("%s: %v, want %v and not unsettled", name, err, c.want)
		}
	}
}
