package mapping

import (
	"strings"
	"testing"

	"rollcall/source"
)

// expressions are where fuzzing begins: everything the language has.
var expressions = []string{
	`person.uid`, `first(all.mail)`, `person.uid == "" ? dn : anchor`, `all.mail.map(m, m.lowerAscii()).join(",")`, `clean(person.cn) + ou(dn) + parent(dn)`,
	`enabled(person.uid) ? "a" : "b"`, `string(math.bitAnd(int(person.uid), 2))`, `{"a": person.uid}["a"]`, `person.uid.matches("[a-z]+") ? "" : "x"`,
	`"%s".format([person.uid])`, `string(timestamp(person.uid))`, `person["x"].replace("a", person.uid)`, `has(person.x)`, `((((`, `"\uD800"`, `b"x"`,
	`person.exists(k, person[k] == "") ? "x" : ""`, `person == person ? "x" : ""`, `type(person) == map ? "x" : ""`, `string(size(all))`, `dyn(person).uid`,
	`[1, 2].map(x, x * x).exists(x, x > 3) ? "x" : string(person)`, `optional.none()`, `all.a.map(x, all.b.map(y, x + y).join()).join()`,
}

// FuzzCompile holds that no expression makes the compiler panic or hang, and
// that one which compiles can be run.
func FuzzCompile(f *testing.F) {
	for _, e := range expressions {
		f.Add(e)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		if len(expression) > 500 {
			return
		}
		m, err := Compile(Rules{User: map[string]string{"title": expression, "email": expression}, ScopePeople: expression}, Options{})
		if err != nil {
			if problemsOf(t, Rules{User: map[string]string{"title": expression, "email": expression}, ScopePeople: expression}, Options{}) == nil {
				t.Errorf("no problems in %v", err)
			}
			m, err = Compile(Rules{User: map[string]string{"title": expression}}, Options{CostLimit: 10_000})
		}
		if err == nil {
			_, _ = m.Person(ann())
		}
	})
}

// FuzzPerson holds that no entry makes an expression panic, that an error never
// quotes a value, and that explaining is mapping.
func FuzzPerson(f *testing.F) {
	for i, e := range expressions {
		f.Add(uint8(i), "uid", e, "x")
	}
	f.Add(uint8(0), "mail", "\xff\x00", "")
	var mappings []*Mapping
	for _, e := range expressions {
		if m, err := Compile(Rules{User: map[string]string{"title": e}}, Options{}); err == nil {
			mappings = append(mappings, m)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, attribute, first, second string) {
		m := mappings[int(which)%len(mappings)]
		p := ann()
		p.Attributes["uid"] = []string{"marker-" + first}
		p.Attributes[strings.ToLower(attribute)] = []string{"marker-" + first, "marker-" + second}
		got, err := m.Person(p)
		if err != nil && strings.Contains(err.Error(), "marker-") {
			t.Errorf("it shows a value: %v", err)
		}
		steps := m.Explain(p)
		if (steps[0].Problem != "") != (err != nil) {
			t.Errorf("mapped: %v; explained: %+v", err, steps[0])
		}
		if err == nil && (got.User.Title == "") != (steps[0].Result == "") {
			t.Errorf("mapped: %q; explained: %+v", got.User.Title, steps[0])
		}
		_, _ = m.Group(source.Group{Attributes: p.Attributes})
	})
}
