package sqldir

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

// longestKey is the most bytes of a name that an index holds as it is:
// PostgreSQL refuses index entries above 2704 bytes, and a display name of
// 1,024 characters can have four times as many bytes.
const longestKey = 512

// foldKey is the form by which a name is compared and kept unique: its folding
// or, if that is long, a digest of it. The space before a digest keeps the two
// apart, as nothing folded begins with one.
func foldKey(name string) string {
	folded := identity.Fold(name)
	if len(folded) <= longestKey {
		return folded
	}
	sum := sha256.Sum256([]byte(folded))
	return " " + hex.EncodeToString(sum[:])
}

// uniques maps what the name of a unique index (PostgreSQL) and its columns
// (SQLite) both contain to the attribute it keeps unique. The first that fits
// counts.
var uniques = []struct{ contains, field, what string }{
	{"user_name_fold", "userName", "another user has this userName (compared without case)"},
	{"email_fold", "emails.value", "another user has this e-mail (compared without case)"},
	{"display_name_fold", "displayName", "another group has this displayName (compared without case)"},
	{"external_ids", "externalIds", "another object of this kind has this external id"},
}

// taken turns a unique violation into fault.Conflict with the field named.
func taken(op, on string, err error) error {
	constraint, ok := sqldb.IsUnique(err)
	if !ok {
		return err
	}
	for _, u := range uniques {
		if strings.Contains(constraint, u.contains) {
			return fault.Text(fault.Conflict, op, strings.TrimSpace(on+" field "+u.field), u.what)
		}
	}
	return fault.New(fault.Conflict, op, on, err)
}
