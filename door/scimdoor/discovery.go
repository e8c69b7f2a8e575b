package scimdoor

import (
	"strings"

	"rollcall/fault"
	"rollcall/scim"
)

func (d *Door) serviceProviderConfig(request) (answer, error) {
	return ok(scim.NewServiceProviderConfig()), nil
}

func (d *Door) resourceTypes(request) (answer, error) {
	return ok(scim.NewList(scim.ResourceTypes())), nil
}

func (d *Door) schemas(request) (answer, error) { return ok(scim.NewList(scim.Schemas())), nil }

func (d *Door) schema(r request) (answer, error) {
	for _, s := range scim.Schemas() {
		if strings.EqualFold(s.ID, r.id) {
			return ok(s), nil
		}
	}
	return answer{}, fault.Text(fault.NotFound, "get schema", "", "there is no such schema")
}
