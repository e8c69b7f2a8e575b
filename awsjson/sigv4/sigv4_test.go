package sigv4_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"pgregory.net/rapid"

	"rollcall/awsjson/sigv4"
	"rollcall/fault"
)

var (
	now = time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)
	key = sigv4.Credentials{AccessKey: "AKIDEXAMPLE", Secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
)

// served is r as a server would read it off the wire.
func served(r *http.Request) *http.Request {
	out := httptest.NewRequest(r.Method, r.URL.String(), http.NoBody)
	out.Header, out.ContentLength = r.Header.Clone(), r.ContentLength
	return out
}

func verify(t *testing.T, r *http.Request, body []byte, k sigv4.Credentials, p sigv4.Policy, at time.Time) error {
	t.Helper()
	claim, err := sigv4.Read(served(r))
	if err != nil {
		return err
	}
	return claim.Verify(body, k, p, at)
}

// bySDK signs as AWS's own SDK does.
func bySDK(t *testing.T, r *http.Request, body []byte, k sigv4.Credentials) {
	t.Helper()
	sum := sha256.Sum256(body)
	creds := aws.Credentials{AccessKeyID: k.AccessKey, SecretAccessKey: k.Secret, SessionToken: k.SessionToken}
	if err := v4.NewSigner().SignHTTP(t.Context(), creds, r, hex.EncodeToString(sum[:]), "identitystore", "us-east-1", now); err != nil {
		t.Fatal(err)
	}
}

func requests(t *testing.T) map[string]*http.Request {
	make := func(method, url, body string, headers ...string) *http.Request {
		r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(headers); i += 2 {
			r.Header.Add(headers[i], headers[i+1])
		}
		return r
	}
	return map[string]*http.Request{
		"an operation":         make("POST", "http://127.0.0.1:8480/", `{"a":1}`, "Content-Type", "application/x-amz-json-1.1", "X-Amz-Target", "AWSIdentityStore.CreateUser"),
		"no body":              make("GET", "http://example.com/", ""),
		"no path":              make("GET", "http://example.com", ""),
		"spaces in headers":    make("POST", "http://example.com/", "x", "X-Amz-Meta", "  a   b  ", "X-Amz-Meta", "c"),
		"a resolving path":     make("POST", "http://example.com/identitystores/d-1/users/$resolve", "{}"),
		"an escaped path":      make("GET", "http://example.com/a%2Fb/c%20d/%E2%82%AC/~x", ""),
		"a query out of order": make("GET", "http://example.com/?b=2&a=x%20y&a=1&c&d=%2F-&%C3%A9=1", ""),
		"a hash of the body":   make("POST", "http://example.com/", "x", "X-Amz-Content-Sha256", "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"),
	}
}

func TestSignaturesOfTheSDKHold(t *testing.T) {
	session := key
	session.SessionToken = "token/with+all=="
	for name, k := range map[string]sigv4.Credentials{"key": key, "session": session} {
		for what, r := range requests(t) {
			body := read(t, r)
			bySDK(t, r, body, k)
			if err := verify(t, r, body, k, sigv4.Policy{Region: "us-east-1", Services: []string{"identitystore"}}, now); err != nil {
				t.Errorf("%s with a %s: %v", what, name, err)
			}
		}
	}
}

// Ours differs from the SDK's in which headers it covers, and in nothing else.
func TestOurSignaturesAreTheSDKs(t *testing.T) {
	for what, r := range requests(t) {
		body := read(t, r)
		theirs, ours := r.Clone(t.Context()), r.Clone(t.Context())
		theirs.ContentLength = 0 // which the SDK covers and we do not
		bySDK(t, theirs, body, key)
		sigv4.Sign(ours, body, key, "us-east-1", "identitystore", now)
		if got, want := ours.Header.Get("Authorization"), theirs.Header.Get("Authorization"); got != want {
			t.Errorf("%s:\n%s, want\n%s", what, got, want)
		}
		if err := verify(t, ours, body, key, sigv4.Policy{}, now); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func read(t *testing.T, r *http.Request) []byte {
	t.Helper()
	var body bytes.Buffer
	if r.Body != nil {
		if _, err := body.ReadFrom(r.Body); err != nil {
			t.Fatal(err)
		}
	}
	return body.Bytes()
}

func TestASignatureHoldsForFiveMinutes(t *testing.T) {
	r := requests(t)["an operation"]
	sigv4.Sign(r, nil, key, "us-east-1", "identitystore", now)
	for skew, holds := range map[time.Duration]bool{
		0: true, 5 * time.Minute: true, 5*time.Minute + 999*time.Millisecond: true, 5*time.Minute + time.Second: false,
		-5 * time.Minute: true, -5*time.Minute - time.Millisecond: false,
	} {
		if err := verify(t, r, nil, key, sigv4.Policy{}, now.Add(skew)); (err == nil) != holds {
			t.Errorf("%v later: %v", skew, err)
		}
	}
}

func TestAnUnsignedBodyIsTakenOnlyWhereThePolicySaysSo(t *testing.T) {
	r := requests(t)["an operation"]
	r.Header.Set(sigv4.HeaderContent, sigv4.UnsignedPayload)
	sigv4.Sign(r, nil, key, "us-east-1", "s3", now)
	if err := verify(t, r, []byte("any"), key, sigv4.Policy{UnsignedPayload: true}, now); err != nil {
		t.Errorf("where it is taken: %v", err)
	}
	if err := verify(t, r, []byte("any"), key, sigv4.Policy{}, now); code(err) != sigv4.CodeInvalid {
		t.Errorf("where it is not: %v", err)
	}
}

func code(err error) string {
	if r := (*sigv4.Refusal)(nil); errors.As(err, &r) && fault.Is(err, fault.Unauthenticated) {
		return r.Code
	}
	return ""
}

// Whatever is changed of a signed request, it is refused.
func TestNothingThatIsSignedCanBeChanged(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := httptest.NewRequest("POST", "/p?q=1", http.NoBody)
		r.Header.Set("X-Amz-Target", "AWSIdentityStore.ListUsers")
		body := rapid.SliceOf(rapid.Byte()).Draw(rt, "body")
		sigv4.Sign(r, body, key, "us-east-1", "identitystore", now)
		k := key
		switch rapid.IntRange(0, 7).Draw(rt, "what") {
		case 0:
			body = append(body, rapid.Byte().Draw(rt, "more"))
		case 1:
			r.Method = "PUT"
		case 2:
			r.URL.Path += rapid.StringMatching(`[a-z/$]{1,5}`).Draw(rt, "path")
		case 3:
			r.URL.RawQuery += "&r=" + rapid.StringMatching(`[a-z]{0,5}`).Draw(rt, "query")
		case 4:
			r.Header.Add("X-Amz-Target", "x")
		case 5:
			r.Host += "x"
		case 6:
			k.Secret += rapid.StringMatching(`[!-~]{1,5}`).Draw(rt, "secret") // HMAC pads a key with zeros: more of them are the same key
		case 7:
			r.Header.Set("X-Amz-"+rapid.StringMatching(`[A-Z][a-z]{1,4}`).Draw(rt, "header"), "x")
		}
		claim, err := sigv4.Read(r)
		if err == nil {
			err = claim.Verify(body, k, sigv4.Policy{}, now)
		}
		if !fault.Is(err, fault.Unauthenticated) {
			rt.Fatalf("it is taken: %v", err)
		}
	})
}

func TestWhatIsNoSignature(t *testing.T) {
	const good = "AWS4-HMAC-SHA256 Credential=AK/20260314/us-east-1/identitystore/aws4_request, SignedHeaders=host;x-amz-date, Signature="
	signature := strings.Repeat("0", 64)
	for header, want := range map[string]string{
		"":                             sigv4.CodeMissing,
		good + signature:               "",
		"Bearer x":                     sigv4.CodeIncomplete,
		"AWS4-HMAC-SHA256":             sigv4.CodeIncomplete,
		"AWS4-HMAC-SHA256X a=b":        sigv4.CodeIncomplete,
		good:                           sigv4.CodeIncomplete,
		good + signature[1:]:           sigv4.CodeIncomplete,
		good + signature + "0":         sigv4.CodeIncomplete,
		good + strings.Repeat("A", 64): sigv4.CodeIncomplete,
		good + signature + ", Signature=" + signature:                          sigv4.CodeIncomplete,
		good + signature + ", More=1":                                          sigv4.CodeIncomplete,
		strings.Replace(good, "host;", "Host;", 1) + signature:                 sigv4.CodeIncomplete,
		strings.Replace(good, "host;", "host;;", 1) + signature:                sigv4.CodeIncomplete,
		strings.Replace(good, "/aws4_request", "", 1) + signature:              sigv4.CodeIncomplete,
		strings.Replace(good, "/aws4_request", "/aws5_request", 1) + signature: sigv4.CodeIncomplete,
		strings.Replace(good, "20260314", "2026-03-14", 1) + signature:         sigv4.CodeIncomplete,
		strings.Replace(good, "AK/", "/", 1) + signature:                       sigv4.CodeIncomplete,
	} {
		if _, err := sigv4.ParseAuthorization(header); code(err) != want {
			t.Errorf("%q: %v, want %q", header, err, want)
		}
	}
}

func FuzzParseAuthorization(f *testing.F) {
	f.Add("AWS4-HMAC-SHA256 Credential=AK/20260314/us-east-1/identitystore/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + strings.Repeat("0", 64))
	f.Add("AWS4-HMAC-SHA256 Signature=,Credential=////,SignedHeaders=;")
	f.Fuzz(func(t *testing.T, header string) {
		a, err := sigv4.ParseAuthorization(header)
		if err != nil {
			if code(err) == "" {
				t.Fatalf("refused without a code: %v", err)
			}
			return
		}
		again, err := sigv4.ParseAuthorization(a.String())
		if err != nil || again.String() != a.String() {
			t.Fatalf("%q reads as %q, and that as %q, %v", header, a, again, err)
		}
		r := httptest.NewRequest("POST", "/", http.NoBody)
		r.Header.Set(sigv4.HeaderAuthorization, header)
		r.Header.Set(sigv4.HeaderDate, a.Scope.Date+"T000000Z")
		if claim, err := sigv4.Read(r); err == nil {
			if err := claim.Verify(nil, key, sigv4.Policy{}, now); err == nil {
				t.Fatalf("%q is taken", header)
			}
		}
	})
}
