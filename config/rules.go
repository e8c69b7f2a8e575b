package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"rollcall/mapping"
	"rollcall/reconcile"
)

// Compile makes the sync's mapping ready to run. Dates are held against now; nil
// is the clock.
func (s Sync) Compile(now func() time.Time) (*mapping.Mapping, error) {
	return mapping.Compile(
		mapping.Rules{User: s.Mapping.User, Group: s.Mapping.Group, ScopePeople: s.Scope.People, ScopeGroups: s.Scope.Groups},
		mapping.Options{Preset: s.Mapping.Preset, Now: now})
}

// needed are the attributes without which nobody can be created.
var needed = []string{"userName", "displayName", "name.givenName", "name.familyName"}

func (d *decoder) checkMapping(at path, s Sync, table reconcile.Table) {
	if s.Mapping.Preset == "" && len(s.Mapping.User) == 0 {
		var presets []string
		for _, p := range mapping.Presets() {
			presets = append(presets, p.Name)
		}
		d.complainAt(at.with("mapping"), "there are no rules; name a preset ("+listed(presets)+") or write them under user")
		return
	}
	m, err := s.Compile(nil)
	problems, _ := errors.AsType[mapping.Problems](err)
	for _, p := range problems {
		d.complainRule(at, p)
	}
	if err != nil && problems == nil {
		d.complainAt(at.with("mapping"), err.Error())
	}
	if err != nil {
		return
	}
	for _, p := range needed {
		if creates(table.Users) && !slices.Contains(m.UserPaths(), p) {
			d.complainAt(at.with("mapping", "user"), fmt.Sprintf("no rule sets %s, and nobody can be created without it", p))
		}
	}
	if s.ManageGroups() && creates(table.Groups) && len(m.GroupPaths()) == 0 {
		d.complainAt(at.with("mapping", "group"), `no rule sets displayName, and no group can be created without it; write "groups: ignore" in the sync to leave groups alone`)
	}
}

func creates(actions map[reconcile.Situation]reconcile.Action) bool {
	return actions[reconcile.Absent] == reconcile.Create || actions[reconcile.Missing] == reconcile.Create
}

// complainRule puts a problem with an expression at its place in the file.
func (d *decoder) complainRule(sync path, p mapping.Problem) {
	at := sync.with("mapping", p.Section, p.Path)
	switch {
	case p.Section == "scope":
		at = sync.with("scope", p.Path)
	case p.Section == "preset" || p.Preset:
		at = sync.with("mapping", "preset")
	case p.Line == 0 && p.Section != "" && d.isUnknownRule(p):
		d.complainKey(at, p.Text)
		return
	}
	s, ok := d.spots[at.key()]
	if !ok || p.Line == 0 {
		d.complainAt(at, p.Text)
		return
	}
	if where, exact := inside(s.node, p.Line, p.Column); exact {
		d.complain(at, where, p.Text)
		return
	}
	d.complainAt(at, fmt.Sprintf("line %d, column %d of the expression: %s", p.Line, p.Column, p.Text))
}

// isUnknownRule reports whether it is the rule's name that is wrong.
func (d *decoder) isUnknownRule(p mapping.Problem) bool {
	if p.Section == "group" {
		return !slices.Contains(mapping.GroupPathNames(), p.Path)
	}
	return !slices.Contains(mapping.UserPathNames(), p.Path)
}

// inside finds a place in an expression in the file, where that can be told:
// not in folded blocks, and not where quotes hide characters.
func inside(n ast.Node, line, column int) (place, bool) {
	switch n := n.(type) {
	case *ast.LiteralNode:
		if n.Start.Type != token.LiteralType || n.Value == nil {
			return place{}, false
		}
		header, body := placeOfToken(n.Start), n.Value.GetToken()
		indent := len(body.Origin) - len(strings.TrimLeft(strings.TrimLeft(body.Origin, "\r\n"), " "))
		indent -= len(body.Origin) - len(strings.TrimLeft(body.Origin, "\r\n"))
		return place{header.line + line, indent + column}, true
	case *ast.StringNode:
		where := placeOfToken(n.Token)
		switch n.Token.Type {
		case token.SingleQuoteType, token.DoubleQuoteType:
			hidden := strings.ContainsAny(n.Token.Origin, "\\\n") || strings.Contains(n.Value, "'") && n.Token.Type == token.SingleQuoteType
			return place{where.line, where.column + column}, !hidden && line == 1
		}
		return place{where.line, where.column + column - 1}, line == 1 && !strings.Contains(strings.TrimSpace(n.Token.Origin), "\n")
	}
	return placeOf(n), n != nil
}
