package identity_test

import (
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"rollcall/identity"
)

func TestNamesThatAreOne(t *testing.T) {
	for name, pair := range map[string][2]string{
		"case":                          {"Ann", "aNN"},
		"space around":                  {" ann\t", "ann"},
		"no-break space around":         {"\u00a0ann\u3000", "ann"},
		"sharp s":                       {"straße", "STRASSE"},
		"capital sharp s":               {"STRAẞE", "strasse"},
		"long s":                        {"ſtaff", "STAFF"},
		"composed and decomposed":       {"Zo\u00eb", "ZOE\u0308"},
		"accents in either order":       {"a\u0323\u0302", "A\u0302\u0323"},
		"Kelvin sign":                   {"\u212aelvin", "kelvin"},
		"final sigma":                   {"ΟΔΟΣ", "οδος"},
		"iota below and beside":         {"\u1fb3", "\u03b1\u03b9"},
		"Cherokee":                      {"\uab70", "\u13a0"},
		"a ligature":                    {"oﬃce", "OFFICE"},
		"Deseret, far from the Latin A": {"\U00010400", "\U00010428"},
	} {
		if !identity.SameName(pair[0], pair[1]) {
			t.Errorf("%s: %q and %q fold to %q and %q", name, pair[0], pair[1], identity.Fold(pair[0]), identity.Fold(pair[1]))
		}
	}
}

func TestNamesThatAreTwo(t *testing.T) {
	for name, pair := range map[string][2]string{
		"an accent":              {"zoe", "zoë"},
		"space inside":           {"ann b", "annb"},
		"alphabets":              {"a", "а"},
		"widths":                 {"ann", "ａｎｎ"},
		"dotless i":              {"ı", "i"},
		"Deseret and Cyrillic":   {"\U0001042b\u0308", "\u042b\u0308"},
		"an invisible character": {"ann", "an\u200bn"},
	} {
		if identity.SameName(pair[0], pair[1]) {
			t.Errorf("%s: %q and %q both fold to %q", name, pair[0], pair[1], identity.Fold(pair[0]))
		}
	}
}

// The Turkish i's lose or gain a dot when their case changes: Unicode folds
// neither to the plain i.
func turkish(r rune) bool { return r == 'İ' || r == 'ı' }

func TestEveryCharacterFoldsAsInAnotherCase(t *testing.T) {
	for r := range unicode.MaxRune + 1 {
		if !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.S) || turkish(r) {
			continue // the others have no case
		}
		s, folded := string(r), identity.Fold(string(r))
		for how, same := range map[string]string{
			"upper": strings.ToUpper(s), "lower": strings.ToLower(s), "next case": string(unicode.SimpleFold(r)), "folded": folded,
		} {
			if same == s {
				continue
			}
			if got := identity.Fold(same); got != folded {
				t.Errorf("%U folds to %+q, in %s (%+q) to %+q", r, folded, how, same, got)
			}
		}
	}
}

// letters are characters that fold, compose or trim in some special way.
var letters = rapid.OneOf(
	rapid.RuneFrom([]rune("aAzZ09.-_@ \t\u00a0éÉßẞſﬃσςΣΐǅЖёאア\u212a\u1fb3\U00010428\U0001042b")),
	rapid.RuneFrom([]rune("\u0301\u0302\u0307\u0308\u0323\u0345\u3099")),
	rapid.Rune(),
)

func TestFoldingTwiceIsFoldingOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(letters).Draw(t, "s")
		once := identity.Fold(s)
		if twice := identity.Fold(once); twice != once {
			t.Fatalf("%+q folds to %+q, that to %+q", s, once, twice)
		}
		if once != strings.TrimSpace(once) {
			t.Fatalf("%+q folds to %+q, with white space around", s, once)
		}
	})
}

func TestNormalFormsFoldAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(letters).Draw(t, "s")
		if a, b := identity.Fold(s), identity.Fold(norm.NFD.String(s)); a != b {
			t.Fatalf("%+q folds to %+q, decomposed to %+q", s, a, b)
		}
	})
}

func TestTextFoldsAsInUpperAndLowerCase(t *testing.T) {
	plain := rapid.RuneFrom([]rune("abcXYZ019.-_'@éÉöÖßñŁłžΑαΣσЖжёЁ"))
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(plain).Draw(t, "s")
		for _, other := range []string{strings.ToUpper(s), strings.ToLower(s)} {
			if !identity.SameName(s, other) {
				t.Fatalf("%q and %q fold to %q and %q", s, other, identity.Fold(s), identity.Fold(other))
			}
		}
	})
}
