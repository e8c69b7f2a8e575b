package icfdoor

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"

	"rollcall/fault"
	"rollcall/icf"
)

// answer is a success: a status, a body, and what goes into the headers. A
// stream writes the body itself, once the headers are there.
type answer struct {
	status   int
	body     any
	revision string
	location string
	stream   func(w http.ResponseWriter)
}

func ok(body any) *answer { return &answer{status: http.StatusOK, body: body} }

// of is the answer that an object is.
func of(status int, o icf.Object, r *request) (*answer, error) {
	fields, err := icf.ParseFields(r.param("_fields"))
	if err != nil {
		return nil, err
	}
	rev, _ := o.Get(icf.AttrRevision)
	revision, _ := rev.(string)
	return &answer{status: status, body: o.Project(fields), revision: revision}, nil
}

// ServeHTTP answers every request.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q, a, err := d.answer(r)
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Content-API-Version", "protocol=2.1,resource=1.0")
	if q != nil && q.warn {
		w.Header().Set("Warning", `100 CREST "Accept-API-Version should be included in the request."`)
	}
	if err != nil {
		d.fail(w, r, q, err)
		return
	}
	if a.revision != "" {
		w.Header().Set("ETag", `"`+a.revision+`"`)
	}
	if a.location != "" {
		w.Header().Set("Location", a.location)
	}
	if a.stream != nil {
		a.stream(w)
		return
	}
	d.write(w, r, q, a.status, a.body)
}

// answer does everything up to the answer.
func (d *Door) answer(r *http.Request) (*request, *answer, error) {
	operator, err := d.who(r)
	if err != nil {
		return nil, nil, err
	}
	p, err := locate(r.URL)
	if err != nil {
		return nil, nil, err
	}
	q, err := d.admit(r, p)
	if err != nil {
		return q, nil, err
	}
	op, err := find(q.place, q.verb)
	if err != nil {
		return q, nil, err
	}
	if err := may(operator, op.role); err != nil {
		return q, nil, err
	}
	q.operator = operator
	if q.place.connector != "" && !needsNoDesk(q) {
		if err := q.connector.ready(); err != nil {
			return q, nil, err
		}
	}
	a, err := op.do(d, q)
	return q, a, err
}

// admit finds the connector of a path and reads the request's parameters.
func (d *Door) admit(r *http.Request, p place) (*request, error) {
	var c *Connector
	if p.connector != "" {
		var err error
		if c, err = d.Connectors.Connector(r.Context(), p.connector); fault.Is(err, fault.NotFound) {
			return nil, notFound(r.URL.Path)
		} else if err != nil {
			return nil, err
		}
	}
	if p.query != "" {
		if c == nil || !c.LenientPaths || c.Strict {
			return nil, notFound(r.URL.Path)
		}
		slip := *r.URL
		slip.RawQuery = p.query
		if r.URL.RawQuery != "" {
			slip.RawQuery += "&" + r.URL.RawQuery
		}
		again := r.Clone(r.Context())
		again.URL = &slip
		r = again
	}
	q, err := read(r, p)
	q.connector = c
	return q, err
}

// needsNoDesk reports whether a request is answered without the directory: a
// test says itself what is the matter with it.
func needsNoDesk(q *request) bool { return q.resource == theConnector && q.verb == "test" }

// ready refuses what a connector that cannot work is asked.
func (c *Connector) ready() error {
	switch {
	case c.Disabled:
		return icf.NewError(http.StatusServiceUnavailable, "The connector "+c.Name+" is disabled")
	case c.Desk == nil:
		return icf.NewError(http.StatusServiceUnavailable, "The connector "+c.Name+" is not ready: "+testError(c.Broken))
	}
	return nil
}

// fail is the one place where an error becomes an answer.
func (d *Door) fail(w http.ResponseWriter, r *http.Request, q *request, err error) {
	e := errorOf(err)
	if e.Code == http.StatusInternalServerError {
		d.Log.ErrorContext(r.Context(), "openicf request failed", "method", r.Method, "err", err)
	}
	if wait := fault.RetryAfter(err); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int(wait.Seconds()))))
	} else if e.Code == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	if e.Code == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Basic realm="rollcall", charset="UTF-8"`)
	}
	if e.Code == http.StatusNotModified {
		w.WriteHeader(e.Code)
		return
	}
	if q != nil && q.connector != nil && q.connector.Strict {
		e = e.Escaped()
	}
	d.write(w, r, q, e.Code, e)
}

// write sends a body in one piece.
func (d *Door) write(w http.ResponseWriter, r *http.Request, q *request, status int, body any) {
	if status == http.StatusNoContent {
		w.WriteHeader(status)
		return
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if q != nil && q.param("_prettyPrint") == "true" {
		enc.SetIndent("", "  ")
	}
	if err := enc.Encode(body); err != nil {
		d.Log.ErrorContext(r.Context(), "openicf answer cannot be written", "err", err)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(out.Len()))
	w.WriteHeader(status)
	if _, err := w.Write(out.Bytes()); err != nil {
		d.Log.WarnContext(r.Context(), "openicf answer not sent", "err", err)
	}
}
