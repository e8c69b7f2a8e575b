package webhook_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"rollcall/fault"
	"rollcall/webhook"
)

// The published example of Standard Webhooks' first implementation.
func TestASignatureIsWhatOthersCompute(t *testing.T) {
	key, err := webhook.Key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	got := webhook.Signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

var message = webhook.Message{
	ID: "run_failed/corp/unavailable/0", Type: "rollcall.run_failed", At: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC),
	Title: "Sync corp failed: unavailable", Text: "a < b & c\nsecond line", Data: map[string]string{"sync": "corp"},
}

// sent is what a receiver gets.
func sent(t *testing.T, form webhook.Form, key []byte) (http.Header, []byte) {
	t.Helper()
	var header http.Header
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		header = r.Header
		body, _ = io.ReadAll(r.Body)
	}))
	defer server.Close()
	s, err := webhook.New(form, server.URL, key, nil, func() time.Time { return time.Unix(1614265330, 0) })
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Send(t.Context(), message); err != nil {
		t.Fatal(err)
	}
	return header, body
}

func TestASignedMessageCanBeVerified(t *testing.T) {
	key := []byte("a secret of sixteen or more")
	header, body := sent(t, webhook.Signed, key)
	want := webhook.Signature(key, header.Get("Webhook-Id"), header.Get("Webhook-Timestamp"), body)
	if header.Get("Webhook-Signature") != want || header.Get("Webhook-Timestamp") != "1614265330" || header.Get("Webhook-Id") != webhook.ID(message.ID) {
		t.Errorf("headers %v", header)
	}
	var got struct {
		Type      string
		Timestamp time.Time
		Data      map[string]string
	}
	if err := json.Unmarshal(body, &got); err != nil || got.Type != message.Type || !got.Timestamp.Equal(message.At) || got.Data["sync"] != "corp" {
		t.Errorf("%s, %v", body, err)
	}
	again, _ := sent(t, webhook.Signed, key)
	if again.Get("Webhook-Id") != header.Get("Webhook-Id") {
		t.Error("the same message sent twice cannot be recognised")
	}
}

func TestSlackAndTeamsGetWhatTheyShow(t *testing.T) {
	for form, want := range map[webhook.Form]string{
		webhook.Slack: `{"text":"*Sync corp failed: unavailable*\na \u0026lt; b \u0026amp; c\nsecond line"}`,
		webhook.Teams: `{"attachments":[{"content":{"$schema":"http://adaptivecards.io/schemas/adaptive-card.json","body":[` +
			`{"size":"Medium","text":"Sync corp failed: unavailable","type":"TextBlock","weight":"Bolder","wrap":true},` +
			`{"text":"a \u003c b \u0026 c","type":"TextBlock","wrap":true},{"text":"second line","type":"TextBlock","wrap":true}],` +
			`"type":"AdaptiveCard","version":"1.4"},"contentType":"application/vnd.microsoft.card.adaptive"}],"type":"message"}`,
	} {
		header, body := sent(t, form, nil)
		if string(body) != want || header.Get("Webhook-Signature") != "" {
			t.Errorf("%s: got %s\nwant %s", form, body, want)
		}
	}
}

func TestWhatDoesNotArriveIsAnErrorThatShowsNoURL(t *testing.T) {
	answering := func(h http.HandlerFunc) string {
		server := httptest.NewServer(h)
		t.Cleanup(server.Close)
		return server.URL + "/services/T0/SECRET"
	}
	for name, c := range map[string]struct{ url, says string }{
		"refused":    {answering(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }), "403"},
		"sent on":    {answering(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/else", http.StatusFound) }), "302"},
		"hung up":    {answering(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), "EOF"},
		"not there":  {"http://127.0.0.1:1/SECRET", "refused"},
		"no webhook": {"mailto:SECRET@example.com", "not the URL"},
		"no URL":     {"http://%zz/SECRET", "not the URL"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := webhook.New(webhook.Slack, c.url, nil, nil, nil)
			if err == nil {
				err = s.Send(t.Context(), message)
			}
			if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "SECRET") {
				t.Errorf("got %v, want %q and no URL", err, c.says)
			}
		})
	}
}

func TestASecretThatSignsIsLongEnough(t *testing.T) {
	for secret, right := range map[string]bool{
		"sixteen bytes ok": true, "fifteen bytes n": false, "": false,
		"whsec_MDEyMzQ1Njc4OWFiY2RlZg==": true, "whsec_c2hvcnQ=": false, "whsec_?": false,
	} {
		_, err := webhook.Key(secret)
		if (err == nil) != right || err != nil && (!fault.Is(err, fault.Invalid) || secret != "" && strings.Contains(err.Error(), secret)) {
			t.Errorf("%q: %v", secret, err)
		}
	}
}
