package approvaldoor

import (
	"testing"

	"rollcall/fault"
)

func TestEveryKindHasAStatus(t *testing.T) {
	for _, k := range fault.Kinds() {
		if statuses[k] == 0 {
			t.Errorf("%v has no status", k)
		}
	}
}
