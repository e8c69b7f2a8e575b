package journal

import (
	"crypto/sha256"
	"database/sql"
	"errors"

	"rollcall/sqldb"
)

// appender adds entries to the end of one chain inside one transaction. The
// head is read in that transaction: other processes append too.
type appender struct {
	tx    *sqldb.Tx
	chain int64
	seq   int64  // of the last entry
	hash  []byte // of the last entry
	at    int64
}

func (j *Journal) appender(tx *sqldb.Tx, chain int64, target string) (*appender, error) {
	a := &appender{tx: tx, chain: chain, at: j.now()}
	err := tx.Row("SELECT seq, hash FROM entries WHERE chain = $1 ORDER BY seq DESC LIMIT 1", chain).Scan(&a.seq, &a.hash)
	if errors.Is(err, sql.ErrNoRows) {
		a.hash = genesis(target)
		return a, nil
	}
	return a, err
}

// genesis is the hash before the first entry. The target's name is in it, so
// that one target's chain does not pass for another's.
func genesis(target string) []byte {
	sum := sha256.Sum256([]byte("rollcall-journal/1\n" + target))
	return sum[:]
}

// link returns the hash of an entry.
func link(before, envelope []byte) []byte {
	h := sha256.New()
	h.Write(before)
	h.Write(envelope)
	return h.Sum(nil)
}

// add appends e with its body as stored; nil for none. It sets e's seq and time.
func (a *appender) add(e *envelope, stored []byte) error {
	e.Seq = a.seq + 1
	e.At = a.at
	raw := e.encode()
	hash := link(a.hash, raw)
	if _, err := a.tx.Exec("INSERT INTO entries (chain, seq, envelope, hash) VALUES ($1, $2, $3, $4)", a.chain, e.Seq, raw, hash); err != nil {
		return err
	}
	a.seq, a.hash = e.Seq, hash
	if stored == nil {
		return nil
	}
	_, err := a.tx.Exec("INSERT INTO bodies (chain, seq, body) VALUES ($1, $2, $3)", a.chain, e.Seq, stored)
	return err
}

// chainOf returns the number of a target's chain, 0 if it has none.
func chainOf(q sqldb.Query, target string) (num int64, err error) {
	err = q.Row("SELECT num FROM chains WHERE target = $1", target).Scan(&num)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return num, err
}

// makeChain is chainOf that starts the chain.
func makeChain(tx *sqldb.Tx, target string) (num int64, err error) {
	if num, err = chainOf(tx, target); err != nil || num != 0 {
		return num, err
	}
	err = tx.Row("INSERT INTO chains (target) VALUES ($1) RETURNING num", target).Scan(&num)
	return num, err
}
