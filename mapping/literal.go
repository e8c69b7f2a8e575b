package mapping

import (
	"encoding/json"
	"strconv"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"rollcall/identity"
)

// unknownKeys finds keys that a list's items do not have, where an expression
// gives its items in so many words.
func unknownKeys(checked *cel.Ast, path string, source common.Source) []Problem {
	var problems []Problem
	native := checked.NativeRep()
	for _, item := range literalItems(native.Expr()) {
		for _, e := range item.AsMap().Entries() {
			key := e.AsMapEntry().Key()
			if key.Kind() != ast.LiteralKind {
				continue
			}
			name, ok := key.AsLiteral().(types.String)
			if !ok || hasKey(path, string(name)) {
				continue
			}
			at := native.SourceInfo().GetStartLocation(key.ID())
			problems = append(problems, fromCEL(common.NewError(key.ID(), path+" have no key "+strconv.Quote(string(name)), at), source))
		}
	}
	return problems
}

// literalItems lists the map literals that can be an expression's result or an
// item of it.
func literalItems(e ast.Expr) []ast.Expr {
	switch e.Kind() {
	case ast.MapKind:
		return []ast.Expr{e}
	case ast.ListKind:
		var all []ast.Expr
		for _, item := range e.AsList().Elements() {
			all = append(all, literalItems(item)...)
		}
		return all
	case ast.CallKind:
		if call := e.AsCall(); call.FunctionName() == operators.Conditional {
			return append(literalItems(call.Args()[1]), literalItems(call.Args()[2])...)
		}
	}
	return nil
}

// hasKey asks identity whether an item of the list at path may have key.
func hasKey(path, key string) bool {
	for _, value := range []any{"x", true} {
		items, err := json.Marshal([]map[string]any{{key: value}})
		if err == nil && new(identity.User).Apply([]identity.Edit{{Path: path, New: items}}) == nil {
			return true
		}
	}
	return false
}
