package cli

import (
	"context"

	"rollcall/caller"
	"rollcall/caller/sqlcaller"
	"rollcall/config"
	"rollcall/directory/sqldir"
	"rollcall/sqldb"
)

// center is one database of the embedded Identity Center: its stores, and who
// may come in to them.
type center struct {
	*sqldir.Center
	keys   *caller.Keys
	tokens *caller.Tokens
}

// center opens a directory's database, once.
func (h *house) center(ctx context.Context, settings config.Directory) (*center, error) {
	url, err := settings.Database.URL(h.app.state)
	if err != nil {
		return nil, err
	}
	if c := h.centers[url]; c != nil {
		return c, nil
	}
	db, err := sqldb.Open(ctx, url, sqldir.Migrations(), sqlcaller.Migrations())
	if err != nil {
		return nil, err
	}
	callers := sqlcaller.New(db)
	c := &center{sqldir.New(db), caller.NewKeys(callers, h.keys, caller.Options{}), caller.NewTokens(callers, caller.Options{})}
	h.centers[url] = c
	return c, nil
}

// callers returns the database of the directory that a command means.
func (h *house) callers(ctx context.Context) (*center, error) {
	name := h.directoryName("")
	settings, known := h.config.Directories[name]
	if !known {
		return nil, usage("no directory is called %q; there are %s", name, names(h.config.Directories))
	}
	return h.center(ctx, settings)
}

// operators are those of this installation.
func (h *house) operators() *caller.Operators {
	return caller.NewOperators(sqlcaller.NewOperators(h.state), caller.Options{})
}
