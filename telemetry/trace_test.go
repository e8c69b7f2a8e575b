package telemetry_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	coltrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"rollcall/fault"
	"rollcall/telemetry"
)

// collector takes traces as an OTLP collector does.
type collector struct {
	mu    sync.Mutex
	spans map[string]*tracepb.Span
	names []string // of services
}

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var got coltrace.ExportTraceServiceRequest
	if err != nil || r.URL.Path != "/v1/traces" || proto.Unmarshal(body, &got) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, of := range got.ResourceSpans {
		for _, a := range of.Resource.Attributes {
			if a.Key == "service.name" {
				c.names = append(c.names, a.Value.GetStringValue())
			}
		}
		for _, scope := range of.ScopeSpans {
			for _, s := range scope.Spans {
				c.spans[s.Name] = s
			}
		}
	}
}

func TestARunIsOneTraceWithItsChangesAndCalls(t *testing.T) {
	c := &collector{spans: map[string]*tracepb.Span{}}
	server := httptest.NewServer(c)
	defer server.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.URL)
	t.Setenv("OTEL_SERVICE_NAME", "rollcall-test")
	tracing, err := telemetry.StartTracing(t.Context(), "v1")
	if err != nil {
		t.Fatal(err)
	}
	run, endRun := tracing.Root(t.Context(), "sync", "rollcall.sync", "corp")
	change, endChange := telemetry.Span(run, "user.create", "rollcall.change", "1")
	_, endCall := telemetry.CallSpan(change, "identitystore.CreateUser", "rpc.system", "aws-api")
	endCall(fault.Text(fault.Throttled, "create user", "user ann", "too fast"))
	endChange(nil)
	endRun(nil)
	if telemetry.TraceID(run) == "" || telemetry.TraceID(run) != telemetry.TraceID(change) {
		t.Error("the change is not in the run's trace")
	}
	if err := tracing.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, parent := range map[string]string{"sync": "", "user.create": "sync", "identitystore.CreateUser": "user.create"} {
		one := c.spans[name]
		if one == nil {
			t.Fatalf("there is no %s", name)
		}
		if parent != "" && string(one.ParentSpanId) != string(c.spans[parent].SpanId) {
			t.Errorf("%s is not part of %s", name, parent)
		}
	}
	call := c.spans["identitystore.CreateUser"]
	if call.Status.Code != tracepb.Status_STATUS_CODE_ERROR || call.Status.Message != "throttled" || call.Kind != tracepb.Span_SPAN_KIND_CLIENT {
		t.Errorf("the call: %v, %v", call.Status, call.Kind)
	}
	if len(c.names) == 0 || c.names[0] != "rollcall-test" {
		t.Errorf("services %q", c.names)
	}
}

func TestNothingIsTracedUnlessTheEnvironmentSaysSo(t *testing.T) {
	for name, env := range map[string]map[string]string{
		"nothing said": {}, "disabled": {"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"},
		"no exporter": {"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"},
	} {
		t.Run(name, func(t *testing.T) {
			for k, v := range env {
				t.Setenv(k, v)
			}
			tracing, err := telemetry.StartTracing(t.Context(), "v1")
			if err != nil || tracing != nil {
				t.Fatal(tracing, err)
			}
			ctx, end := tracing.Root(t.Context(), "sync")
			end(nil)
			if _, end = telemetry.Span(ctx, "x"); telemetry.TraceID(ctx) != "" || tracing.Stop(context.Background()) != nil {
				t.Error("there is a trace")
			}
			end(nil)
		})
	}
	for name, value := range map[string]string{"OTEL_TRACES_EXPORTER": "zipkin", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
			t.Setenv(name, value)
			if _, err := telemetry.StartTracing(t.Context(), "v1"); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s=%s: %v", name, value, err)
			}
		})
	}
}
