package mapping

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/spelling"
)

const (
	// defaultCostLimit is what one expression may cost on one entry, in CEL's
	// units: some ten milliseconds at the worst.
	defaultCostLimit = 1_000_000
	// maxEstimate is what an expression may cost at most on the largest entry
	// there can be: enough to go through every value of one attribute, not
	// enough to do so for every value of another.
	maxEstimate = 1_000_000_000
)

// Options are settings of [Compile].
type Options struct {
	Preset    string // the shipped rules underneath; empty for none
	CostLimit uint64 // of one expression on one entry, in CEL's units; 0 for a million

	// Now is what expired() holds dates against; nil for the clock.
	Now func() time.Time
}

// written is an expression as it was configured.
type written struct {
	section, path, name, expression string
	preset                          bool
}

// Compile checks the rules and makes them ready to run. It fails with
// fault.Invalid around [Problems]: everything that is wrong, at once.
func Compile(rules Rules, o Options) (*Mapping, error) {
	if o.CostLimit == 0 {
		o.CostLimit = defaultCostLimit
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	var c compiler
	base, ok := presetRules(o.Preset)
	if !ok {
		c.problems = append(c.problems, Problem{Section: sectionPreset, Path: o.Preset, Text: "there is no such preset" + spelling.Hint(o.Preset, presetNames())})
	}
	c.limit = o.CostLimit
	m, err := c.mapping(base, rules, o.Now)
	if err != nil {
		return nil, err
	}
	if len(c.problems) > 0 {
		return nil, fault.New(fault.Invalid, "compile mapping", "", c.problems)
	}
	return m, nil
}

type compiler struct {
	limit    uint64
	problems Problems
}

func (c *compiler) mapping(base, rules Rules, now func() time.Time) (*Mapping, error) {
	m := &Mapping{people: attributes[identity.User]{variable: "person"}, groups: attributes[identity.Group]{variable: "group"}}
	people, err := environment(m.people.variable, now)
	if err != nil {
		return nil, err
	}
	groups, err := environment(m.groups.variable, now)
	if err != nil {
		return nil, err
	}
	m.people.scope = scopeRule[identity.User](c, people, overlayScope("people", base.ScopePeople, rules.ScopePeople))
	m.groups.scope = scopeRule[identity.Group](c, groups, overlayScope("groups", base.ScopeGroups, rules.ScopeGroups))
	m.people.rules = compileAll(c, people, c.overlay(sectionUser, base.User, rules.User), identity.UserPaths(), userSetter)
	m.groups.rules = compileAll(c, groups, c.overlay(sectionGroup, base.Group, rules.Group), identity.GroupPaths(), groupSetter)
	return m, nil
}

// overlay puts the configured rules over the preset's, by path.
func (c *compiler) overlay(section string, base, over map[string]string) map[string]written {
	all := map[string]written{}
	add := func(name, expression string, preset bool) {
		path := name
		if section == sectionUser {
			path = UserPath(name)
		}
		if before, ok := all[path]; ok && before.preset == preset {
			c.problems = append(c.problems, Problem{Section: section, Path: name, Preset: preset, Text: fmt.Sprintf("sets the same attribute as %q; keep one of the two", before.name)})
			return
		}
		all[path] = written{section: section, path: path, name: name, expression: expression, preset: preset}
	}
	for _, name := range slices.Sorted(maps.Keys(base)) {
		add(name, base[name], true)
	}
	for _, name := range slices.Sorted(maps.Keys(over)) {
		add(name, over[name], false)
	}
	return all
}

func overlayScope(path, base, over string) written {
	if over != "" {
		return written{section: sectionScope, path: path, name: path, expression: over}
	}
	return written{section: sectionScope, path: path, name: path, expression: base, preset: true}
}

// compileAll compiles the rules in identity's order of their attributes, then
// complains about those that belong to no attribute.
func compileAll[T any](c *compiler, env *cel.Env, all map[string]written, order []string, setters func(path string) (setter[T], form, bool)) []rule[T] {
	var rules []rule[T]
	for _, path := range order {
		w, ok := all[path]
		set, want, settable := setters(path)
		if !ok || !settable {
			continue
		}
		delete(all, path)
		if w.expression == "" {
			continue
		}
		if r, ok := compileOne[T](c, env, w, want); ok {
			r.set = set
			rules = append(rules, r)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(all)) {
		w := all[path]
		c.complain(w, Problem{Text: unknownPath(w.section, w.name)})
	}
	return rules
}

func scopeRule[T any](c *compiler, env *cel.Env, w written) *rule[T] {
	if w.expression == "" {
		return nil
	}
	r, ok := compileOne[T](c, env, w, flagForm)
	if !ok {
		return nil
	}
	return &r
}

func compileOne[T any](c *compiler, env *cel.Env, w written, want form) (rule[T], bool) {
	source := common.NewStringSource(w.expression, w.section+"."+w.name)
	checked, issues := env.CompileSource(source)
	if issues.Err() != nil {
		for _, e := range issues.Errors() {
			c.complain(w, fromCEL(e, source))
		}
		return rule[T]{}, false
	}
	if !want.accepts(checked.OutputType()) {
		c.complain(w, Problem{Text: want.refusal(checked.OutputType())})
		return rule[T]{}, false
	}
	if want == listForm {
		if unknown := unknownKeys(checked, w.path, source); unknown != nil {
			for _, p := range unknown {
				c.complain(w, p)
			}
			return rule[T]{}, false
		}
	}
	estimate, err := env.EstimateCost(checked, sizes{})
	if err != nil || estimate.Max > maxEstimate {
		c.complain(w, Problem{Text: "could cost too much: it goes through too many values, or makes too long a text, when an entry is large"})
		return rule[T]{}, false
	}
	options := []cel.ProgramOption{cel.EvalOptions(cel.OptOptimize)}
	if estimate.Max > c.limit {
		// Counting is slow, and for the rest not needed: they are known to stay
		// below the limit on every entry, as an entry's sizes are bounded.
		options = append(options, cel.CostLimit(c.limit))
	}
	program, err := env.Program(checked, options...)
	if err != nil {
		c.complain(w, Problem{Text: err.Error()})
		return rule[T]{}, false
	}
	r := rule[T]{path: w.path, name: w.section + "." + w.name, expression: w.expression, program: program}
	r.reads, r.anything = readsOf(checked.NativeRep())
	r.dates, r.anyDate = datesOf(checked.NativeRep())
	return r, true
}

func (c *compiler) complain(w written, p Problem) {
	p.Section, p.Path, p.Preset = w.section, w.name, w.preset
	c.problems = append(c.problems, p)
}
