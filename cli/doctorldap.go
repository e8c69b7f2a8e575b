package cli

import (
	"context"

	"rollcall/config"
)

// checkLDAP looks at what a directory server needs to let Rollcall see, before
// it is read.
func (d *doctor) checkLDAP(ctx context.Context, name string, s config.Source) {
	driver, err := d.house.ldap(name, s)
	if err != nil {
		d.fail("source", name, err)
		return
	}
	for _, f := range driver.Examine(ctx) {
		switch {
		case f.Err != nil:
			d.fail(f.Check, name, f.Err)
		case f.Warning:
			d.warn(f.Check, name, f.Says)
		default:
			d.ok(f.Check, name, f.Says)
		}
	}
}
