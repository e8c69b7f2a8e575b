package cloudtrail

import (
	"encoding/json"

	"rollcall/fault"
)

// Hidden stands where CloudTrail does not tell a value (aws-contract 9.1).
const Hidden = "HIDDEN_DUE_TO_SECURITY_REASONS"

// hide puts [Hidden] in place of every text and number of a JSON value. What
// keeps its shape, its keys, true, false and null, tells nobody's data.
func hide(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			v[key] = hide(item)
		}
		return v
	case []any:
		for i, item := range v {
			v[i] = hide(item)
		}
		return v
	case bool, nil:
		return v
	}
	return Hidden
}

// plain is a value as its JSON reads back.
func plain(value any) (any, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, unreadable(err)
	}
	var out any
	if err := json.Unmarshal(text, &out); err != nil {
		return nil, unreadable(err)
	}
	return out, nil
}

// read reads one of an event's objects; the zero value of none.
func read[T any](document json.RawMessage) (object T, err error) {
	if len(document) == 0 {
		return object, nil
	}
	if err := json.Unmarshal(document, &object); err != nil {
		return object, unreadable(err)
	}
	return object, nil
}

// unreadable does not repeat the cause, which may quote a value.
func unreadable(error) error {
	return fault.Text(fault.Internal, "write event", "", "an object of the log cannot be read")
}
