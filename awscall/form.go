package awscall

import "time"

// Text is a text as AWS's clients take it: nil for an empty one, which AWS
// refuses.
func Text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Moment is a time as AWS's clients give it, in UTC; the zero time for none.
func Moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}
