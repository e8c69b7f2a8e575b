package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"rollcall/awsjson"
	"rollcall/awsjson/sigv4"
	"rollcall/identity"
)

const bareVariable = "ROLLCALL_BENCH_BARE"

// bareKey is the only one that the bare server knows.
var bareKey = sigv4.Credentials{AccessKey: "AKIAIOSFODNN7EXAMPLE", Secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}

// bareServer starts the bound of everything that is asked over the wire: a
// server that checks the signature, reads the JSON, and answers with some.
func bareServer(ctx context.Context, dir string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "bare.env")
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), bareVariable+"="+file)
	return start(cmd, file)
}

// bareHere is that server's process.
func bareHere(ctx context.Context, file string) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	env := "export AWS_ENDPOINT_URL=http://" + l.Addr().String() + "\nexport AWS_REGION=us-east-1\n" +
		"export AWS_ACCESS_KEY_ID=" + bareKey.AccessKey + "\nexport AWS_SECRET_ACCESS_KEY=" + bareKey.Secret + "\n"
	part := file + ".part"
	if err := errors.Join(os.WriteFile(part, []byte(env), 0o600), os.Rename(part, file)); err != nil {
		return err
	}
	s := &http.Server{Handler: http.HandlerFunc(bareAnswer), ReadHeaderTimeout: time.Minute}
	defer context.AfterFunc(ctx, func() { _ = s.Close() })()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func bareAnswer(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		var claim *sigv4.Claim
		if claim, err = sigv4.Read(r); err == nil {
			err = claim.Verify(body, bareKey, sigv4.Policy{}, time.Now())
		}
	}
	var in struct{ IdentityStoreID, UserID string }
	if err == nil {
		err = json.Unmarshal(body, &in)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	out, err := json.Marshal(in)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", awsjson.ContentType)
	_, _ = w.Write(out) // the load counts what it does not get
}

// bareMembers is the bound of a change of 100 members: the rows of one after the
// other, with the three orders they are found in, in an empty table of plain
// SQLite, and as many changes in a durable commit as there are callers.
func bareMembers(ctx context.Context, file string, callers, changes int) (perSecond float64, err error) {
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return 0, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, plainMembers); err != nil {
		return 0, err
	}
	c := company{people: size(100_000)}
	began := time.Now()
	err = batches(ctx, db, callers*identity.MaxMembers, `INSERT INTO members VALUES ($1, $2, $3)`, changes*identity.MaxMembers, func(i int) []any {
		g, k := i/identity.MaxMembers, i%identity.MaxMembers
		return []any{g, c.member(g, k), fmt.Sprintf("m%036d", i)}
	})
	return float64(changes) / time.Since(began).Seconds(), err
}

// bareInserts is the bound of everything that is written: rows of about a
// user's size into SQLite, each durable before the next.
func bareInserts(ctx context.Context, file string, rows int) (perSecond float64, err error) {
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return 0, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, `CREATE TABLE users (key INTEGER PRIMARY KEY, name TEXT UNIQUE, rest TEXT)`); err != nil {
		return 0, err
	}
	insert, err := db.PrepareContext(ctx, `INSERT INTO users (name, rest) VALUES ($1, $2)`)
	if err != nil {
		return 0, err
	}
	defer insert.Close()
	c := company{people: rows}
	began := time.Now()
	for i := range rows {
		u := c.user(i)
		if _, err := insert.ExecContext(ctx, u.UserName, u.DisplayName+u.Title); err != nil {
			return 0, err
		}
	}
	return float64(rows) / time.Since(began).Seconds(), nil
}
