package main

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/identitystore"
)

// number is what the metrics of a server say of a name with its labels.
func (s *served) number(o *office, name string) (value float64, there bool) {
	o.t.Helper()
	status, body := s.get(s.env["AWS_ENDPOINT_URL"]+"/metrics", func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+o.token()) })
	if status != http.StatusOK {
		o.t.Fatalf("metrics: %d %s", status, body)
	}
	for line := range strings.Lines(body) {
		if rest, is := strings.CutPrefix(line, name+" "); is {
			value, err := strconv.ParseFloat(strings.TrimSpace(rest), 64)
			return value, err == nil
		}
	}
	return 0, false
}

const (
	orphansMetric  = `rollcall_orphan_assignments{directory="local"}`
	residualMetric = `rollcall_residual_access_seconds{directory="local"}`
)

// Those who watch see assignments that are nobody's, and how long somebody who
// was put out may still be in an account, as soon as anybody has found out.
func TestWhatIsLeftOfAccessIsInTheMetrics(t *testing.T) {
	o := newOffice(t)
	o.configure(organizationText)
	s := o.serve()
	for _, metric := range []string{orphansMetric, residualMetric} {
		if n, there := s.number(o, metric); there {
			t.Errorf("%s is %v before anybody has looked", metric, n)
		}
	}
	for _, name := range []string{"ann", "bob"} {
		s.assign(name)
	}
	o.must("access", "orphans")
	if n, there := s.number(o, orphansMetric); !there || n != 0 {
		t.Errorf("%v orphans, want 0", n)
	}
	id := find(t, s, "ann") // deleted by AWS's API, her assignment stays behind
	if _, err := identitystore.NewFromConfig(s.config()).DeleteUser(t.Context(), &identitystore.DeleteUserInput{IdentityStoreId: id.IdentityStoreId, UserId: id.UserId}); err != nil {
		t.Fatal(err)
	}
	o.must("access", "orphans")
	if n, _ := s.number(o, orphansMetric); n != 1 {
		t.Errorf("%v orphans, want 1", n)
	}
	o.must("leaver", "run", "bob", "--yes", "--reason", "ticket 9")
	if n, there := s.number(o, residualMetric); !there || n < 3000 || n > 3600 {
		t.Errorf("%v seconds are left of a session of an hour", n)
	}
	if status := s.stop(); status != 0 {
		t.Errorf("exit status %d: %s", status, s.complaints())
	}
}
