package identity

import (
	"regexp"
	"strings"

	"github.com/google/uuid"

	"rollcall/fault"
)

const arnPrefix = "arn:aws:identitystore:::"

// Ten digits or more: samples in the wild carry eleven.
var storePattern = regexp.MustCompile(`^(d-[0-9a-f]{10,16}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$`)

// ParseStoreID checks the form of an identity store's id (aws-contract 3.4).
// It fails with fault.Invalid.
func ParseStoreID(s string) (StoreID, error) {
	if !storePattern.MatchString(s) {
		return "", fault.Text(fault.Invalid, "read identity store id", s, `want "d-" and ten hex digits, or a UUID`)
	}
	return StoreID(s), nil
}

// NewID makes an id for a new object: the store's ten hex digits, a dash and a
// UUID, or the UUID alone if bare. UUIDs are version 7 (RFC 9562), so ids made
// later sort later.
func NewID(store StoreID, bare bool) (ID, error) {
	u, err := uuid.NewV7()
	if err != nil {
		return "", fault.New(fault.Internal, "make id", "", err)
	}
	digits, prefixed := strings.CutPrefix(string(store), "d-")
	if bare || !prefixed {
		return ID(u.String()), nil
	}
	return ID(digits[:10] + "-" + u.String()), nil
}

// IsID reports whether s has the form of an object's id, in either of AWS's
// two forms. It says nothing about whether the object exists.
//
// It is asked for every member of every write, so no regular expression does it.
func IsID(s string) bool {
	if store, object, prefixed := strings.Cut(s, "-"); prefixed && len(store) == 10 {
		if !hexadecimal(store) || strings.ToLower(store) != store {
			return false
		}
		s = object
	}
	if len(s) != 36 {
		return false
	}
	for _, part := range [...]string{s[0:8], s[9:13], s[14:18], s[19:23], s[24:36]} {
		if !hexadecimal(part) {
			return false
		}
	}
	return s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-'
}

func hexadecimal(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; (s[i] < '0' || s[i] > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// ARN returns an object's Amazon Resource Name (aws-contract 3.3): region and
// account are empty for users, groups and memberships.
func ARN(k Kind, id ID) string { return arnPrefix + string(k) + "/" + string(id) }

// ParseID reads an id, or the ARN of an object of kind k. It fails with
// fault.Invalid if s is neither, or the ARN of another kind.
func ParseID(k Kind, s string) (ID, error) {
	text := s
	if rest, ok := strings.CutPrefix(s, arnPrefix); ok {
		kind, id, _ := strings.Cut(rest, "/")
		if Kind(kind) != k {
			return "", fault.Text(fault.Invalid, "read id", s, "the ARN is that of a "+kind+", not of a "+string(k))
		}
		text = id
	}
	if !IsID(text) {
		return "", fault.Text(fault.Invalid, "read "+string(k)+" id", "", "neither an id (UUID, with or without ten hex digits before it) nor an ARN")
	}
	return ID(text), nil
}
