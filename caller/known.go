package caller

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"hash/maphash"
	"sync"

	"rollcall/fault"
)

// known remembers which password was right for which stored hash, so that an
// operator who sends theirs with every request does not pay for the slow hash
// with every request. The stored hash is part of it: it is read afresh for each
// check, so a changed or revoked password is not known.
type known struct {
	key   []byte // of this process alone
	seed  maphash.Seed
	lanes [lanes]chan struct{}

	mu     sync.Mutex
	proofs map[string][sha256.Size]byte // by name
}

// lanes is how many slow hashes may run at once: each takes 19 MiB.
const lanes = 4

// mostKnown bounds the memory; operators are a few.
const mostKnown = 1000

func newKnown() *known {
	k := &known{key: randomBytes(sha256.Size), seed: maphash.MakeSeed(), proofs: map[string][sha256.Size]byte{}}
	for i := range k.lanes {
		k.lanes[i] = make(chan struct{}, 1)
	}
	return k
}

// enter waits until nobody else checks a password of that name, so that
// guesses made at once are counted one after the other.
func (k *known) enter(ctx context.Context, name string) (leave func(), err error) {
	lane := k.lanes[maphash.String(k.seed, name)%lanes]
	select {
	case lane <- struct{}{}:
		return func() { <-lane }, nil
	case <-ctx.Done():
		return nil, fault.New(fault.Unavailable, "check password", "", ctx.Err())
	}
}

func (k *known) proof(hash, password string) (p [sha256.Size]byte) {
	h := hmac.New(sha256.New, k.key)
	h.Write([]byte(hash + "\x00" + password))
	h.Sum(p[:0])
	return p
}

func (k *known) has(name, hash, password string) bool {
	if hash == "" {
		return false
	}
	k.mu.Lock()
	have, found := k.proofs[name]
	k.mu.Unlock()
	want := k.proof(hash, password)
	return found && hmac.Equal(have[:], want[:])
}

func (k *known) add(name, hash, password string) {
	p := k.proof(hash, password)
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.proofs) >= mostKnown {
		clear(k.proofs)
	}
	k.proofs[name] = p
}
