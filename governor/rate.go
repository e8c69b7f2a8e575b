package governor

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"rollcall/fault"
)

// Rate is a number of calls in a time. The zero Rate is no bound.
type Rate struct {
	calls int
	per   time.Duration
}

const (
	perSecond = "/sec"
	perMinute = "/min"
	mostCalls = 1_000_000
)

// PerSecond is n calls a second.
func PerSecond(n int) Rate { return Rate{n, time.Second} }

// PerMinute is n calls a minute.
func PerMinute(n int) Rate { return Rate{n, time.Minute} }

// ParseRate reads "20/sec" or "300/min": a whole number from 1 to 1,000,000.
// It fails with fault.Invalid for anything else.
func ParseRate(text string) (Rate, error) {
	per := time.Second
	number, found := strings.CutSuffix(text, perSecond)
	if !found {
		per = time.Minute
		number, found = strings.CutSuffix(text, perMinute)
	}
	if !found {
		return Rate{}, badRate(text, "it does not end with /sec or /min")
	}
	n, err := strconv.ParseUint(number, 10, 32)
	switch {
	case err != nil:
		return Rate{}, badRate(text, "what stands before the slash is not a whole number")
	case n == 0:
		return Rate{}, badRate(text, "nothing could ever be called")
	case n > mostCalls:
		return Rate{}, badRate(text, fmt.Sprintf("more than %d is no limit; leave the setting out", mostCalls))
	}
	return Rate{int(n), per}, nil
}

func badRate(text, why string) error {
	return fault.Text(fault.Invalid, "read rate", strconv.Quote(text), why+"; write it as 20/sec or 300/min")
}

// String is what [ParseRate] reads; empty for no bound.
func (r Rate) String() string {
	switch {
	case r.IsZero():
		return ""
	case r.per == time.Minute:
		return strconv.Itoa(r.calls) + perMinute
	}
	return strconv.Itoa(r.calls) + perSecond
}

// IsZero reports whether r is no bound.
func (r Rate) IsZero() bool { return r == Rate{} }

// UnmarshalText reads r as [ParseRate] does; empty text is no bound.
func (r *Rate) UnmarshalText(text []byte) (err error) {
	*r = Rate{}
	if len(text) > 0 {
		*r, err = ParseRate(string(text))
	}
	return err
}

// MarshalText writes what UnmarshalText reads.
func (r Rate) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// persecond is r in calls a second; 0 for no bound.
func (r Rate) persecond() float64 {
	if r.IsZero() {
		return 0
	}
	return float64(r.calls) / r.per.Seconds()
}

// Limits are what one family may be called. They are each process's own
// setting; what was learned about the family is shared.
type Limits struct {
	Service Rate // what AWS takes from all callers together
	Reserve int  // percent of it that is left to others, 0 to 90
	Reads   Rate // a further bound on our reads; zero for none
	Writes  Rate // a further bound on our writes; zero for none
}

// MostReserve is the largest [Limits.Reserve], in percent.
const MostReserve = 90

// DefaultLimits are 20 calls a second, which is what AWS takes (aws-contract
// 8), 15 percent of them left to others.
func DefaultLimits() Limits { return Limits{Service: PerSecond(20), Reserve: 15} }

func (l Limits) check(on string) error {
	const op = "limit calls"
	if l.Service.IsZero() {
		return fault.Text(fault.Invalid, op, on, "there is no rate; AWS takes 20/sec")
	}
	if l.Reserve < 0 || l.Reserve > MostReserve {
		return fault.Text(fault.Invalid, op, on, fmt.Sprintf("the reserve is %d percent; want 0 to %d", l.Reserve, MostReserve))
	}
	for _, r := range []Rate{l.Service, l.Reads, l.Writes} {
		if !r.IsZero() && (r.calls < 1 || r.calls > mostCalls) {
			return fault.Text(fault.Invalid, op, on, fmt.Sprintf("a rate is %d calls; want 1 to %d", r.calls, mostCalls))
		}
	}
	return nil
}

// pace is Limits as reserving needs them.
type pace struct {
	ceiling       float64 // calls a second, the reserve taken off
	reads, writes int64   // ns between two of them; 0 for no bound of their own
}

func (l Limits) pace() pace {
	return pace{
		ceiling: l.Service.persecond() * float64(100-l.Reserve) / 100,
		reads:   gapOf(l.Reads.persecond()),
		writes:  gapOf(l.Writes.persecond()),
	}
}

// gapOf is the time in ns between two slots; 0 for no rate.
func gapOf(rate float64) int64 {
	if rate == 0 {
		return 0
	}
	return int64(float64(time.Second) / rate)
}
