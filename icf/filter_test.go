package icf_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rollcall/fault"
	"rollcall/icf"
	"rollcall/identity"
)

// people are what the table's filters are evaluated on, by one letter each.
func people() map[string]icf.Object {
	users := map[string]identity.User{
		"a": {
			ID: "1", UserName: "ann", DisplayName: "Ann Ek", Title: "Lead", Locale: "sv-SE", Name: identity.Name{GivenName: "Ann", FamilyName: "Ek"},
			Emails: []identity.Email{{Value: "ann@example.com", Type: "work", Primary: true}}, Meta: identity.Meta{Revision: "7"},
		},
		"b": {
			ID: "2", UserName: "Bob", DisplayName: "Bob O'Neil", Title: "lead", Name: identity.Name{GivenName: "Bob", FamilyName: "O'Neil"},
			Emails: []identity.Email{{Value: "BOB@example.com"}}, ExternalIDs: []identity.ExternalID{{Issuer: "hr", ID: "E2"}},
		},
		"c": {ID: "3", UserName: "c/d~e", DisplayName: `say "hi"`, Name: identity.Name{GivenName: "C", FamilyName: "D"}},
		"d": {
			ID: "4", UserName: "dée", DisplayName: "Zoë", Title: "10", Name: identity.Name{GivenName: "Zoë", FamilyName: "Ek"},
			Addresses: []identity.Address{{Locality: "Malmö", Country: "SE", Type: "home"}}, ExternalIDs: []identity.ExternalID{{Issuer: "hr", ID: "e2"}, {Issuer: "crm", ID: "77"}},
		},
		"e": {ID: "5", UserName: "true", DisplayName: "not (a) name", Timezone: `C:\x`, Name: identity.Name{GivenName: "E", FamilyName: "F"}},
	}
	groups := map[string][]identity.ID{"a": {"g1", "g2"}, "b": {"g2"}, "c": {}, "d": {}, "e": {"g3"}}
	all := map[string]icf.Object{}
	for letter, u := range users {
		all[letter] = icf.Style{}.Account(&u, groups[letter])
	}
	return all
}

// filters are filters with the letters of the people who match, or "!" and what
// is wrong.
var filters = map[string]string{
	// Constants, spaces and letter case.
	`true`: "abcde", `false`: "", `TRUE`: "abcde", `False`: "", ` true `: "abcde", `(true)`: "abcde", `( true )`: "abcde", `((true))`: "abcde",
	`!true`: "", `!false`: "abcde", `! true`: "", `!!true`: "abcde", `!(true)`: "", `!(!(true))`: "abcde",
	`true or false`: "abcde", `true and false`: "", `TRUE OR FALSE`: "abcde", `true AND true`: "abcde",
	`false or false or true`: "abcde", `true and true and false`: "", `true or false and false`: "abcde", `(true or false) and false`: "",
	`!true or true`: "abcde", `!(true or true)`: "", `true and!false`: "!something follows", `(true)and(true)`: "abcde", `(true)or(false)`: "abcde",
	// Equality.
	`__NAME__ eq "ann"`: "a", `__NAME__ eq 'ann'`: "a", `/__NAME__ eq "ann"`: "a", `__NAME__ EQ "ann"`: "a", `__NAME__ eq "ANN"`: "a",
	`__NAME__ eq "bob"`: "b", `__NAME__ eq "nobody"`: "", `__NAME__ eq ""`: "", `__NAME__ eq "DÉE"`: "d", `__NAME__ eq "de\u0301e"`: "d",
	`__NAME__ eq "c/d~e"`: "c", `__NAME__ eq "true"`: "e", `__NAME__ eq true`: "", `__NAME__ eq 1`: "", `_id eq "3"`: "c", `/_id eq "3"`: "c",
	`_id eq 3`: "", `_rev eq "7"`: "a", `_rev eq "8"`: "", `title eq "Lead"`: "a", `title eq "lead"`: "b", `title eq "LEAD"`: "", `title eq 10`: "",
	`title eq "10"`: "d", `displayName eq "Bob O'Neil"`: "b", `displayName eq 'Bob O\'Neil'`: "b", `displayName eq "say \"hi\""`: "c",
	`displayName eq 'say "hi"'`: "c", `displayName eq "not (a) name"`: "e", `timezone eq "C:\\x"`: "e", `displayName eq "Zo\u00eb"`: "d",
	`  __NAME__   eq   "ann"  `: "a", `__NAME__ eq"ann"`: "a", `__NAME__ eq "ann" `: "a", `(__NAME__ eq "ann")`: "a", `!(__NAME__ eq "ann")`: "bcde", `!__NAME__ eq "ann"`: "bcde",
	// Lists and objects: one value that matches is enough.
	`emails eq "ann@example.com"`: "a", `emails eq "ANN@EXAMPLE.COM"`: "a", `emails/value eq "bob@example.com"`: "b", `emails/type eq "work"`: "a",
	`emails/primary eq true`: "a", `emails/primary eq false`: "b", `emails/primary eq "true"`: "", `emails co "example"`: "ab", `emails sw "bob"`: "b",
	`emails ew ".COM"`: "ab", `emails/nothing eq "x"`: "", `addresses/locality eq "Malmö"`: "d", `addresses/country eq "se"`: "", `addresses/country eq "SE"`: "d",
	`externalIds eq "E2"`: "b", `externalIds eq "e2"`: "d", `externalIds/id eq "77"`: "d", `externalIds/issuer eq "hr"`: "bd", `externalIds/issuer eq "crm"`: "d",
	`name/familyName eq "Ek"`: "ad", `name/givenName eq "Ann"`: "a", `/name/givenName eq "ann"`: "", `name/familyName sw "O'"`: "b", `name eq "Ek"`: "",
	`__GROUPS__ eq "g2"`: "ab", `__GROUPS__ eq "g1"`: "a", `__GROUPS__ eq "G1"`: "", `__GROUPS__ co "g"`: "abe", `!(__GROUPS__ eq "g2")`: "cde",
	`__GROUPS__ ca "g2"`: "ab", `__GROUPS__ ca '["g1","g2"]'`: "a", `__GROUPS__ ca '["g1","g3"]'`: "", `__GROUPS__ ca '[]'`: "abcde",
	`__GROUPS__ in '["g1","g3"]'`: "ae", `__GROUPS__ in '[]'`: "", `__NAME__ in '["ANN","bob"]'`: "ab", `title in '["Lead"]'`: "a",
	// Presence.
	`title pr`: "abd", `/title pr`: "abd", `title PR`: "abd", `!(title pr)`: "ce", `!title pr`: "ce", `emails pr`: "ab", `addresses pr`: "d", `__GROUPS__ pr`: "abe",
	`externalIds pr`: "bd", `_id pr`: "abcde", `name pr`: "abcde", `name/middleName pr`: "", `name/givenName pr`: "abcde", `nickName pr`: "", `_rev pr`: "a", `locale pr and title pr`: "a",
	// Parts of texts.
	`displayName co "n"`: "ae", `displayName co ""`: "abcde", `displayName co "N"`: "b", `displayName co "ë"`: "d", `displayName co "("`: "e", `displayName co 1`: "",
	`__NAME__ co "NN"`: "a", `__NAME__ co "e"`: "cde", `__NAME__ co "é"`: "d", `displayName sw "Ann"`: "a", `displayName sw "ann"`: "", `displayName sw ""`: "abcde",
	`__NAME__ sw "A"`: "a", `displayName ew "Ek"`: "a", `displayName EW "name"`: "e", `title co "ead"`: "ab", `title sw "L"`: "a", `title ew true`: "",
	// Order.
	`title lt "Lead"`: "d", `title le "Lead"`: "ad", `title gt "Lead"`: "b", `title ge "Lead"`: "ab", `title lt "2"`: "d", `title lt 2`: "", `title gt ""`: "abd",
	`__NAME__ lt "B"`: "a", `__NAME__ le "BOB"`: "ab", `__NAME__ gt "dée"`: "e", `__NAME__ ge "DÉE"`: "de", `_id gt "3"`: "de", `_id le "2"`: "ab",
	`emails/primary gt false`: "a", `emails/primary lt true`: "b", `emails/primary ge false`: "ab", `externalIds gt "A"`: "bd",
	// Together.
	`title eq "Lead" or title eq "lead"`: "ab", `title eq "Lead" and title eq "lead"`: "", `title pr and !(title eq "Lead")`: "bd",
	`__NAME__ eq "ann" or __NAME__ eq "bob" and title eq "Lead"`: "a", `(__NAME__ eq "ann" or __NAME__ eq "bob") and title eq "Lead"`: "a",
	`(__NAME__ eq "ann" or __NAME__ eq "bob") and !(title eq "Lead")`: "b", `__NAME__ eq "ann" and true`: "a", `__NAME__ eq "ann" or false`: "a",
	`!(title pr) or __GROUPS__ eq "g2"`: "abce", `emails pr and (name/familyName eq "Ek" or title eq "lead")`: "ab", `_id eq "1" or _id eq "2" or _id eq "3"`: "abc",
	// What cannot be read.
	``: "!it ends where", ` `: "!it ends where", `(`: "!it ends where", `)`: "!want an attribute", `()`: "!want an attribute", `!`: "!it ends where", `x and y`: "!want an operator",
	`foo eq bar`: "!want a number", `foo pr 123`: "!something follows", `true foo`: "!something follows", `true true`: "!something follows", `true)`: "!something follows", `(true`: "!not closed",
	`title`: "!want an operator", `title eq`: "!ends where a value", `title eq (`: "!want a number", `title "x"`: "!want an operator", `"title" eq "x"`: "!want an attribute",
	`title eq "x`: "!has no end", `title eq 'x"`: "!has no end", `title eq "x\"`: "!has no end", `title eq "\`: "!backslash", `title eq "\u12"`: "!four hex", `title eq "\uzzzz"`: "!four hex",
	`title = "x"`: "!want an operator", `title eq null`: "!want a number", `title eq 01`: "!want a number", `title eq +1`: "!want a number", `title eq 1e999`: "!too large", `title eq -`: "!want a number",
	`/ eq "x"`: "!no attribute", `a//b eq "x"`: "!no attribute", `a~2 eq "x"`: "!no attribute", `and`: "!want an operator", `true and`: "!it ends where", `or true`: "!want an operator",
	`true or`: "!it ends where", "title\teq \"x\"": "!want an operator", `title eq "a" "b"`: "!something follows", `true or or true`: "!want an operator",
	strings.Repeat("(", 257) + "true" + strings.Repeat(")", 257): "!too deep", strings.Repeat("!", 257) + "true": "!too deep", strings.Repeat("(", 256) + "true" + strings.Repeat(")", 256): "abcde",
	// What can be read and means nothing here.
	`foo eq "bar"`: "!Attribute foo does not exist", `title pr or foo pr`: "!Attribute foo does not exist", `Title eq "Lead"`: "!Attribute Title does not exist", `title near "x"`: "!operator near",
	`description pr`: "!Attribute description does not exist", `title in "x"`: "!list in quotes", `title in 1`: "!list in quotes", `!(foo pr)`: "!Attribute foo does not exist", `title a.b_1 true`: "!operator a.b_1",
	// Values that are read and equal nothing.
	`title eq -1.5e3`: "", `title eq 0`: "", `title eq false`: "", `title ne "x"`: "!operator ne",
}

func TestFiltersMatchWhatTheySay(t *testing.T) {
	if len(filters) < 150 {
		t.Errorf("the table has %d filters, want 150", len(filters))
	}
	all := people()
	for text, want := range filters {
		t.Run(text, func(t *testing.T) {
			f, err := icf.ParseFilter(text)
			if err == nil {
				err = f.Check(icf.Account)
			}
			if problem, wrong := strings.CutPrefix(want, "!"); wrong {
				if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), problem) {
					t.Errorf("got %v, want %q", err, problem)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, letter := range []string{"a", "b", "c", "d", "e"} {
				if f.Matches(all[letter]) {
					got += letter
				}
			}
			if got != want {
				t.Errorf("matches %q, want %q", got, want)
			}
		})
	}
}

func TestFiltersOfOneObjectAreKnown(t *testing.T) {
	for text, want := range map[string]string{
		`__NAME__ eq "ann"`: "__NAME__=ann", `_id eq "1"`: "_id=1", `emails eq "x"`: "emails=x", `emails/value eq "x"`: "emails=x", `externalIds/id eq "x"`: "externalIds=x",
		`title pr and __NAME__ eq "ann"`: "__NAME__=ann", `__NAME__ eq "ann" or true`: "", `!(__NAME__ eq "ann")`: "", `__NAME__ co "ann"`: "", `__NAME__ eq 1`: "",
		`emails/type eq "x"`: "", `title eq "x"`: "", `true`: "",
	} {
		f, err := icf.ParseFilter(text)
		if err != nil {
			t.Fatal(err)
		}
		attribute, value, ok := f.Key()
		if got := attribute + "=" + value; ok != (want != "") || ok && got != want {
			t.Errorf("%s: %s, %v; want %q", text, got, ok, want)
		}
	}
}

// drawFilter draws any filter over attributes of an account.
func drawFilter(t *rapid.T, depth int) icf.Filter {
	kinds := []icf.Op{icf.OpEqual, icf.OpContains, icf.OpStarts, icf.OpEnds, icf.OpLess, icf.OpGreaterEqual, icf.OpPresent, icf.OpTrue, icf.OpFalse}
	if depth > 0 {
		kinds = append(kinds, icf.OpAnd, icf.OpOr, icf.OpNot, icf.OpAnd, icf.OpOr)
	}
	f := icf.Filter{Op: rapid.SampledFrom(kinds).Draw(t, "op")}
	switch f.Op {
	case icf.OpTrue, icf.OpFalse:
		return f
	case icf.OpNot:
		f.Parts = []icf.Filter{drawFilter(t, depth-1)}
		return f
	case icf.OpAnd, icf.OpOr:
		for range rapid.IntRange(2, 3).Draw(t, "parts") {
			f.Parts = append(f.Parts, drawFilter(t, depth-1))
		}
		return f
	}
	f.Pointer = rapid.SampledFrom([]icf.Pointer{{"__NAME__"}, {"title"}, {"emails"}, {"a/b~c"}, {"name", "familyName"}}).Draw(t, "pointer")
	if f.Op != icf.OpPresent {
		f.Value = rapid.OneOf(rapid.String().AsAny(), rapid.Bool().AsAny(), rapid.Float64Range(-1e9, 1e9).AsAny()).Draw(t, "value")
	}
	return f
}

func TestAFilterReadsAsItIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawFilter(t, 3)
		got, err := icf.ParseFilter(want.String())
		if err != nil {
			t.Fatalf("%s: %v", want, err)
		}
		if got.String() != want.String() {
			t.Errorf("%s became %s", want, got)
		}
	})
}

func FuzzParseFilter(f *testing.F) {
	for text := range filters {
		f.Add(text)
	}
	o := people()["a"]
	f.Fuzz(func(t *testing.T, text string) {
		one, err := icf.ParseFilter(text)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		again, err := icf.ParseFilter(one.String())
		if err != nil || again.String() != one.String() {
			t.Errorf("%q is written as %s and read as %v, %v", text, one, again, err)
		}
		if one.Matches(o) != again.Matches(o) {
			t.Errorf("%q and %s differ", text, one)
		}
	})
}
