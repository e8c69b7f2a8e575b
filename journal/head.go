package journal

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"time"

	"rollcall/fault"
	"rollcall/keyring"
	"rollcall/sqldb"
)

// Head is the end of a target's chain, signed. Whoever keeps one elsewhere can
// tell later whether the chain up to it is still the same.
type Head struct {
	Target    string    `json:"target"`
	Seq       int64     `json:"seq"`       // of the last entry
	Hash      string    `json:"hash"`      // of the last entry, hex
	At        time.Time `json:"at"`        // when the last entry was written, or the head was asked for
	Run       string    `json:"run"`       // that ended here; empty if the head was asked for
	Signature string    `json:"signature"` // Ed25519, base64
	PublicKey string    `json:"publicKey"` // base64
}

// message is what a head's signature is over.
func (h Head) message() []byte {
	return fmt.Appendf(nil, "rollcall-head/1\n%s\n%d\n%s\n%d\n%s\n", h.Target, h.Seq, h.Hash, h.At.UnixMilli(), h.Run)
}

// Signed reports whether the signature is that of the head's own public key,
// over all that the head says. Whose key that is, is for the caller to know.
func (h Head) Signed() bool {
	key, err := base64.StdEncoding.DecodeString(h.PublicKey)
	if err != nil {
		return false
	}
	sig, err := base64.StdEncoding.DecodeString(h.Signature)
	return err == nil && keyring.Verify(key, h.message(), sig)
}

func (j *Journal) sign(h *Head) {
	h.Signature = base64.StdEncoding.EncodeToString(j.keys.Sign(h.message()))
	h.PublicKey = base64.StdEncoding.EncodeToString(j.keys.PublicKey())
}

// signHead signs the chain where a stands and keeps the signature.
func (j *Journal) signHead(a *appender, target, run string) (Head, error) {
	h := Head{Target: target, Seq: a.seq, Hash: hex.EncodeToString(a.hash), At: moment(a.at), Run: run}
	j.sign(&h)
	sig, err := base64.StdEncoding.DecodeString(h.Signature)
	if err != nil {
		return Head{}, err
	}
	_, err = a.tx.Exec("INSERT INTO heads (chain, seq, hash, at, run, signature, key) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		a.chain, a.seq, a.hash, a.at, run, sig, []byte(j.keys.PublicKey()))
	return h, err
}

// Head returns the end of a target's chain as it is now, signed. It fails with
// fault.NotFound if nothing was ever journalled for that target.
func (j *Journal) Head(ctx context.Context, target string) (Head, error) {
	h := Head{Target: target, At: moment(j.now())}
	err := j.read(ctx, "read journal", "target "+target, func(q sqldb.Query) error {
		chain, err := chainOf(q, target)
		if err != nil {
			return err
		}
		var hash []byte
		err = q.Row("SELECT seq, hash FROM entries WHERE chain = $1 ORDER BY seq DESC LIMIT 1", chain).Scan(&h.Seq, &hash)
		h.Hash = hex.EncodeToString(hash)
		return err
	})
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			err = noJournal(target)
		}
		return Head{}, err
	}
	j.sign(&h)
	return h, nil
}

func noJournal(target string) error {
	return fault.Text(fault.NotFound, "read journal", "target "+target, "nothing was ever written to it from here")
}
