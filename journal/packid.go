package journal

import (
	"encoding/hex"

	"github.com/google/uuid"

	"rollcall/identity"
)

// How an object's id is packed, by its first byte. Ids are written in every
// entry and index row; as text they would be more than half of it.
const (
	packedText     = 0 // the id's text follows
	packedBare     = 1 // 16 bytes of a UUID
	packedPrefixed = 2 // 5 bytes for the ten hex digits, 16 of a UUID
)

const prefixLen = len("0123456789-")

// packID returns the bytes of an id, none for none. Text that would not come
// back the same (capital letters, another form) is kept as text.
func packID(id identity.ID) []byte {
	if id == "" {
		return nil
	}
	text := string(id)
	packed := []byte{packedBare}
	if len(text) == prefixLen+36 && text[prefixLen-1] == '-' {
		if prefix, err := hex.DecodeString(text[:prefixLen-1]); err == nil {
			packed = append([]byte{packedPrefixed}, prefix...)
			text = text[prefixLen:]
		}
	}
	if u, err := uuid.Parse(text); err == nil && len(text) == 36 {
		packed = append(packed, u[:]...)
		if back, err := unpackID(packed); err == nil && back == id {
			return packed
		}
	}
	return append([]byte{packedText}, id...)
}

func unpackID(b []byte) (identity.ID, error) {
	if len(b) == 0 {
		return "", nil
	}
	form, b := b[0], b[1:]
	switch {
	case form == packedText:
		return identity.ID(b), nil
	case form == packedBare && len(b) == 16:
		return identity.ID(uuid.UUID(b).String()), nil
	case form == packedPrefixed && len(b) == 5+16:
		return identity.ID(hex.EncodeToString(b[:5]) + "-" + uuid.UUID(b[5:]).String()), nil
	}
	return "", errEnvelope
}
