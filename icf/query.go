package icf

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"rollcall/fault"
)

// SortKey is one key of _sortKeys.
type SortKey struct {
	Pointer    Pointer
	Descending bool
}

// ParseSortKeys reads "name,+name,-name". A plus that a URL made a space is
// read as one. It fails with fault.Invalid.
func ParseSortKeys(text, objectType string) ([]SortKey, error) {
	var keys []SortKey
	for one := range strings.SplitSeq(text, ",") {
		descending := strings.HasPrefix(one, "-")
		p, err := ParsePointer(strings.TrimLeft(one, "+- "))
		if err != nil || !hasAttribute(objectType, p[0]) {
			return nil, refusedf("The value '%s' for parameter '_sortKeys' could not be parsed as a list of sort keys", text)
		}
		keys = append(keys, SortKey{p, descending})
	}
	return keys, nil
}

// Sort orders objects by keys; what lacks a value comes first. Equal ones keep
// their order.
func Sort(all []Object, keys []SortKey) {
	slices.SortStableFunc(all, func(a, b Object) int {
		for _, k := range keys {
			order := orderOf(values(a, k.Pointer), values(b, k.Pointer), slices.Contains(folded, k.Pointer[0]))
			if k.Descending {
				order = -order
			}
			if order != 0 {
				return order
			}
		}
		return 0
	})
}

func orderOf(a, b []any, fold bool) int {
	if len(a) == 0 || len(b) == 0 {
		return cmp.Compare(min(len(a), 1), min(len(b), 1))
	}
	order, _ := compare(a[0], b[0], fold)
	return order
}

// ParseFields reads the value of _fields. It fails with fault.Invalid.
func ParseFields(text string) ([]Pointer, error) {
	var fields []Pointer
	for one := range strings.SplitSeq(text, ",") {
		if one = strings.TrimSpace(one); one == "" {
			continue
		}
		p, err := ParsePointer(one)
		if err != nil {
			return nil, refusedf("The value '%s' for parameter '_fields' could not be parsed as a list of pointers", text)
		}
		fields = append(fields, p)
	}
	return fields, nil
}

// Wants reports whether a projection keeps an attribute.
func Wants(fields []Pointer, attribute string) bool {
	return len(fields) == 0 || slices.ContainsFunc(fields, func(p Pointer) bool { return p[0] == attribute || p[0] == "*" })
}

// Cookie says where the next page of a query begins. Its text is opaque to
// clients, and good for the same query only.
type Cookie struct {
	Type  string `json:"o,omitempty"` // of __ALL__: the type it has come to
	Page  string `json:"p,omitempty"` // the directory's own token
	Skip  int    `json:"s,omitempty"` // objects of that page that were given already
	Query string `json:"q"`
}

// QueryOf is what a cookie keeps of the query that it belongs to.
func QueryOf(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:6])
}

// String is the cookie as clients see it.
func (c Cookie) String() string {
	text, _ := json.Marshal(c)
	return base64.RawURLEncoding.EncodeToString(text)
}

// ParseCookie reads a cookie of a query. It fails with fault.Invalid.
func ParseCookie(text, query string) (Cookie, error) {
	var c Cookie
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(raw, &c) != nil || c.Skip < 0 {
		return c, fault.Text(fault.Invalid, "read cookie", "", "The paged results cookie is not one that this query gave")
	}
	if c.Query != query {
		return c, fault.Text(fault.Invalid, "read cookie", "", "The paged results cookie belongs to another query")
	}
	return c, nil
}
