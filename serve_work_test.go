package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const scheduled = crowdConfig + `    schedule: 24h
    stale_after: 1h
`

// The service runs what is due and what is asked for, and says so to whoever
// watches it, who has to be somebody.
func TestAServiceRunsItsSyncsAndSaysSo(t *testing.T) {
	o := newOffice(t)
	for name, text := range map[string]string{"rollcall.yaml": scheduled, "company.ldif": people(1, 20)} {
		if err := os.WriteFile(filepath.Join(o.folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o.must("operator", "create", "prometheus", "--role", "reader", "--no-password")
	var token struct{ Token string }
	o.ask(&token, "operator", "token", "prometheus")
	s := o.serve()
	until(t, "the first run has ended", func() bool { return o.lastAttempt().Status == "complete" })
	if err := os.WriteFile(filepath.Join(o.folder, "company.ldif"), []byte(people(1, 21)), 0o600); err != nil {
		t.Fatal(err)
	}
	o.must("schedule", "run", "corp", "--reason", "one more")
	until(t, "what was asked for is done", func() bool { a := o.lastAttempt(); return a.Status == "complete" && a.Changes == 2 })
	at := s.env["AWS_ENDPOINT_URL"]
	if status, body := s.get(at+"/readyz", func(*http.Request) {}); status != http.StatusOK {
		t.Errorf("not ready: %d %s", status, body)
	}
	if status, _ := s.get(at+"/metrics", func(*http.Request) {}); status != http.StatusUnauthorized {
		t.Errorf("metrics for anybody: %d", status)
	}
	status, body := s.get(at+"/metrics", func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token.Token) })
	if status != http.StatusOK {
		t.Fatalf("metrics: %d %s", status, body)
	}
	for _, want := range []string{
		`rollcall_sync_attempts_total{status="complete",sync="corp"} 2`, `rollcall_changes_total{action="create",result="done",type="user"} 21`,
		`rollcall_source_objects{source="corp",type="user"} 21`, `rollcall_sync_objects{state="absent",sync="corp",type="user"} 1`,
		`rollcall_plan_pending_changes{sync="corp"} 0`, `rollcall_sync_last_success_timestamp_seconds{sync="corp"} 1.`,
		`rollcall_scim_token_expiry_timestamp_seconds{directory="local"}`, `rollcall_http_requests_total`, `rollcall_lookup_failed 0`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the metrics have no %s", want)
		}
	}
	if t.Failed() {
		t.Log(body)
	}
	// What a person has to look at is in the log, without saying who it is.
	another := strings.NewReplacer("u021", "zoe", "sn: Person\ngivenName: Number21\n", "sn: Other\ngivenName: Zoe\n").Replace(people(1, 21))
	if err := os.WriteFile(filepath.Join(o.folder, "company.ldif"), []byte(another), 0o600); err != nil {
		t.Fatal(err)
	}
	o.must("schedule", "run", "corp", "--reason", "who is that")
	until(t, "the log has a warning", func() bool { return strings.Contains(s.complaints(), "situation=ambiguous objects=1") })
	if strings.Contains(s.complaints(), "zoe") {
		t.Errorf("the log names somebody:\n%s", s.complaints())
	}
	o.must("schedule", "pause", "corp", "--reason", "lunch")
	if out := o.must("schedule", "list").out; !strings.Contains(out, "lunch") || !strings.Contains(out, "every 24h") {
		t.Errorf("schedules:\n%s", out)
	}
	if status := s.stop(); status != 0 {
		t.Errorf("exit status %d: %s", status, s.complaints())
	}
}
