package main

import (
	"io"
	"net/http"
	"testing"
)

// answered makes a request and gives the status and the text of its answer.
func answered(t *testing.T, r *http.Request) (status int, body string) {
	t.Helper()
	status, _, body = answeredWhole(t, r)
	return status, body
}

// answeredWhole is answered with the answer's headers.
func answeredWhole(t *testing.T, r *http.Request) (status int, header http.Header, body string) {
	t.Helper()
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	raw, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got.StatusCode, got.Header, string(raw)
}
