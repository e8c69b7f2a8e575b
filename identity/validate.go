package identity

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"rollcall/fault"
)

// Limits of the Identity Store (aws-contract 3.4). Lengths are in characters
// (Unicode code points), not bytes.
const (
	MaxUserName    = 128
	MaxText        = 1024 // every other text, group displayName included
	MaxExternalID  = 256  // each of issuer and id
	MaxPhotos      = 3
	MaxExternalIDs = 10
	MaxMembers     = 100 // memberships in one SCIM request, group ids in one IsMemberInGroups
	MaxOperations  = 100 // attribute operations in one UpdateUser
)

// Problem is one thing wrong with one field. It never quotes the value.
type Problem struct {
	Field   string // path as UpdateUser writes it: "name.givenName"
	Problem string // what is wrong and what the limit is
}

// Problems is everything wrong with an object, as an error.
type Problems []Problem

func (p Problems) Error() string {
	texts := make([]string, len(p))
	for i, one := range p {
		texts[i] = one.Field + ": " + one.Problem
	}
	return strings.Join(texts, "; ")
}

func (p *Problems) add(field, problem string) {
	if problem != "" {
		*p = append(*p, Problem{field, problem})
	}
}

func (p Problems) fault(op, on string) error {
	if len(p) == 0 {
		return nil
	}
	return fault.New(fault.Invalid, op, on, p)
}

// Validate reports everything wrong with u at once, as fault.Invalid around
// [Problems]: what AWS's model says (aws-contract 3.4), what the service
// demands beyond it (userName, displayName, given and family name), reserved
// names, and at most one item in each list.
func (u *User) Validate() error {
	var p Problems
	p.add("userName", userNameProblem(u.UserName))
	for _, must := range []struct{ path, value string }{
		{"displayName", u.DisplayName},
		{"name.givenName", u.Name.GivenName},
		{"name.familyName", u.Name.FamilyName},
	} {
		if must.value == "" {
			p.add(must.path, "required, and not set")
		}
	}
	for _, f := range userFields {
		if f.text != nil && f.Path != "userName" {
			p.add(f.Path, optionalText(*f.text(u), spaced))
		}
	}
	u.validateLists(&p)
	p = append(p, externalIDProblems(u.ExternalIDs)...)
	return p.fault("check user", string(u.ID))
}

func (u *User) validateLists(p *Problems) {
	for _, list := range []struct {
		path       string
		count, max int
	}{
		{"emails", len(u.Emails), 1},
		{"addresses", len(u.Addresses), 1},
		{"phoneNumbers", len(u.PhoneNumbers), 1},
		{"roles", len(u.Roles), 1},
		{"photos", len(u.Photos), MaxPhotos},
	} {
		if list.count > list.max {
			p.add(list.path, fmt.Sprintf("%d items, at most %d", list.count, list.max))
		}
	}
	text := func(path, value string) { p.add(path, optionalText(value, spaced)) }
	for _, e := range u.Emails {
		text("emails.value", e.Value)
		text("emails.type", e.Type)
		if e.Value == "" {
			p.add("emails.value", "required in an e-mail, and not set")
		}
	}
	for _, n := range u.PhoneNumbers {
		text("phoneNumbers.value", n.Value)
		text("phoneNumbers.type", n.Type)
	}
	for _, r := range u.Roles {
		text("roles.value", r.Value)
		text("roles.type", r.Type)
	}
	for _, ph := range u.Photos {
		p.add("photos.value", checkText(ph.Value, MaxText, spaced))
		text("photos.type", ph.Type)
		text("photos.display", ph.Display)
	}
	for _, a := range u.Addresses {
		text("addresses.streetAddress", a.StreetAddress)
		text("addresses.locality", a.Locality)
		text("addresses.region", a.Region)
		text("addresses.postalCode", a.PostalCode)
		text("addresses.country", a.Country)
		text("addresses.formatted", a.Formatted)
		text("addresses.type", a.Type)
	}
}

// Validate reports everything wrong with g at once, as fault.Invalid around
// [Problems].
func (g *Group) Validate() error {
	var p Problems
	p.add("displayName", checkText(g.DisplayName, MaxText, groupName))
	if IsReservedName(g.DisplayName) {
		p.add("displayName", reservedText)
	}
	p.add("description", optionalText(g.Description, spaced))
	p = append(p, externalIDProblems(g.ExternalIDs)...)
	return p.fault("check group", string(g.ID))
}

const reservedText = "AWS keeps the names Administrator and AWSAdministrators for itself"

// IsReservedName reports whether AWS keeps name for itself, for users and
// groups alike, whatever its case (aws-contract 3.1).
func IsReservedName(name string) bool {
	switch Fold(name) {
	case "administrator", "awsadministrators":
		return true
	}
	return false
}

func userNameProblem(s string) string {
	if problem := checkText(s, MaxUserName, graphic); problem != "" {
		return problem
	}
	if at := strings.IndexAny(s, "<>;:%"); at >= 0 {
		return fmt.Sprintf("character %d is %q, which a userName may not hold (none of < > ; : %%)", utf8.RuneCountInString(s[:at])+1, s[at])
	}
	if IsReservedName(s) {
		return reservedText
	}
	return ""
}

func externalIDProblems(ids []ExternalID) Problems {
	var p Problems
	if len(ids) > MaxExternalIDs {
		p.add("externalIds", fmt.Sprintf("%d items, at most %d", len(ids), MaxExternalIDs))
	}
	for i, id := range ids {
		p.add("externalIds.issuer", checkText(id.Issuer, MaxExternalID, graphic))
		p.add("externalIds.id", checkText(id.ID, MaxExternalID, graphic))
		if slices.Contains(ids[:i], id) {
			p.add("externalIds", fmt.Sprintf("item %d is there already: an external id can be listed once", i+1))
		}
	}
	return p
}

func optionalText(s string, allowed func(rune) bool) string {
	if s == "" {
		return ""
	}
	return checkText(s, MaxText, allowed)
}

// checkText says what is wrong with a required text, or "".
func checkText(s string, limit int, allowed func(rune) bool) string {
	if s == "" {
		return "required, and not set"
	}
	if !utf8.ValidString(s) {
		return "not valid UTF-8"
	}
	if n := utf8.RuneCountInString(s); n > limit {
		return fmt.Sprintf("%d characters, at most %d", n, limit)
	}
	at := 0
	for _, r := range s {
		at++
		if !allowed(r) {
			return fmt.Sprintf("character %d is %U (%s), which AWS refuses here", at, r, classOf(r))
		}
	}
	return ""
}

// graphic is [\p{L}\p{M}\p{S}\p{N}\p{P}]: no white space, no control or
// format characters.
func graphic(r rune) bool {
	return unicode.In(r, unicode.L, unicode.M, unicode.S, unicode.N, unicode.P)
}

func groupName(r rune) bool {
	switch r {
	case '\t', '\n', '\r', ' ', '\u00A0':
		return true
	}
	return graphic(r)
}

func spaced(r rune) bool { return r == '\u3000' || groupName(r) }

func classOf(r rune) string {
	switch {
	case unicode.IsSpace(r) || unicode.In(r, unicode.Z):
		return "white space"
	case unicode.Is(unicode.Cc, r):
		return "a control character"
	case unicode.Is(unicode.Cf, r):
		return "an invisible format character"
	}
	return "not a letter, mark, number, symbol or punctuation"
}
