package scim

import (
	"encoding/json"
	"fmt"
)

// String is the filter as it is sent: ParseFilter reads the same from it.
func (f *Filter) String() string {
	switch f.Op {
	case opAnd, opOr:
		return "(" + f.Terms[0].String() + ") " + f.Op + " (" + f.Terms[1].String() + ")"
	case opNot:
		return "not (" + f.Terms[0].String() + ")"
	case opItems:
		return f.Path + "[" + f.Terms[0].String() + "]"
	case opPresent:
		return f.Path + " pr"
	}
	switch v := f.Value.(type) {
	case string:
		return f.Path + " " + f.Op + " " + quoted(v)
	case json.Number:
		return f.Path + " " + f.Op + " " + v.String()
	case nil:
		return f.Path + " " + f.Op + " null"
	}
	return f.Path + " " + f.Op + " " + fmt.Sprint(f.Value)
}
