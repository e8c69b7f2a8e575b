package plan

import (
	"bytes"
	"encoding/json"
	"fmt"

	"rollcall/fault"
)

// Counted returns the changes of a plan's file that brakes count over time:
// users disabled and deleted, groups deleted, people taken out of groups, and
// accounts made again. It reads the lines of the others no further than it
// must: a first load has hundreds of thousands.
func Counted(file []byte) ([]Change, error) {
	var counted []Change
	for line := range bytes.Lines(file) {
		if !mayCount(line) {
			continue
		}
		var c Change
		if err := json.Unmarshal(line, &c); err != nil {
			return nil, fault.New(fault.Invalid, "read plan", "", err)
		}
		if c.counts() {
			counted = append(counted, c)
		}
	}
	return counted, nil
}

func (c Change) counts() bool {
	switch c.Kind {
	case UserDisable, UserDelete, GroupDelete:
		return true
	case GroupMembers:
		return len(c.Remove) > 0
	}
	return c.Again
}

// mayCount looks at a line without reading it: a kind stands near its
// beginning, what else is looked for anywhere.
func mayCount(line []byte) bool {
	start := line[:min(len(line), 64)]
	for _, k := range []Kind{UserDisable, UserDelete, GroupDelete} {
		if bytes.Contains(start, fmt.Appendf(nil, `"kind":"%s"`, k)) {
			return true
		}
	}
	return bytes.Contains(line, []byte(`"remove":[`)) || bytes.Contains(line, []byte(`"again":true`))
}
