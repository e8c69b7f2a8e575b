package awsdoor

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"rollcall/awsjson"
	"rollcall/awsjson/sigv4"
	"rollcall/awsquery"
	"rollcall/caller"
	"rollcall/fault"
)

// stsActions is every action of STS that is served (aws-contract 6).
var stsActions = map[string]func(ctx context.Context, s *Server, c call, f awsquery.Form) (any, error){
	"AssumeRole":        assumeRole,
	"GetCallerIdentity": getCallerIdentity,
}

// serveQuery answers the AWS query protocol, which STS alone speaks here.
func (s *Server) serveQuery(w http.ResponseWriter, r *http.Request) {
	a := response{id: uuid.NewString(), status: http.StatusOK, contentType: awsquery.ContentType}
	action, result, err := s.query(w, r)
	if err == nil {
		a.text, err = awsquery.Encode(action, result, a.id)
	}
	if err != nil {
		var e awsquery.Error
		a.status, e = s.queryError(r, a.id, err)
		if a.text, err = awsquery.EncodeError(e, a.id); err != nil {
			s.Log.ErrorContext(r.Context(), "answer cannot be written", "request", a.id, "err", err)
		}
	}
	s.reply(w, r, a)
}

func (s *Server) query(w http.ResponseWriter, r *http.Request) (action string, result any, err error) {
	body, err := readBody(w, r)
	if err != nil {
		return "", nil, err
	}
	form, badForm := awsquery.Parse(formOf(r, body))
	action = form["Action"]
	run, served := s.stsAction(form)
	if served {
		caller.NoteOperation(r.Context(), awsquery.SigningName, action)
	}
	service := awsquery.SigningName
	if badForm == nil && !served {
		service = "" // another service speaks so, too: its caller is told that it is not here
	}
	who, err := s.authenticate(r, body, service)
	if err != nil {
		return "", nil, err
	}
	if badForm != nil {
		return "", nil, &awsjson.Exception{Type: malformedQuery, Message: badForm.Error()}
	}
	if !served {
		return "", nil, unknownAction(action, form["Version"])
	}
	op := func(ctx context.Context, s *Server, c call, _ []byte) (any, error) { return run(ctx, s, c, form) }
	result, err = s.run(r, op, call{Caller: who, origin: s.Origin(r), service: awsquery.SigningName, operation: action}, nil)
	return action, result, err
}

// formOf is where a request has its form: a GET has it in the query.
func formOf(r *http.Request, body []byte) []byte {
	if r.Method == http.MethodGet {
		return []byte(r.URL.RawQuery)
	}
	return body
}

// stsAction is what a form asks for; false if that is not served.
func (s *Server) stsAction(f awsquery.Form) (run func(context.Context, *Server, call, awsquery.Form) (any, error), served bool) {
	run, served = stsActions[f["Action"]]
	if f["Action"] == "AssumeRole" && s.Sessions == nil {
		served = false
	}
	return run, served && f["Version"] == awsquery.Version
}

// Codes that a query alone can be refused with.
const (
	malformedQuery  = "MalformedQueryString"
	malformedPolicy = "MalformedPolicyDocument"
	packedTooLarge  = "PackedPolicyTooLarge"
	missingAction   = "MissingAction"
	invalidAction   = "InvalidAction"
)

var (
	actionName  = regexp.MustCompile(`\A\w{1,64}\z`)
	versionName = regexp.MustCompile(`\A\d{4}-\d\d-\d\d\z`)
)

func unknownAction(action, version string) error {
	switch {
	case action == "":
		return &awsjson.Exception{Type: missingAction, Message: "The request must name an Action."}
	case !actionName.MatchString(action):
		action = "with that name"
	}
	if !versionName.MatchString(version) {
		version = "that is not given"
	}
	return &awsjson.Exception{Type: invalidAction, Message: "Could not find operation " + action + " for version " + version +
		"; of the services that are asked so, only STS is here, version " + awsquery.Version}
}

func getCallerIdentity(_ context.Context, _ *Server, c call, _ awsquery.Form) (any, error) {
	return awsquery.GetCallerIdentityResult{Arn: c.ARN(), UserID: c.UserID(), Account: c.Account}, nil
}

// assumeRole begins a session. Roles have no policies here, so those of the
// session, its tags and what proves who asks are held to their form, and then
// count for nothing.
func assumeRole(ctx context.Context, s *Server, c call, f awsquery.Form) (any, error) {
	in := awsquery.ReadAssumeRole(f)
	if err := awsjson.Check(in); err != nil {
		return nil, err
	}
	packed, isPacked := in.PackedSize()
	switch {
	case !in.PolicyIsJSON():
		return nil, &awsjson.Exception{Type: malformedPolicy, Message: "The policy is not in the valid JSON format."}
	case packed > 100:
		return nil, &awsjson.Exception{Type: packedTooLarge, Message: "The session's policies may have 2048 characters at most."}
	}
	made, err := s.Sessions(ctx, c.Caller, caller.AssumeRole{
		RoleARN: *in.RoleARN, Name: *in.RoleSessionName, Duration: time.Duration(in.Seconds()) * time.Second,
	})
	if err != nil {
		return nil, notTaken(err)
	}
	out := awsquery.AssumeRoleResult{
		AssumedRoleUser: awsquery.AssumedRoleUser{Arn: made.ARN(), AssumedRoleID: made.UserID()},
		Credentials: awsquery.Credentials{
			AccessKeyID: made.KeyID, SecretAccessKey: made.Secret, SessionToken: made.Token,
			Expiration: made.Expires.UTC().Format(time.RFC3339),
		},
		SourceIdentity: in.SourceIdentity,
	}
	if isPacked {
		out.PackedPolicySize = &packed
	}
	return out, nil
}

// notTaken says which parameter a session cannot begin with.
func notTaken(err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Invalid || f.Err == nil {
		return err
	}
	return awsjson.Invalid(f.On, f.Err.Error())
}

// queryCodes says what STS calls the errors that have another name at the
// Identity Store, and with which status it sends each. Codes that are not here
// are the sender's fault: 400.
var queryCodes = map[string]struct {
	code   string
	status int
}{
	awsjson.TypeAccessDenied: {"AccessDenied", http.StatusForbidden},
	awsjson.TypeConflict:     {"Conflict", http.StatusBadRequest},
	awsjson.TypeInternal:     {"InternalFailure", http.StatusInternalServerError},
	awsjson.TypeNotFound:     {"NoSuchEntity", http.StatusBadRequest},
	awsjson.TypeQuota:        {"LimitExceeded", http.StatusBadRequest},
	awsjson.TypeThrottling:   {"Throttling", http.StatusBadRequest},
	awsjson.TypeValidation:   {"ValidationError", http.StatusBadRequest},
	awsjson.TypeTooLarge:     {"RequestEntityTooLarge", http.StatusRequestEntityTooLarge},
	malformedQuery:           {malformedQuery, http.StatusNotFound},
	sigv4.CodeUnknown:        {"InvalidClientTokenId", http.StatusForbidden},
	sigv4.CodeInvalid:        {"SignatureDoesNotMatch", http.StatusForbidden},
	sigv4.CodeIncomplete:     {"IncompleteSignature", http.StatusBadRequest},
	sigv4.CodeMissing:        {"MissingAuthenticationToken", http.StatusForbidden},
	sigv4.CodeExpired:        {"ExpiredToken", http.StatusForbidden},
}

// queryError puts a failure into STS's words.
func (s *Server) queryError(r *http.Request, id string, err error) (status int, _ awsquery.Error) {
	e := s.exceptionOf(r, id, nil, err)
	row, ok := queryCodes[e.Type]
	if !ok {
		row.code, row.status = strings.TrimSuffix(e.Type, "Exception"), http.StatusBadRequest
	}
	who := awsquery.Sender
	if row.status >= http.StatusInternalServerError {
		who = awsquery.Receiver
	}
	return row.status, awsquery.Error{Type: who, Code: row.code, Message: e.Message}
}
