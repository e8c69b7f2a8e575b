package awsdoor

import (
	"context"
	"strings"

	"rollcall/awsjson"
	"rollcall/awsjson/organizations"
	"rollcall/fault"
	"rollcall/identity"
)

// describeOrganization answers that policies can be used, since an organization
// with all features always does, and that none are: there are none here.
func describeOrganization(_ context.Context, o *organization, _ *organizations.DescribeOrganizationInput) (any, error) {
	return organizations.OrganizationOutput{Organization: organizations.Organization{
		ID: o.ID, Arn: o.ARN(), FeatureSet: "ALL",
		MasterAccountArn: o.AccountARN(o.Management), MasterAccountID: o.Management, MasterAccountEmail: o.Email,
		AvailablePolicyTypes: []organizations.PolicyType{{Type: "SERVICE_CONTROL_POLICY", Status: "ENABLED"}},
	}}, nil
}

func listRoots(ctx context.Context, o *organization, in *organizations.ListInput) (any, error) {
	found, err := o.ListUnits(ctx, "", organizationPage(&in.Page))
	if err != nil {
		return nil, strangeToken(err)
	}
	out := organizations.RootsOutput{Roots: []organizations.Root{}, NextToken: found.Next}
	for i := range found.Items {
		r := &found.Items[i]
		out.Roots = append(out.Roots, organizations.Root{ID: r.ID, Arn: o.UnitARN(r), Name: r.Name, PolicyTypes: []organizations.PolicyType{}})
	}
	return out, nil
}

func listUnitsIn(ctx context.Context, o *organization, in *organizations.ParentInput) (any, error) {
	found, err := o.ListUnits(ctx, *in.ParentID, organizationPage(&in.Page))
	if err != nil {
		return nil, noParent(err)
	}
	out := organizations.UnitsOutput{OrganizationalUnits: []organizations.Unit{}, NextToken: found.Next}
	places := o.places()
	for i := range found.Items {
		u, err := o.unit(ctx, places, &found.Items[i])
		if err != nil {
			return nil, err
		}
		out.OrganizationalUnits = append(out.OrganizationalUnits, u)
	}
	return out, nil
}

func describeUnit(ctx context.Context, o *organization, in *organizations.DescribeUnitInput) (any, error) {
	found, err := o.Unit(ctx, *in.UnitID)
	if err != nil {
		return nil, absent(err, organizations.TypeUnitNotFound, "an organizational unit")
	}
	u, err := o.unit(ctx, o.places(), &found)
	return organizations.UnitOutput{OrganizationalUnit: u}, err
}

// unit is how the wire has an organizational unit.
func (o *organization) unit(ctx context.Context, at places, u *identity.Unit) (organizations.Unit, error) {
	path, err := at.path(ctx, u.ID)
	return organizations.Unit{ID: u.ID, Arn: o.UnitARN(u), Name: u.Name, Path: path}, err
}

func listChildren(ctx context.Context, o *organization, in *organizations.ChildrenInput) (any, error) {
	out := organizations.ChildrenOutput{Children: []organizations.Relative{}}
	if *in.ChildType == organizations.TypeAccount {
		found, err := o.ListAccounts(ctx, *in.ParentID, organizationPage(&in.Page))
		for i := range found.Items {
			out.Children = append(out.Children, organizations.Relative{ID: found.Items[i].ID, Type: organizations.TypeAccount})
		}
		out.NextToken = found.Next
		return out, noParent(err)
	}
	found, err := o.ListUnits(ctx, *in.ParentID, organizationPage(&in.Page))
	for i := range found.Items {
		out.Children = append(out.Children, organizations.Relative{ID: found.Items[i].ID, Type: organizations.TypeUnit})
	}
	out.NextToken = found.Next
	return out, noParent(err)
}

// listParents answers the one parent there is, on the one page there is.
func listParents(ctx context.Context, o *organization, in *organizations.ListParentsInput) (any, error) {
	if text(in.NextToken) != "" {
		return nil, noSecondPage()
	}
	parent, err := o.parentOf(ctx, *in.ChildID)
	if err != nil {
		return nil, absent(err, organizations.TypeChildNotFound, "a child")
	}
	kind := organizations.TypeUnit
	if strings.HasPrefix(parent, "r-") {
		kind = organizations.TypeRoot
	}
	return organizations.ParentsOutput{Parents: []organizations.Relative{{ID: parent, Type: kind}}}, nil
}

func (o *organization) parentOf(ctx context.Context, child string) (string, error) {
	if identity.IsAccountID(child) {
		a, err := o.Account(ctx, child)
		return a.Parent, err
	}
	u, err := o.Unit(ctx, child)
	return u.Parent, err
}

// noSecondPage refuses the token of a listing that never gives one out.
func noSecondPage() error {
	return organizations.Refuse(organizations.ReasonToken, "NextToken", "must be left out: this listing has one page")
}

// listAdministrators answers none: nothing is delegated here.
func listAdministrators(_ context.Context, _ *organization, in *organizations.AdministratorsInput) (any, error) {
	if text(in.NextToken) != "" {
		return nil, noSecondPage()
	}
	return organizations.AdministratorsOutput{DelegatedAdministrators: []organizations.Account{}}, nil
}

// listServiceAccess answers Identity Center itself: without its access there
// would be no instance.
func listServiceAccess(ctx context.Context, o *organization, in *organizations.ListInput) (any, error) {
	if text(in.NextToken) != "" {
		return nil, noSecondPage()
	}
	instance, err := o.Describe(ctx)
	return organizations.ServiceAccessOutput{EnabledServicePrincipals: []organizations.ServicePrincipal{
		{ServicePrincipal: "sso.amazonaws.com", DateEnabled: awsjson.TimeOf(instance.CreatedAt)},
	}}, err
}

// listResourceTags answers none for what there is: nothing here has tags.
func listResourceTags(ctx context.Context, o *organization, in *organizations.TagsInput) (any, error) {
	if text(in.NextToken) != "" {
		return nil, noSecondPage()
	}
	if err := o.has(ctx, *in.ResourceID); err != nil {
		return nil, absent(err, organizations.TypeTargetNotFound, "a target")
	}
	return organizations.TagsOutput{Tags: []organizations.Tag{}}, nil
}

// has is fault.NotFound for the id of what is not in the organization.
func (o *organization) has(ctx context.Context, id string) error {
	var err error
	switch {
	case identity.IsAccountID(id):
		_, err = o.Account(ctx, id)
	case identity.IsUnitID(id):
		_, err = o.Unit(ctx, id)
	default: // a policy, of which there are none
		err = fault.Text(fault.NotFound, "list tags", "resource", "there is none with this id")
	}
	return err
}
