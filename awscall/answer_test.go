package awscall_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"

	"rollcall/awscall"
	"rollcall/fault"
)

// answering is the SDK's client of a server that always answers so.
func answering(t *testing.T, status int, body string) *identitystore.Client {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	return client(s.URL, credentials.NewStaticCredentialsProvider("AKID", "secret", ""))
}

func client(url string, p aws.CredentialsProvider) *identitystore.Client {
	return identitystore.New(identitystore.Options{
		Region: "us-east-1", BaseEndpoint: &url, Retryer: aws.NopRetryer{}, Credentials: awscall.Credentials(p),
	})
}

func remove(t *testing.T, c *identitystore.Client) error {
	t.Helper()
	_, err := awscall.Do(t.Context(), awscall.Line{}, call(true), func(ctx context.Context) (*identitystore.DeleteUserOutput, error) {
		out, err := c.DeleteUser(ctx, &identitystore.DeleteUserInput{IdentityStoreId: aws.String("d-1234567890"), UserId: aws.String("u")})
		return out, awscall.Fault(call(true), err, nil)
	})
	return err
}

func TestTheTypeOfAnErrorDecidesAndNeverTheStatus(t *testing.T) {
	for code, want := range map[string]fault.Kind{
		"AccessDeniedException": fault.Denied, "AccessDenied": fault.Denied, "ConflictException": fault.Conflict,
		"ResourceNotFoundException": fault.NotFound, "ServiceQuotaExceededException": fault.Quota, "ThrottlingException": fault.Throttled,
		"ValidationException": fault.Invalid, "UnknownOperationException": fault.Unsupported, "ExpiredTokenException": fault.Unauthenticated,
		"ExpiredToken": fault.Unauthenticated, "UnrecognizedClientException": fault.Unauthenticated, "InvalidSignatureException": fault.Unauthenticated,
		"InternalServerException": fault.Unavailable, "InternalFailure": fault.Unavailable, "ServiceUnavailable": fault.Unavailable,
		"TooManyRequestsException": fault.Throttled, "com.amazonaws.identitystore#ThrottlingException": fault.Throttled,
	} {
		for _, status := range []int{400, 403, 409, 429, 500, 503} {
			err := remove(t, answering(t, status, fmt.Sprintf(`{"__type":%q,"Message":"m"}`, code)))
			if !fault.Is(err, want) || fault.IsUnsettled(err) != (want == fault.Unavailable) {
				t.Errorf("%s with %d: %v (unsettled %v), want %v", code, status, err, fault.IsUnsettled(err), want)
			}
		}
	}
}

func TestAnAnswerOfNobodyKnownIsJudgedByWhoseFailureItIs(t *testing.T) {
	for name, c := range map[string]struct {
		status    int
		body      string
		want      fault.Kind
		unsettled bool
	}{
		"a proxy's 502":        {502, "<html>Bad Gateway</html>", fault.Unavailable, true},
		"an unknown type, 503": {503, `{"__type":"NovelException"}`, fault.Unavailable, true},
		"an unknown type, 400": {400, `{"__type":"NovelException"}`, fault.Internal, false},
		"half of an answer":    {200, `{"Us`, fault.Unavailable, true},
	} {
		err := remove(t, answering(t, c.status, c.body))
		if name == "half of an answer" && err == nil {
			continue // a deletion answers nothing, so that half of it is enough
		}
		if !fault.Is(err, c.want) || fault.IsUnsettled(err) != c.unsettled {
			t.Errorf("%s: %v (unsettled %v), want %v", name, err, fault.IsUnsettled(err), c.want)
		}
	}
}

func TestWithoutCredentialsNothingIsSentAndTheErrorSaysSo(t *testing.T) {
	failing := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{}, errors.New("the session has ended")
	})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a request came") }))
	defer s.Close()
	err := remove(t, client(s.URL, failing))
	if !fault.Is(err, fault.Unauthenticated) || fault.IsUnsettled(err) || !strings.Contains(err.Error(), "the session has ended") {
		t.Errorf("%v", err)
	}
}

func TestARefusalSaysWhatCanBeDone(t *testing.T) {
	for code, want := range map[string]string{
		"ExpiredTokenException": "(access key AKID) are wrong or have expired", "AccessDeniedException": "network configuration", "ServiceQuotaExceededException": "whose credentials these are (access key AKID), has to ask AWS for more",
	} {
		if err := remove(t, answering(t, 400, fmt.Sprintf(`{"__type":%q}`, code))); !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v does not say %q", code, err, want)
		}
	}
}
