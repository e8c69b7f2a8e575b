package mapping

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// accountDisabled is the bit of userAccountControl that turns an account off
// (MS-ADTS 2.2.16, ADS_UF_ACCOUNT_DISABLE).
const accountDisabled = 0x2

// functions are what expressions may call beside CEL's own.
func functions(now func() time.Time) cel.EnvOption {
	return cel.Lib(library{now})
}

type library struct{ now func() time.Time }

func (l library) CompileOptions() []cel.EnvOption {
	text := func(name string, f func(string) string) cel.EnvOption {
		return cel.Function(name, cel.Overload(name+"_string", []*cel.Type{cel.StringType}, cel.StringType,
			cel.UnaryBinding(func(v ref.Val) ref.Val {
				s, ok := v.(types.String)
				if !ok {
					return types.MaybeNoSuchOverloadErr(v)
				}
				return types.String(f(string(s)))
			})))
	}
	return []cel.EnvOption{
		cel.Function("first", cel.Overload("first_list", []*cel.Type{cel.ListType(cel.StringType)}, cel.StringType,
			cel.UnaryBinding(first))),
		cel.Function("enabled", cel.Overload("enabled_string", []*cel.Type{cel.StringType}, cel.BoolType,
			cel.UnaryBinding(enabled))),
		cel.Function(expiredFunction, cel.Overload("expired_string", []*cel.Type{cel.StringType}, cel.BoolType,
			cel.UnaryBinding(l.expired))),
		text("ou", nearestOU),
		text("parent", parent),
		text("clean", clean),
		cel.CostModel(costModels()...),
	}
}

func (library) ProgramOptions() []cel.ProgramOption { return nil }

// costModels say that a text function reads its argument once and gives no
// more than it read.
func costModels() []cost.OverloadModel {
	models := []cost.OverloadModel{
		cost.Overload("first_list", cost.EvalCost(cost.Const(cost.CallCost)), cost.ResultSize(cost.AtMost(cost.ElemOf(cost.Arg(0))))),
	}
	for _, id := range []string{"ou_string", "parent_string", "clean_string"} {
		models = append(models, cost.Overload(id,
			cost.EvalCost(cost.Sum(cost.Const(cost.CallCost), cost.StringScan(cost.Length(cost.Arg(0))))),
			cost.ResultSize(cost.AtMost(cost.Arg(0)))))
	}
	return models
}

func first(v ref.Val) ref.Val {
	list, ok := v.(traits.Lister)
	if !ok {
		return types.MaybeNoSuchOverloadErr(v)
	}
	if list.Size() == types.IntZero {
		return types.String("")
	}
	return list.Get(types.IntZero)
}

func enabled(v ref.Val) ref.Val {
	flags, ok := v.(types.String)
	if !ok {
		return types.MaybeNoSuchOverloadErr(v)
	}
	if flags == "" {
		return types.True
	}
	n, err := strconv.ParseInt(string(flags), 10, 64)
	if err != nil {
		return types.WrapErr(refusal("enabled() wants userAccountControl, a whole number, and got something else"))
	}
	return types.Bool(n&accountDisabled == 0)
}

// ticks are accountExpires': tenths of a microsecond since 1601 (MS-DTYP 2.3.3).
// The years from then to 1970 have this many.
const (
	ticksASecond = 10_000_000
	ticksTo1970  = 116_444_736_000_000_000
)

// Expires reads an accountExpires: whether it names a moment, and which.
// Nothing, 0 and the greatest number mean never (MS-ADTS 2.2.2, attribute
// accountExpires). It fails with an error for people if it is no such number.
func Expires(accountExpires string) (at time.Time, ends bool, err error) {
	if accountExpires == "" {
		return at, false, nil
	}
	ticks, err := strconv.ParseInt(accountExpires, 10, 64)
	switch {
	case err != nil || ticks < 0:
		return at, false, refusal("expired() wants accountExpires, a whole number, and got something else")
	case ticks == 0 || ticks == math.MaxInt64:
		return at, false, nil
	}
	return time.Unix((ticks-ticksTo1970)/ticksASecond, (ticks-ticksTo1970)%ticksASecond*100), true, nil
}

// expiredFunction is the one function that looks at the clock.
const expiredFunction = "expired"

// expired reports whether the moment in an accountExpires has come.
func (l library) expired(v ref.Val) ref.Val {
	text, ok := v.(types.String)
	if !ok {
		return types.MaybeNoSuchOverloadErr(v)
	}
	at, ends, err := Expires(string(text))
	if err != nil {
		return types.WrapErr(err)
	}
	return types.Bool(ends && !l.now().Before(at))
}

// clean drops what AWS refuses in a name (aws-contract 3.4): control and format
// characters such as the zero-width space, and bytes that are not UTF-8. White
// space of any kind becomes one blank, and none at the ends.
func clean(s string) string {
	var out strings.Builder
	out.Grow(len(s))
	blank := false
	for i, r := range s {
		switch {
		case unicode.IsSpace(r) || unicode.Is(unicode.Z, r):
			blank = out.Len() > 0
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], string(utf8.RuneError)):
		case unicode.In(r, unicode.L, unicode.M, unicode.S, unicode.N, unicode.P):
			if blank {
				out.WriteByte(' ')
				blank = false
			}
			out.WriteRune(r)
		}
	}
	return out.String()
}
