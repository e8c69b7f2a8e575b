package lifecycle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
)

// The kinds of flows: what may be asked for at a time to come.
const (
	// FlowLeaver puts somebody out, by a [LeaverRequest].
	FlowLeaver = "leaver"
	// FlowDeletion deletes somebody who was put out, by a [LeaverRequest], once
	// their grace period is over.
	FlowDeletion = "leaver-delete"
	// FlowSessions takes the denials of somebody out again, by a [SessionsRequest],
	// when no role session is left that they are for.
	FlowSessions = "leaver-sessions"
	// FlowJoiner lets somebody in, and FlowMover changes what somebody is and has,
	// each by a [StaffingRequest].
	FlowJoiner = "joiner"
	FlowMover  = "mover"
)

// requestVersion is the version of the requests that this release writes.
const requestVersion = 1

// LeaverRequest is what was asked for about somebody who leaves, as a flow
// keeps it.
type LeaverRequest struct {
	Object identity.ID      `json:"object"`
	Name   string           `json:"name"` // userName, when it was asked for
	Record *identity.Record `json:"record,omitempty"`
	Mode   plan.Mode        `json:"mode"`
	// Grace is how long somebody is kept, put out, before they are deleted; 0 is
	// not at all. Mode delete alone has one.
	Grace time.Duration `json:"grace,omitempty"`
	// DenySessions has their role sessions denied everything.
	DenySessions bool `json:"denySessions,omitempty"`
}

// SessionsRequest says which denials of somebody are to be taken out again.
type SessionsRequest struct {
	Object  identity.ID      `json:"object"`
	Name    string           `json:"name"` // userName
	Record  *identity.Record `json:"record,omitempty"`
	Denials []plan.Denial    `json:"denials"`
}

// EncodeRequest writes a request as a flow keeps it, with its version.
func EncodeRequest[T any](request T) (json.RawMessage, error) {
	text, err := json.Marshal(struct {
		Version int `json:"version"`
		Request T   `json:"request"`
	}{requestVersion, request})
	if err != nil {
		return nil, fault.New(fault.Internal, "write request", "", err)
	}
	return text, nil
}

// DecodeRequest reads what [EncodeRequest] wrote. It fails with fault.Invalid
// for a request of another release that has what this one does not know.
func DecodeRequest[T any](text json.RawMessage) (request T, err error) {
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	var read struct {
		Version int `json:"version"`
		Request T   `json:"request"`
	}
	if err := in.Decode(&read); err != nil {
		return request, fault.New(fault.Invalid, "read request", "", err)
	}
	if read.Version != requestVersion {
		return request, fault.Text(fault.Invalid, "read request", "", fmt.Sprintf("its version is %d, and this release reads %d", read.Version, requestVersion))
	}
	return read.Request, nil
}
