package telemetry

import (
	"context"
	"os"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"rollcall/fault"
)

// Tracing sends traces over OTLP. The nil Tracing sends nothing.
type Tracing struct{ provider *sdktrace.TracerProvider }

const tracer = "rollcall"

// StartTracing begins to send traces if OpenTelemetry's own variables say where
// to: OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, or
// OTEL_TRACES_EXPORTER=otlp for the usual place. Otherwise, and with
// OTEL_SDK_DISABLED=true or OTEL_TRACES_EXPORTER=none, it returns nil. All
// other variables (headers, sampler, service name, attributes) mean what they
// always do; the protocol is http/protobuf. It fails with fault.Invalid for an
// exporter or a protocol that is not here.
func StartTracing(ctx context.Context, version string) (*Tracing, error) {
	wanted, err := wantsTraces(os.Getenv)
	if err != nil || !wanted {
		return nil, err
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fault.New(fault.Invalid, "start tracing", "", err)
	}
	about, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.name", "rollcall"), attribute.String("service.version", version)),
		resource.WithTelemetrySDK(), resource.WithHost(), resource.WithFromEnv())
	if err != nil {
		return nil, fault.New(fault.Invalid, "start tracing", "OTEL_RESOURCE_ATTRIBUTES", err)
	}
	return &Tracing{sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(about))}, nil
}

// wantsTraces reads what the environment says.
func wantsTraces(env func(string) string) (bool, error) {
	exporter := env("OTEL_TRACES_EXPORTER")
	somewhere := env("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || env("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != ""
	switch {
	case strings.EqualFold(env("OTEL_SDK_DISABLED"), "true") || exporter == "none" || exporter == "" && !somewhere:
		return false, nil
	case exporter != "" && exporter != "otlp":
		return false, fault.Text(fault.Invalid, "start tracing", "OTEL_TRACES_EXPORTER", "there is otlp and none here, not "+exporter)
	}
	for _, name := range []string{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"} {
		if protocol := env(name); protocol != "" && protocol != "http/protobuf" {
			return false, fault.Text(fault.Invalid, "start tracing", name, "there is http/protobuf here, not "+protocol)
		}
	}
	return true, nil
}

// Root begins a trace. The function that it returns ends it.
func (t *Tracing) Root(ctx context.Context, name string, attributes ...string) (context.Context, func(error)) {
	if t == nil {
		return ctx, func(error) {}
	}
	return begin(ctx, t.provider.Tracer(tracer), name, trace.SpanKindInternal, attributes)
}

// Stop sends what is left to be sent, and ends.
func (t *Tracing) Stop(ctx context.Context) error {
	if t == nil {
		return nil
	}
	if err := t.provider.Shutdown(ctx); err != nil {
		return fault.New(fault.Unavailable, "send traces", "", err)
	}
	return nil
}

// Span begins a part of the trace that ctx is in; without one it does nothing.
// Attributes are names and values in turn. The function that it returns ends
// the part, with the fault of what was done, or nil: of a fault only the kind
// is told.
func Span(ctx context.Context, name string, attributes ...string) (context.Context, func(error)) {
	return span(ctx, name, trace.SpanKindInternal, attributes)
}

// CallSpan is [Span] for a request to another system.
func CallSpan(ctx context.Context, name string, attributes ...string) (context.Context, func(error)) {
	return span(ctx, name, trace.SpanKindClient, attributes)
}

func span(ctx context.Context, name string, kind trace.SpanKind, attributes []string) (context.Context, func(error)) {
	parent := trace.SpanFromContext(ctx)
	if !parent.SpanContext().IsValid() {
		return ctx, func(error) {}
	}
	return begin(ctx, parent.TracerProvider().Tracer(tracer), name, kind, attributes)
}

func begin(ctx context.Context, by trace.Tracer, name string, kind trace.SpanKind, attributes []string) (context.Context, func(error)) {
	var all []attribute.KeyValue
	for i := 0; i+1 < len(attributes); i += 2 {
		all = append(all, attribute.String(attributes[i], attributes[i+1]))
	}
	ctx, one := by.Start(ctx, name, trace.WithSpanKind(kind), trace.WithAttributes(all...))
	return ctx, func(err error) {
		if err != nil {
			one.SetStatus(codes.Error, fault.KindOf(err).String())
		}
		one.End()
	}
}

// TraceID is the id of the trace that ctx is in, or empty.
func TraceID(ctx context.Context) string {
	if c := trace.SpanContextFromContext(ctx); c.IsValid() {
		return c.TraceID().String()
	}
	return ""
}
