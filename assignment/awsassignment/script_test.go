package awsassignment_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"rollcall/assignment/awsassignment"
)

// script answers each operation with what is written for it: a status and a
// body, the next at each call, the last again and again. A body alone is 200.
type script struct {
	answers map[string][]string
	mu      sync.Mutex
	asked   []string // operation and body
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	body, err := io.ReadAll(r.Body)
	if err != nil {
		body = []byte(err.Error())
	}
	s.mu.Lock()
	s.asked = append(s.asked, operation+" "+string(body))
	answer, status := `{"__type":"UnknownOperationException"}`, http.StatusBadRequest
	if all := s.answers[operation]; len(all) > 0 {
		answer, status = all[0], http.StatusOK
		if len(all) > 1 {
			s.answers[operation] = all[1:]
		}
	}
	s.mu.Unlock()
	if code, rest, ok := strings.Cut(answer, " {"); ok {
		if n, err := strconv.Atoi(code); err == nil {
			status, answer = n, "{"+rest
		}
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, answer)
}

// play is a driver of what answers so.
func (s *script) play(t *testing.T) *awsassignment.Driver {
	t.Helper()
	return elsewhere(t, s.serve(t), nil)
}

func (s *script) serve(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return server.URL
}

// requests returns what was asked.
func (s *script) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// answering is a script with one answer for one operation.
func answering(operation string, answers ...string) *script {
	return &script{answers: map[string][]string{operation: answers}}
}
