package icfdoor

import (
	"bufio"
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"

	"rollcall/icf"
)

// envelope writes the answer of a query while it is being read.
type envelope struct {
	*search
	next  func() (found, error, bool)
	stop  func()
	first found
	more  bool // there is a first
	log   *slog.Logger
}

// writer sends the envelope. A failure after the first result is told at its
// end, in "error": the status is long sent, and a part is never passed off as
// the whole.
func (e *envelope) writer(r *request) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		defer e.stop()
		out := bufio.NewWriterSize(w, 64<<10)
		last, n, failed := e.results(out)
		cookie := "null"
		if last != nil {
			text, _ := json.Marshal(last.String())
			cookie = string(text)
		}
		_, _ = out.WriteString(`],"resultCount":` + strconv.Itoa(n) + `,"pagedResultsCookie":` + cookie +
			`,"totalPagedResultsPolicy":"NONE","totalPagedResults":-1,"remainingPagedResults":-1`)
		if failed != nil {
			e.log.ErrorContext(r.Context(), "openicf query failed under way", "err", failed)
			text, _ := json.Marshal(errorOf(failed))
			_, _ = out.WriteString(`,"error":` + string(text))
		}
		_, _ = out.WriteString("}\n")
		if err := out.Flush(); err != nil {
			e.log.WarnContext(r.Context(), "openicf answer not sent", "err", err)
		}
	}
}

// results writes the objects of the page, and returns where the next begins.
func (e *envelope) results(out *bufio.Writer) (next *icf.Cookie, n int, err error) {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	_, _ = out.WriteString(`{"result":[`)
	f, more := e.first, e.more
	for more {
		if n > 0 {
			_ = out.WriteByte(',')
		}
		if err := enc.Encode(e.shown(f.object)); err != nil {
			return nil, n, err
		}
		n++
		at := f.next
		if f, err, more = e.next(); err != nil {
			return nil, n, err
		}
		if more && n == e.page {
			return &at, n, nil
		}
	}
	return nil, n, nil
}

func (e *envelope) shown(o icf.Object) icf.Object {
	if e.onlyIDs && len(e.fields) == 0 {
		return icf.Object{{Name: icf.AttrID, Value: o.ID()}}
	}
	return o.Project(e.fields)
}
