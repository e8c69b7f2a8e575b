package awsjson_test

import (
	"encoding/json"
	"errors"
	"testing"

	"rollcall/awsjson"
	"rollcall/identity"
)

// What is set later has the limits of what is created.
func TestAnUpdateHasTheLimitsOfACreation(t *testing.T) {
	text := func(n int) string { return quoted(long(n))[0] }
	one := func(item string, more int) []string { return append(listOf(item, more), "[]") }
	limits := map[string]limit{
		"userName":     {inside: []string{text(128)}, outside: []string{text(129), `"a b"`, `"a\u200bb"`, `""`}},
		"emails":       {inside: listOf(`{"value":"a@b.c"}`, 1), outside: append(one(`{"value":"a@b.c"}`, 2), `[{"value":""}]`, `[{"value":`+text(1025)+`}]`)},
		"addresses":    {inside: listOf(`{"country":"NL"}`, 1), outside: append(one(`{"country":"NL"}`, 2), `[{"country":`+text(1025)+`}]`)},
		"phoneNumbers": {inside: listOf(`{"value":"+31"}`, 1), outside: append(one(`{"value":"+31"}`, 2), `[{"value":`+text(1025)+`}]`)},
		"roles":        {inside: listOf(`{"value":"x"}`, 1), outside: append(one(`{"value":"x"}`, 2), `[{"value":`+text(1025)+`}]`)},
		"photos":       {inside: listOf(`{"value":"x"}`, 1, 3), outside: append(one(`{"value":"x"}`, 4), `[{"type":"x"}]`)},
		// SCIM alone sets these.
		"active":      {outside: []string{"true", "null"}},
		"externalIds": {outside: []string{`[{"issuer":"i","id":"1"}]`, "null"}},
	}
	for _, path := range identity.UserPaths() {
		if _, special := limits[path]; !special {
			limits[path] = limit{inside: []string{text(1024), `"a b\u3000c"`, "null"}, outside: []string{text(1025), `""`, `"a\u200bb"`, `{}`}}
		}
	}
	edits(t, "user", limits, func(o []awsjson.Operation) error { _, err := awsjson.UserEdits(o); return err })
	edits(t, "group", map[string]limit{
		"displayName": {inside: []string{text(1024)}, outside: []string{text(1025), `""`, `"a\u3000b"`}},
		"description": {inside: []string{text(1024), `"a\u3000b"`, "null"}, outside: []string{text(1025), `""`}},
	}, func(o []awsjson.Operation) error { _, err := awsjson.GroupEdits(o); return err })
}

func edits(t *testing.T, what string, limits map[string]limit, read func([]awsjson.Operation) error) {
	t.Helper()
	for path, l := range limits {
		for _, v := range l.inside {
			if err := read([]awsjson.Operation{{AttributePath: &path, AttributeValue: json.RawMessage(v)}}); err != nil {
				t.Errorf("%s %s: %.40s is refused: %v", what, path, v, err)
			}
		}
		for _, v := range l.outside {
			err := read([]awsjson.Operation{{AttributePath: &path, AttributeValue: json.RawMessage(v)}})
			e := (*awsjson.Exception)(nil)
			if !errors.As(err, &e) || e.Type != awsjson.TypeValidation {
				t.Errorf("%s %s: %.40s: %v, want a validation error", what, path, v, err)
			}
		}
	}
}
