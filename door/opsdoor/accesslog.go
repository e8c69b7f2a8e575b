package opsdoor

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"rollcall/caller"
)

// line is a request in the access log. It holds no query, no header and no
// body: nothing of what was asked or answered about a person but ids.
type line struct {
	Time      time.Time `json:"time"`                // when it came, in UTC
	Millis    float64   `json:"ms"`                  // until it was answered
	From      string    `json:"from,omitempty"`      // the address at the other end
	By        string    `json:"by,omitempty"`        // who proved who they are
	Service   string    `json:"service,omitempty"`   // of AWS, by its signing name, or scim
	Operation string    `json:"operation,omitempty"` // of the service
	Method    string    `json:"method"`
	Path      string    `json:"path"`
	Status    int       `json:"status"` // 0 for a connection that ended without an answer
	Bytes     int64     `json:"bytes"`
	Request   string    `json:"request,omitempty"` // the id in the answer, which events have too
}

const (
	longestPath = 500 // bytes; what is longer is nothing that is served
	// requestID is how AWS's doors spell the header of a request's id; others
	// have none.
	requestID = "x-amzn-requestid"
)

// logged notes a request that has been answered. Each line is one write, so that
// nothing is lost with the process, and a file may be moved away and cut.
func (d *Door) logged(r *http.Request, began time.Time, seen *status, asked *caller.Asked) {
	took := d.Now().Sub(began)
	text, err := json.Marshal(line{
		Time: began.UTC(), Millis: float64(took.Microseconds()) / float64(time.Millisecond/time.Microsecond),
		From: caller.Address(r), By: asked.By, Service: asked.Service, Operation: asked.Operation,
		Method: r.Method, Path: cut(r.URL.Path, longestPath), Status: seen.code, Bytes: seen.bytes, Request: headerOf(seen.Header(), requestID),
	})
	if err == nil {
		d.line.Lock()
		_, err = d.AccessLog.Write(append(text, '\n'))
		d.line.Unlock()
	}
	if err != nil {
		d.Log.ErrorContext(r.Context(), "access log not written", "err", err)
	}
}

func cut(text string, most int) string {
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}

// headerOf reads a header however it is spelt.
func headerOf(h http.Header, name string) string {
	for key, values := range h {
		if strings.EqualFold(key, name) && len(values) > 0 {
			return values[0]
		}
	}
	return ""
}
