package openapi

import (
	"slices"
	"strings"

	"rollcall/fault"
)

// sentences say what a kind of failure is.
var sentences = map[fault.Kind]string{
	fault.Internal:        "A failure of the server, told in its log",
	fault.Invalid:         "The request can never succeed as it stands",
	fault.NotFound:        "There is no such thing",
	fault.Conflict:        "A value that must be unique is taken, or it is so already",
	fault.Stale:           "It changed since it was read",
	fault.Unauthenticated: "No credentials, or wrong ones",
	fault.Denied:          "The caller may not, or a rule or brake forbids it",
	fault.Unsupported:     "This cannot be done here",
	fault.Throttled:       "Too many requests",
	fault.Quota:           "A quota is reached",
	fault.Unavailable:     "What is needed does not answer",
	fault.Incomplete:      "What is needed did not answer completely",
}

// WithFailures adds the answers to failures of these kinds, by the door's own
// table of statuses, each with that content.
func WithFailures(all []Answer, statuses func(fault.Kind) int, c []Content, kinds ...fault.Kind) []Answer {
	for _, k := range kinds {
		all = WithAnswer(all, Answer{Status: statuses(k), Says: sentences[k], Contents: c})
	}
	return all
}

// WithAnswer adds an answer to all of them. What there is of that status
// already says so too, and may carry its contents.
func WithAnswer(all []Answer, a Answer) []Answer {
	i := slices.IndexFunc(all, func(b Answer) bool { return b.Status == a.Status })
	if i < 0 {
		return append(slices.Clip(all), a)
	}
	all = slices.Clone(all)
	if !strings.Contains(all[i].Says, a.Says) {
		all[i].Says += "; " + a.Says
	}
	all[i].Contents = merged(all[i].Contents, a.Contents)
	return all
}

// merged are contents with others, one a media type.
func merged(some, others []Content) []Content {
	some = slices.Clone(some)
	for _, c := range others {
		i := slices.IndexFunc(some, func(b Content) bool { return b.Type == c.Type })
		if i < 0 {
			some = append(some, c)
			continue
		}
		some[i].Schema = either(some[i].Schema, c.Schema)
	}
	return some
}

// either is one of two schemas; nil is any.
func either(a, b *Schema) *Schema {
	switch {
	case a == nil || b == nil:
		return nil
	case sameSchema(a, b):
		return a
	case len(a.AnyOf) > 0 && a.named == "" && a.Type == "":
		if slices.ContainsFunc(a.AnyOf, func(s *Schema) bool { return sameSchema(s, b) }) {
			return a
		}
		return &Schema{AnyOf: append(slices.Clip(a.AnyOf), b)}
	}
	return &Schema{AnyOf: []*Schema{a, b}}
}

func sameSchema(a, b *Schema) bool {
	if a == b || a.of != nil && a.of == b.of && a.sent == b.sent {
		return true
	}
	return a.named != "" && a.named == b.named
}
