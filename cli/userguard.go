package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"rollcall/config"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

// allowOutside says that an external id may be changed: by it, the provider
// that made an object knows it again.
type allowOutside struct{ yes bool }

func (o *allowOutside) flags(c *cobra.Command) {
	c.Flags().BoolVar(&o.yes, "allow-externalid-change", false, "change an external id that is there already")
}

// check refuses edits that change an external id of an object that has some.
func (o allowOutside) check(name string, there []identity.ExternalID, edits []identity.Edit) error {
	changes := slices.ContainsFunc(edits, func(e identity.Edit) bool { return e.Path == identity.PathExternalIDs })
	if !changes || len(there) == 0 || o.yes {
		return nil
	}
	return usageError{fault.Text(fault.Invalid, "change externalIds", name,
		"it is known by "+there[0].ID+" to whoever provisions it, who would make it a second time; if that is meant, add --allow-externalid-change")}
}

// warnOfSCIM says so where a directory is provisioned by SCIM: what another
// provider sends there undoes a command, and nobody would know why.
func (h *house) warnOfSCIM(d *directory.Directory) {
	settings := h.config.Directories[d.Name()]
	if settings.Kind != config.KindAWS || settings.SCIM.IsZero() {
		return
	}
	say(h.app.err, "Note: this store is provisioned by SCIM; a provider that fills it beside Rollcall may undo what is changed by hand.")
}
