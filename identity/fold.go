package identity

import (
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold returns the form of a name that is compared and kept unique: userName,
// e-mail, group displayName, distinguished names. It trims white space,
// normalises to NFC and folds case by Unicode's rules, so that "STRASSE" and
// "straße", or é typed as one character and as two, are one name. What is
// stored keeps the case it was given.
//
// AWS does not say how it compares (aws-contract 3.8); RFC 7643 section 4.1.1
// says userName is not case sensitive.
func Fold(s string) string {
	s = strings.TrimSpace(s)
	if isLowerASCII(s) {
		return s
	}
	if isASCII(s) {
		return strings.ToLower(s)
	}
	// Canonical caseless matching (Unicode D145) decomposes before and after.
	// Lower case last: folding sends small Cherokee letters to capitals and
	// capitals to small ones.
	return compose(norm.NFD.String(strings.ToLower(cases.Fold().String(norm.NFD.String(s)))))
}

// compose turns NFD into NFC where that loses nothing: x/text composes 𐐫
// (U+1042B) and a diaeresis into Ӹ, as if the first were U+042B.
func compose(s string) string {
	if composed := norm.NFC.String(s); norm.NFD.String(composed) == s {
		return composed
	}
	return s
}

// SameName reports whether a and b are one name.
func SameName(a, b string) bool { return a == b || Fold(a) == Fold(b) }

func isLowerASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= 0x80 || ('A' <= c && c <= 'Z') {
			return false
		}
	}
	return true
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
