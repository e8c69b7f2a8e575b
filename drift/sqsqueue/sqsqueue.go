// Package sqsqueue receives messages from a queue of Amazon SQS.
package sqsqueue

import (
	"context"
	"errors"
	"math"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"

	"rollcall/awscall"
	"rollcall/drift"
	"rollcall/fault"
)

// Queue is one queue. It is safe for concurrent use.
type Queue struct {
	client *sqs.Client
	url    string
	line   awscall.Line
	wait   time.Duration
}

var _ drift.Queue = (*Queue)(nil)

// Options are how a queue is reached.
type Options struct {
	URL  string // as SQS shows it; the requests go to its host
	AWS  aws.Config
	Line awscall.Line
	Wait time.Duration // for messages; 0 is [LongestWait]
}

const (
	// LongestWait is the longest that SQS lets somebody wait for a message.
	LongestWait = 20 * time.Second
	// hidden is for how long a message that was received is kept from others:
	// a batch is dealt with in that time even if each read has to wait.
	hidden = 2 * time.Minute
	batch  = 10
	// mostHidden is the longest that SQS keeps a message from everybody.
	mostHidden = 12 * time.Hour
)

var regional = regexp.MustCompile(`^(?:sqs(?:-fips)?\.|vpce-[^.]+\.sqs\.)?([a-z]{2}(?:-[a-z]+)+-\d+)\.`)

// New returns a queue. Nobody is asked. The region is the one in the URL's host,
// or else that of o's configuration. It fails with fault.Invalid for a URL
// without a host.
func New(o Options) (*Queue, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" {
		return nil, fault.Text(fault.Invalid, "open queue", "", "its URL has no host; SQS shows one like https://sqs.eu-west-1.amazonaws.com/111122223333/rollcall")
	}
	if o.Wait == 0 {
		o.Wait = LongestWait
	}
	o.AWS.Credentials = awscall.Credentials(o.AWS.Credentials)
	at := u.Scheme + "://" + u.Host
	client := sqs.NewFromConfig(o.AWS, func(s *sqs.Options) {
		s.BaseEndpoint, s.Retryer = &at, aws.NopRetryer{}
		if found := regional.FindStringSubmatch(u.Host); found != nil {
			s.Region = found[1]
		}
	})
	if o.Line.Timeout == 0 {
		o.Line.Timeout = awscall.DefaultTimeout
	}
	return &Queue{client: client, url: o.URL, line: o.Line, wait: o.Wait}, nil
}

// URL is the queue's.
func (q *Queue) URL() string { return q.url }

// Receive waits for messages, at most ten at once. It fails with
// fault.NotFound for a queue that is not there, fault.Denied, fault.Throttled
// and fault.Unavailable.
func (q *Queue) Receive(ctx context.Context) ([]drift.Message, error) {
	line := q.line
	line.Timeout += q.wait
	out, err := do(ctx, q, line, "ReceiveMessage", "receive events", func(ctx context.Context) (*sqs.ReceiveMessageOutput, error) {
		return q.client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: &q.url, MaxNumberOfMessages: batch, WaitTimeSeconds: seconds(q.wait), VisibilityTimeout: seconds(hidden),
			MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameApproximateReceiveCount},
		})
	})
	if err != nil {
		return nil, err
	}
	all := make([]drift.Message, len(out.Messages))
	for i, m := range out.Messages {
		times, _ := strconv.Atoi(m.Attributes[string(types.MessageSystemAttributeNameApproximateReceiveCount)])
		all[i] = drift.Message{ID: aws.ToString(m.MessageId), Handle: aws.ToString(m.ReceiptHandle), Body: []byte(aws.ToString(m.Body)), Times: times}
	}
	return all, nil
}

// Delete takes a message out of the queue.
func (q *Queue) Delete(ctx context.Context, m drift.Message) error {
	_, err := do(ctx, q, q.line, "DeleteMessage", "delete event", func(ctx context.Context) (*sqs.DeleteMessageOutput, error) {
		return q.client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &q.url, ReceiptHandle: &m.Handle})
	})
	return err
}

// Later lets a message come again after a while, at most twelve hours.
func (q *Queue) Later(ctx context.Context, m drift.Message, after time.Duration) error {
	_, err := do(ctx, q, q.line, "ChangeMessageVisibility", "give event back", func(ctx context.Context) (*sqs.ChangeMessageVisibilityOutput, error) {
		return q.client.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{
			QueueUrl: &q.url, ReceiptHandle: &m.Handle, VisibilityTimeout: seconds(min(after, mostHidden)),
		})
	})
	return err
}

// State is what a queue says about itself.
type State struct {
	Waiting    int  // messages, roughly
	DeadLetter bool // what nobody can deal with goes elsewhere after a while
}

// State asks the queue how it is.
func (q *Queue) State(ctx context.Context) (State, error) {
	out, err := do(ctx, q, q.line, "GetQueueAttributes", "look at queue", func(ctx context.Context) (*sqs.GetQueueAttributesOutput, error) {
		return q.client.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
			QueueUrl:       &q.url,
			AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameApproximateNumberOfMessages, types.QueueAttributeNameRedrivePolicy},
		})
	})
	if err != nil {
		return State{}, err
	}
	waiting, _ := strconv.Atoi(out.Attributes[string(types.QueueAttributeNameApproximateNumberOfMessages)])
	return State{Waiting: waiting, DeadLetter: out.Attributes[string(types.QueueAttributeNameRedrivePolicy)] != ""}, nil
}

// Actions are what IAM has to allow.
func Actions() []string {
	return []string{"sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}
}

func seconds(d time.Duration) int32 { return int32(min(math.Ceil(d.Seconds()), math.MaxInt32)) }

// codes are errors of SQS itself, in its old form and in its new one.
var codes = map[string]fault.Kind{
	"QueueDoesNotExist": fault.NotFound, "AWS.SimpleQueueService.NonExistentQueue": fault.NotFound, "InvalidAddress": fault.NotFound,
	"QueueDeletedRecently": fault.NotFound, "RequestThrottled": fault.Throttled, "KmsThrottled": fault.Throttled,
	"KmsAccessDenied": fault.Denied, "KMS.AccessDeniedException": fault.Denied, "OverLimit": fault.Throttled,
}

func do[T any](ctx context.Context, q *Queue, line awscall.Line, operation, op string, send func(context.Context) (T, error)) (T, error) {
	c := awscall.Call{Family: awscall.SQS, Operation: operation, Op: op, On: "queue " + q.url}
	return awscall.Do(ctx, line, c, func(ctx context.Context) (T, error) {
		out, err := send(ctx)
		return out, told(c, err)
	})
}

func told(c awscall.Call, err error) error {
	f, answered := errors.AsType[*fault.Error](awscall.Fault(c, err, nil))
	api, named := errors.AsType[smithy.APIError](err)
	if !answered || !named {
		return awscall.Fault(c, err, nil)
	}
	if kind, ours := codes[api.ErrorCode()]; ours {
		f.Kind = kind
	}
	return f
}
