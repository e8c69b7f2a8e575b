package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
)

// wire is one connection to a server, kept alive. It sends requests that were
// made beforehand and reads no more of an answer than where it ends, so that
// the load takes little of the machine that it shares with the server.
type wire struct {
	conn net.Conn
	in   *bufio.Reader
	body []byte // of the last answer
}

func dial(ctx context.Context, address string) (*wire, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return &wire{conn: conn, in: bufio.NewReaderSize(conn, 64<<10)}, nil
}

// call sends a request and reads its answer. The body is good until the next
// call.
func (w *wire) call(request []byte) (status int, body []byte, err error) {
	if _, err := w.conn.Write(request); err != nil {
		return 0, nil, err
	}
	line, err := w.in.ReadSlice('\n')
	if err != nil {
		return 0, nil, err
	}
	if len(line) < len("HTTP/1.1 200") {
		return 0, nil, fmt.Errorf("an answer begins with %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, nil, err
	}
	length, err := w.head()
	if err != nil {
		return 0, nil, err
	}
	if cap(w.body) < length {
		w.body = make([]byte, length)
	}
	w.body = w.body[:length]
	_, err = io.ReadFull(w.in, w.body)
	return status, w.body, err
}

// head reads the headers of an answer, and returns how long its body is.
func (w *wire) head() (length int, err error) {
	name := []byte("Content-Length:")
	for {
		line, err := w.in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			return length, nil
		}
		if len(line) > len(name) && bytes.EqualFold(line[:len(name)], name) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[len(name):]))); err != nil {
				return 0, err
			}
		}
	}
}

// ok sends a request that must succeed, and returns the body of its answer.
func (w *wire) ok(request []byte) ([]byte, error) {
	status, body, err := w.call(request)
	if err == nil && (status < 200 || status > 299) {
		err = fmt.Errorf("status %d: %s", status, body)
	}
	return body, err
}

func (w *wire) close() { _ = w.conn.Close() }
