package mapping

import (
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// Attributes lists the source's attributes that the rules look at, sorted and
// in small letters, so that no others need be read. Known is false when an
// expression may look at any, such as one that goes through all of them.
func (m *Mapping) Attributes() (names []string, known bool) {
	people, anyOfPeople := m.people.reads()
	groups, anyOfGroups := m.groups.reads()
	if anyOfPeople || anyOfGroups {
		return nil, false
	}
	names = append(people, groups...)
	slices.Sort(names)
	return slices.Compact(names), true
}

func (a *attributes[T]) reads() (names []string, anything bool) {
	rules := a.rules
	if a.scope != nil {
		rules = append(slices.Clip(rules), *a.scope)
	}
	for i := range rules {
		names = append(names, rules[i].reads...)
		anything = anything || rules[i].anything
	}
	return names, anything
}

// readsOf finds the attributes in an expression: those that are selected from
// the entry, or are its keys. An entry that stands there in any other way, or a
// key that is computed, may mean any attribute.
func readsOf(tree *ast.AST) (names []string, anything bool) {
	entries := 0
	isEntry := func(e ast.Expr) bool {
		return e.Kind() == ast.IdentKind && (e.AsIdent() == "person" || e.AsIdent() == "group" || e.AsIdent() == "all")
	}
	ast.PreOrderVisit(tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.IdentKind:
			if isEntry(e) {
				entries++
			}
		case ast.SelectKind:
			if s := e.AsSelect(); isEntry(s.Operand()) {
				entries--
				names = append(names, strings.ToLower(s.FieldName()))
			}
		case ast.CallKind:
			c := e.AsCall()
			if c.FunctionName() != operators.Index || !isEntry(c.Args()[0]) || c.Args()[1].Kind() != ast.LiteralKind {
				return
			}
			if key, ok := c.Args()[1].AsLiteral().(types.String); ok {
				entries--
				names = append(names, strings.ToLower(string(key)))
			}
		}
	}))
	return names, entries != 0
}
