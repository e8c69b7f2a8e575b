package scimdoor

import (
	"testing"

	"rollcall/fault"
)

func TestEveryKindHasAStatusAndWords(t *testing.T) {
	for _, k := range fault.Kinds() {
		if statuses[k] == 0 || sentences[k] == "" {
			t.Errorf("%v has status %d and says %q", k, statuses[k], sentences[k])
		}
	}
}
