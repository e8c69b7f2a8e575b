package approvaldoor

import (
	"errors"
	"net/http"
	"strconv"

	"rollcall/fault"
)

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

// refuse answers a failure: to a browser with a page, else with JSON. What failed
// here is for the log.
func (d *Door) refuse(w http.ResponseWriter, r *http.Request, err error) {
	kind := fault.KindOf(err)
	status, says := statuses[kind], http.StatusText(statuses[kind])
	var e *fault.Error
	if errors.As(err, &e) && status < http.StatusInternalServerError && kind != fault.Unauthenticated && e.Err != nil {
		says = e.Err.Error()
	}
	switch {
	case status == http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Basic realm="rollcall", charset="UTF-8"`)
	case status == http.StatusTooManyRequests && e != nil:
		w.Header().Set("Retry-After", strconv.Itoa(int(e.RetryAfter.Seconds())+1))
	case status >= http.StatusInternalServerError:
		d.Log.ErrorContext(r.Context(), "approvals failed", "path", r.URL.Path, "err", err)
	}
	if !wantsPage(r) {
		err = sendJSON(w, status, map[string]string{"error": says})
	} else {
		err = d.page(w, status, view{Failure: says})
	}
	if err != nil {
		d.Log.ErrorContext(r.Context(), "approvals answer not written", "err", err)
	}
}
