package apply

import (
	"context"

	"rollcall/fault"
	"rollcall/telemetry"
)

// traced makes the change and journals what came of it, as one part of the
// run's trace.
func (j *job) traced(ctx context.Context) report {
	ctx, end := telemetry.Span(ctx, string(j.change.Kind), "rollcall.change", number(j.change.Number))
	r := j.journal(ctx, j.do(ctx))
	err := r.err
	if kind, known := fault.KindNamed(r.outcome.Fault); err == nil && known && r.outcome.Fault != "" {
		err = &fault.Error{Kind: kind}
	}
	end(err)
	return r
}
