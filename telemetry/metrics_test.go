package telemetry_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"rollcall/fault"
	"rollcall/telemetry"
)

// text is what Prometheus would read.
func text(t *testing.T, m *telemetry.Metrics, readings []telemetry.Reading, failed error) string {
	t.Helper()
	var out strings.Builder
	if err := m.Write(t.Context(), &out, func(context.Context) ([]telemetry.Reading, error) { return readings, failed }); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestEveryNumberThatPeopleExpectIsThere(t *testing.T) {
	m := telemetry.NewMetrics("v1.2.3")
	m.Call("identitystore", "CreateUser", nil, 30*time.Millisecond)
	m.Call("scim", "PatchUser", fault.Text(fault.Throttled, "", "", "too fast"), time.Second)
	m.Change("user", "disable", "done")
	m.Leaver(2 * time.Second)
	m.Braked("users_off")
	m.Events("aws", "drift", 1)
	m.Attempt("corp", "complete", 20*time.Second)
	m.Missed("corp", 2)
	got := text(t, m, []telemetry.Reading{
		{Gauge: telemetry.LastSuccess, Labels: []string{"corp"}, Value: 1772355600},
		{Gauge: telemetry.Objects, Labels: []string{"corp", "user", "confirmed"}, Value: 250},
		{Gauge: telemetry.Source, Labels: []string{"corp", "group"}, Value: 12},
		{Gauge: telemetry.Pending, Labels: []string{"corp"}, Value: 3},
		{Gauge: telemetry.Orphans, Labels: []string{"aws"}, Value: 4},
		{Gauge: telemetry.OrphansLooked, Labels: []string{"aws"}, Value: 1772355600},
		{Gauge: telemetry.Residual, Labels: []string{"aws"}, Value: 3600},
		{Gauge: telemetry.TokenExpiry, Labels: []string{"aws"}, Value: 1803891600},
	}, nil)
	for _, want := range []string{
		`rollcall_api_requests_total{api="identitystore",code="ok",operation="CreateUser"} 1`,
		`rollcall_api_requests_total{api="scim",code="throttled",operation="PatchUser"} 1`,
		`rollcall_api_throttled_total{api="scim"} 1`,
		`rollcall_api_request_duration_seconds_bucket{api="identitystore",le="0.05"} 1`,
		`rollcall_changes_total{action="disable",result="done",type="user"} 1`,
		`rollcall_leaver_duration_seconds_sum 2`,
		`rollcall_brake_tripped_total{rule="users_off"} 1`,
		`rollcall_directory_events_total{directory="aws",outcome="drift"} 1`,
		`rollcall_sync_attempts_total{status="complete",sync="corp"} 1`,
		`rollcall_watch_missed_changes_total{sync="corp"} 2`,
		`rollcall_sync_duration_seconds_bucket{sync="corp",le="60"} 1`,
		`rollcall_sync_last_success_timestamp_seconds{sync="corp"} 1.7723556e+09`,
		`rollcall_sync_objects{state="confirmed",sync="corp",type="user"} 250`,
		`rollcall_source_objects{source="corp",type="group"} 12`,
		`rollcall_plan_pending_changes{sync="corp"} 3`,
		`rollcall_scim_token_expiry_timestamp_seconds{directory="aws"} 1.8038916e+09`,
		`rollcall_orphan_assignments{directory="aws"} 4`,
		`rollcall_orphan_assignments_timestamp_seconds{directory="aws"} 1.7723556e+09`,
		`rollcall_residual_access_seconds{directory="aws"} 3600`,
		`rollcall_lookup_failed 0`,
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("there is no %s", want)
		}
	}
	if !regexp.MustCompile(`rollcall_build_info\{go_version="go[^"]+",version="v1.2.3"\} 1\n`).MatchString(got) {
		t.Error("there is no build_info")
	}
	if t.Failed() {
		t.Log(got)
	}
}

func TestWhereTheStateCannotBeReadTheRestIsShown(t *testing.T) {
	m := telemetry.NewMetrics("v1")
	m.Braked("users_off")
	got := text(t, m, []telemetry.Reading{{Gauge: telemetry.Pending, Labels: []string{"corp"}, Value: 3}}, errors.New("no database"))
	if !strings.Contains(got, "rollcall_lookup_failed 1\n") || !strings.Contains(got, "rollcall_brake_tripped_total") || strings.Contains(got, "pending") {
		t.Error(got)
	}
}
