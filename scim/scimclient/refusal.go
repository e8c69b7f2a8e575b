package scimclient

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"rollcall/awscall"
	"rollcall/fault"
	"rollcall/scim"
)

// kinds is aws-contract 7.10 by status. What is not here is a failure of the
// server's from 500 on, and otherwise nothing that a SCIM endpoint says.
var kinds = map[int]fault.Kind{
	http.StatusBadRequest:            fault.Invalid,
	http.StatusUnauthorized:          fault.Unauthenticated,
	http.StatusForbidden:             fault.Denied,
	http.StatusNotFound:              fault.NotFound,
	http.StatusMethodNotAllowed:      fault.Unsupported,
	http.StatusProxyAuthRequired:     fault.Unauthenticated,
	http.StatusRequestTimeout:        fault.Unavailable,
	http.StatusConflict:              fault.Conflict,
	http.StatusRequestEntityTooLarge: fault.Invalid,
	http.StatusTooManyRequests:       fault.Throttled,
	http.StatusNotImplemented:        fault.Unsupported,
}

// advice says what can be done about a refusal.
var advice = map[int]string{
	http.StatusUnauthorized: "the SCIM token is wrong, revoked or expired, or the tenant in the address is another's: " +
		"make a token in the console (IAM Identity Center, Settings, Automatic provisioning)",
	http.StatusForbidden: "the token may not do this, or the identity store's network configuration keeps this address out " +
		"(since September 2026; describe-identity-store shows it)",
	http.StatusProxyAuthRequired: "the proxy wants a user and a password",
}

// refusal is the one place where an answer that says no becomes a fault.
func refusal(c awscall.Call, answer *http.Response) error {
	kind, known := kinds[answer.StatusCode]
	switch {
	case known:
	case answer.StatusCode >= 500:
		kind = fault.Unavailable
	default:
		kind = fault.Internal
	}
	f := fault.New(kind, c.Op, c.On, errors.New(words(answer)))
	f.RetryAfter = retryAfter(answer.Header.Get("Retry-After"), time.Now())
	return f
}

// words are the status, AWS's own words if there are any, and what can be done.
// Nothing but a SCIM error is quoted: it may be anything.
func words(answer *http.Response) string {
	text := strconv.Itoa(answer.StatusCode)
	raw, err := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	var e scim.Error
	if err == nil && json.Unmarshal(raw, &e) == nil && e.Detail != "" {
		text += " " + strings.TrimSuffix(e.Detail, ".")
	} else {
		text += " " + http.StatusText(answer.StatusCode)
	}
	if id := answer.Header.Get("X-Amzn-Requestid"); id != "" {
		text += " (request " + id + ")"
	}
	if more, ok := advice[answer.StatusCode]; ok {
		text += "; " + more
	}
	return text
}

// retryAfter reads the header in both its forms (RFC 9110 section 10.2.3); AWS
// documents neither.
func retryAfter(header string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(strings.TrimSpace(header)); err == nil {
		return time.Duration(max(0, min(seconds, 3600))) * time.Second
	}
	at, err := http.ParseTime(header)
	if err != nil {
		return 0
	}
	return max(0, min(at.Sub(now), time.Hour))
}
