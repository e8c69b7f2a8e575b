package command

import (
	"context"

	"rollcall/apply"
)

// Unmade is a plan that was carried out, and left a change unmade.
type Unmade struct {
	Failure apply.Failure // the first
	Result  *apply.Result
}

func (u Unmade) Error() string { return u.Failure.Text }

// Make finishes a plan, carries it out, and makes what was left unmade an
// error: [Unmade], beside the result. A plan without changes is not stored, and
// its result is nil.
func (d *Draft) Make(ctx context.Context, title string) (*apply.Result, error) {
	if d.Plan.Empty() {
		return nil, nil
	}
	if err := d.Finish(ctx, title); err != nil {
		return nil, err
	}
	result, err := d.CarryOut(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range result.Failures {
		return result, Unmade{f, result}
	}
	return result, nil
}
