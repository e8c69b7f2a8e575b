package identity_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rollcall/fault"
	"rollcall/identity"
)

const bareID = "94482488-3041-7026-18f3-be45837cd0e4"

func TestStoreIDs(t *testing.T) {
	for id, works := range map[string]bool{
		"d-1234567890":          true,
		"d-9067668d9d":          true,
		"d-123456a7890":         true, // as one README has it: eleven digits
		bareID:                  true,
		"":                      false,
		"d-":                    false,
		"d-123456789":           false,
		"d-123456789g":          false,
		"d-123456789A":          false,
		"1234567890":            false,
		" d-1234567890":         false,
		"d-1234567890\n":        false,
		"d-1234567890/" + "x":   false,
		strings.ToUpper(bareID): false,
	} {
		got, err := identity.ParseStoreID(id)
		if works && (err != nil || string(got) != id) || !works && !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %q, %v", id, got, err)
		}
	}
}

func TestObjectIDs(t *testing.T) {
	for id, works := range map[string]bool{
		bareID:                               true,
		strings.ToUpper(bareID):              true,
		"9067668d9d-" + bareID:               true,
		"":                                   false,
		"9067668d9-" + bareID:                false,
		"9067668D9D-" + bareID:               false,
		"-" + bareID:                         false,
		bareID + "0":                         false,
		bareID + "\n":                        false,
		"d-1234567890/" + bareID:             false,
		bareID[:35]:                          false,
		strings.Replace(bareID, "9", "g", 1): false,
	} {
		if got := identity.IsID(id); got != works {
			t.Errorf("IsID(%q) = %v", id, got)
		}
	}
}

func TestNewIDsHaveTheStoresForm(t *testing.T) {
	for name, tt := range map[string]struct {
		store  identity.StoreID
		bare   bool
		prefix string
		length int
	}{
		"by default":             {"d-1234567890", false, "1234567890-", 47},
		"bare":                   {"d-1234567890", true, "", 36},
		"of eleven digits, ten":  {"d-123456a7890", false, "123456a789-", 47},
		"of a store with a UUID": {identity.StoreID(bareID), false, "", 36},
	} {
		var ids []identity.ID
		for range 100 {
			id, err := identity.NewID(tt.store, tt.bare)
			if err != nil {
				t.Fatal(err)
			}
			if !identity.IsID(string(id)) || !strings.HasPrefix(string(id), tt.prefix) || len(id) != tt.length {
				t.Errorf("%s: %q", name, id)
			}
			ids = append(ids, id)
		}
		if !slices.IsSorted(ids) || len(slices.Compact(ids)) != 100 {
			t.Errorf("%s: 100 ids are not each later and different", name)
		}
	}
}

func TestARNsAndIDsNameTheSame(t *testing.T) {
	const id identity.ID = "9067668d9d-" + bareID
	arn := identity.ARN(identity.KindUser, id)
	if want := "arn:aws:identitystore:::user/" + string(id); arn != want {
		t.Errorf("the ARN is %s, want %s", arn, want)
	}
	for text, works := range map[string]bool{
		string(id):                            true,
		arn:                                   true,
		identity.ARN(identity.KindGroup, id):  false,
		"arn:aws:identitystore:::user/":       false,
		"arn:aws:identitystore:::user":        false,
		"arn:aws:identitystore:::user/ann":    false,
		"arn:aws:iam::123456789012:user/ann":  false,
		"arn:aws:identitystore:::user/" + arn: false,
		"ann":                                 false,
		"":                                    false,
	} {
		got, err := identity.ParseID(identity.KindUser, text)
		if works && (err != nil || got != id) || !works && (!fault.Is(err, fault.Invalid) || got != "") {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}

// The form that AWS documents for an id (aws-contract 3.4).
const documentedID = `([0-9a-f]{10}-)?[A-Fa-f0-9]{8}(-[A-Fa-f0-9]{4}){3}-[A-Fa-f0-9]{12}`

func TestIDsAreWhatTheDocumentedExpressionMatches(t *testing.T) {
	documented := regexp.MustCompile(`^` + documentedID + `$`)
	rapid.Check(t, func(t *rapid.T) {
		s := []byte(rapid.StringMatching(documentedID).Draw(t, "id"))
		if !identity.IsID(string(s)) {
			t.Fatalf("%q is no id", s)
		}
		s[rapid.IntRange(0, len(s)-1).Draw(t, "place")] = rapid.Byte().Draw(t, "instead")
		s = s[:len(s)-rapid.IntRange(0, 2).Draw(t, "cut")]
		if got, want := identity.IsID(string(s)), documented.Match(s); got != want {
			t.Errorf("IsID(%q) = %v", s, got)
		}
	})
}
