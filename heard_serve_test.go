package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/document"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"
	"github.com/goccy/go-yaml"
)

// bus is an EventBridge whose rule sends events to an SQS queue, both of moto.
type bus struct {
	t          *testing.T
	url, queue string
	sent       int // events of the other server's log that were put on it
}

func newBus(t *testing.T) *bus {
	t.Helper()
	program := installed(t, "bin/py-venv/bin/moto_server", "--help")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := strings.Cut(l.Addr().String(), ":")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program, "-H", "127.0.0.1", "-p", port)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	b := &bus{t: t, url: "http://127.0.0.1:" + port}
	until(t, "moto answers", func() bool {
		r, err := http.Get(b.url + "/moto-api/")
		if err == nil {
			_ = r.Body.Close()
		}
		return err == nil
	})
	b.makeQueue()
	b.makeRule()
	return b
}

// call makes a request to moto, which looks at no signature.
func (b *bus) call(service, target string, body any, into any) {
	b.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		b.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.url, bytes.NewReader(text))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", target)
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/"+service+"/aws4_request, SignedHeaders=host, Signature=x")
	status, got := answered(b.t, r)
	if status != http.StatusOK {
		b.t.Fatalf("%s: %d %s", target, status, got)
	}
	if into != nil && json.Unmarshal([]byte(got), into) != nil {
		b.t.Fatalf("%s: %s", target, got)
	}
}

func (b *bus) makeQueue() {
	b.t.Helper()
	var made struct{ QueueURL string }
	b.call("sqs", "AmazonSQS.CreateQueue", map[string]any{"QueueName": "dead"}, nil)
	b.call("sqs", "AmazonSQS.CreateQueue", map[string]any{"QueueName": "rollcall", "Attributes": map[string]string{
		"RedrivePolicy": `{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:123456789012:dead","maxReceiveCount":10}`,
	}}, &made)
	b.queue = made.QueueURL
}

// makeRule makes the rule that the CloudFormation makes.
func (b *bus) makeRule() {
	b.t.Helper()
	// The template's own tags, such as !Ref, are no YAML that can be read here.
	_, rest, found := strings.Cut(deployText(b.t, fargate), "\n      EventPattern:\n")
	block, _, ends := strings.Cut(rest, "\n      Targets:\n")
	var means map[string]any
	if err := yaml.Unmarshal([]byte(block), &means); err != nil || !found || !ends {
		b.t.Fatal(err, block)
	}
	pattern, err := json.Marshal(means)
	if err != nil {
		b.t.Fatal(err)
	}
	b.call("events", "AWSEvents.PutRule", map[string]any{"Name": "rollcall", "EventPattern": string(pattern)}, nil)
	b.call("events", "AWSEvents.PutTargets", map[string]any{
		"Rule": "rollcall", "Targets": []map[string]string{{"Id": "rollcall", "Arn": "arn:aws:sqs:us-east-1:123456789012:rollcall"}},
	}, nil)
}

// put sends what is new in a directory's log to the bus, as CloudTrail would.
func (b *bus) put(from *office) {
	b.t.Helper()
	var all []struct {
		DetailType string `json:"detail-type"`
		Source     string `json:"source"`
		Detail     json.RawMessage
	}
	from.ask(&all, "directory", "events", "--since", fmt.Sprint(b.sent), "--limit", "1000", "--envelope", "eventbridge")
	for len(all) > 0 {
		n := min(len(all), 10)
		var entries []map[string]string
		for _, e := range all[:n] {
			entries = append(entries, map[string]string{"Source": e.Source, "DetailType": e.DetailType, "Detail": string(e.Detail)})
		}
		b.call("events", "AWSEvents.PutEvents", map[string]any{"Entries": entries}, nil)
		all, b.sent = all[n:], b.sent+n
	}
}

// inbox is where notices arrive.
type inbox struct {
	mu    sync.Mutex
	types []string
	texts []string
}

func (i *inbox) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	var got struct {
		Type string
		Data struct{ Text string }
	}
	_ = json.NewDecoder(r.Body).Decode(&got) // what cannot be read is missed below
	i.mu.Lock()
	defer i.mu.Unlock()
	i.types, i.texts = append(i.types, got.Type), append(i.texts, got.Data.Text)
}

func (i *inbox) count(kind string) (n int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, t := range i.types {
		if t == kind {
			n++
		}
	}
	return n
}

// What somebody else writes by AWS's SDK is put right within seconds of its
// event, told once, and Rollcall's own writes are not.
func TestAServiceHearsWhatOthersChangeAndPutsItRight(t *testing.T) {
	b := newBus(t)
	cloud := newOffice(t)
	cloud.write("rollcall.yaml", "directories:\n  local: {kind: embedded}\n")
	there := cloud.serve()
	told := &inbox{}
	hook := httptest.NewServer(told)
	defer hook.Close()
	o := hearingOffice(t, b, cloud, there, hook.URL)
	o.must("sync", "run", "corp")
	if r := o.run("doctor", "--directory", "aws"); !strings.Contains(r.out, "the queue answers, 0 messages waiting") {
		t.Errorf("doctor: %s%s", r.out, r.errors)
	}
	s := o.serve()
	numbers := func(outcome string) string {
		_, body := s.get(s.env["AWS_ENDPOINT_URL"]+"/metrics", func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+o.token()) })
		for line := range strings.Lines(body) {
			if strings.HasPrefix(line, `rollcall_directory_events_total{directory="aws",outcome="`+outcome+`"}`) {
				return strings.Fields(line)[1]
			}
		}
		return "none"
	}
	b.put(cloud) // the first load's own
	until(t, "the first load's events are dealt with", func() bool { return numbers("as_left") != "0" && b.waiting() == 0 })
	if n := numbers("drift"); n != "0" || len(o.attempts()) != 0 {
		t.Errorf("%s drifts, attempts %v: Rollcall's own writes are taken for somebody's", n, o.attempts())
	}
	rename(t, there, "u003", "Mallory")
	b.put(cloud)
	began := time.Now()
	until(t, "the name is right again", func() bool { return nameOf(t, there, "u003") == "Person 3" })
	t.Logf("from the event to the name: %s", time.Since(began).Round(time.Millisecond))
	until(t, "somebody is told", func() bool { return told.count("rollcall.drift") > 0 })
	b.put(cloud)
	until(t, "the sync's own event is dealt with", func() bool { return b.waiting() == 0 })
	b.call("sqs", "AmazonSQS.SendMessage", map[string]any{"QueueUrl": b.queue, "MessageBody": "garbage"}, nil)
	until(t, "garbage is seen", func() bool { return numbers("garbage") == "1" })
	if n := len(o.attempts()); n != 1 || numbers("own") != "1" || told.count("rollcall.drift") != 1 || numbers("drift") != "1" {
		t.Errorf("%d runs, %d notices, %s drifts; want one each, and one of our own\n%s", n, told.count("rollcall.drift"), numbers("drift"), s.complaints())
	}
	if strings.Contains(strings.Join(told.texts, " "), "Mallory") {
		t.Error("the notice has a name in it")
	}
	if status := s.stop(); status != 0 || strings.Contains(s.complaints(), "cannot be heard") {
		t.Errorf("exit status %d: %s", status, s.complaints())
	}
}

// hearingOffice is an office whose directory is another server's.
func hearingOffice(t *testing.T, b *bus, cloud *office, there *served, hook string) *office {
	t.Helper()
	o := newOffice(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "x") // of the queue alone
	t.Setenv("AWS_SECRET_ACCESS_KEY", "x")
	t.Setenv("HOOK", hook)
	var key struct{ ID, Secret string }
	cloud.ask(&key, "access-key", "create", "--name", "rollcall")
	t.Setenv("THERE_ID", key.ID)
	t.Setenv("THERE_SECRET", key.Secret)
	t.Setenv("THERE_TOKEN", there.env["ROLLCALL_SCIM_TOKEN"])
	o.write("rollcall.yaml", fmt.Sprintf(`default_directory: aws
directories:
  local: {kind: embedded}
  aws:
    kind: aws
    region: us-east-1
    endpoint_url: %s
    access_key: {id: env:THERE_ID, secret: env:THERE_SECRET}
    scim: {url: "%s", token: env:THERE_TOKEN}
    events: {queue: "%s"}
notify:
  hook: {kind: webhook, url: env:HOOK, secret: env:THERE_TOKEN}
%s`, there.env["AWS_ENDPOINT_URL"], there.env["ROLLCALL_SCIM_URL"], b.queue, crowdConfig))
	o.write("company.ldif", people(1, 12))
	return o
}

func (b *bus) waiting() int {
	b.t.Helper()
	var got struct{ Attributes map[string]string }
	b.call("sqs", "AmazonSQS.GetQueueAttributes", map[string]any{"QueueUrl": b.queue, "AttributeNames": []string{"All"}}, &got)
	n := 0
	for _, name := range []string{"ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"} {
		var one int
		_, _ = fmt.Sscan(got.Attributes[name], &one)
		n += one
	}
	return n
}

// token is that of an operator who may read the metrics.
func (o *office) token() string {
	o.t.Helper()
	file := filepath.Join(o.folder, "token")
	if text, err := os.ReadFile(file); err == nil {
		return string(text)
	}
	o.must("operator", "create", "prometheus", "--role", "reader", "--no-password")
	var made struct{ Token string }
	o.ask(&made, "operator", "token", "prometheus")
	o.write("token", made.Token)
	return made.Token
}

// attempts are the runs that the service has tried.
func (o *office) attempts() (all []struct{ Status string }) {
	o.t.Helper()
	o.ask(&all, "schedule", "history")
	return all
}

// find asks for a user by the SDK, as somebody else.
func find(t *testing.T, s *served, userName string) *identitystore.GetUserIdOutput {
	t.Helper()
	got, err := identitystore.NewFromConfig(s.config()).GetUserId(t.Context(), &identitystore.GetUserIdInput{
		IdentityStoreId: aws.String(s.env["ROLLCALL_IDENTITY_STORE_ID"]),
		AlternateIdentifier: &types.AlternateIdentifierMemberUniqueAttribute{Value: types.UniqueAttribute{
			AttributePath: aws.String("userName"), AttributeValue: document.NewLazyDocument(userName),
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func nameOf(t *testing.T, s *served, userName string) string {
	t.Helper()
	id := find(t, s, userName)
	u, err := identitystore.NewFromConfig(s.config()).DescribeUser(t.Context(), &identitystore.DescribeUserInput{IdentityStoreId: id.IdentityStoreId, UserId: id.UserId})
	if err != nil {
		t.Fatal(err)
	}
	return aws.ToString(u.DisplayName)
}

func rename(t *testing.T, s *served, userName, display string) {
	t.Helper()
	id := find(t, s, userName)
	_, err := identitystore.NewFromConfig(s.config()).UpdateUser(t.Context(), &identitystore.UpdateUserInput{
		IdentityStoreId: id.IdentityStoreId, UserId: id.UserId,
		Operations: []types.AttributeOperation{{AttributePath: aws.String("displayName"), AttributeValue: document.NewLazyDocument(display)}},
	})
	if err != nil {
		t.Fatal(err)
	}
}
