package icf

import (
	"strconv"
	"strings"
)

// Op is what a filter does.
type Op string

// The operators. Comparisons may be any other word too: see [Filter.Check].
const (
	OpAnd     Op = "and"
	OpOr      Op = "or"
	OpNot     Op = "!"
	OpTrue    Op = "true"
	OpFalse   Op = "false"
	OpPresent Op = "pr"

	OpEqual        Op = "eq"
	OpContains     Op = "co"
	OpStarts       Op = "sw"
	OpLess         Op = "lt"
	OpLessEqual    Op = "le"
	OpGreater      Op = "gt"
	OpGreaterEqual Op = "ge"
	OpEnds         Op = "ew" // of /system
	OpContainsAll  Op = "ca" // of /system: every value of a list
	OpIn           Op = "in" // of newer IDM: one value of a list, written as a JSON array in a string
)

// Filter is a query filter of CREST, read.
type Filter struct {
	Op      Op
	Parts   []Filter // of and, or: two or more; of !: one
	Pointer Pointer  // of comparisons and pr
	Value   any      // of comparisons: string, float64 or bool
}

// Pointer is a path into an object (RFC 6901): its tokens, unescaped.
type Pointer []string

// ParsePointer reads a pointer with or without its leading slash. It fails with
// fault.Invalid on an empty one and on a ~ that escapes nothing.
func ParsePointer(text string) (Pointer, error) {
	rest := strings.TrimPrefix(text, "/")
	if rest == "" {
		return nil, unreadable(0, "a pointer is empty")
	}
	parts := strings.Split(rest, "/")
	for i, p := range parts {
		plain := strings.NewReplacer("~0", "", "~1", "").Replace(p)
		if p == "" || strings.Contains(plain, "~") {
			return nil, unreadable(0, "a pointer has names between its slashes, and ~0 or ~1 where it has a ~")
		}
		parts[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(p)
	}
	return parts, nil
}

// String writes the pointer with its leading slash.
func (p Pointer) String() string {
	var out strings.Builder
	for _, name := range p {
		out.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name))
	}
	return out.String()
}

// String writes the filter so that [ParseFilter] reads it back as it is.
func (f Filter) String() string {
	switch f.Op {
	case OpTrue, OpFalse:
		return string(f.Op)
	case OpNot:
		return "!(" + f.Parts[0].String() + ")"
	case OpAnd, OpOr:
		parts := make([]string, len(f.Parts))
		for i, p := range f.Parts {
			parts[i] = p.String()
		}
		return "(" + strings.Join(parts, " "+string(f.Op)+" ") + ")"
	case OpPresent:
		return f.Pointer.String() + " pr"
	}
	return f.Pointer.String() + " " + string(f.Op) + " " + literal(f.Value)
}

func literal(v any) string {
	switch v := v.(type) {
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case string:
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v) + `"`
	}
	return `""`
}
