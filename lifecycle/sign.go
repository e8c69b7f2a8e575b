package lifecycle

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"rollcall/fault"
	"rollcall/keyring"
)

// signed begins what is signed, so that a signature is never taken for one of
// something else.
const signed = "rollcall evidence 1\n"

// MaxFile is how large an evidence file may be, in bytes.
const MaxFile = 64 << 20

// Encode writes e as a signed file: the evidence as JSON, then one line with the
// signature of every byte before it and the key to check it with.
func Encode(e *Evidence, keys *keyring.Keyring) ([]byte, error) {
	body, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return nil, fault.New(fault.Internal, "write evidence", "", err)
	}
	body = append(body, '\n')
	return append(body, signature(keys.Sign(append([]byte(signed), body...)), keys.PublicKey())...), nil
}

// signature is the last line of an evidence file.
func signature(sig, key []byte) []byte {
	return fmt.Appendf(nil, "{\"signature\":%q,\"publicKey\":%q}\n",
		base64.StdEncoding.EncodeToString(sig), base64.StdEncoding.EncodeToString(key))
}

// Verify reads an evidence file and checks that every byte of it is as it was
// signed, with nothing but the file. It returns the key that signed it, in
// base64: whether that is the right one is for the caller to say. It fails with
// fault.Invalid if the file is none, and with fault.Stale if it was altered.
func Verify(file []byte) (e *Evidence, publicKey string, err error) {
	none := func(why string) error { return fault.Text(fault.Invalid, "verify evidence", "", why) }
	if len(file) == 0 || len(file) > MaxFile || file[len(file)-1] != '\n' {
		return nil, "", none("the file is cut, or no evidence: it does not end with a signature")
	}
	at := bytes.LastIndexByte(file[:len(file)-1], '\n') + 1
	body, last := file[:at], file[at:]
	var s struct {
		Signature string `json:"signature"`
		PublicKey string `json:"publicKey"`
	}
	if err := json.Unmarshal(last, &s); err != nil || s.Signature == "" {
		return nil, "", none("the file is cut, or no evidence: it does not end with a signature")
	}
	sig, err1 := base64.StdEncoding.DecodeString(s.Signature)
	key, err2 := base64.StdEncoding.DecodeString(s.PublicKey)
	// Only the one spelling of a signature is one: no byte of the file is free.
	if err1 != nil || err2 != nil || !bytes.Equal(last, signature(sig, key)) ||
		!keyring.Verify(key, append([]byte(signed), body...), sig) {
		return nil, "", fault.Text(fault.Stale, "verify evidence", "", "it is not what was signed: the file was altered")
	}
	e = new(Evidence)
	if err := json.Unmarshal(body, e); err != nil || e.Format != Format {
		return nil, "", none(fmt.Sprintf("its format is not %s, which this release reads", Format))
	}
	return e, s.PublicKey, nil
}
