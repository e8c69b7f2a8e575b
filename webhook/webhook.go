// Package webhook tells other systems that something has happened: with a body
// signed as Standard Webhooks says (standardwebhooks.com), so that receivers
// can verify it with a library they have, or in the shape that Slack and Teams
// show.
//
// It sends once. Whoever has to be told for certain sends again, with the same
// id: by that a receiver recognises what came twice.
package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"rollcall/fault"
)

// Message is what is told. Data is what machines read: anything that can be
// written as JSON.
type Message struct {
	ID    string // of the cause, the same however often it is sent
	Type  string // "rollcall.run_failed"
	At    time.Time
	Title string // a line, for people
	Text  string // more, for people; may be empty
	Data  any
}

// Form is the shape of a body.
type Form string

// The forms.
const (
	Signed Form = "webhook" // JSON with a signature
	Slack  Form = "slack"   // an incoming webhook of Slack
	Teams  Form = "teams"   // a workflow of Microsoft Teams, with an adaptive card
)

// Forms lists them all.
func Forms() []Form { return []Form{Signed, Slack, Teams} }

// Sender sends messages to one place. It is safe for concurrent use.
type Sender struct {
	form   Form
	url    string
	key    []byte
	client *http.Client
	now    func() time.Time
}

// Key reads a signing secret: "whsec_" and base64, as other senders write it,
// or any other text of at least 16 bytes as it is. It fails with fault.Invalid.
func Key(secret string) ([]byte, error) {
	key := []byte(secret)
	if text, ok := strings.CutPrefix(secret, "whsec_"); ok {
		var err error
		if key, err = base64.StdEncoding.DecodeString(text); err != nil {
			return nil, fault.Text(fault.Invalid, "read signing secret", "", "what stands behind whsec_ is not base64")
		}
	}
	if len(key) < minKey {
		return nil, fault.Text(fault.Invalid, "read signing secret", "", fmt.Sprintf("it is shorter than %d bytes", minKey))
	}
	return key, nil
}

const (
	minKey      = 16
	answerTime  = 15 * time.Second
	largestRead = 64 << 10 // of an answer
)

// New returns a sender. The URL may be a secret itself; errors do not show it.
// Key is nil for forms that are not signed. Now stamps the signatures; nil is
// time.Now. It fails with fault.Invalid for a URL that is not http or https.
func New(form Form, to string, key []byte, client *http.Client, now func() time.Time) (*Sender, error) {
	u, err := url.Parse(to)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fault.Text(fault.Invalid, "read webhook", "url", "it is not the URL of a webhook")
	}
	if client == nil {
		client = &http.Client{}
	}
	own := *client
	own.Timeout = answerTime
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // a signature is for one place
	if now == nil {
		now = time.Now
	}
	return &Sender{form: form, url: to, key: key, client: &own, now: now}, nil
}

// Send sends a message once. It fails with fault.Unavailable if it did not
// arrive, or the answer is not 2xx; then it may have arrived all the same.
func (s *Sender) Send(ctx context.Context, m Message) error {
	body, err := s.body(m)
	if err != nil {
		return fault.New(fault.Internal, "send notice", m.Type, err)
	}
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		return fault.Text(fault.Invalid, "send notice", m.Type, "the URL cannot be used")
	}
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("User-Agent", "rollcall")
	if s.form == Signed {
		s.sign(q, m.ID, body)
	}
	answer, err := s.client.Do(q)
	if err != nil {
		return fault.New(fault.Unavailable, "send notice", m.Type, withoutURL(err))
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, largestRead)) // so that the connection can be used again
	if answer.StatusCode/100 != 2 {
		return fault.Text(fault.Unavailable, "send notice", m.Type, "the receiver answers "+answer.Status)
	}
	return nil
}

// withoutURL leaves out the address, which is a secret with Slack and Teams.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// sign adds the headers of Standard Webhooks.
func (s *Sender) sign(q *http.Request, id string, body []byte) {
	id = ID(id)
	at := strconv.FormatInt(s.now().Unix(), 10)
	q.Header.Set("Webhook-Id", id)
	q.Header.Set("Webhook-Timestamp", at)
	q.Header.Set("Webhook-Signature", Signature(s.key, id, at, body))
}

// Signature is that of a body: "v1," and the base64 of an HMAC-SHA256 over id,
// time in seconds since 1970, and body, with dots between them.
func Signature(key []byte, id, at string, body []byte) string {
	mac := hmac.New(sha256.New, key)
	_, _ = fmt.Fprintf(mac, "%s.%s.%s", id, at, body) // a hash takes everything
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// ID is a cause as a header can have it: "msg_" and 32 hex digits.
func ID(cause string) string {
	sum := sha256.Sum256([]byte(cause))
	return fmt.Sprintf("msg_%x", sum[:16])
}

func (s *Sender) body(m Message) ([]byte, error) {
	switch s.form {
	case Slack:
		return json.Marshal(map[string]any{"text": slackText(m)})
	case Teams:
		return json.Marshal(card(m))
	}
	return json.Marshal(struct {
		Type string    `json:"type"`
		At   time.Time `json:"timestamp"`
		Data any       `json:"data"`
	}{m.Type, m.At.UTC(), m.Data})
}

// slackText is a bold line and what belongs to it. Slack reads three signs as
// markup.
func slackText(m Message) string {
	plain := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	text := "*" + plain.Replace(m.Title) + "*"
	if m.Text != "" {
		text += "\n" + plain.Replace(m.Text)
	}
	return text
}

// card is an adaptive card, as the workflow "post to a channel when a webhook
// request is received" takes it.
func card(m Message) map[string]any {
	blocks := []map[string]any{{"type": "TextBlock", "text": m.Title, "weight": "Bolder", "size": "Medium", "wrap": true}}
	for line := range strings.Lines(m.Text) {
		blocks = append(blocks, map[string]any{"type": "TextBlock", "text": strings.TrimSpace(line), "wrap": true})
	}
	return map[string]any{"type": "message", "attachments": []map[string]any{{
		"contentType": "application/vnd.microsoft.card.adaptive",
		"content": map[string]any{
			"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4", "body": blocks,
		},
	}}}
}
