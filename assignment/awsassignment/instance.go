package awsassignment

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"rollcall/assignment"
	"rollcall/awscall"
	"rollcall/fault"
	"rollcall/identity"
)

// Describe says which instance this is. It is fault.Invalid if its store is not
// the configured one. Where the answer has no regions they are listed.
func (d *Driver) Describe(ctx context.Context) (identity.Instance, error) {
	const op = "describe instance"
	out, err := ask(ctx, d, read("DescribeInstance", op, "instance "+d.arn), (*ssoadmin.Client).DescribeInstance,
		ssoadmin.DescribeInstanceInput{InstanceArn: &d.arn})
	if err != nil {
		return identity.Instance{}, err
	}
	i := identity.Instance{
		ARN: aws.ToString(out.InstanceArn), Store: identity.StoreID(aws.ToString(out.IdentityStoreId)), Owner: aws.ToString(out.OwnerAccountId),
		Name: aws.ToString(out.Name), CreatedAt: awscall.Moment(out.CreatedDate), Regions: regions(out.Regions),
		OfAccount: out.PermissionSetsEnabled != nil && !*out.PermissionSetsEnabled,
	}
	switch {
	case i.ARN != d.arn || i.Store == "":
		return identity.Instance{}, odd(op, "is about another instance, or has no store")
	case i.Store != d.store:
		return identity.Instance{}, fault.Text(fault.Invalid, op, "instance "+d.arn, "its store is "+string(i.Store)+", and "+string(d.store)+" is configured")
	case len(i.Regions) == 0:
		i.Regions, err = every(ctx, op, d.listRegions(op))
	}
	if err != nil {
		return identity.Instance{}, err
	}
	return i, nil
}

func regions(all []types.RegionMetadata) []identity.Region {
	var found []identity.Region
	for _, r := range all {
		found = append(found, region(r))
	}
	return found
}

func region(w types.RegionMetadata) identity.Region {
	return identity.Region{Name: aws.ToString(w.RegionName), Primary: w.IsPrimaryRegion, State: identity.RegionState(w.Status), AddedAt: awscall.Moment(w.AddedDate)}
}

func (d *Driver) listRegions(op string) func(context.Context, assignment.PageRequest) (assignment.Page[identity.Region], error) {
	return func(ctx context.Context, p assignment.PageRequest) (assignment.Page[identity.Region], error) {
		limit, token, err := paging(op, p, mostAccess)
		if err != nil {
			return assignment.Page[identity.Region]{}, err
		}
		out, err := ask(ctx, d, read("ListRegions", op, "instance "+d.arn), (*ssoadmin.Client).ListRegions,
			ssoadmin.ListRegionsInput{InstanceArn: &d.arn, MaxResults: limit, NextToken: token})
		if err != nil {
			return assignment.Page[identity.Region]{}, err
		}
		return assignment.Page[identity.Region]{Items: regions(out.Regions), Next: aws.ToString(out.NextToken)}, nil
	}
}

// RenameInstance gives the instance another name.
func (d *Driver) RenameInstance(ctx context.Context, name string) error {
	const op = "rename instance"
	if err := identity.CheckInstanceName(name); err != nil {
		return err
	}
	_, err := ask(ctx, d, write("UpdateInstance", op, "instance "+d.arn), (*ssoadmin.Client).UpdateInstance,
		ssoadmin.UpdateInstanceInput{InstanceArn: &d.arn, Name: &name})
	return err
}

// AddRegion begins to bring the instance to another region.
func (d *Driver) AddRegion(ctx context.Context, name string) (identity.Region, error) {
	const op = "add region"
	if err := regionName(op, name); err != nil {
		return identity.Region{}, err
	}
	out, err := ask(ctx, d, write("AddRegion", op, "region "+name), (*ssoadmin.Client).AddRegion,
		ssoadmin.AddRegionInput{InstanceArn: &d.arn, RegionName: &name})
	if err != nil {
		return identity.Region{}, err
	}
	return identity.Region{Name: name, State: identity.RegionState(out.Status)}, nil
}

// RemoveRegion begins to take the instance out of a region.
func (d *Driver) RemoveRegion(ctx context.Context, name string) (identity.Region, error) {
	const op = "remove region"
	if err := regionName(op, name); err != nil {
		return identity.Region{}, err
	}
	out, err := ask(ctx, d, write("RemoveRegion", op, "region "+name), (*ssoadmin.Client).RemoveRegion,
		ssoadmin.RemoveRegionInput{InstanceArn: &d.arn, RegionName: &name})
	if err != nil {
		return identity.Region{}, err
	}
	return identity.Region{Name: name, State: identity.RegionState(out.Status)}, nil
}

func regionName(op, name string) error {
	if !identity.IsRegion(name) {
		return fault.Text(fault.Invalid, op, "region", "want the name of a region, like eu-west-1")
	}
	return nil
}
