package awsdoor_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sts"

	"rollcall/awsjson"
	"rollcall/awsjson/sigv4"
	"rollcall/door/awsdoor"
)

// presigned is the URL that the SDK hands to somebody who is to find out who
// its caller is, as clusters and vaults do that let AWS's roles in.
func (s *site) presigned(k sigv4.Credentials) string {
	s.t.Helper()
	made, err := sts.NewPresignClient(s.sts(k)).PresignGetCallerIdentity(s.t.Context(), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if made.Method != http.MethodGet {
		s.t.Fatalf("the SDK wants a %s", made.Method)
	}
	return strings.TrimPrefix(made.URL, s.url)
}

func TestAURLThatWasSignedBeforehandSaysWhoseItIs(t *testing.T) {
	s := start(t, nil)
	for who, k := range map[string]sigv4.Credentials{"Tester/tester": s.key, "Tester/reader": s.reader, "Tester/session": s.session} {
		got := s.do(s.request(http.MethodGet, s.presigned(k), ""))
		if got.status != http.StatusOK || !strings.Contains(got.raw, "<Arn>arn:aws:sts::"+account+":assumed-role/"+who+"</Arn>") {
			t.Errorf("%s: %d %s", who, got.status, got.raw)
		}
	}
	for what, c := range map[string]struct {
		path, code string
		status     int
	}{
		"no signature":        {"/?Action=GetCallerIdentity" + version, "MissingAuthenticationToken", 403},
		"half of one":         {"/?Action=GetCallerIdentity" + version + "&X-Amz-Algorithm=AWS4-HMAC-SHA256", "IncompleteSignature", 400},
		"another action":      {strings.Replace(s.presigned(s.key), "GetCallerIdentity", "AssumeRole", 1), "SignatureDoesNotMatch", 403},
		"an ended session":    {s.presigned(s.ended), "ExpiredToken", 403},
		"an unknown key":      {s.presigned(sigv4.Credentials{AccessKey: "AKIAAAAAAAAAAAAAAAAA", Secret: "x"}), "InvalidClientTokenId", 403},
		"an action not there": {"/?Action=ListUsers&Version=2010-05-08", "MissingAuthenticationToken", 403},
	} {
		failed(t, what, s.do(s.request(http.MethodGet, c.path, "")), c.code, c.status)
	}
}

func TestAnActionInTheQueryMayBeSignedInTheHeader(t *testing.T) {
	s := start(t, nil)
	r := s.request(http.MethodGet, "/?Action=GetCallerIdentity"+version, "")
	sigv4.Sign(r, nil, s.key, region, "sts", time.Now())
	if got := s.do(r); got.status != http.StatusOK || !strings.Contains(got.raw, "GetCallerIdentityResult") {
		t.Errorf("%d %s", got.status, got.raw)
	}
}

// AWS's servers answer like this whatever they do not know.
func TestOtherMethodsAreUnknown(t *testing.T) {
	s := start(t, func(o *awsdoor.Options) { o.AnyCredentials = true })
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions} {
		r := s.request(method, "/", "")
		r.Header.Set(awsjson.HeaderTarget, "AWSIdentityStore.ListIdentityStores")
		got, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(got.Body)
		got.Body.Close()
		want := map[bool]string{true: "<UnknownOperationException/>\n"}[method != http.MethodHead]
		if err != nil || got.StatusCode != http.StatusNotFound || string(raw) != want || got.Header["Content-Type"] != nil ||
			got.ContentLength != 29 || len(got.Header.Get("X-Amzn-Requestid")) != 36 {
			t.Errorf("%s: %d %q %v %v", method, got.StatusCode, raw, got.Header, err)
		}
	}
}

func TestARequestWithoutABodyIsRefused(t *testing.T) {
	s := start(t, nil)
	for _, body := range []string{"", " \n"} {
		if got := s.call("ListIdentityStores", body); got.body["__type"] != "SerializationException" || got.status != 400 {
			t.Errorf("%q: %d %s", body, got.status, got.raw)
		}
	}
}

// Who sends all of too much first, as most clients do, reads why it is refused,
// and not that the connection broke.
func TestABodyThatIsFarTooLargeIsAnswered(t *testing.T) {
	s := start(t, nil)
	to, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	r := s.request(http.MethodPost, "/", `{"X":"`+strings.Repeat("x", 8<<20)+`"}`)
	r.Header.Set(awsjson.HeaderTarget, "AWSIdentityStore.ListIdentityStores")
	if err := r.Write(to); err != nil {
		t.Fatalf("it cannot be sent: %v", err)
	}
	got, err := http.ReadResponse(bufio.NewReader(to), r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	raw, err := io.ReadAll(got.Body)
	if err != nil || !strings.Contains(string(raw), "RequestEntityTooLargeException") {
		t.Errorf("%d %s %v", got.StatusCode, raw, err)
	}
}
