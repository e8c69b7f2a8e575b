// Package telemetry says what a server does, for those who watch it: numbers in
// Prometheus's format, and traces to whoever OTEL_* names.
//
// Labels never hold an id, a person or anything else that grows: a server costs
// its watchers the same after a year.
package telemetry

import (
	"context"
	"io"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"

	"rollcall/fault"
)

// Metrics are the numbers of one process since it began, and others that are
// looked up when somebody asks. It is safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry

	requests  *prometheus.CounterVec
	duration  *prometheus.HistogramVec
	throttled *prometheus.CounterVec
	changes   *prometheus.CounterVec
	brakes    *prometheus.CounterVec
	attempts  *prometheus.CounterVec
	events    *prometheus.CounterVec
	syncs     *prometheus.HistogramVec
	leavers   prometheus.Histogram
	found     *prometheus.CounterVec
}

var (
	callSeconds   = []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}
	syncSeconds   = []float64{1, 5, 15, 60, 300, 900, 3600, 4 * 3600}
	leaverSeconds = []float64{1, 5, 15, 60, 300, 900, 3600}
)

// NewMetrics returns numbers that are all zero, for a program of that version.
func NewMetrics(version string) *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "rollcall", Name: name, Help: help}, labels)
	}
	m := &Metrics{
		registry:  prometheus.NewRegistry(),
		requests:  counter("api_requests_total", "Requests to AWS, by API, operation and the kind of failure, or ok.", "api", "operation", "code"),
		throttled: counter("api_throttled_total", "Requests that AWS refused as too fast.", "api"),
		changes:   counter("changes_total", "Changes of plans, by the type of object, what was to be done to it, and what came of it.", "type", "action", "result"),
		brakes:    counter("brake_tripped_total", "Plans that a brake stopped, by rule.", "rule"),
		attempts:  counter("sync_attempts_total", "Syncs that were tried, by what came of it.", "sync", "status"),
		events:    counter("directory_events_total", "Events of AWS about a directory, by what came of it.", "directory", "outcome"),
		found:     counter("watch_missed_changes_total", "Changes that a read of everything found and that the watched source should have told of.", "sync"),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "rollcall", Name: "api_request_duration_seconds", Help: "How long AWS took to answer.", Buckets: callSeconds,
		}, []string{"api"}),
		syncs: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "rollcall", Name: "sync_duration_seconds", Help: "How long a sync took, from its first read to its last write.", Buckets: syncSeconds,
		}, []string{"sync"}),
		leavers: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "rollcall", Name: "leaver_duration_seconds", Help: "From the read that found somebody gone until they were disabled.", Buckets: leaverSeconds,
		}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Namespace: "rollcall", Name: "build_info", Help: "Always 1.", ConstLabels: prometheus.Labels{"version": version, "go_version": runtime.Version()},
	})
	build.Set(1)
	m.registry.MustRegister(build, m.requests, m.throttled, m.changes, m.brakes, m.attempts, m.events, m.duration, m.syncs, m.leavers, m.found)
	return m
}

// Call counts a request to AWS. Err is its fault, or nil.
func (m *Metrics) Call(api, operation string, err error, took time.Duration) {
	code := "ok"
	if err != nil {
		code = fault.KindOf(err).String()
	}
	if fault.Is(err, fault.Throttled) {
		m.throttled.WithLabelValues(api).Inc()
	}
	m.requests.WithLabelValues(api, operation, code).Inc()
	m.duration.WithLabelValues(api).Observe(took.Seconds())
}

// Change counts a change of a plan: "user", "disable", "done".
func (m *Metrics) Change(kind, action, result string) {
	m.changes.WithLabelValues(kind, action, result).Inc()
}

// Leaver counts somebody who was put out, that long after they were found gone.
func (m *Metrics) Leaver(after time.Duration) { m.leavers.Observe(after.Seconds()) }

// Braked counts a plan that a rule stopped.
func (m *Metrics) Braked(rule string) { m.brakes.WithLabelValues(rule).Inc() }

// Events counts events of AWS about a directory: "aws", "drift", 1.
func (m *Metrics) Events(directory, outcome string, n int) {
	m.events.WithLabelValues(directory, outcome).Add(float64(n))
}

// Attempt counts a sync that was tried.
func (m *Metrics) Attempt(sync, status string, took time.Duration) {
	m.attempts.WithLabelValues(sync, status).Inc()
	m.syncs.WithLabelValues(sync).Observe(took.Seconds())
}

// Missed counts the changes that a read of everything found though the source
// is watched; the sync is known from then on, with 0.
func (m *Metrics) Missed(sync string, changes int) {
	m.found.WithLabelValues(sync).Add(float64(changes))
}

// Reading is a number that is looked up.
type Reading struct {
	Gauge  Gauge
	Labels []string // values, in the gauge's order
	Value  float64
}

// Gauge is what a reading is of.
type Gauge int

// The gauges.
const (
	LastSuccess   Gauge = iota // of a sync, in seconds since 1970
	Objects                    // of a sync, by type and situation
	Source                     // of a sync's source, by type
	Pending                    // changes of a sync's last plan
	TokenExpiry                // of a directory, in seconds since 1970
	Orphans                    // of a directory: assignments
	OrphansLooked              // likewise, in seconds since 1970
	Residual                   // of a directory, in seconds
	LookupFailed
	numGauges
)

// gauges are described once; what is looked up differs from time to time.
var gauges = [numGauges]*prometheus.Desc{
	LastSuccess:   gauge("sync_last_success_timestamp_seconds", "When the read began that the directory was last in line with.", "sync"),
	Objects:       gauge("sync_objects", "What the last plan found, by type and situation.", "sync", "type", "state"),
	Source:        gauge("source_objects", "What the source held when it was last read.", "source", "type"),
	Pending:       gauge("plan_pending_changes", "Changes that the last plan has and that were not made.", "sync"),
	TokenExpiry:   gauge("scim_token_expiry_timestamp_seconds", "When the SCIM token of a directory ends, where that is known.", "directory"),
	Orphans:       gauge("orphan_assignments", "Assignments whose user or group is not there, when somebody last looked at all.", "directory"),
	OrphansLooked: gauge("orphan_assignments_timestamp_seconds", "When somebody last looked at all assignments.", "directory"),
	Residual:      gauge("residual_access_seconds", "How long the last role session of somebody who was put out can still live.", "directory"),
	LookupFailed:  gauge("lookup_failed", "1 if the numbers that are kept in the state could not be read."),
}

func gauge(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(prometheus.BuildFQName("rollcall", "", name), help, labels, nil)
}

// Write writes all numbers, and those that lookup returns, in Prometheus's text
// format. A lookup that fails leaves its numbers out, and says so in one of
// them: those who watch see that something is wrong, and all the rest.
func (m *Metrics) Write(ctx context.Context, w io.Writer, lookup func(context.Context) ([]Reading, error)) error {
	readings, err := lookup(ctx)
	failed := Reading{Gauge: LookupFailed}
	if err != nil {
		failed.Value, readings = 1, nil
	}
	looked := prometheus.NewRegistry()
	looked.MustRegister(collected(append(readings, failed)))
	families, err := prometheus.Gatherers{m.registry, looked}.Gather()
	if err != nil {
		return fault.New(fault.Internal, "gather metrics", "", err)
	}
	for _, f := range families {
		if _, err := expfmt.MetricFamilyToText(w, f); err != nil {
			return fault.New(fault.Unavailable, "write metrics", "", err)
		}
	}
	return nil
}

// collected are readings as Prometheus's library takes them.
type collected []Reading

// Describe says nothing: what is looked up differs from time to time.
func (collected) Describe(chan<- *prometheus.Desc) {}

// Collect gives the readings out.
func (c collected) Collect(to chan<- prometheus.Metric) {
	for _, r := range c {
		one, err := prometheus.NewConstMetric(gauges[r.Gauge], prometheus.GaugeValue, r.Value, r.Labels...)
		if err != nil {
			one = prometheus.NewInvalidMetric(gauges[r.Gauge], err)
		}
		to <- one
	}
}
