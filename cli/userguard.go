package cli

import (
	"context"
	"slices"
	"time"

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
func (h *house) warnOfSCIM(ctx context.Context, d *directory.Directory) error {
	const note = "Note: this store is provisioned by SCIM%s; a provider that fills it beside Rollcall may undo what is changed by hand."
	settings := h.config.Directories[d.Name()]
	if settings.Kind == config.KindAWS {
		if !settings.SCIM.IsZero() {
			say(h.app.err, note, "")
		}
		return nil
	}
	center, err := h.center(ctx, settings)
	if err != nil {
		return err
	}
	store, err := d.Store(ctx)
	if err != nil {
		return err
	}
	tokens, err := center.Tokens.List(ctx, store.ID)
	if err != nil {
		return err
	}
	var last time.Time
	for _, t := range tokens {
		if t.LastUsedAt.After(last) && !t.Expired(time.Now()) {
			last = t.LastUsedAt
		}
	}
	if !last.IsZero() {
		say(h.app.err, note, ", last "+clock(last))
	}
	return nil
}

// warnOfProvider returns what says once that an object is somebody else's.
func (h *house) warnOfProvider() func(kind identity.Kind, name string, external []identity.ExternalID) {
	said := false
	return func(kind identity.Kind, name string, external []identity.ExternalID) {
		if !said {
			say(h.app.err, "Note: %s %s has the external id %s, and is not linked to a source here: whoever provisions it by that may undo this.", kind, name, external[0].ID)
		}
		said = true
	}
}
