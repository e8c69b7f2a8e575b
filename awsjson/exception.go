package awsjson

import (
	"encoding/json"
	"strings"
	"time"

	"rollcall/fault"
)

// The types of error that the Identity Store's model has (aws-contract 3.6),
// and those that any AWS service may answer with.
const (
	TypeAccessDenied     = "AccessDeniedException"
	TypeConflict         = "ConflictException"
	TypeInternal         = "InternalServerException"
	TypeNotFound         = "ResourceNotFoundException"
	TypeQuota            = "ServiceQuotaExceededException"
	TypeThrottling       = "ThrottlingException"
	TypeValidation       = "ValidationException"
	TypeUnknownOperation = "UnknownOperationException"
	TypeSerialization    = "SerializationException"
	TypeTooLarge         = "RequestEntityTooLargeException"
	TypeUnauthenticated  = "UnrecognizedClientException"
)

// The reasons a [TypeConflict] gives.
const (
	ReasonUniqueness = "UNIQUENESS_CONSTRAINT_VIOLATION"
	ReasonConcurrent = "CONCURRENT_MODIFICATION"
)

// The resource types a [TypeNotFound] names.
const (
	ResourceUser       = "USER"
	ResourceGroup      = "GROUP"
	ResourceMembership = "GROUP_MEMBERSHIP"
	ResourceStore      = "IDENTITY_STORE"
)

// Exception is an error as awsJson writes it. Its type decides; no caller
// should read more into the HTTP status than "not 200".
type Exception struct {
	Type              string `json:"__type"`
	Message           string `json:"Message,omitempty"`
	Reason            string `json:"Reason,omitempty"`
	ResourceID        string `json:"ResourceId,omitempty"`
	ResourceType      string `json:"ResourceType,omitempty"`
	RetryAfterSeconds int    `json:"RetryAfterSeconds,omitempty"`
	RequestID         string `json:"RequestId,omitempty"`

	// HTTP is the status of an error whose service has its own; zero leaves it
	// to the type.
	HTTP int `json:"-"`
}

func (e *Exception) Error() string {
	if e.Message == "" {
		return e.Type
	}
	return e.Type + ": " + e.Message
}

// traits are the statuses that the models' httpError traits name.
var traits = map[string]int{
	TypeAccessDenied: 403, TypeConflict: 409, TypeInternal: 500, TypeNotFound: 404, TypeQuota: 402,
	TypeThrottling: 429, TypeValidation: 400, TypeUnknownOperation: 404, TypeSerialization: 400, TypeTooLarge: 413,
}

// Status is the HTTP status on AWS's real wire: 400, whatever the caller did
// wrong, and 500 (aws-contract 3.6).
func (e *Exception) Status() int {
	if e.HTTP != 0 {
		return e.HTTP
	}
	if e.Type == TypeInternal {
		return 500
	}
	return 400
}

// TraitStatus is the HTTP status that the service model names, and that AWS
// does not send. What has no trait is about signatures: 403.
func (e *Exception) TraitStatus() int {
	if e.HTTP != 0 {
		return e.HTTP
	}
	if status, ok := traits[e.Type]; ok {
		return status
	}
	return 403
}

// DecodeException reads an error's body; header is that of X-Amzn-ErrorType,
// which counts first, as for the Go SDK. A body that is no JSON, such as a
// proxy's, gives an exception of [TypeInternal] for a status of 500 and more,
// "UnknownError" otherwise.
func DecodeException(status int, header string, body []byte) *Exception {
	e := &Exception{}
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) == nil {
		for name, value := range members {
			e.read(name, value)
		}
	}
	if header != "" {
		e.Type = header
	}
	e.Type = bareType(e.Type)
	switch {
	case e.Type == "" && status >= 500:
		e.Type = TypeInternal
	case e.Type == "":
		e.Type = "UnknownError"
	}
	return e
}

// read sets one member. One of another type than the model's is passed over:
// an error must not hide behind another.
func (e *Exception) read(name string, value json.RawMessage) {
	texts := map[string]*string{
		"__type": &e.Type, "message": &e.Message, "reason": &e.Reason, "resourceid": &e.ResourceID,
		"resourcetype": &e.ResourceType, "requestid": &e.RequestID,
	}
	if into, ok := texts[strings.ToLower(name)]; ok {
		_ = json.Unmarshal(value, into)
	}
	if strings.EqualFold(name, "RetryAfterSeconds") {
		_ = json.Unmarshal(value, &e.RetryAfterSeconds)
	}
}

// bareType strips the namespace before "#" and what follows ":".
func bareType(t string) string {
	t, _, _ = strings.Cut(t, ":")
	return t[strings.LastIndexByte(t, '#')+1:]
}

var kinds = map[string]fault.Kind{
	TypeAccessDenied: fault.Denied, TypeConflict: fault.Conflict, TypeInternal: fault.Unavailable, TypeNotFound: fault.NotFound,
	TypeQuota: fault.Quota, TypeThrottling: fault.Throttled, TypeValidation: fault.Invalid, TypeSerialization: fault.Invalid,
	TypeUnknownOperation: fault.Unsupported, TypeTooLarge: fault.Invalid, TypeUnauthenticated: fault.Unauthenticated,
	"InvalidSignatureException": fault.Unauthenticated, "IncompleteSignatureException": fault.Unauthenticated,
	"MissingAuthenticationTokenException": fault.Unauthenticated, "ExpiredTokenException": fault.Unauthenticated,
}

// Fault is what the error means to whoever called op on on.
func (e *Exception) Fault(op, on string) error {
	kind := kinds[e.Type]
	if kind == fault.Conflict && e.Reason == ReasonConcurrent {
		kind = fault.Stale
	}
	f := fault.New(kind, op, on, e)
	f.RetryAfter = time.Duration(e.RetryAfterSeconds) * time.Second
	return f
}
