package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"rollcall/caller"
	"rollcall/door/approvaldoor"
	"rollcall/door/awsdoor"
	"rollcall/door/icfdoor"
	"rollcall/door/opsdoor"
	"rollcall/door/scimdoor"
	"rollcall/door/xsoardoor"
)

// doors are the routes of every door, by its folder: what its own tables say.
var doors = map[string]func() []caller.Route{
	"approvaldoor": approvaldoor.Routes, "awsdoor": awsdoor.Routes, "icfdoor": icfdoor.Routes, "opsdoor": opsdoor.Routes, "scimdoor": scimdoor.Routes, "xsoardoor": xsoardoor.Routes,
}

// openToAnybody is what a machine asks that starts and stops the server.
var openToAnybody = []string{"/healthz", "/readyz"}

// stranger is somebody at the doors of a server.
type stranger struct {
	t *testing.T
	s *served
}

// ask makes a route's request, after change; what stands in braces is there.
func (x *stranger) ask(door string, r caller.Route, change func(*http.Request)) (int, string) {
	x.t.Helper()
	at := x.s.env["ROLLCALL_URL"]
	if door == "scimdoor" {
		at = strings.TrimSuffix(x.s.env["ROLLCALL_SCIM_URL"], "/")
	}
	path := strings.NewReplacer("{name}", "awsiam", "{IdentityStoreId}", x.s.env["ROLLCALL_IDENTITY_STORE_ID"], "{id}", unknownID,
		"{UserId}", unknownID, "{GroupId}", unknownID, "{MembershipId}", unknownID).Replace(r.Path)
	q, err := http.NewRequestWithContext(x.t.Context(), r.Method, at+path, strings.NewReader(r.Body))
	if err != nil {
		x.t.Fatal(err)
	}
	for name, value := range r.Header {
		q.Header.Set(name, value)
	}
	if change != nil {
		change(q)
	}
	return answered(x.t, q)
}

// signed signs a route's request with a key.
func (x *stranger) signed(r caller.Route, id, secret string) func(*http.Request) {
	return func(q *http.Request) {
		sum := sha256.Sum256([]byte(r.Body))
		err := v4.NewSigner().SignHTTP(x.t.Context(), aws.Credentials{AccessKeyID: id, SecretAccessKey: secret}, q, hex.EncodeToString(sum[:]), r.Signed, "us-east-1", time.Now())
		if err != nil {
			x.t.Fatal(err)
		}
	}
}

func bearer(token string) func(*http.Request) {
	return func(q *http.Request) { q.Header.Set("Authorization", "Bearer "+token) }
}

// refused reports whether an answer lets nobody in: 401, 403, or what AWS
// answers in their place, which is 400 and the name of an exception.
func refused(r caller.Route, code int, text string) bool {
	if code == http.StatusUnauthorized || code == http.StatusForbidden {
		return true
	}
	var exception struct {
		Type string `json:"__type"`
	}
	if r.Signed == "" || code != http.StatusBadRequest {
		return false
	}
	if strings.Contains(text, "<Code>IncompleteSignature</Code>") { // of STS, which writes XML
		return true
	}
	if json.Unmarshal([]byte(text), &exception) != nil {
		return false
	}
	_, name, _ := strings.Cut(exception.Type, "#")
	if name == "" {
		name = exception.Type
	}
	return slices.Contains([]string{"MissingAuthenticationTokenException", "UnrecognizedClientException", "InvalidSignatureException", "IncompleteSignatureException", "AccessDeniedException"}, name)
}

// Nobody without credentials, with wrong ones, with those of another door or
// with too small a role gets anything at any route of any door.
func TestNobodyPassesADoorWhoMayNot(t *testing.T) {
	folders, err := os.ReadDir("door")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		if doors[f.Name()] == nil {
			t.Errorf("door/%s has no routes in this test", f.Name())
		}
	}
	o := newOffice(t)
	o.write("rollcall.yaml", "directories:\n  local: {kind: embedded}\n")
	x := &stranger{t, o.serve()}
	env := x.s.env
	operator := o.operatorToken(env["ROLLCALL_OPERATOR"])
	o.must("operator", "create", "reader", "--role", "reader", "--no-password")
	reader := o.operatorToken("reader")
	o.must("operator", "create", "gone", "--role", "admin", "--no-password")
	gone := o.operatorToken("gone")
	o.must("operator", "revoke", "gone")
	var readOnly struct{ ID, Secret string }
	o.ask(&readOnly, "access-key", "create", "--name", "reader", "--read-only")

	for door, list := range doors {
		for _, r := range list() {
			if slices.Contains(openToAnybody, r.Path) {
				continue
			}
			tries := map[string]func(*http.Request){
				"nothing": nil, "a wrong token": bearer("wrong"), "an empty token": bearer(""), "another scheme": func(q *http.Request) { q.Header.Set("Authorization", "Digest "+operator) },
				"a key that there is not": x.signed(withService(r), "AKIAIOSFODNN7EXAMPLE", "wrong"), "a key with another secret": x.signed(withService(r), env["AWS_ACCESS_KEY_ID"], "wrong"),
				"an operator who was revoked": bearer(gone),
			}
			if door == "scimdoor" || door == "awsdoor" {
				tries["an operator"] = bearer(operator)
			}
			if door != "scimdoor" {
				tries["a SCIM token"] = bearer(env["ROLLCALL_SCIM_TOKEN"])
			}
			if door != "awsdoor" {
				tries["an access key"] = x.signed(withService(r), env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"])
			}
			if r.Writes {
				tries["a read-only key"] = x.signed(r, readOnly.ID, readOnly.Secret)
			}
			if r.Role != "" && r.Role != caller.Reader {
				tries["a reader"] = bearer(reader)
			}
			for who, change := range tries {
				if code, text := x.ask(door, r, change); !refused(r, code, text) {
					t.Errorf("%s: %s %s %s with %s: %d %s", door, r.Method, r.Path, fmt.Sprint(r.Header["X-Amz-Target"]), who, code, text)
				}
			}
		}
	}
}

// withService is a route whose request can be signed, for doors that want no
// signature.
func withService(r caller.Route) caller.Route {
	if r.Signed == "" {
		r.Signed = "identitystore"
	}
	return r
}

// Whoever may come in does, so that a refusal means something.
func TestWhoeverMayPassesTheDoors(t *testing.T) {
	o := newOffice(t)
	o.write("rollcall.yaml", "directories:\n  local: {kind: embedded}\n")
	x := &stranger{t, o.serve()}
	env := x.s.env
	token := o.operatorToken(env["ROLLCALL_OPERATOR"])
	for door, list := range doors {
		for _, r := range list() {
			who := bearer(token)
			switch door {
			case "scimdoor":
				who = bearer(env["ROLLCALL_SCIM_TOKEN"])
			case "awsdoor":
				who = x.signed(r, env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"])
			}
			if strings.Contains(r.Body, "Action=AssumeRole") {
				continue // refused for what it lacks, in words of its own
			}
			if code, text := x.ask(door, r, who); refused(r, code, text) && !strings.Contains(text, "is the server's own") {
				t.Errorf("%s: %s %s %s: %d %s", door, r.Method, r.Path, r.Header["X-Amz-Target"], code, text)
			}
		}
	}
}
