package mapping

import (
	"errors"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
)

// rule is one compiled expression.
type rule[T any] struct {
	path       string // the attribute in identity's spelling; "people" or "groups" in scope
	name       string // as it was written: "user.email"
	expression string
	program    cel.Program
	reads      []string  // the attributes it looks at, in small letters
	anything   bool      // it may look at any
	dates      []string  // the attributes whose moment it waits for, in small letters
	anyDate    bool      // it may wait for others
	set        setter[T] // nil in scope
}

// setter puts an expression's result into an attribute.
type setter[T any] func(to *T, result ref.Val) error

func (r *rule[T]) apply(e *entry, to *T) error {
	out, _, err := r.program.Eval(e)
	if err != nil {
		return err
	}
	return r.set(to, out)
}

func (r *rule[T]) holds(e *entry) (bool, error) {
	out, _, err := r.program.Eval(e)
	if err != nil {
		return false, err
	}
	return out == types.True, nil
}

// Failure is a rule that did not work out for one entry.
type Failure struct {
	Rule string // "user.title"
	Why  string // never a value of the entry
}

// Failures is every rule that did not work out for one entry, as an error.
type Failures []Failure

func (f Failures) Error() string {
	texts := make([]string, len(f))
	for i, one := range f {
		texts[i] = one.Rule + ": " + one.Why
	}
	return strings.Join(texts, "; ")
}

func (r *rule[T]) failure(err error) Failure {
	return Failure{Rule: r.name, Why: publicText(err)}
}

// refusal is an evaluation error of ours: it names attributes, never values.
type refusal string

func (r refusal) Error() string { return string(r) }

// harmless are the starts of CEL's own texts that say what is wrong. Whatever
// follows them may quote a value.
var harmless = []string{
	"no such overload", "no such key", "index out of bounds", "index out of range",
	"division by zero", "modulus by zero", "integer overflow", "unsigned integer overflow",
	"type conversion error", "no such attribute",
}

// publicText says what went wrong without quoting any value of the entry.
func publicText(err error) string {
	if own, ok := errors.AsType[refusal](err); ok {
		return own.Error()
	}
	if stopped, ok := errors.AsType[interpreter.EvalCancelledError](err); ok && stopped.Cause == interpreter.CostLimitExceeded {
		return "stopped, because it cost more than an expression may on one entry"
	}
	for _, start := range harmless {
		if strings.HasPrefix(err.Error(), start) {
			return start + ` (the value is not shown; "rollcall map test" shows it)`
		}
	}
	return `the expression failed on the values of this entry; "rollcall map test" shows why`
}
