// Package awsjson speaks awsJson1.1, the wire of the Identity Store: it frames
// requests, answers and errors, and knows the shapes of the 22 operations of
// the current service model with their constraints (aws-contract sections 2.4
// and 3). The door that serves them and a client that calls them use it alike.
// The shapes of other services with the same wire are in packages below it.
//
// It does no I/O and decides nothing: what a constraint of the model refuses is
// refused here, what only the service can know is refused by the service.
package awsjson

import (
	"bytes"
	"encoding/json"
	"strings"
)

const (
	// ContentType is that of every request, answer and error.
	ContentType = "application/x-amz-json-1.1"
	// HeaderTarget names the service and the operation of a request.
	HeaderTarget = "X-Amz-Target"
	// HeaderRequestID numbers an answer.
	HeaderRequestID = "X-Amzn-Requestid"

	// IdentityStore is the service's name in [HeaderTarget].
	IdentityStore = "AWSIdentityStore"
	// SigningName is the service's name in signatures.
	SigningName = "identitystore"
)

// Target is the value of [HeaderTarget].
func Target(service, operation string) string { return service + "." + operation }

// ParseTarget splits the value of [HeaderTarget]; ok is false if it has not
// the form "Service.Operation".
func ParseTarget(header string) (service, operation string, ok bool) {
	service, operation, ok = strings.Cut(header, ".")
	return service, operation, ok && service != "" && operation != ""
}

// Encode writes a request or an answer. A nil one is the empty object.
func Encode(shape any) ([]byte, error) {
	if shape == nil {
		return []byte("{}"), nil
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(shape); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// An Input is what an operation takes.
type Input interface {
	// Constrain tells c what the model refuses.
	Constrain(c *Checker)
}

// DecodeInput reads a request's body into the operation's input and holds it
// to the model. What is no such JSON is an [Exception] of [TypeSerialization],
// what the model refuses one of [TypeValidation] that lists everything wrong.
// An empty body is the empty object.
func DecodeInput(body []byte, in Input) error {
	if err := Decode(body, in); err != nil {
		return err
	}
	return Check(in)
}

// Check holds an input to the model as [DecodeInput] does.
func Check(in Input) error {
	var c Checker
	in.Constrain(&c)
	return c.exception()
}
