package scimdoor

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"rollcall/caller"
	"rollcall/cloudtrail"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/scim"
)

// doorName is how events and CreatedBy name this door.
const doorName = "scim"

// requestIDHeader is on every answer, as AWS writes it.
const requestIDHeader = "x-amzn-RequestId"

// answer is a success: a status and what is sent with it, nil for nothing.
type answer struct {
	status int
	body   any
}

// notAllowed is a path that exists under another method.
type notAllowed struct{ allow []string }

func (n notAllowed) Error() string {
	return "this path takes " + strings.Join(n.allow, ", ") + " only"
}

// ServeHTTP answers every request in SCIM, whatever its path, in one piece.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := uuid.NewString()
	w.Header()[requestIDHeader] = []string{id}
	a, err := d.answer(w, r, id)
	if err != nil {
		a = d.failure(w, r, id, err)
	}
	if err := write(w, a); err != nil {
		d.Log.WarnContext(r.Context(), "scim answer not sent", "request", id, "err", err)
	}
}

func (d *Door) answer(w http.ResponseWriter, r *http.Request, number string) (answer, error) {
	tenant, rest, ok := splitPath(r.URL)
	if !ok {
		return answer{}, noPath()
	}
	op, id, allow := find(r.Method, rest)
	if op.do != nil {
		caller.NoteOperation(r.Context(), doorName, op.name)
	}
	actor, err := d.authenticate(r, tenant)
	if err != nil {
		return answer{}, err
	}
	caller.NoteCaller(r.Context(), actor.Name)
	switch {
	case op.do == nil && allow == nil:
		return answer{}, noPath()
	case op.do == nil:
		return answer{}, notAllowed{allow}
	}
	if d.Admit != nil {
		if err := d.Admit(r, op.name); err != nil {
			return answer{}, err
		}
	}
	r.Body = http.MaxBytesReader(w, r.Body, scim.MaxBody)
	call := cloudtrail.Received(r)
	call.ID, call.Operation, call.Tenant = number, op.name, tenant
	return op.do(d, request{r.WithContext(directory.WithCall(directory.WithActor(r.Context(), actor), call)), id})
}

func noPath() error { return fault.Text(fault.NotFound, "route", "", "there is no such endpoint") }

// authenticate reads "Authorization: Bearer …" (RFC 6750 section 2.1).
func (d *Door) authenticate(r *http.Request, tenant string) (directory.Actor, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if token = strings.Trim(token, " "); !strings.EqualFold(scheme, "Bearer") || token == "" {
		return directory.Actor{}, fault.Text(fault.Unauthenticated, "authenticate", "", "there is no bearer token")
	}
	actor, err := d.who.Authenticate(r.Context(), tenant, token)
	actor.Door = doorName
	return actor, err
}

// failure is the one place where an error becomes an answer.
func (d *Door) failure(w http.ResponseWriter, r *http.Request, id string, err error) answer {
	status, text := statusOf(err), detail(err)
	if n, ok := errors.AsType[notAllowed](err); ok {
		w.Header().Set("Allow", strings.Join(n.allow, ", "))
	}
	if status == http.StatusInternalServerError {
		d.Log.ErrorContext(r.Context(), "scim request failed", "request", id, "method", r.Method, "err", err)
	}
	return answer{status, scim.NewError(strconv.Itoa(status), text, id, d.Now())}
}

// write sends an answer in one piece: its length is known before the first
// byte, so that a client sees at once whether it got all of it.
func write(w http.ResponseWriter, a answer) error {
	if a.body == nil {
		w.WriteHeader(a.status)
		return nil
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(a.body); err != nil {
		return err
	}
	body := bytes.TrimSuffix(out.Bytes(), []byte("\n"))
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(a.status)
	_, err := w.Write(body)
	return err
}
