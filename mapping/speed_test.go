package mapping

import (
	"context"
	"fmt"
	"testing"

	"rollcall/identity"
	"rollcall/source"
)

func company(n int) []source.Person {
	people := make([]source.Person, n)
	for i := range people {
		people[i] = source.Person{
			Anchor: identity.Anchor(fmt.Sprintf("a-%d", i)),
			Name:   fmt.Sprintf("uid=u%d,ou=Engineering,ou=people,dc=example,dc=com", i),
			Attributes: source.Attributes{
				"uid": {fmt.Sprintf("u%d", i)}, "cn": {"Ann Example"}, "givenname": {"Ann"}, "sn": {"Example"},
				"mail": {fmt.Sprintf("u%d@example.com", i)}, "telephonenumber": {"+1 212 555 0100"}, "title": {"Engineer"},
				"employeenumber": {fmt.Sprint(i)}, "departmentnumber": {"2000"},
			},
		}
	}
	return people
}

func BenchmarkPeople(b *testing.B) {
	m, err := Compile(Rules{ScopePeople: `person.employeeType != "contractor"`}, Options{Preset: "inetorgperson"})
	if err != nil {
		b.Fatal(err)
	}
	people := company(100_000)
	b.ResetTimer()
	b.ReportAllocs()
	for b.Loop() {
		_, failed, err := m.People(context.Background(), people)
		if err != nil || len(failed) > 0 {
			b.Fatal(err, failed)
		}
	}
}
