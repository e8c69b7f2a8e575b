package ldapentry

import (
	"fmt"
	"strings"

	"rollcall/identity"
	"rollcall/source"
)

// Attribute is what a name of an attribute says: "cn", "cn;lang-de",
// "member;range=0-1499".
type Attribute struct {
	// Name is in lower case. Options belong to it: cn;lang-de is another
	// attribute than cn and never takes its place. Only ";binary", which says
	// how a value travels and nothing about it, is gone.
	Name string

	// Kept is false for passwords, keys, certificates and pictures, which are
	// to be dropped as soon as they have been read.
	Kept bool

	// Partial says that the server gave only a range of the values.
	Partial bool

	text bool                // the standards say that it is text
	form identity.AnchorForm // guid or sid, whose values become text
}

// ParseAttribute reads an attribute's name with its options (RFC 4512 section
// 2.5; underscores are taken too, since some servers have them). The error
// says what is wrong with the name in a few words.
func ParseAttribute(s string) (*Attribute, error) {
	name, options, tagged := strings.Cut(strings.ToLower(s), ";")
	if !isAttributeName(name) {
		return nil, fmt.Errorf("%q is no attribute name", s)
	}
	a := &Attribute{Name: name, Kept: source.Kept(name), text: isText[name]}
	if form := identity.FormOfAnchor(name); form == identity.AnchorGUID || form == identity.AnchorSID {
		a.form = form
	}
	if !tagged {
		return a, nil
	}
	for option := range strings.SplitSeq(options, ";") {
		switch {
		case strings.HasPrefix(option, "range="):
			a.Partial = true
		case !isOption(option):
			return nil, fmt.Errorf("%q has an option that is not letters, digits and hyphens", s)
		case option == "binary":
			continue
		}
		a.Name += ";" + option
	}
	return a, nil
}

func isAttributeName(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		c := s[i]
		letter, digit := 'a' <= c && c <= 'z', '0' <= c && c <= '9'
		if !letter && !digit && c != '-' && c != '.' && c != '_' || i == 0 && !letter && !digit {
			return false
		}
	}
	return true
}

func isOption(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return s != ""
}

// isText holds attributes that RFC 4519, RFC 2798 and AD's schema say are
// text, so that a value which is not UTF-8 is damage and not another kind of
// value.
var isText = set(
	"cn", "sn", "givenname", "displayname", "initials", "uid", "mail", "title", "ou", "o", "c", "l", "st", "street", "postalcode",
	"postaladdress", "telephonenumber", "mobile", "description", "department", "departmentnumber", "employeenumber", "employeeid",
	"employeetype", "manager", "member", "uniquemember", "memberuid", "memberof", "objectclass", "samaccountname", "userprincipalname",
	"useraccountcontrol", "company", "preferredlanguage", "proxyaddresses", "entryuuid",
)

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}
