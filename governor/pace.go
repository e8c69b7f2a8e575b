package governor

import (
	"context"

	"rollcall/awscall"
)

// Pace makes calls to AWS wait for their turn, each in the budget of its
// family, and tells that budget when one was throttled. When the budget cannot
// be told, untold is, if it is not nil: the call itself has its answer.
func (g *Governor) Pace(untold func(error)) awscall.Pace {
	return func(ctx context.Context, c awscall.Call) (func(error), error) {
		family := Family(c.Family)
		if err := g.Take(ctx, Call{Family: family, Write: c.Write}); err != nil {
			return nil, err
		}
		return func(err error) {
			if lost := g.tell(ctx, family, err); lost != nil && untold != nil {
				untold(lost)
			}
		}, nil
	}
}
