package opsdoor

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"rollcall/caller"
)

// answered is what requests are counted by: few values, none of them from the
// request itself.
type answered struct {
	method string
	status int
}

// counts are the numbers of one server since it started.
type counts struct {
	mu       sync.Mutex
	inFlight int64
	answered map[answered]int64
}

// methods are counted by name; whatever else a client makes up is "other".
var methods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// Count counts what goes through next, and logs it if there is an access log.
func (d *Door) Count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := &status{ResponseWriter: w}
		d.counts.begin()
		defer func() { d.counts.end(r.Method, seen.code) }()
		if d.AccessLog != nil {
			ctx, asked := caller.WithAsked(r.Context())
			r = r.WithContext(ctx)
			began := d.Now()
			defer func() { d.logged(r, began, seen, asked) }()
		}
		next.ServeHTTP(seen, r)
	})
}

func (c *counts) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inFlight++
}

func (c *counts) end(method string, code int) {
	if !slices.Contains(methods, method) {
		method = "other"
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inFlight--
	c.answered[answered{method, code}]++
}

// String is the text format of Prometheus, version 0.0.4. Status 0 is a
// connection that ended without an answer.
func (c *counts) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var b strings.Builder
	b.WriteString("# HELP rollcall_http_requests_total Requests answered, by method and status.\n# TYPE rollcall_http_requests_total counter\n")
	keys := make([]answered, 0, len(c.answered))
	for k := range c.answered {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b answered) int {
		return cmp.Or(cmp.Compare(a.method, b.method), cmp.Compare(a.status, b.status))
	})
	for _, k := range keys {
		fmt.Fprintf(&b, "rollcall_http_requests_total{method=%q,status=\"%d\"} %d\n", k.method, k.status, c.answered[k])
	}
	b.WriteString("# HELP rollcall_http_requests_in_flight Requests being answered.\n# TYPE rollcall_http_requests_in_flight gauge\n")
	fmt.Fprintf(&b, "rollcall_http_requests_in_flight %d\n", c.inFlight)
	return b.String()
}

// status keeps the status of an answer, and how long it is.
type status struct {
	http.ResponseWriter
	code  int
	bytes int64
}

// Unwrap lets http.ResponseController reach the connection.
func (s *status) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// WriteHeader keeps the first status.
func (s *status) WriteHeader(code int) {
	if s.code == 0 {
		s.code = code
	}
	s.ResponseWriter.WriteHeader(code)
}

// Write is 200 unless somebody said otherwise.
func (s *status) Write(p []byte) (int, error) {
	if s.code == 0 {
		s.code = http.StatusOK
	}
	n, err := s.ResponseWriter.Write(p)
	s.bytes += int64(n)
	return n, err
}

// reply writes a text in one piece.
func reply(w http.ResponseWriter, code int, text string) {
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(code)
	_, _ = io.WriteString(w, text) // whoever does not wait for the answer does not want it
}
