package governor

import (
	"rollcall/realtime"
	"rollcall/sqldb"
)

// WithOwnClock gives a governor a clock that others need not agree with.
func WithOwnClock(c Clock) Option {
	return func(g *Governor) { g.clock, g.server = c, g.db.Dialect() == sqldb.Postgres }
}

// SystemClock is what a governor uses that is given none.
func SystemClock() Clock { return realtime.Clock{} }
