// Package keyring holds the one secret of an installation: a key file of 32
// random bytes, from which the keys that sign and the keys that encrypt are
// derived (HKDF, RFC 5869), each under a label of its own.
package keyring

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"

	"rollcall/fault"
)

// The labels under which keys are derived. A changed label is another key:
// what was signed or sealed before can then no longer be checked or opened.
const (
	signLabel = "rollcall/sign/ed25519/1"
	sealLabel = "rollcall/seal/aes-256-gcm/1"
)

const seedBytes = 32

// Keyring signs and seals with the keys of one key file. It is safe for
// concurrent use and never gives its keys away.
type Keyring struct {
	signing ed25519.PrivateKey
	sealing cipher.AEAD
}

// derive makes the keys that belong to seed.
func derive(seed []byte) (*Keyring, error) {
	signSeed, err := hkdf.Key(sha256.New, seed, nil, signLabel, ed25519.SeedSize)
	if err != nil {
		return nil, fault.New(fault.Internal, "derive signing key", "", err)
	}
	sealKey, err := hkdf.Key(sha256.New, seed, nil, sealLabel, 32)
	if err != nil {
		return nil, fault.New(fault.Internal, "derive sealing key", "", err)
	}
	block, err := aes.NewCipher(sealKey)
	if err != nil {
		return nil, fault.New(fault.Internal, "derive sealing key", "", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fault.New(fault.Internal, "derive sealing key", "", err)
	}
	return &Keyring{signing: ed25519.NewKeyFromSeed(signSeed), sealing: aead}, nil
}

// Sign returns the Ed25519 signature (RFC 8032, 64 bytes) of msg. A message
// should begin by saying what it is, so that it is never taken for another.
func (k *Keyring) Sign(msg []byte) []byte { return ed25519.Sign(k.signing, msg) }

// PublicKey returns the key, 32 bytes, with which others check signatures.
func (k *Keyring) PublicKey() ed25519.PublicKey {
	return ed25519.PublicKey(append([]byte(nil), k.signing.Public().(ed25519.PublicKey)...))
}

// Verify reports whether sig is the signature of msg by the owner of pub. A key
// or signature of the wrong length is simply not one.
func Verify(pub ed25519.PublicKey, msg, sig []byte) bool {
	return len(pub) == ed25519.PublicKeySize && ed25519.Verify(pub, msg, sig)
}

// Seal encrypts plaintext with AES-256-GCM: a random nonce of 12 bytes, the
// ciphertext, a tag of 16. Context says where the result is kept ("token/17");
// sealed bytes moved elsewhere do not open. It is not secret and not stored.
// One key file may seal 2³² times (NIST SP 800-38D section 8.3).
func (k *Keyring) Seal(plaintext, context []byte) ([]byte, error) {
	return k.sealing.Seal(nil, nil, plaintext, context), nil
}

// Open decrypts what [Keyring.Seal] gave. It fails with fault.Invalid if the
// bytes were altered, belong to another context or to another key file.
func (k *Keyring) Open(sealed, context []byte) ([]byte, error) {
	plaintext, err := k.sealing.Open(nil, nil, sealed, context)
	if err != nil {
		return nil, fault.Text(fault.Invalid, "open sealed value", "",
			"it was altered, belongs elsewhere, or was sealed with another key file")
	}
	return plaintext, nil
}
