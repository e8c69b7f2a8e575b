package awsdoor_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"

	"rollcall/awsjson"
	"rollcall/awsjson/sigv4"
	"rollcall/door/awsdoor"
	"rollcall/fault"
)

func listUsers(s *site, k sigv4.Credentials) error {
	return second(s.as(k).ListUsers(s.t.Context(), &identitystore.ListUsersInput{IdentityStoreId: aws.String(storeID)}))
}

func TestWhoMayComeIn(t *testing.T) {
	s := start(t, nil)
	for what, k := range map[string]sigv4.Credentials{"a key": s.key, "a reader's": s.reader, "a session's": s.session} {
		if err := listUsers(s, k); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	wrong := func(k sigv4.Credentials, change func(*sigv4.Credentials)) sigv4.Credentials {
		change(&k)
		return k
	}
	for what, c := range map[string]struct {
		key  sigv4.Credentials
		code string
	}{
		"no such key":          {sigv4.Credentials{AccessKey: "AKIA" + strings.Repeat("Q", 16), Secret: "x"}, "UnrecognizedClientException"},
		"another secret":       {wrong(s.key, func(k *sigv4.Credentials) { k.Secret += "x" }), "InvalidSignatureException"},
		"no token":             {wrong(s.session, func(k *sigv4.Credentials) { k.SessionToken = "" }), "UnrecognizedClientException"},
		"another token":        {wrong(s.session, func(k *sigv4.Credentials) { k.SessionToken += "x" }), "UnrecognizedClientException"},
		"a token for no key":   {wrong(s.key, func(k *sigv4.Credentials) { k.SessionToken = "x" }), "UnrecognizedClientException"},
		"a session that ended": {s.ended, "ExpiredTokenException"},
	} {
		refused(t, what, listUsers(s, c.key), c.code)
	}
}

func TestAReaderMayNotWrite(t *testing.T) {
	s := start(t, nil)
	client := s.as(s.reader)
	e := refused(t, "create user", second(client.CreateUser(t.Context(), ada("ada"))), "AccessDeniedException")
	if !strings.Contains(e.ErrorMessage(), "assumed-role/Tester/reader is not authorized to perform: identitystore:CreateUser") {
		t.Errorf("the message is %q", e.ErrorMessage())
	}
	refused(t, "update store", second(client.UpdateIdentityStore(t.Context(), &identitystore.UpdateIdentityStoreInput{IdentityStoreId: aws.String(storeID)})), "AccessDeniedException")
}

// Each change is made to a request that is good without it.
func TestARequestThatWasChangedIsRefused(t *testing.T) {
	s := start(t, nil)
	const body = `{"IdentityStoreId":"` + storeID + `"}`
	for what, c := range map[string]struct {
		before, after func(*http.Request) // signing
		body          string
		at            time.Duration
		service       string
		region        string
		code          string
	}{
		"as it is":                  {},
		"another body":              {body: `{"IdentityStoreId":"` + storeID + `" }`, code: "InvalidSignatureException"},
		"another operation":         {after: func(r *http.Request) { r.Header.Set(awsjson.HeaderTarget, "AWSIdentityStore.ListGroups") }, code: "InvalidSignatureException"},
		"an unsigned x-amz- header": {after: func(r *http.Request) { r.Header.Set("X-Amz-Later", "x") }, code: "InvalidSignatureException"},
		"another date":              {after: func(r *http.Request) { r.Header.Set("X-Amz-Date", "20260101T000000Z") }, code: "InvalidSignatureException"},
		"no date":                   {after: func(r *http.Request) { r.Header.Del("X-Amz-Date") }, code: "IncompleteSignatureException"},
		"no signature":              {after: func(r *http.Request) { r.Header.Del("Authorization") }, code: "MissingAuthenticationTokenException"},
		"a bearer token":            {after: func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") }, code: "IncompleteSignatureException"},
		"two signatures":            {after: func(r *http.Request) { r.Header.Add("Authorization", "x") }, code: "IncompleteSignatureException"},
		"the body left out":         {before: func(r *http.Request) { r.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD") }, code: "InvalidSignatureException"},
		"another body's hash":       {before: func(r *http.Request) { r.Header.Set("X-Amz-Content-Sha256", strings.Repeat("0", 64)) }, code: "InvalidSignatureException"},
		"for another service":       {service: "sso", code: "InvalidSignatureException"},
		"for another region":        {region: "eu-west-1", code: "InvalidSignatureException"},
		"nearly too old":            {at: -4*time.Minute - 50*time.Second},
		"too old":                   {at: -5*time.Minute - 10*time.Second, code: "InvalidSignatureException"},
		"nearly too early":          {at: 4*time.Minute + 50*time.Second},
		"too early":                 {at: 5*time.Minute + 10*time.Second, code: "InvalidSignatureException"},
	} {
		t.Run(what, func(t *testing.T) {
			sent := body
			if c.body != "" {
				sent = c.body
			}
			r := s.request(http.MethodPost, "/", sent)
			r.Header.Set(awsjson.HeaderTarget, "AWSIdentityStore.ListUsers")
			if c.before != nil {
				c.before(r)
			}
			service, where := awsjson.SigningName, region
			if c.service != "" {
				service = c.service
			}
			if c.region != "" {
				where = c.region
			}
			sigv4.Sign(r, []byte(body), s.key, where, service, time.Now().Add(c.at))
			if c.after != nil {
				c.after(r)
			}
			got := s.do(r)
			if code, _ := got.body["__type"].(string); code != c.code {
				t.Errorf("got %q: %v, want %q", code, got.body["Message"], c.code)
			}
			if want := map[bool]int{true: 200, false: 400}[c.code == ""]; got.status != want {
				t.Errorf("status %d, want %d", got.status, want)
			}
		})
	}
}

func TestAnyCredentialsWillDoWhereTheServerSaysSo(t *testing.T) {
	s := start(t, func(o *awsdoor.Options) { o.AnyCredentials = true })
	made := must[*identitystore.CreateUserOutput](t, "create user")(s.as(sigv4.Credentials{AccessKey: "test", Secret: "test"}).CreateUser(t.Context(), ada("ada")))
	got := must[*identitystore.DescribeUserOutput](t, "describe user")(s.client.DescribeUser(t.Context(), &identitystore.DescribeUserInput{IdentityStoreId: aws.String(storeID), UserId: made.UserId}))
	if *got.CreatedBy != "aws/Administrator/anybody" {
		t.Errorf("created by %s", *got.CreatedBy)
	}
	r := s.request(http.MethodPost, "/", "{}")
	r.Header.Set(awsjson.HeaderTarget, "AWSIdentityStore.ListIdentityStores")
	if got := s.do(r); got.status != http.StatusOK {
		t.Errorf("without any signature: %d %s", got.status, got.raw)
	}
	r = s.request(http.MethodPost, "/", "{}")
	r.Header.Set(awsjson.HeaderTarget, "AWSIdentityStore.ListIdentityStores")
	r.Header.Set("Origin", "https://example.com")
	if got := s.do(r); got.body["__type"] != "MissingAuthenticationTokenException" {
		t.Errorf("of a web page: %d %s", got.status, got.raw)
	}
}

func TestWhoeverIsNotAdmittedIsTold(t *testing.T) {
	var asked []string
	s := start(t, func(o *awsdoor.Options) {
		o.Admit = func(_ *http.Request, service, operation string) error {
			asked = append(asked, service+":"+operation)
			return &fault.Error{Kind: fault.Throttled, RetryAfter: time.Second}
		}
	})
	got := s.call("ListUsers", bodies["ListUsers"])
	delete(got.body, "RequestId")
	same(t, "the answer", map[string]any{"__type": "ThrottlingException", "Message": "Rate exceeded", "RetryAfterSeconds": 1.0}, got.body)
	if got := s.rest(http.MethodGet, "/"+storeID+"/users", ""); got.status != http.StatusTooManyRequests {
		t.Errorf("by REST: %d %s", got.status, got.raw)
	}
	refused(t, "a wrong signature", listUsers(s, sigv4.Credentials{AccessKey: s.key.AccessKey, Secret: "x"}), "InvalidSignatureException")
	same(t, "who was asked about", []string{"identitystore:ListUsers", "identitystore:ListUsers"}, asked)
}
