package opsdoor_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"rollcall/caller"
	"rollcall/door/opsdoor"
)

// logging is a door whose access log is written to w, before another door.
func logging(w io.Writer, complaints io.Writer, next http.HandlerFunc) http.Handler {
	now := time.Date(2026, 11, 22, 17, 30, 0, 0, time.FixedZone("CET", 3600))
	tick := func() time.Time { now = now.Add(1500 * time.Microsecond); return now }
	return opsdoor.New(opsdoor.Options{
		Ready: func(context.Context) error { return nil }, AccessLog: w, Now: tick, Log: slog.New(slog.NewTextHandler(complaints, nil)),
	}).Count(next)
}

func TestEachRequestIsALineOfTheAccessLog(t *testing.T) {
	var out bytes.Buffer
	door := logging(&out, io.Discard, func(w http.ResponseWriter, r *http.Request) {
		caller.NoteOperation(r.Context(), "identitystore", "CreateUser")
		caller.NoteCaller(r.Context(), "admin/ann")
		w.Header()["x-amzn-RequestId"] = []string{"an-id"}
		_, _ = io.WriteString(w, "answer")
	})
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/?token=secret", strings.NewReader("a body"))
	r.Header.Set("Authorization", "secret")
	r.RemoteAddr = "192.0.2.1:4000"
	door.ServeHTTP(httptest.NewRecorder(), r)
	want := `{"time":"2026-11-22T16:30:00.0015Z","ms":1.5,"from":"192.0.2.1","by":"admin/ann","service":"identitystore","operation":"CreateUser",` +
		`"method":"POST","path":"/","status":200,"bytes":6,"request":"an-id"}` + "\n"
	if got := out.String(); got != want {
		t.Errorf("\n%s, want\n%s", got, want)
	}
}

// Whatever a client sends makes one line, of a length that it does not choose.
func TestALineOfTheAccessLogIsOneWhateverTheRequest(t *testing.T) {
	for name, c := range map[string]struct {
		path   string
		answer http.HandlerFunc
		status int
	}{
		"a path with a line's end": {"/a\n{\"status\":200}", http.NotFound, 404},
		"a long path":              {"/" + strings.Repeat("é", 5000), http.NotFound, 404},
		"a connection cut off":     {"/", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			door := logging(&out, io.Discard, c.answer)
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
			r.URL.Path = c.path
			func() {
				defer func() { _ = recover() }() // net/http does
				door.ServeHTTP(httptest.NewRecorder(), r)
			}()
			var got struct {
				Path   string
				Status int
			}
			if err := json.Unmarshal(out.Bytes(), &got); err != nil || strings.Count(out.String(), "\n") != 1 || got.Status != c.status || len(got.Path) > 510 {
				t.Errorf("%v, %s", err, out.String())
			}
		})
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestAFullDiskStopsNoRequest(t *testing.T) {
	var complaints bytes.Buffer
	door := logging(full{}, &complaints, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "answer") })
	w := httptest.NewRecorder()
	door.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	if w.Code != 200 || w.Body.String() != "answer" || !strings.Contains(complaints.String(), "no space left") {
		t.Errorf("%d %s; %s", w.Code, w.Body, complaints.String())
	}
}
