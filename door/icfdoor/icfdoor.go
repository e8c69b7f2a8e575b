// Package icfdoor speaks the REST contract of an identity management system's
// connector (OpenICF, IDM) for AWS IAM Identity Center: clients keep their
// calls to /openidm/system. What is served, and where it differs, is in
// README.md beside this file.
//
// It is a client of a named directory: each write is a plan, goes through the
// brakes, and is carried out and journalled as any other. A refusal answers
// with the stored plan's id.
package icfdoor

import (
	"context"
	"log/slog"
	"net/http"

	"rollcall/caller"
	"rollcall/command"
	"rollcall/icf"
)

// Operators says who an operator is: [caller.Operators] does.
type Operators interface {
	CheckToken(ctx context.Context, text string) (caller.Operator, error)
	CheckPassword(ctx context.Context, name, password, from string) (caller.Operator, error)
}

// Connectors are what is configured.
type Connectors interface {
	// Names lists the connectors, sorted.
	Names(ctx context.Context) ([]string, error)
	// Connector returns one by its name; fault.NotFound if there is none. One
	// whose directory cannot be opened is returned with Broken set.
	Connector(ctx context.Context, name string) (*Connector, error)
}

// Connector is one instance: a name in the path, bound to a directory.
type Connector struct {
	Name        string
	DisplayName string // empty is the original's
	Disabled    bool
	Desk        *command.Desk // nil with Broken
	Broken      error         // why the directory cannot be opened

	// Strict answers as the original does where this door is kinder.
	Strict bool
	// LenientPaths takes "__ACCOUNT___queryFilter=…", a slip in the
	// connector's documentation, for a query.
	LenientPaths bool
	// LiveSync serves the liveSync action, which the original does not.
	LiveSync bool
	// WriteExternalIDs lets external ids be changed.
	WriteExternalIDs bool
	Style            icf.Style
	Scripts          []SystemAction
	Properties       map[string]any // for scripts; nothing confidential
}

// Options are what a door is made of. Operators and Connectors must be given;
// what else is nil is not served.
type Options struct {
	Operators  Operators
	Connectors Connectors
	Configs    Configs
	Tokens     SyncTokens
	Recons     Recons
	Scripts    Scripts
	Log        *slog.Logger // nil is slog.Default
}

// Door answers for every connector. It is safe for concurrent use.
type Door struct{ Options }

// New returns a door.
func New(o Options) *Door {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Door{o}
}

// roots are the first segments of the paths that are served, with and without
// the context path.
var roots = []string{"system", "config", "recon", "info"}

// bare are those that are served without the context path too: a server has
// other things under /config and /info.
var bare = []string{"system", "recon"}

// contextPath is where an identity management system serves everything.
const contextPath = "openidm"

// Mount puts the door on mux.
func (d *Door) Mount(mux *http.ServeMux) {
	mux.Handle("/"+contextPath+"/", d)
	for _, root := range bare {
		mux.Handle("/"+root, d)
		mux.Handle("/"+root+"/", d)
	}
}
