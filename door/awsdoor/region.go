package awsdoor

import (
	"context"

	"rollcall/awsjson"
	"rollcall/awsjson/ssoadmin"
	"rollcall/identity"
)

func addRegion(ctx context.Context, c *center, in *ssoadmin.RegionInput) (any, error) {
	r, err := c.writer().AddRegion(ctx, *in.RegionName)
	return ssoadmin.RegionStatusOutput{Status: string(r.State)}, err
}

func removeRegion(ctx context.Context, c *center, in *ssoadmin.RegionInput) (any, error) {
	r, err := c.writer().RemoveRegion(ctx, *in.RegionName)
	return ssoadmin.RegionStatusOutput{Status: string(r.State)}, err
}

func describeRegion(ctx context.Context, c *center, in *ssoadmin.RegionInput) (any, error) {
	i, err := c.Describe(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range i.Regions {
		if r.Name == *in.RegionName {
			return ssoadmin.RegionOf(r), nil
		}
	}
	return nil, &awsjson.Exception{Type: awsjson.TypeNotFound, Message: couldNotFind("Region", *in.RegionName)}
}

func listRegions(ctx context.Context, c *center, in *ssoadmin.InstancePageInput) (any, error) {
	i, err := c.Describe(ctx)
	if err != nil {
		return nil, err
	}
	found, err := cut(ctx, c.server, "ListRegions "+c.arn, i.Regions, func(r identity.Region) string { return r.Name }, ssoPage(&in.Page, ssoadmin.MaxResults))
	return ssoadmin.ListRegionsOutput{Regions: ssoadmin.RegionsOf(found.Items), NextToken: found.Next}, err
}
