package source

import (
	"strings"
	"testing"
)

func TestACopyIsHeldAgainstTheLastOne(t *testing.T) {
	at := func(server string, marks ...string) Replica {
		r := Replica{Server: server, Marks: map[string]string{}}
		for _, m := range marks {
			id, mark, _ := strings.Cut(m, "=")
			r.Marks[id] = mark
		}
		return r
	}
	for name, c := range map[string]struct {
		before, now    Replica
		older, unknown string
	}{
		"the same":                         {at("dc1", "a=05"), at("dc1", "a=05"), "", ""},
		"later":                            {at("dc1", "a=05"), at("dc1", "a=06"), "", ""},
		"nothing of it yet":                {at("dc1", "a=05"), at("dc1", "a=00"), "those up to 0, and", ""},
		"earlier":                          {at("dc1", "a=05"), at("dc1", "a=04"), "of the changes of a it has those up to 4, and the last complete read had 5", ""},
		"another that has caught up":       {at("dc1", "a=05"), at("dc2", "a=05", "b=99"), "", ""},
		"another that has not":             {at("dc1", "a=05"), at("dc2", "a=04", "b=99"), "dc2 is behind", ""},
		"another that does not say":        {at("dc1", "a=05"), at("dc2", "b=99"), "", "dc2 does not say how far it has come with the changes of a"},
		"behind with one of two":           {at("dc1", "a=05", "b=05"), at("dc1", "a=09", "b=04"), "of the changes of b", ""},
		"behind, and silent about one":     {at("dc1", "a=05", "b=05"), at("dc1", "b=04"), "of the changes of b", ""},
		"nothing said, the same server":    {at("dc1"), at("dc1"), "", ""},
		"nothing said, another server":     {at("dc1"), at("dc2"), "", "dc2 was read and not dc1"},
		"nothing said before":              {at("dc1"), at("dc2", "b=99"), "", ""},
		"a source without copies":          {Replica{}, Replica{}, "", ""},
		"the first read":                   {Replica{}, at("dc1", "a=05"), "", ""},
		"the first read, and no mark":      {Replica{}, at("dc1"), "", ""},
		"it said something, and no longer": {at("dc1", "a=05"), at("dc1"), "", "does not say"},
	} {
		older, unknown := c.now.Since(c.before)
		if (older == "") != (c.older == "") || (unknown == "") != (c.unknown == "") || !strings.Contains(older, c.older) || !strings.Contains(unknown, c.unknown) {
			t.Errorf("%s: older %q, unknown %q", name, older, unknown)
		}
	}
}
