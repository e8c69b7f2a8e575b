package lifecycle

import (
	"strings"

	"rollcall/fault"
)

// Place is access as a person writes it down: a permission set in an account,
// in the accounts of an organizational unit, or in all there are; or an
// application. Names are not looked up yet.
type Place struct {
	PermissionSet string // name or ARN
	Account       string // name, e-mail address or id
	Unit          string // id, name, or names from the root down
	Everywhere    bool   // every account of the organization
	Application   string // name or ARN; then all else is empty
}

const (
	inText          = " in "
	unitText        = "ou:"
	applicationText = "application:"
	everywhere      = "*"
)

// PlaceForms says for people how a place is written.
const PlaceForms = "'Admin in prod', 'Reader in ou:Workloads', 'Reader in *', or 'application:Wiki'"

// ParsePlace reads a place: "SET in ACCOUNT", "SET in ou:UNIT", "SET in *" for
// every account, or "application:NAME". The name of a permission set holds no
// space, so that the first " in " is the one. It fails with fault.Invalid.
func ParsePlace(text string) (Place, error) {
	text = strings.TrimSpace(text)
	if app, is := strings.CutPrefix(text, applicationText); is {
		if app = strings.TrimSpace(app); app == "" {
			return Place{}, badPlace(text)
		}
		return Place{Application: app}, nil
	}
	set, where, found := strings.Cut(text, inText)
	p := Place{PermissionSet: set}
	where = strings.TrimSpace(where)
	unit, inUnit := strings.CutPrefix(where, unitText)
	switch {
	case !found || set == "" || strings.Contains(set, " ") || where == "" || inUnit && unit == "":
		return Place{}, badPlace(text)
	case where == everywhere:
		p.Everywhere = true
	case inUnit:
		p.Unit = unit
	default:
		p.Account = where
	}
	return p, nil
}

func badPlace(text string) error {
	return fault.Text(fault.Invalid, "read assignment", "", `"`+text+`" is none; write `+PlaceForms)
}

// Wide reports whether accounts are meant that nobody named.
func (p Place) Wide() bool { return p.Everywhere || p.Unit != "" }
