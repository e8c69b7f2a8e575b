package csvsource

import (
	"strings"

	"rollcall/identity"
)

// index finds the rows of a table by what memberships call them.
type index struct {
	form  identity.AnchorForm
	taken map[identity.Anchor]place
	byKey map[string]int32 // number in the graph, or ambiguous
	exact bool             // keys are anchors
}

// place is where a row stands. There are many of them.
type place struct{ file, line int32 }

// ambiguous is the number of a key that several rows have.
const ambiguous = -1

func newIndex(t Table) *index {
	return &index{
		form: t.form(), taken: map[identity.Anchor]place{}, byKey: map[string]int32{},
		exact: strings.EqualFold(t.key(), t.Anchor),
	}
}

// text is a key in its one comparable form: that of anchors, or else that of
// names, which are the same in any case.
func (x *index) text(key string) string {
	if !x.exact {
		return identity.Fold(strings.TrimSpace(key))
	}
	anchor, err := identity.ParseAnchor(x.form, []byte(key))
	if err != nil {
		return ""
	}
	return string(anchor)
}

func (x *index) put(key string, number int32) {
	text := x.text(key)
	if text == "" {
		return
	}
	if _, taken := x.byKey[text]; taken {
		number = ambiguous
	}
	x.byKey[text] = number
}

func (x *index) find(key string) (number int32, found bool) {
	number, found = x.byKey[x.text(key)]
	return number, found
}
