package ldapsource

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"sync/atomic"
)

// wire is a connection as the library reads it: LDAP messages (RFC 4511 section
// 4.1.1), one by one. While a search is under way its entries are taken out and
// decoded here: the library builds a tree of a dozen objects of each value,
// which is most of the time that a large read takes. Everything else passes.
type wire struct {
	net.Conn
	in     *bufio.Reader
	rest   []byte // of a message that is being handed on
	odd    bool   // it is no LDAP that comes: all is handed on as it is
	taking atomic.Pointer[taking]
}

// taking is where the entries of a search go.
type taking struct {
	entries chan []byte // messages
	ended   <-chan struct{}
}

const (
	readAhead = 64 << 10
	// longestMessage ends what only a broken server sends.
	longestMessage = 256 << 20
	firstGuess     = 1 << 20 // of a message's length that is believed before it has come
)

func newWire(c net.Conn) *wire { return &wire{Conn: c, in: bufio.NewReaderSize(c, readAhead)} }

// take lets the entries that come from now on go to the channel that is
// returned, until ctx ends or give is called.
func (w *wire) take(ctx context.Context) (entries <-chan []byte, give func()) {
	t := &taking{entries: make(chan []byte, ahead), ended: ctx.Done()}
	w.taking.Store(t)
	return t.entries, func() { w.taking.Store(nil) }
}

// Read is for the library.
func (w *wire) Read(p []byte) (int, error) {
	for len(w.rest) == 0 && !w.odd {
		message, err := w.message()
		if err != nil {
			return 0, err
		}
		if t := w.taking.Load(); t != nil && isEntry(message) {
			select {
			case t.entries <- message:
			case <-t.ended:
			}
			continue
		}
		w.rest = message
	}
	if len(w.rest) == 0 {
		return w.in.Read(p)
	}
	n := copy(p, w.rest)
	w.rest = w.rest[n:]
	return n, nil
}

// message reads the next one whole. What is no message is left to the library,
// which has its own words for it.
func (w *wire) message() ([]byte, error) {
	head, err := w.in.Peek(2)
	if err != nil {
		return nil, err
	}
	more := 0
	if head[1] > 0x80 {
		more = int(head[1] & 0x7f)
	}
	if head[0] != tagSequence || head[1] == 0x80 || more > 4 {
		w.odd = true
		return nil, nil
	}
	if head, err = w.in.Peek(2 + more); err != nil {
		return nil, err
	}
	length := int(head[1])
	if more > 0 {
		length = number(head[2:])
	}
	if length > longestMessage {
		return nil, fmt.Errorf("the server sends a message of %d bytes; %d is the most", length, longestMessage)
	}
	return w.whole(2 + more + length)
}

func (w *wire) whole(length int) ([]byte, error) {
	message := make([]byte, min(length, firstGuess))
	for at := 0; ; {
		n, err := io.ReadFull(w.in, message[at:])
		if err != nil {
			return nil, err
		}
		if at += n; at == length {
			return message, nil
		}
		message = append(message, make([]byte, min(length-at, at))...)
	}
}
