package mapping

import (
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// Dates lists the attributes of people and groups, sorted and in small letters,
// whose moment makes a difference to the rules once it has come: see [Expires].
// Known is false where a rule may wait for another. Whoever has not changed, and
// has no such moment behind them since, is mapped to what they were mapped to.
func (m *Mapping) Dates() (names []string, known bool) {
	people, anyOfPeople := m.people.dates()
	groups, anyOfGroups := m.groups.dates()
	if anyOfPeople || anyOfGroups {
		return nil, false
	}
	names = append(people, groups...)
	slices.Sort(names)
	return slices.Compact(names), true
}

func (a *attributes[T]) dates() (names []string, anyDate bool) {
	rules := a.rules
	if a.scope != nil {
		rules = append(slices.Clip(rules), *a.scope)
	}
	for i := range rules {
		names = append(names, rules[i].dates...)
		anyDate = anyDate || rules[i].anyDate
	}
	return names, anyDate
}

// datesOf finds what an expression asks whether it has expired: attributes that
// are selected from the entry, by name. Anything else may be any, and so may an
// attribute of something else that an expression calls by the entry's name.
func datesOf(tree *ast.AST) (names []string, anyDate bool) {
	shadowed := false
	ast.PreOrderVisit(tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() == ast.ComprehensionKind {
			c := e.AsComprehension()
			shadowed = shadowed || isEntryName(c.IterVar()) || isEntryName(c.IterVar2())
		}
		if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != expiredFunction {
			return
		}
		name, ok := selected(e.AsCall().Args())
		if !ok {
			anyDate = true
			return
		}
		names = append(names, strings.ToLower(name))
	}))
	return names, anyDate || shadowed && len(names) > 0
}

func isEntryName(name string) bool { return name == "person" || name == "group" }

// selected is the attribute that the one argument of a call selects from a
// person or a group.
func selected(args []ast.Expr) (string, bool) {
	isEntry := func(e ast.Expr) bool {
		return e.Kind() == ast.IdentKind && isEntryName(e.AsIdent())
	}
	if len(args) != 1 {
		return "", false
	}
	switch e := args[0]; e.Kind() {
	case ast.SelectKind:
		s := e.AsSelect()
		return s.FieldName(), isEntry(s.Operand()) && !s.IsTestOnly()
	case ast.CallKind:
		c := e.AsCall()
		if c.FunctionName() != operators.Index || !isEntry(c.Args()[0]) || c.Args()[1].Kind() != ast.LiteralKind {
			return "", false
		}
		key, ok := c.Args()[1].AsLiteral().(types.String)
		return string(key), ok
	}
	return "", false
}
