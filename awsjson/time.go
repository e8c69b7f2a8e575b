package awsjson

import (
	"math"
	"strconv"
	"time"
)

// Time is a timestamp as awsJson writes it: a number of seconds since 1970,
// with milliseconds.
type Time time.Time

// TimeOf returns the timestamp of t, nil for the zero time.
func TimeOf(t time.Time) *Time {
	if t.IsZero() {
		return nil
	}
	at := Time(t)
	return &at
}

// UTC returns the time, the zero time for nil.
func (t *Time) UTC() time.Time {
	if t == nil {
		return time.Time{}
	}
	return time.Time(*t).UTC()
}

// MarshalJSON writes the number, in full digits.
func (t Time) MarshalJSON() ([]byte, error) {
	seconds := float64(time.Time(t).UnixMilli()) / 1000
	return strconv.AppendFloat(nil, seconds, 'f', -1, 64), nil
}

// farthest is the last second that a timestamp may name: the year 9999.
const farthest = 253402300799

// UnmarshalJSON reads a number in any form JSON has.
func (t *Time) UnmarshalJSON(raw []byte) error {
	seconds, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || math.Abs(seconds) > farthest {
		return strconv.ErrRange
	}
	*t = Time(time.UnixMilli(int64(math.Round(seconds * 1000))).UTC())
	return nil
}
