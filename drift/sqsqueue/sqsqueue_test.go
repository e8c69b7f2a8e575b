package sqsqueue_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"rollcall/awscall"
	"rollcall/drift"
	"rollcall/drift/sqsqueue"
	"rollcall/fault"
)

// answering is a queue at a server that answers every request so. What was
// asked for last is in header.
func answering(t *testing.T, status int, body string) (q *sqsqueue.Queue, header func() http.Header) {
	t.Helper()
	var last http.Header
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		last = r.Header
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	q, err := sqsqueue.New(sqsqueue.Options{
		URL:  s.URL + "/111122223333/events",
		AWS:  aws.Config{Region: "eu-west-1", HTTPClient: awscall.Direct(nil), Credentials: credentials.NewStaticCredentialsProvider("AKID", "secret", "")},
		Wait: time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	return q, func() http.Header { return last }
}

func TestWhatIsWrongWithAQueueIsTold(t *testing.T) {
	for code, want := range map[string]struct {
		status int
		kind   fault.Kind
		says   string
	}{
		"com.amazonaws.sqs#QueueDoesNotExist":            {400, fault.NotFound, "does not exist"},
		"com.amazonaws.sqs#RequestThrottled":             {400, fault.Throttled, ""},
		"com.amazon.coral.service#AccessDeniedException": {400, fault.Denied, "rollcall iam-policy"},
		"com.amazonaws.sqs#KmsAccessDenied":              {400, fault.Denied, ""},
		"com.amazonaws.sqs#OverLimit":                    {400, fault.Throttled, ""},
		"ExpiredTokenException":                          {400, fault.Unauthenticated, "renew them"},
		"ServiceUnavailable":                             {503, fault.Unavailable, ""},
	} {
		q, _ := answering(t, want.status, fmt.Sprintf(`{"__type":%q,"message":"The queue does not exist."}`, code))
		_, err := q.Receive(t.Context())
		if !fault.Is(err, want.kind) || !strings.Contains(err.Error(), want.says) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want %v", code, err, want.kind)
		}
	}
}

func TestAnswersOfAQueueAreRead(t *testing.T) {
	q, header := answering(t, 200, `{"Messages":[{"MessageId":"m","ReceiptHandle":"h","Body":"text","Attributes":{"ApproximateReceiveCount":"3"}}],
		"Attributes":{"ApproximateNumberOfMessages":"7","RedrivePolicy":"{}"}}`)
	got, err := q.Receive(t.Context())
	if err != nil || len(got) != 1 || got[0].ID != "m" || got[0].Handle != "h" || string(got[0].Body) != "text" || got[0].Times != 3 {
		t.Errorf("%+v, %v", got, err)
	}
	if target := header().Get("X-Amz-Target"); target != "AmazonSQS.ReceiveMessage" || !strings.Contains(header().Get("Authorization"), "/eu-west-1/sqs/") {
		t.Errorf("%s, %s", target, header().Get("Authorization"))
	}
	if state, err := q.State(t.Context()); err != nil || state.Waiting != 7 || !state.DeadLetter {
		t.Errorf("%+v, %v", state, err)
	}
	for _, settle := range []func() error{
		func() error { return q.Delete(t.Context(), got[0]) },
		func() error { return q.Later(t.Context(), drift.Message{Handle: "h"}, 24*time.Hour) }, // more than SQS takes
	} {
		if err := settle(); err != nil {
			t.Error(err)
		}
	}
}

func TestAQueueHasAHost(t *testing.T) {
	for _, url := range []string{"", "rollcall", "/111122223333/rollcall"} {
		if _, err := sqsqueue.New(sqsqueue.Options{URL: url}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", url, err)
		}
	}
}

func TestTheRegionIsTheQueues(t *testing.T) {
	for host, want := range map[string]string{
		"sqs.us-gov-west-1.amazonaws.com": "us-gov-west-1", "eu-central-2.queue.amazonaws.com": "eu-central-2",
		"vpce-1234-abcd.sqs.ap-southeast-1.vpce.amazonaws.com": "ap-southeast-1", "127.0.0.1:5000": "eu-west-1", "localhost": "eu-west-1",
	} {
		var signed string
		catch := catcher(func(r *http.Request) { signed = r.Header.Get("Authorization") })
		q, err := sqsqueue.New(sqsqueue.Options{
			URL: "http://" + host + "/111122223333/events",
			AWS: aws.Config{Region: "eu-west-1", HTTPClient: catch, Credentials: credentials.NewStaticCredentialsProvider("AKID", "secret", "")},
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := q.State(context.Background()); err == nil || !strings.Contains(signed, "/"+want+"/sqs/") {
			t.Errorf("%s: %s, %v", host, signed, err)
		}
	}
}

// catcher sees requests that go nowhere.
type catcher func(*http.Request)

func (c catcher) Do(r *http.Request) (*http.Response, error) {
	c(r)
	return nil, fmt.Errorf("it goes nowhere")
}
