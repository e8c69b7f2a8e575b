package xsoardoor

import (
	"strings"

	"rollcall/xsoar"
)

// The integration's parameters that reach this side.
const (
	paramInstance = "instance"
	paramTenant   = "tenant_id"
	paramOut      = "mapper_out"
	paramIn       = "mapper_in"
)

// narrow takes what an instance in XSOAR is set to. It may forbid what is
// allowed here, and never allow what is not.
func (r *request) narrow(params xsoar.Object) error {
	switches := map[string]*bool{
		"create_user_enabled": &r.Create, "update_user_enabled": &r.Update, "enable_user_enabled": &r.Enable,
		"disable_user_enabled": &r.Disable, "create_if_not_exists": &r.CreateIfNotExists,
	}
	for _, p := range params {
		if allowed, is := switches[p.Name]; is {
			on, err := xsoar.SwitchOf(params, p.Name, true)
			if err != nil {
				return err
			}
			*allowed = *allowed && on
			continue
		}
		text, err := xsoar.TextOf(params, p.Name)
		if err != nil {
			return err
		}
		switch p.Name {
		case paramTenant: // it has chosen the instance
		case paramInstance:
			if text != "" {
				r.shown = text
			}
		case paramOut:
			r.out, err = mapperNamed(r.Out, text, xsoar.ShippedOut)
		case paramIn:
			r.in, err = mapperNamed(r.In, text, xsoar.ShippedIn)
		default:
			return invalid("params has a name that is not known")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func mapperNamed(all map[string]xsoar.Mapper, name, shipped string) (xsoar.Mapper, error) {
	if name == "" {
		name = shipped
	}
	m, known := all[name]
	if !known {
		return nil, invalid("there is no mapper of this name; the server's configuration (xsoar) may add to " + shipped)
	}
	return m, nil
}

// list is names for a sentence.
func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
