package ldapentry

import (
	"strings"

	"rollcall/source"
	"rollcall/source/nesting"
)

// primaryGroups finds AD's primary groups. A person is a member of theirs
// without being in its member attribute: they hold its relative id, which is
// the end of the group's SID, in their own domain (MS-ADTS 3.1.1.4.5.11).
type primaryGroups struct {
	groups map[string]nesting.Group // by SID
	people map[string][]nesting.Person
}

func newPrimaryGroups() primaryGroups {
	return primaryGroups{groups: map[string]nesting.Group{}, people: map[string][]nesting.Person{}}
}

func (g *primaryGroups) group(a source.Attributes, number nesting.Group) {
	if sid := a.First("objectsid"); sid != "" {
		g.groups[strings.Clone(sid)] = number
	}
}

func (g *primaryGroups) person(a source.Attributes, p nesting.Person) {
	id, sid := a.First("primarygroupid"), a.First("objectsid")
	if end := strings.LastIndexByte(sid, '-'); id != "" && end > 0 {
		group := sid[:end+1] + id
		g.people[group] = append(g.people[group], p)
	}
}

// settle puts people into their primary groups, those that were read.
func (g *primaryGroups) settle(graph *nesting.Graph) {
	for sid, number := range g.groups {
		for _, p := range g.people[sid] {
			graph.PutPerson(number, p)
		}
	}
}
