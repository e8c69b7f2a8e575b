package sqldb

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/url"
	"sync/atomic"
	"testing"

	"rollcall/fault"
	"rollcall/sqldb/sqldbtest"
)

// wire is a connection to PostgreSQL that can be cut: once armed with a word,
// it passes that word on to the server and never brings the answer.
type wire struct {
	server string
	word   atomic.Pointer[string]
}

// lay returns the URL of the database through a wire.
func lay(t *testing.T, through string) (*wire, string) {
	t.Helper()
	u, err := url.Parse(through)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	w := &wire{server: u.Host}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(client)
		}
	}()
	u.Host = l.Addr().String()
	return w, u.String()
}

func (w *wire) carry(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", w.server)
	if err != nil {
		return
	}
	defer server.Close()
	var cut atomic.Bool
	answered := make(chan bool, 1)
	go func() {
		buffer := make([]byte, 4096)
		for {
			n, err := server.Read(buffer)
			if n > 0 && !cut.Load() {
				_, err = client.Write(buffer[:n])
			} else if n > 0 {
				answered <- true // the server has done it, and nobody will know
				return
			}
			if err != nil {
				client.Close()
				return
			}
		}
	}()
	buffer := make([]byte, 4096)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		if word := w.word.Load(); word != nil && bytes.Contains(buffer[:n], []byte(*word)) {
			w.word.Store(nil)
			cut.Store(true)
			if _, err := server.Write(buffer[:n]); err == nil {
				<-answered
			}
			return
		}
		if _, err := io.Copy(server, bytes.NewReader(buffer[:n])); err != nil {
			return
		}
	}
}

func TestALostAnswerToACommitIsUnsettled(t *testing.T) {
	w, url := lay(t, sqldbtest.Postgres(t))
	db := open(t, url)
	commit := "COMMIT\x00" // the whole statement: the isolation level holds the word too
	w.word.Store(&commit)
	err := db.Write(context.Background(), func(tx *Tx) error { return insert(tx, 1, "one") })
	if !fault.IsUnsettled(err) || !fault.Is(err, fault.Unavailable) {
		t.Errorf("got %v", err)
	}
	wantIDs(t, db, 1) // it was written after all
	if err := db.Write(context.Background(), func(tx *Tx) error { return insert(tx, 2, "two") }); err != nil {
		t.Errorf("the next write: %v", err)
	}
}

func TestAConnectionLostBeforeTheCommitWritesNothing(t *testing.T) {
	w, url := lay(t, sqldbtest.Postgres(t))
	db := open(t, url)
	word := "INSERT"
	said := together(t, db,
		func(tx *Tx) error {
			if err := insert(tx, 1, "one"); err != nil {
				return err
			}
			w.word.Store(&word)
			return nil
		},
		func(tx *Tx) error {
			_, err := tx.Exec("INSERT INTO note (id, text) VALUES (2, 'two')")
			return err
		},
		func(tx *Tx) error { return insert(tx, 3, "three") })
	for i, err := range said {
		if !fault.Is(err, fault.Unavailable) || fault.IsUnsettled(err) {
			t.Errorf("function %d: %v", i, err)
		}
	}
	wantIDs(t, db)
}

func TestAConnectionLostAtTheBeginningIsReplaced(t *testing.T) {
	w, url := lay(t, sqldbtest.Postgres(t))
	db := open(t, url)
	begin := "BEGIN"
	w.word.Store(&begin)
	if err := db.Write(context.Background(), func(tx *Tx) error { return insert(tx, 1, "one") }); err != nil {
		t.Error(err)
	}
	wantIDs(t, db, 1)
}

// The server ends the writer's connection while nobody is writing.
func TestAWriteAfterTheServerCameBackSucceeds(t *testing.T) {
	db := open(t, sqldbtest.Postgres(t))
	var pid int
	if err := db.Write(context.Background(), func(tx *Tx) error { return tx.Row("SELECT pg_backend_pid()").Scan(&pid) }); err != nil {
		t.Fatal(err)
	}
	err := db.Read(context.Background(), func(q Query) error {
		return q.Row("SELECT pg_terminate_backend($1, 5000)", pid).Scan(new(bool))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Write(context.Background(), func(tx *Tx) error { return insert(tx, 1, "one") }); err != nil {
		t.Error(err)
	}
	wantIDs(t, db, 1)
}
