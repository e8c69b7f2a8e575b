package directory

import (
	"encoding/json"

	"rollcall/fault"
)

// Image is an object as an [Event] has it before or after a write; nil for none.
// It fails with fault.Internal for what has no JSON.
func Image(object any) (json.RawMessage, error) {
	if object == nil {
		return nil, nil
	}
	text, err := json.Marshal(object)
	if err != nil {
		return nil, fault.New(fault.Internal, "encode event", "", err)
	}
	return text, nil
}
