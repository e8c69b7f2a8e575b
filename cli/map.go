package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rollcall/dn"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/mapping"
	"rollcall/source"
)

func newMap(a *app) *cobra.Command {
	return group("map", "Try the rules that make attributes", "  rollcall map test corp ann",
		newMapTest(a), newMapPresets(a))
}

func newMapTest(a *app) *cobra.Command {
	var ofGroup bool
	c := &cobra.Command{
		Use: "test SYNC PERSON", Short: "Show what the rules make of one person, step by step",
		Long: `Reads the source of a sync and shows, for one person, what each rule saw, its expression and its
result, and which user they are linked to. Nothing is written.

PERSON is an anchor, a DN, a uid, userName or mail, or any attribute's value that only one person has.`,
		Example: "  rollcall map test corp ann@example.com\n  rollcall map test corp all-staff --group", Args: cobra.ExactArgs(2),
		ValidArgsFunction: a.completeSyncs,
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			return runMapTest(ctx, h, args[0], args[1], ofGroup)
		}),
	}
	c.Flags().BoolVar(&ofGroup, "group", false, "PERSON is a group")
	return c
}

// stepView is one rule on one person.
type stepView struct {
	Rule       string              `json:"rule"`
	Expression string              `json:"expression,omitempty"`
	Inputs     map[string][]string `json:"inputs"`
	Result     identity.Value      `json:"result,omitempty"`
	Problem    string              `json:"problem,omitempty"`
}

func runMapTest(ctx context.Context, h *house, sync, ref string, ofGroup bool) error {
	s, err := h.sync(sync)
	if err != nil {
		return err
	}
	m, err := s.Compile(h.app.clock().Now)
	if err != nil {
		return err
	}
	snap, err := h.readSource(ctx, s.Source)
	if err != nil {
		return err
	}
	kind := identity.KindUser
	var steps []mapping.Step
	var anchor identity.Anchor
	var name string
	if ofGroup {
		kind = identity.KindGroup
		g, err := entryNamed(snap.Groups, func(g source.Group) (identity.Anchor, string, source.Attributes) {
			return g.Anchor, g.Name, g.Attributes
		}, s.Source, "group", ref)
		if err != nil {
			return err
		}
		steps, anchor, name = m.ExplainGroup(g), g.Anchor, g.Name
	} else {
		p, err := entryNamed(snap.People, func(p source.Person) (identity.Anchor, string, source.Attributes) {
			return p.Anchor, p.Name, p.Attributes
		}, s.Source, "person", ref)
		if err != nil {
			return err
		}
		steps, anchor, name = m.Explain(p), p.Anchor, p.Name
	}
	say(h.app.err, "%s, anchor %s", name, anchor)
	if err := h.printSteps(steps); err != nil {
		return err
	}
	return h.sayLinked(ctx, s.Directory, identity.Record{Source: s.Source, Kind: kind, Anchor: anchor})
}

func (h *house) printSteps(steps []mapping.Step) error {
	l := listing{Columns: []string{"Rule", "Input", "Expression", "Result"}}
	all := []stepView{}
	wrong := 0
	for _, s := range steps {
		v := stepView{s.Rule, s.Expression, map[string][]string{}, identity.Value(s.Result), s.Problem}
		var inputs []string
		for _, in := range s.Inputs {
			v.Inputs[in.Attribute] = in.Values
			inputs = append(inputs, in.Attribute+"="+inputText(in.Values))
		}
		all = append(all, v)
		result := s.Result
		if s.Problem != "" {
			wrong++
			result = "! " + s.Problem
		}
		l.Rows = append(l.Rows, []string{s.Rule, strings.Join(inputs, " "), s.Expression, result})
	}
	l.Values = all
	if h.app.forPeople() {
		showSteps(h.app.out, l.Rows)
	} else if err := h.app.print(l); err != nil {
		return err
	}
	if wrong > 0 {
		say(h.app.err, "%s did not work out; a sync leaves this entry's account as it is.", count(wrong, "rule"))
	}
	return nil
}

// showSteps writes rules one below the other: expressions are too long for
// the columns of a table.
func showSteps(w io.Writer, rows [][]string) {
	for _, r := range rows {
		say(w, "%s = %s", r[0], visible(cmp.Or(r[3], "(nothing)")))
		for i, heading := range []string{"input", "rule "} {
			if text := r[i+1]; text != "" {
				say(w, "    %s  %s", heading, visible(text))
			}
		}
	}
}

func inputText(values []string) string {
	switch len(values) {
	case 0:
		return "(none)"
	case 1:
		return values[0]
	}
	return "[" + strings.Join(values, ", ") + "]"
}

// sayLinked says which object of a directory a record is linked to.
func (h *house) sayLinked(ctx context.Context, directory string, r identity.Record) error {
	l, err := h.links.ByRecord(ctx, directory, r)
	switch {
	case fault.Is(err, fault.NotFound):
		say(h.app.err, "Linked to no %s of directory %s.", r.Kind, directory)
	case err != nil:
		return err
	default:
		say(h.app.err, "Linked to %s %s of directory %s (%s).", r.Kind, l.Object, directory, l.Origin)
	}
	if r.Kind != identity.KindUser {
		return nil
	}
	hold, held, err := h.links.Held(ctx, r.Source, r.Anchor)
	if held {
		say(h.app.err, "Held since %s%s: %s", clock(hold.Since), by(hold.By), hold.Reason)
	}
	return err
}

// tellingAttributes are where a name is looked for first: what people type.
var tellingAttributes = []string{"uid", "username", "samaccountname", "mail", "email", "userprincipalname", "cn", "displayname", "employeenumber"}

// entryNamed finds the one entry that ref names: by anchor or DN, else by a
// telling attribute, else by any.
func entryNamed[E any](all []E, parts func(E) (identity.Anchor, string, source.Attributes), sourceName, kind, ref string) (E, error) {
	var none E
	wanted, err := dn.Parse(ref)
	isDN := err == nil && wanted != "" && strings.Contains(ref, "=")
	for _, match := range []func(identity.Anchor, string, source.Attributes) bool{
		func(a identity.Anchor, name string, _ source.Attributes) bool {
			if string(a) == ref || name == ref {
				return true
			}
			parsed, err := dn.Parse(name)
			return isDN && err == nil && parsed == wanted
		},
		func(_ identity.Anchor, _ string, has source.Attributes) bool {
			return hasValue(has, tellingAttributes, ref)
		},
		func(_ identity.Anchor, _ string, has source.Attributes) bool { return hasValue(has, nil, ref) },
	} {
		var found []E
		for _, e := range all {
			if match(parts(e)) {
				found = append(found, e)
			}
		}
		switch len(found) {
		case 0:
		case 1:
			return found[0], nil
		default:
			_, one, _ := parts(found[0])
			_, two, _ := parts(found[1])
			return none, fault.Text(fault.Conflict, "find "+kind, ref, fmt.Sprintf(
				"%d entries of source %s have that value, among them %s and %s; name one by its DN or anchor", len(found), sourceName, one, two))
		}
	}
	return none, fault.Text(fault.NotFound, "find "+kind, ref, "no entry of source "+sourceName+" has that anchor, DN or value")
}

// hasValue reports whether an entry has a value, in the attributes named or,
// where none are, in any.
func hasValue(has source.Attributes, in []string, value string) bool {
	same := func(v string) bool { return identity.SameName(v, value) }
	if in == nil {
		for _, values := range has {
			if slices.ContainsFunc(values, same) {
				return true
			}
		}
		return false
	}
	return slices.ContainsFunc(in, func(attribute string) bool { return slices.ContainsFunc(has[attribute], same) })
}

func newMapPresets(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "presets [PRESET]", Short: "List the shipped sets of rules, or the rules of one",
		Example: "  rollcall map presets\n  rollcall map presets ad", Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			presets := mapping.Presets()
			if len(args) == 0 {
				l := listing{Columns: []string{"Name", "What for"}}
				all := []values{}
				for _, p := range presets {
					all = append(all, values{"name": p.Name, "summary": p.Summary})
					l.Rows = append(l.Rows, []string{p.Name, p.Summary})
				}
				l.Values = all
				return a.print(l)
			}
			at := slices.IndexFunc(presets, func(p mapping.Preset) bool { return p.Name == args[0] })
			if at < 0 {
				known := make([]string, len(presets))
				for i, p := range presets {
					known[i] = p.Name
				}
				return usage("no preset is called %q; there are %s", args[0], strings.Join(known, ", "))
			}
			return a.printRules(presets[at].Rules)
		},
	}
}

func (a *app) printRules(r mapping.Rules) error {
	l := listing{Columns: []string{"Rule", "Expression"}}
	all := map[string]string{}
	add := func(rule, expression string) {
		if expression != "" {
			all[rule] = expression
			l.add(rule, expression)
		}
	}
	add("scope.people", r.ScopePeople)
	add("scope.groups", r.ScopeGroups)
	for _, path := range mapping.UserPathNames() {
		add("user."+path, r.User[path])
	}
	for _, path := range mapping.GroupPathNames() {
		add("group."+path, r.Group[path])
	}
	l.Values = all
	return a.print(l)
}
