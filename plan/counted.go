package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"rollcall/fault"
)

// Counted returns the changes of a plan's file that brakes count over time:
// users disabled, deleted and renamed, groups deleted, people taken out of
// groups, and accounts made again. It reads the lines of the others no further than it
// must: a first load has hundreds of thousands.
func Counted(file []byte) ([]Change, error) {
	return some(file, mayCount, Change.counts)
}

// OfKinds returns the changes of some kinds of a plan's file, as cheaply as
// [Counted] does.
func OfKinds(file []byte, kinds ...Kind) ([]Change, error) {
	return some(file, func(line []byte) bool { return isOf(line, kinds...) }, of(kinds...))
}

// some reads the lines that may be of interest, and keeps those that are.
func some(file []byte, may func(line []byte) bool, is func(Change) bool) ([]Change, error) {
	var kept []Change
	for line := range bytes.Lines(file) {
		if !may(line) {
			continue
		}
		var c Change
		if err := json.Unmarshal(line, &c); err != nil {
			return nil, fault.New(fault.Invalid, "read plan", "", err)
		}
		if is(c) {
			kept = append(kept, c)
		}
	}
	return kept, nil
}

func isOf(line []byte, kinds ...Kind) bool {
	start := line[:min(len(line), 64)]
	return slices.ContainsFunc(kinds, func(k Kind) bool { return bytes.Contains(start, fmt.Appendf(nil, `"kind":"%s"`, k)) })
}

func (c Change) counts() bool {
	switch c.Kind {
	case UserDisable, UserDelete, GroupDelete:
		return true
	case UserUpdate:
		return c.Renames()
	case GroupMembers:
		return len(c.Remove) > 0
	}
	return c.Again
}

// mayCount looks at a line without reading it: a kind stands near its
// beginning, what else is looked for anywhere.
func mayCount(line []byte) bool {
	if isOf(line, UserDisable, UserDelete, GroupDelete) {
		return true
	}
	if isOf(line, UserUpdate) {
		return bytes.Contains(line, []byte(`"path":"`+pathUserName+`"`))
	}
	return bytes.Contains(line, []byte(`"remove":[`)) || bytes.Contains(line, []byte(`"again":true`))
}
