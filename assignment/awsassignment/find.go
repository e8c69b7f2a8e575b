package awsassignment

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"rollcall/assignment"
	"rollcall/awscall"
	"rollcall/fault"
	"rollcall/identity"
)

// anyRegion is where instances are looked for when no region is configured.
const anyRegion = "us-east-1"

// Find returns the one instance that the credentials of o see: in o's region or,
// if none is there or none is configured, in any of its partition. Instance and
// Store of o narrow the search where they are given. What is returned says
// where it is: its primary region is the one to configure.
//
// It fails with fault.Invalid for options without AWS and, listing them, for
// several instances, and with fault.NotFound for none.
func Find(ctx context.Context, o Options) (identity.Instance, error) {
	const op = "find instance"
	if o.AWS == nil {
		return identity.Instance{}, fault.Text(fault.Invalid, op, "", "it is not configured how to reach AWS")
	}
	scopes := []types.RegionScope{types.RegionScopeCurrentRegion, types.RegionScopeAllRegions}
	if o.AWS.Region == "" {
		somewhere := o.AWS.Copy()
		somewhere.Region = anyRegion
		o.AWS, scopes = &somewhere, scopes[1:]
	}
	d := open(o)
	for _, scope := range scopes {
		all, err := every(ctx, op, d.listInstances(op, scope))
		if err != nil {
			return identity.Instance{}, err
		}
		all = slices.DeleteFunc(all, func(i identity.Instance) bool {
			return o.Instance != "" && i.ARN != o.Instance || o.Store != "" && i.Store != o.Store
		})
		switch len(all) {
		case 0:
		case 1:
			return all[0], nil
		default:
			return identity.Instance{}, fault.Text(fault.Invalid, op, "field instance", fmt.Sprintf("there are %d; name one: %s", len(all), names(all)))
		}
	}
	return identity.Instance{}, fault.Text(fault.NotFound, op, "",
		"the credentials see no such instance in any region; they must be of the organization's management account, its delegated administrator, or the account that owns the instance")
}

// listInstances lists instances, without those that are not there yet or no
// longer.
func (d *Driver) listInstances(op string, scope types.RegionScope) func(context.Context, assignment.PageRequest) (assignment.Page[identity.Instance], error) {
	return func(ctx context.Context, p assignment.PageRequest) (assignment.Page[identity.Instance], error) {
		limit, token, err := paging(op, p, mostAccess)
		if err != nil {
			return assignment.Page[identity.Instance]{}, err
		}
		out, err := ask(ctx, d, read("ListInstances", op, ""), (*ssoadmin.Client).ListInstances,
			ssoadmin.ListInstancesInput{RegionScope: scope, MaxResults: limit, NextToken: token})
		if err != nil {
			return assignment.Page[identity.Instance]{}, err
		}
		there := slices.DeleteFunc(out.Instances, func(w types.InstanceMetadata) bool {
			return cmp.Or(w.Status, types.InstanceStatusActive) != types.InstanceStatusActive
		})
		return paged(there, out.NextToken, func(w *types.InstanceMetadata) (identity.Instance, error) {
			i := identity.Instance{
				ARN: aws.ToString(w.InstanceArn), Store: identity.StoreID(aws.ToString(w.IdentityStoreId)), Owner: aws.ToString(w.OwnerAccountId),
				Name: aws.ToString(w.Name), CreatedAt: awscall.Moment(w.CreatedDate), Regions: regions(w.Regions),
			}
			if i.ARN == "" || i.Store == "" {
				return i, odd(op, "has an instance without ARN or store")
			}
			if name := aws.ToString(w.PrimaryRegion); len(i.Regions) == 0 && name != "" {
				i.Regions = []identity.Region{{Name: name, Primary: true, State: identity.RegionActive}}
			}
			return i, nil
		})
	}
}

// names lists instances for whoever has to choose.
func names(all []identity.Instance) string {
	var each []string
	for _, i := range all {
		text := i.ARN + " (store " + string(i.Store)
		for _, r := range i.Regions {
			if r.Primary {
				text += ", " + r.Name
			}
		}
		each = append(each, text+", account "+i.Owner+")")
	}
	return strings.Join(each, ", ")
}
