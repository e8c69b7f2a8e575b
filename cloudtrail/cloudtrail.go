// Package cloudtrail writes the events of the embedded directory's own log as
// CloudTrail writes those of the real one (aws-contract 9), so that what
// consumes the one can be built and tested with the other.
//
// It reads nothing but the event: the log keeps what happened, once, and the
// record is made of it when somebody asks. What CloudTrail hides is hidden
// here, too; the objects themselves, before and after, are in a member of their
// own that CloudTrail does not have.
package cloudtrail

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/google/uuid"

	"rollcall/caller"
	"rollcall/directory"
	"rollcall/identity"
)

// Log is whose events are written: what all records of a store have in common.
type Log struct {
	Store   directory.Store
	Account string // that owns the store; [caller.DefaultAccount] if empty
	Region  string // of events whose request was for none; [DefaultRegion] if empty
}

// DefaultRegion is where an embedded directory is, unless somebody said.
const DefaultRegion = "us-east-1"

// Record is one event in CloudTrail's shape, in CloudTrail's order.
type Record struct {
	EventVersion       string       `json:"eventVersion"`
	UserIdentity       UserIdentity `json:"userIdentity"`
	EventTime          time.Time    `json:"eventTime"` // UTC, whole seconds
	EventSource        string       `json:"eventSource"`
	EventName          string       `json:"eventName"`
	AWSRegion          string       `json:"awsRegion"`
	SourceIPAddress    string       `json:"sourceIPAddress"` // "rollcall" where there was no request
	UserAgent          string       `json:"userAgent"`       // "rollcall/cli" where there was none
	RequestParameters  Members      `json:"requestParameters"`
	ResponseElements   Members      `json:"responseElements"` // null where the operation answers nothing
	RequestID          string       `json:"requestID"`        // the same for all events of one request
	EventID            string       `json:"eventID"`          // the same whenever the event is read
	ReadOnly           bool         `json:"readOnly"`
	EventType          string       `json:"eventType"`
	ManagementEvent    bool         `json:"managementEvent"`
	RecipientAccountID string       `json:"recipientAccountId"`
	EventCategory      string       `json:"eventCategory"`
	TLSDetails         *TLSDetails  `json:"tlsDetails,omitempty"`
	Rollcall           Rollcall     `json:"rollcall"`
}

// Members are those of a JSON object; nil is null.
type Members map[string]any

// TLSDetails is how the client came; a connection in the clear has the host
// alone.
type TLSDetails struct {
	TLSVersion               string `json:"tlsVersion,omitempty"`
	CipherSuite              string `json:"cipherSuite,omitempty"`
	ClientProvidedHostHeader string `json:"clientProvidedHostHeader"`
}

// Rollcall is what the log knows and CloudTrail does not tell. A request that
// changes several objects leaves a record of each.
type Rollcall struct {
	Sequence  int64           `json:"sequence"`  // grows by commit order within the store
	Time      time.Time       `json:"time"`      // eventTime, to the microsecond
	Actor     string          `json:"actor"`     // an operator, a role and session, a SCIM token
	Door      string          `json:"door"`      // "aws", "scim", "cli", …
	Operation string          `json:"operation"` // the log's own word, whichever door: "CreateGroupMembership"
	Kind      identity.Kind   `json:"kind"`
	ID        identity.ID     `json:"id"`
	Before    json.RawMessage `json:"before"` // the object before; null for a creation
	After     json.RawMessage `json:"after"`  // the object after; null for a deletion
}

const (
	eventVersion  = "1.11"
	eventType     = "AwsApiCall"
	eventCategory = "Management"
	ourselves     = "rollcall"
)

// Record writes e. It fails with fault.Internal for an event whose objects
// cannot be read.
func (l Log) Record(e directory.Event) (Record, error) {
	l = l.filled()
	what, err := l.describe(&e)
	if err != nil {
		return Record{}, err
	}
	r := Record{
		EventVersion: eventVersion, UserIdentity: l.userIdentity(&e), EventTime: e.At.UTC().Truncate(time.Second),
		EventSource: sourceOf(&e), EventName: what.name, AWSRegion: e.Call.Region,
		SourceIPAddress: e.Call.Source, UserAgent: e.Call.Agent,
		RequestParameters: what.request, ResponseElements: what.response,
		RequestID: e.Call.ID, EventID: l.id("event", e.Number), EventType: eventType, ManagementEvent: true,
		RecipientAccountID: l.Account, EventCategory: eventCategory,
		Rollcall: Rollcall{e.Number, e.At.UTC(), e.Actor.Name, e.Actor.Door, e.Operation, e.Kind, e.ID, e.Before, e.After},
	}
	if e.Call.Host != "" {
		r.TLSDetails = &TLSDetails{e.Call.TLS, e.Call.Cipher, e.Call.Host}
	}
	set(&r.AWSRegion, l.Region)
	set(&r.SourceIPAddress, ourselves)
	set(&r.UserAgent, agentOf(e.Actor))
	set(&r.RequestID, l.id("request", e.Write)) // a write is a request of its own if it is part of none
	return r, nil
}

func (l Log) filled() Log {
	set(&l.Account, caller.DefaultAccount)
	set(&l.Region, DefaultRegion)
	return l
}

func set(at *string, value string) {
	if *at == "" {
		*at = value
	}
}

func agentOf(by directory.Actor) string {
	if by.Door == "" {
		return ourselves
	}
	return ourselves + "/" + by.Door
}

// id is a UUID that is always the same for the same event of the same store.
// The instance is part of it: two throw-away stores may have the same id.
func (l Log) id(kind string, number int64) string {
	text := "rollcall/" + l.Store.Instance + "/" + string(l.Store.ID) + "/" + kind + "/" + strconv.FormatInt(number, 10)
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(text)).String()
}
