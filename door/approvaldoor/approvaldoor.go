// Package approvaldoor lists the plans that wait for approval and lets people
// decide: pages for a browser, JSON for programs. README.md beside this file says
// what is served.
//
// It carries nothing out. Who decides is an operator, by their own credential.
package approvaldoor

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"log/slog"
	"net/http"

	"rollcall/approval"
	"rollcall/caller"
	"rollcall/openapi"
	"rollcall/plan"
)

// Requests are the plans that wait: [approval.Store] is one.
type Requests interface {
	Requests(ctx context.Context, open bool, limit int) ([]approval.Request, error)
	Request(ctx context.Context, id string) (approval.Request, error)
	Decide(ctx context.Context, c approval.Choice) (approval.Request, error)
}

// Options are what a door is made of. The first three must be given.
type Options struct {
	Operators caller.Checker
	Requests  Requests
	// Show returns a stored plan and what it would mean for who reaches what, in
	// sentences; there are none where that is not known.
	Show func(ctx context.Context, id plan.ID) (p *plan.Plan, means []string, err error)
	Log  *slog.Logger // nil is slog.Default
}

// Door answers below /approvals. It is safe for concurrent use.
type Door struct {
	Options
	guard  *http.CrossOriginProtection
	policy string
}

//go:embed page.html
var page string

//go:embed style.css
var style string

var pages = template.Must(template.New("page").Funcs(template.FuncMap{
	"style": func() template.CSS { return template.CSS(style) }, //nolint:gosec // our own file
}).Parse(page))

// New returns a door.
func New(o Options) *Door {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	sum := sha256.Sum256([]byte(style))
	return &Door{o, http.NewCrossOriginProtection(), "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"}
}

const (
	root     = "/approvals"
	doorName = "approvals"
)

// route is one request, what answers it, and how it is described.
type route struct {
	caller.Route
	do   func(d *Door, w http.ResponseWriter, r *http.Request, by caller.Operator) error
	says openapi.Operation
}

// routes are every request.
var routes = []route{
	{caller.Route{Method: http.MethodGet, Path: root, Role: caller.Reader}, (*Door).list, listSays},
	{caller.Route{Method: http.MethodGet, Path: root + "/{id}", Role: caller.Reader}, (*Door).show, showSays},
	{caller.Route{Method: http.MethodPost, Path: root + "/{id}", Role: caller.Approver, Body: "verdict=approve"}, (*Door).decide, decideSays},
}

// Routes are every request that this door answers.
func Routes() []caller.Route {
	all := make([]caller.Route, len(routes))
	for i, r := range routes {
		all[i] = r.Route
	}
	return all
}

// Mount puts every route of this door on mux.
func (d *Door) Mount(mux *http.ServeMux) {
	for _, one := range routes {
		mux.HandleFunc(one.Method+" "+one.Path, func(w http.ResponseWriter, r *http.Request) {
			d.harden(w)
			by, err := caller.OfRequest(d.Operators, r, one.Role)
			if err == nil {
				err = one.do(d, w, r, by)
			}
			if err != nil {
				d.refuse(w, r, err)
			}
		})
	}
}

// harden keeps what is shown from other sites, caches and guesses.
func (d *Door) harden(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Security-Policy", d.policy)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Vary", "Accept, Authorization")
}
