package awsdoor

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"rollcall/awsjson"
	"rollcall/awsjson/organizations"
	"rollcall/awsjson/ssoadmin"
	"rollcall/awsquery"
	"rollcall/caller"
	"rollcall/directory"
	"rollcall/fault"
)

// largestBody bounds a request. The service's own limit is not documented; no
// request that its model allows comes near.
const largestBody = 1 << 20

// service is one of AWS's services behind POST /.
type service struct {
	signingName string
	operations  map[string]operation
	// says puts a failure into the service's own words where they differ from
	// those of the Identity Store; nil leaves all as it is.
	says func(err error, e *awsjson.Exception)
}

// services are what [awsjson.HeaderTarget] can name before the dot.
var services = map[string]service{
	awsjson.IdentityStore: {signingName: awsjson.SigningName, operations: identityStore},
	ssoadmin.Service:      {signingName: ssoadmin.SigningName, operations: ssoAdmin, says: ssoSays},
	organizations.Target:  {signingName: organizations.SigningName, operations: organizationReads, says: organizationSays},
}

// operation answers one operation out of a request's body. An error of it
// becomes an exception in one place: see exceptionOf.
type operation func(ctx context.Context, s *Server, c call, body []byte) (any, error)

// call is who asks, for what, and from where.
type call struct {
	caller.Caller
	origin             directory.Origin
	service, operation string // the service by its signing name
	id                 string // the request's
}

// servePost answers what is sent to the one path that AWS has.
func (s *Server) servePost(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get(awsjson.HeaderTarget) == "" && awsquery.IsForm(r.Header.Get("Content-Type")) {
		s.serveQuery(w, r)
		return
	}
	s.serveRPC(w, r)
}

// serveOther answers the other methods. STS takes its form in the query of a
// GET, too; nothing else is there, which AWS's servers say in these words and
// without a Content-Type.
func (s *Server) serveOther(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet && r.URL.Query().Has("Action") {
		s.serveQuery(w, r)
		return
	}
	s.reply(w, r, response{id: uuid.NewString(), status: http.StatusNotFound, text: []byte("<UnknownOperationException/>\n")})
}

// serveRPC answers awsJson1.1.
func (s *Server) serveRPC(w http.ResponseWriter, r *http.Request) {
	id := uuid.NewString()
	target, operation, _ := awsjson.ParseTarget(r.Header.Get(awsjson.HeaderTarget))
	out, err := s.rpc(w, r, id, services[target], operation)
	if err != nil {
		e := s.exceptionOf(r, id, services[target].says, err)
		s.reply(w, r, response{id: id, status: s.status(e), contentType: awsjson.ContentType, shape: e})
		return
	}
	s.reply(w, r, response{id: id, status: http.StatusOK, contentType: awsjson.ContentType, shape: out})
}

// rpc answers one operation of a service; the zero service has none.
func (s *Server) rpc(w http.ResponseWriter, r *http.Request, id string, named service, name string) (any, error) {
	op, ok := named.operations[name]
	if ok {
		caller.NoteOperation(r.Context(), named.signingName, name)
	}
	body, err := readBody(w, r)
	if err != nil {
		return nil, err
	}
	who, err := s.authenticate(r, body, named.signingName)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, &awsjson.Exception{Type: awsjson.TypeUnknownOperation}
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, &awsjson.Exception{Type: awsjson.TypeSerialization, Message: "there is no body: what says nothing is the empty object, {}"}
	}
	return s.run(r, op, call{who, s.Origin(r), named.signingName, name, id}, body)
}

// run answers an operation for a caller who is who they say.
func (s *Server) run(r *http.Request, op operation, c call, body []byte) (any, error) {
	caller.NoteCaller(r.Context(), c.Actor().Name)
	if err := c.May(c.operation); err != nil {
		return nil, denied(c, "because the access key may only read")
	}
	if s.Admit != nil {
		if err := s.Admit(r, c.service, c.operation); err != nil {
			return nil, err
		}
	}
	by := c.Actor()
	by.Door = "aws"
	return op(directory.WithActor(s.called(r, c), by), s, c, body)
}

func denied(c call, because string) error {
	return &awsjson.Exception{
		Type:    awsjson.TypeAccessDenied,
		Message: "User: " + c.ARN() + " is not authorized to perform: " + c.service + ":" + c.operation + " " + because,
	}
}

// mostPassedOver is how much more than may be is read and thrown away, so that
// its sender comes to read the answer and does not only see a broken connection.
const mostPassedOver = 16 * largestBody

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestBody))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		_, _ = io.CopyN(io.Discard, r.Body, mostPassedOver) // it is refused, however it ends
		return nil, &awsjson.Exception{Type: awsjson.TypeTooLarge, Message: "The request body may have at most " + strconv.Itoa(largestBody) + " bytes."}
	}
	if err != nil {
		return nil, fault.New(fault.Invalid, "read request", "body", err)
	}
	return body, nil
}

// response is an answer that is ready to be written.
type response struct {
	id          string
	status      int
	contentType string
	shape       any    // nil is the empty object
	text        []byte // instead of the shape: a body as it is
	empty       bool   // no body at all
}

// reply writes an answer in one piece, with its length.
func (s *Server) reply(w http.ResponseWriter, r *http.Request, a response) {
	body := a.text
	if !a.empty {
		var err error
		if body == nil {
			body, err = awsjson.Encode(a.shape)
		}
		if err != nil {
			s.Log.ErrorContext(r.Context(), "answer cannot be written", "request", a.id, "err", err)
			a.status, body = http.StatusInternalServerError, []byte(`{"__type":"`+awsjson.TypeInternal+`"}`)
		}
		w.Header()["Content-Type"] = nil // which net/http would guess otherwise
		if a.contentType != "" {
			w.Header().Set("Content-Type", a.contentType)
		}
	}
	w.Header()["x-amzn-RequestId"] = []string{a.id} // as AWS spells it
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(a.status)
	if _, err := w.Write(body); err != nil {
		s.Log.DebugContext(r.Context(), "caller went away", "request", a.id, "err", err)
	}
}
