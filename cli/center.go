package cli

import (
	"context"
	"maps"
	"slices"
	"strings"

	"rollcall/caller"
	"rollcall/caller/sqlcaller"
	"rollcall/config"
	"rollcall/identity"
	"rollcall/identitycenter"
)

// center opens an embedded directory's database, once.
func (h *house) center(ctx context.Context, settings config.Directory) (*identitycenter.Database, error) {
	if settings.Kind == config.KindAWS {
		where := "the configuration has none"
		if all := h.embedded(); len(all) > 0 {
			where = "name one with --directory: " + strings.Join(all, ", ")
		}
		return nil, usage("that directory is kept by AWS, in whose console this is made; here only an embedded one has it: %s", where)
	}
	url, err := settings.Database.URL(h.app.state)
	if err != nil {
		return nil, err
	}
	if c := h.centers[url]; c != nil {
		return c, nil
	}
	c, err := identitycenter.Open(ctx, url, h.keys)
	if err != nil {
		return nil, err
	}
	h.centers[url] = c
	return c, nil
}

// embedded are the names of the embedded directories.
func (h *house) embedded() []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(h.config.Directories)) {
		if h.config.Directories[name].Kind == config.KindEmbedded {
			all = append(all, name)
		}
	}
	return all
}

// callers returns the database of the directory that a command means.
func (h *house) callers(ctx context.Context) (*identitycenter.Database, error) {
	name := h.directoryName("")
	settings, known := h.config.Directories[name]
	if !known {
		return nil, usage("no directory is called %q; there are %s", name, names(h.config.Directories))
	}
	return h.center(ctx, settings)
}

// instance is the access side of the directory that a command means.
func (h *house) instance(ctx context.Context) (identity.Instance, error) {
	d, err := h.directory(ctx, "")
	if err != nil {
		return identity.Instance{}, err
	}
	store, err := d.Store(ctx)
	if err != nil {
		return identity.Instance{}, err
	}
	c, err := h.callers(ctx)
	if err != nil {
		return identity.Instance{}, err
	}
	return c.Describe(ctx, store.ID)
}

// operators are those of this installation.
func (h *house) operators() *caller.Operators {
	return caller.NewOperators(sqlcaller.NewOperators(h.state), caller.Options{})
}
