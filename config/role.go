package config

import (
	"maps"
	"slices"

	"rollcall/identity"
	"rollcall/lifecycle"
	"rollcall/mapping"
	"rollcall/spelling"
)

// Role is a template: what everybody in a job has.
type Role struct {
	Groups      Strings           `yaml:"groups" doc:"The groups, by display name."`
	Assignments Strings           `yaml:"assignments" doc:"What is given to the person themselves: 'Admin in prod', 'Reader in ou:Workloads', 'Reader in *' for every account, 'application:Wiki'."`
	Attributes  map[string]string `yaml:"attributes" doc:"Attributes that are set, by name, such as title or department."`
}

func (d *decoder) checkRoles(c *Config) {
	checkNames(d, "roles", c.Roles)
	for _, n := range slices.Sorted(maps.Keys(c.Roles)) {
		r, at := c.Roles[n], path{"roles", n}
		if len(r.Groups)+len(r.Assignments)+len(r.Attributes) == 0 {
			d.complainKey(at, "it gives nothing; say groups, assignments or attributes")
		}
		for _, text := range r.Assignments {
			if _, err := lifecycle.ParsePlace(text); err != nil {
				d.complainAt(at.with("assignments"), `"`+text+`" is no assignment; write `+lifecycle.PlaceForms)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(r.Attributes)) {
			path := mapping.UserPath(name)
			if _, text := identity.UserText(path); !text && path != "emails" && path != "phoneNumbers" && path != "roles" {
				d.complainKey(at.with("attributes", name), "a role sets no such attribute"+spelling.Hint(name, mapping.UserPathNames()))
			}
			if path == "userName" || path == "emails" {
				d.complainKey(at.with("attributes", name), "nobody shares it with anybody; a role cannot set it")
			}
		}
	}
}
