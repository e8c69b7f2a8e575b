package mapping

import (
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/ext"

	"rollcall/fault"
)

const (
	maxExpression = 16 << 10 // characters of one expression
	maxDepth      = 64       // brackets in brackets
	maxPattern    = 1000     // instructions in a compiled regular expression
)

// environment is what expressions about variable ("person", "group") know.
//
// There is no has(): a missing attribute is "", so it would be true for
// whatever it is asked about.
func environment(variable string, now func() time.Time) (*cel.Env, error) {
	env, err := cel.NewEnv(
		cel.Variable(variable, cel.MapType(cel.StringType, cel.StringType)),
		cel.Variable("all", cel.MapType(cel.StringType, cel.ListType(cel.StringType))),
		cel.Variable("dn", cel.StringType),
		cel.Variable("anchor", cel.StringType),
		ext.Strings(),
		ext.Math(),
		functions(now),
		cel.ClearMacros(),
		cel.Macros(cel.AllMacro, cel.ExistsMacro, cel.ExistsOneMacro, cel.MapMacro, cel.MapFilterMacro, cel.FilterMacro, noHas()),
		cel.ParserExpressionSizeLimit(maxExpression),
		cel.ParserRecursionLimit(maxDepth),
		cel.RegexProgramSizeLimit(maxPattern),
	)
	if err != nil {
		return nil, fault.New(fault.Internal, "prepare expressions", variable, err)
	}
	return env, nil
}

func noHas() cel.Macro {
	return cel.GlobalMacro("has", 1, func(f cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
		return nil, f.NewError(args[0].ID(), `there is no has(): a missing attribute is ""; compare it with ""`)
	})
}

// sizes tells the static cost estimate how large an entry can be.
type sizes struct{}

func (sizes) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}

func (sizes) EstimateSize(element cost.AstNode) *cost.SizeEstimate {
	if element.ComputedSize() != nil || len(element.Path()) == 0 {
		return nil
	}
	value := cost.RangedSizeEstimate(0, maxValue)
	list := cost.ListSizeEstimate(cost.RangedSizeEstimate(0, maxValues), value)
	switch element.Type().Kind() {
	case types.StringKind:
		return &value
	case types.ListKind:
		return &list
	case types.MapKind:
		entry := cost.MapSizeEstimate(cost.RangedSizeEstimate(0, maxValues), value, value)
		if element.Path()[0] == "all" {
			entry = cost.MapSizeEstimate(cost.RangedSizeEstimate(0, maxValues), value, list)
		}
		return &entry
	}
	return nil
}
