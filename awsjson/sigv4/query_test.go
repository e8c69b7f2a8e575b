package sigv4_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"pgregory.net/rapid"

	"rollcall/awsjson/sigv4"
)

const asked = "http://127.0.0.1:8480/?Action=GetCallerIdentity&Version=2011-06-15"

// beforehand is the URL of a GET, signed by AWS's SDK, as a request.
func beforehand(t *testing.T, at string, k sigv4.Credentials) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	none := sha256.Sum256(nil)
	creds := aws.Credentials{AccessKeyID: k.AccessKey, SecretAccessKey: k.Secret, SessionToken: k.SessionToken}
	signed, _, err := v4.NewSigner().PresignHTTP(t.Context(), creds, r, hex.EncodeToString(none[:]), "sts", "us-east-1", now)
	if err != nil {
		t.Fatal(err)
	}
	return httptest.NewRequest(http.MethodGet, signed, http.NoBody)
}

func TestSignaturesInTheQueryHold(t *testing.T) {
	session := key
	session.SessionToken = "token/with+all=="
	for name, k := range map[string]sigv4.Credentials{"key": key, "session": session} {
		if err := verify(t, beforehand(t, asked, k), nil, k, sigv4.Policy{Region: "us-east-1", Services: []string{"sts"}}, now); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := verify(t, beforehand(t, asked, session), nil, key, sigv4.Policy{}, now); code(err) != sigv4.CodeUnknown {
		t.Errorf("with a token that is not the key's: %v", err)
	}
}

func TestASignatureInTheQueryHoldsAsLongAsItSaysAndFifteenMinutesAtMost(t *testing.T) {
	const quarter = 15 * time.Minute
	for expires, life := range map[string]time.Duration{"": quarter, "&X-Amz-Expires=1": time.Second, "&X-Amz-Expires=900": quarter, "&X-Amz-Expires=604800": quarter} {
		r := beforehand(t, asked+expires, key)
		for skew, holds := range map[time.Duration]bool{
			-5 * time.Minute: true, -5*time.Minute - time.Millisecond: false, life: true, life + time.Millisecond: false,
		} {
			if err := verify(t, r, nil, key, sigv4.Policy{}, now.Add(skew)); (err == nil) != holds {
				t.Errorf("%q, %v later: %v", expires, skew, err)
			}
		}
	}
	for _, expires := range []string{"0", "604801", "-1", "soon", ""} {
		if err := verify(t, beforehand(t, asked+"&X-Amz-Expires="+expires, key), nil, key, sigv4.Policy{}, now); code(err) != sigv4.CodeIncomplete {
			t.Errorf("it expires in %q: %v", expires, err)
		}
	}
}

// Whatever is changed of a signed URL, it is refused.
func TestNothingOfASignedURLCanBeChanged(t *testing.T) {
	base := beforehand(t, asked, key).URL
	rapid.Check(t, func(rt *rapid.T) {
		u := *base
		query := u.Query()
		name := rapid.SampledFrom([]string{"Action", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Signature", "more"}).Draw(rt, "parameter")
		if rapid.Bool().Draw(rt, "removed") && name != "more" {
			query.Del(name)
		} else {
			query.Set(name, query.Get(name)+rapid.StringMatching(`[a-z0-9]{1,3}`).Draw(rt, "more"))
		}
		u.RawQuery = query.Encode()
		claim, err := sigv4.Read(httptest.NewRequest(http.MethodGet, u.String(), http.NoBody))
		if err == nil {
			err = claim.Verify(nil, key, sigv4.Policy{}, now)
		}
		if code(err) == "" {
			rt.Fatalf("it is taken: %v", err)
		}
	})
}

func TestWhatIsNoSignatureInTheQuery(t *testing.T) {
	good := beforehand(t, asked, key).URL.Query()
	for what, c := range map[string]struct {
		change func(url.Values, http.Header)
		code   string
	}{
		"nothing":           {func(url.Values, http.Header) {}, ""},
		"a header as well":  {func(_ url.Values, h http.Header) { h.Set("Authorization", "AWS4-HMAC-SHA256 x") }, sigv4.CodeInvalid},
		"twice":             {func(q url.Values, _ http.Header) { q.Add("X-Amz-Date", q.Get("X-Amz-Date")) }, sigv4.CodeIncomplete},
		"no algorithm":      {func(q url.Values, _ http.Header) { q.Del("X-Amz-Algorithm") }, sigv4.CodeIncomplete},
		"another one":       {func(q url.Values, _ http.Header) { q.Set("X-Amz-Algorithm", "AWS4-ECDSA-P256-SHA256") }, sigv4.CodeIncomplete},
		"no date":           {func(q url.Values, _ http.Header) { q.Set("X-Amz-Date", "today") }, sigv4.CodeIncomplete},
		"another day":       {func(q url.Values, _ http.Header) { q.Set("X-Amz-Date", "20260315T000000Z") }, sigv4.CodeInvalid},
		"half a key":        {func(q url.Values, _ http.Header) { q.Set("X-Amz-Credential", "AKIDEXAMPLE") }, sigv4.CodeIncomplete},
		"no host":           {func(q url.Values, _ http.Header) { q.Set("X-Amz-SignedHeaders", "date") }, sigv4.CodeInvalid},
		"a header left out": {func(_ url.Values, h http.Header) { h.Set("X-Amz-Target", "AWSIdentityStore.ListUsers") }, sigv4.CodeInvalid},
	} {
		query, r := url.Values{}, httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8480/", http.NoBody)
		for name, values := range good {
			query[name] = append([]string(nil), values...)
		}
		c.change(query, r.Header)
		r.URL.RawQuery = query.Encode()
		if _, err := sigv4.Read(r); code(err) != c.code {
			t.Errorf("%s: %v, want %q", what, err, c.code)
		}
	}
}

func FuzzReadQuery(f *testing.F) {
	f.Add("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AK%2F20260314%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Date=20260314T150926Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=" +
		"0000000000000000000000000000000000000000000000000000000000000000")
	f.Add("X-Amz-Signature=;&X-Amz-Expires=99999999999999999999")
	f.Fuzz(func(t *testing.T, query string) {
		r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8480/", http.NoBody)
		r.URL.RawQuery = query
		claim, err := sigv4.Read(r)
		if err == nil {
			err = claim.Verify(nil, key, sigv4.Policy{}, now)
		}
		if code(err) == "" {
			t.Fatalf("%q is taken, or refused without a code: %v", query, err)
		}
	})
}
