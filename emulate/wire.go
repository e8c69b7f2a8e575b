package emulate

import (
	"bytes"
	"context"
	"net/http"
	"sync"

	"rollcall/fault"
)

// visit is one request on its way through: what is still to happen to it.
type visit struct {
	mu   sync.Mutex
	cut  Kind // Drop, Lost or Torn
	page int  // items a page may have; 0 for as many as asked for
}

type visitKey struct{}

func visitOf(ctx context.Context) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	return v
}

func (v *visit) cutting() Kind {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.cut
}

// onWire notes what happens outside the door's own code. The error of a dropped
// call only keeps the door from doing it: nobody reads it.
func onWire(ctx context.Context, c Call, f Fault) error {
	v := visitOf(ctx)
	if v == nil {
		return fault.Text(fault.Internal, c.Operation, "", "the fault "+string(f.Kind)+" needs the gate's handler round the door")
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if f.Kind == Short {
		v.page = max(1, f.Page)
		return nil
	}
	v.cut = f.Kind
	if f.Kind == Drop {
		return fault.Text(fault.Unavailable, c.Operation, "", "dropped by the fault plan")
	}
	return nil
}

// Handler goes round all doors: it ends connections where the fault plan says
// so, whatever the door answers. It must see the request before they do.
func (g *Gate) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := new(visit)
		answer := &wire{ResponseWriter: w, visit: v}
		next.ServeHTTP(answer, r.WithContext(context.WithValue(r.Context(), visitKey{}, v)))
		if answer.visit.cutting() != "" {
			answer.tear()
			panic(http.ErrAbortHandler) // net/http's way to end a connection without a word in the log
		}
	})
}

// wire is an answer that may be cut off. It is looked at when the first byte is
// written: until then the door has asked the gate.
type wire struct {
	http.ResponseWriter
	visit  *visit
	status int
	kept   bytes.Buffer // what a torn answer would have been
}

// Unwrap lets http.ResponseController reach the connection.
func (w *wire) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader keeps the status of an answer that is cut off.
func (w *wire) WriteHeader(status int) {
	if w.visit.cutting() == "" {
		w.ResponseWriter.WriteHeader(status)
	} else if w.status == 0 {
		w.status = status
	}
}

// Write keeps what is cut off: the door shall not notice.
func (w *wire) Write(p []byte) (int, error) {
	if w.visit.cutting() == "" {
		return w.ResponseWriter.Write(p)
	}
	return w.kept.Write(p)
}

// tear sends the head and half of a torn answer, and nothing of others.
func (w *wire) tear() {
	half := w.kept.Bytes()[:w.kept.Len()/2]
	if w.visit.cutting() != Torn || w.kept.Len() == 0 {
		return
	}
	if w.status != 0 {
		w.ResponseWriter.WriteHeader(w.status)
	}
	if _, err := w.ResponseWriter.Write(half); err == nil {
		_ = http.NewResponseController(w.ResponseWriter).Flush() // whoever cannot flush sends nothing, which is cut off as well
	}
}
