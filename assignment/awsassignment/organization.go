package awsassignment

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
)

// Organization says which organization this is; fault.Unsupported for an
// account that is in none.
func (d *Driver) Organization(ctx context.Context) (identity.Organization, error) {
	const op = "describe organization"
	out, err := lookup(ctx, d, "DescribeOrganization", op, "", (*organizations.Client).DescribeOrganization, organizations.DescribeOrganizationInput{})
	if err != nil {
		return identity.Organization{}, err
	}
	w := out.Organization
	if w == nil || aws.ToString(w.Id) == "" || aws.ToString(w.MasterAccountId) == "" {
		return identity.Organization{}, odd(op, "has no organization, or none with a management account")
	}
	return identity.Organization{ID: *w.Id, Management: *w.MasterAccountId, Email: aws.ToString(w.MasterAccountEmail)}, nil
}

// ListUnits lists the units in a root or unit, or the roots.
func (d *Driver) ListUnits(ctx context.Context, parent string, p assignment.PageRequest) (assignment.Page[identity.Unit], error) {
	const op = "list organizational units"
	limit, token, err := paging(op, p, mostAccounts)
	if err == nil && parent != "" {
		err = unit(op, parent)
	}
	if err != nil {
		return assignment.Page[identity.Unit]{}, err
	}
	if parent == "" {
		out, err := lookup(ctx, d, "ListRoots", op, "", (*organizations.Client).ListRoots, organizations.ListRootsInput{MaxResults: limit, NextToken: token})
		if err != nil {
			return assignment.Page[identity.Unit]{}, err
		}
		return paged(out.Roots, out.NextToken, func(w *types.Root) (identity.Unit, error) { return unitOf(op, w.Id, w.Name, "") })
	}
	out, err := lookup(ctx, d, "ListOrganizationalUnitsForParent", op, "root or unit "+parent, (*organizations.Client).ListOrganizationalUnitsForParent,
		organizations.ListOrganizationalUnitsForParentInput{ParentId: &parent, MaxResults: limit, NextToken: token})
	if err != nil {
		return assignment.Page[identity.Unit]{}, err
	}
	return paged(out.OrganizationalUnits, out.NextToken, func(w *types.OrganizationalUnit) (identity.Unit, error) {
		return unitOf(op, w.Id, w.Name, parent)
	})
}

func unitOf(op string, id, name *string, parent string) (identity.Unit, error) {
	if aws.ToString(id) == "" {
		return identity.Unit{}, odd(op, "has a root or unit without an id")
	}
	return identity.Unit{ID: *id, Name: aws.ToString(name), Parent: parent}, nil
}

func unit(op, id string) error {
	if !identity.IsUnitID(id) {
		return fault.Text(fault.Invalid, op, "parent", "want the id of a root (r-…) or of an organizational unit (ou-…)")
	}
	return nil
}

// Unit describes a unit, or looks for a root among the roots. Where the answer
// does not say what a unit is in, that is asked.
func (d *Driver) Unit(ctx context.Context, id string) (identity.Unit, error) {
	const op = "describe organizational unit"
	if err := unit(op, id); err != nil {
		return identity.Unit{}, err
	}
	if strings.HasPrefix(id, "r-") {
		return d.root(ctx, op, id)
	}
	out, err := lookup(ctx, d, "DescribeOrganizationalUnit", op, "unit "+id, (*organizations.Client).DescribeOrganizationalUnit,
		organizations.DescribeOrganizationalUnitInput{OrganizationalUnitId: &id})
	if err != nil {
		return identity.Unit{}, err
	}
	w := out.OrganizationalUnit
	if w == nil || aws.ToString(w.Id) != id {
		return identity.Unit{}, odd(op, "is about another unit")
	}
	parent, err := d.parent(ctx, op, id, aws.ToString(w.Path))
	if err != nil {
		return identity.Unit{}, err
	}
	return unitOf(op, w.Id, w.Name, parent)
}

func (d *Driver) root(ctx context.Context, op, id string) (identity.Unit, error) {
	roots, err := every(ctx, op, func(ctx context.Context, p assignment.PageRequest) (assignment.Page[identity.Unit], error) {
		return d.ListUnits(ctx, "", p)
	})
	if err != nil {
		return identity.Unit{}, err
	}
	for _, r := range roots {
		if r.ID == id {
			return r, nil
		}
	}
	return identity.Unit{}, fault.Text(fault.NotFound, op, "root "+id, "the organization has no such root")
}

// parent is the root or unit that something is in: by its path, "o-…/r-…/ou-…/",
// which ends in itself, or by asking.
func (d *Driver) parent(ctx context.Context, op, id, path string) (string, error) {
	steps := strings.Split(strings.Trim(path, "/"), "/")
	if n := len(steps); n > 1 && steps[n-1] == id && identity.IsUnitID(steps[n-2]) {
		return steps[n-2], nil
	}
	out, err := lookup(ctx, d, "ListParents", op, id, (*organizations.Client).ListParents, organizations.ListParentsInput{ChildId: &id})
	if err != nil {
		return "", err
	}
	if len(out.Parents) != 1 || aws.ToString(out.Parents[0].Id) == "" {
		return "", odd(op, "does not say what it is in")
	}
	return *out.Parents[0].Id, nil
}
