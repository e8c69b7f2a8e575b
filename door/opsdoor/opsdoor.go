// Package opsdoor answers whoever runs the server: is it alive, is it ready,
// what has it done, and what is to go wrong. The README beside this file says
// what is served.
//
// It shows nothing of what a directory holds, and changes nothing there.
package opsdoor

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"rollcall/caller"
	"rollcall/fault"
	"rollcall/openapi"
)

// Options are what a door is made of. Operators and Ready must be given.
type Options struct {
	Operators caller.Checker
	Ready     func(context.Context) error // nil if every database answers
	Stale     func(context.Context) error // why a sync is too old, a line each; nil if none is; itself nil where there are none
	Faults    Faults                      // nil leaves the fault plan unserved
	// Document is what /openapi.json answers, as openapi.Document writes it; nil
	// leaves it unserved.
	Document []byte
	// Numbers writes what /metrics has beside the requests answered, in
	// Prometheus's text format; it may be nil.
	Numbers func(ctx context.Context, w io.Writer) error
	// AccessLog takes a line of JSON for each request, written in one piece when
	// it is answered; nil keeps none.
	AccessLog io.Writer
	Now       func() time.Time // nil is time.Now
	Log       *slog.Logger     // nil is slog.Default
}

// Door answers about a server. It is safe for concurrent use.
type Door struct {
	Options
	counts counts
	line   sync.Mutex // held while a line of the access log is written
}

// New returns a door.
func New(o Options) *Door {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Door{Options: o, counts: counts{answered: map[answered]int64{}}}
}

// route is one request, what answers it, and how it is described.
type route struct {
	caller.Route
	do     func(d *Door, w http.ResponseWriter, r *http.Request)
	served func(o *Options) bool // nil is always
	says   openapi.Operation
}

// routes are every request. Whether the server is alive and ready is told to
// anybody.
var routes = []route{
	{caller.Route{Method: http.MethodGet, Path: "/healthz"}, (*Door).healthz, nil, healthzSays},
	{caller.Route{Method: http.MethodGet, Path: "/readyz"}, (*Door).readyz, nil, readyzSays},
	{caller.Route{Method: http.MethodGet, Path: "/metrics", Role: caller.Reader}, (*Door).metrics, nil, metricsSays},
	{caller.Route{Method: http.MethodGet, Path: "/openapi.json", Role: caller.Reader}, (*Door).document, documented, documentSays},
	{caller.Route{Method: http.MethodGet, Path: faultsPath, Role: caller.Admin}, local((*Door).showFaults), faulty, showFaultsSays},
	{caller.Route{Method: http.MethodPut, Path: faultsPath, Role: caller.Admin}, local((*Door).setFaults), faulty, setFaultsSays},
	{caller.Route{Method: http.MethodDelete, Path: faultsPath, Role: caller.Admin}, local((*Door).endFaults), faulty, endFaultsSays},
}

func faulty(o *Options) bool { return o.Faults != nil }

func documented(o *Options) bool { return o.Document != nil }

// Routes are every request that this door answers.
func Routes() []caller.Route {
	all := make([]caller.Route, len(routes))
	for i, r := range routes {
		all[i] = r.Route
	}
	return all
}

// Mount puts every route of this door on mux.
func (d *Door) Mount(mux *http.ServeMux) {
	for _, r := range routes {
		if r.served == nil || r.served(&d.Options) {
			mux.HandleFunc(r.Method+" "+r.Path, func(w http.ResponseWriter, q *http.Request) { r.do(d, w, q) })
		}
	}
}

// document answers what the server serves. It is the same for every operator.
func (d *Door) document(w http.ResponseWriter, r *http.Request) {
	if _, err := d.authenticate(r, caller.Reader); err != nil {
		d.refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Type", openapi.JSON)
	reply(w, http.StatusOK, string(d.Document))
}

func (d *Door) healthz(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, "ok\n") }

func (d *Door) readyz(w http.ResponseWriter, r *http.Request) {
	if err := d.Ready(r.Context()); err != nil {
		d.Log.ErrorContext(r.Context(), "not ready", "err", err)
		reply(w, http.StatusServiceUnavailable, "not ready\n")
		return
	}
	if d.Stale != nil {
		if err := d.Stale(r.Context()); err != nil {
			d.Log.WarnContext(r.Context(), "not ready", "err", err)
			text := "not ready\n" // a failure is for the log alone
			if fault.Is(err, fault.Stale) {
				text = "not ready: " + err.Error() + "\n"
			}
			reply(w, http.StatusServiceUnavailable, text)
			return
		}
	}
	reply(w, http.StatusOK, "ok\n")
}

func (d *Door) metrics(w http.ResponseWriter, r *http.Request) {
	if _, err := d.authenticate(r, caller.Reader); err != nil {
		d.refuse(w, r, err)
		return
	}
	var text strings.Builder
	text.WriteString(d.counts.String())
	if d.Numbers != nil {
		if err := d.Numbers(r.Context(), &text); err != nil {
			d.refuse(w, r, err)
			return
		}
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	reply(w, http.StatusOK, text.String())
}

// authenticate wants an operator of that role or one above it.
func (d *Door) authenticate(r *http.Request, role caller.Role) (caller.Operator, error) {
	return caller.OfRequest(d.Operators, r, role)
}

// statuses says how each kind of failure is answered.
var statuses = map[fault.Kind]int{
	fault.Internal:        http.StatusInternalServerError,
	fault.Invalid:         http.StatusBadRequest,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.Stale:           http.StatusConflict,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Denied:          http.StatusForbidden,
	fault.Unsupported:     http.StatusNotImplemented,
	fault.Throttled:       http.StatusTooManyRequests,
	fault.Quota:           http.StatusForbidden,
	fault.Unavailable:     http.StatusServiceUnavailable,
	fault.Incomplete:      http.StatusServiceUnavailable,
}

func (d *Door) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status := statuses[fault.KindOf(err)]
	switch status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="rollcall", Basic realm="rollcall"`)
	case http.StatusInternalServerError:
		d.Log.ErrorContext(r.Context(), "request failed", "path", r.URL.Path, "err", err)
	}
	reply(w, status, http.StatusText(status)+"\n")
}
