package awsdoor

import (
	"context"

	"rollcall/assignment"
	"rollcall/awsjson"
	"rollcall/awsjson/ssoadmin"
	"rollcall/directory"
	"rollcall/identity"
)

// createApplication makes an application of one's own: the service makes no
// others.
func createApplication(ctx context.Context, c *center, in *ssoadmin.CreateApplicationInput) (any, error) {
	if err := custom(*in.ApplicationProviderArn); err != nil {
		return nil, err
	}
	i, err := c.Describe(ctx)
	if err != nil {
		return nil, err
	}
	a, err := in.Application()
	if err != nil {
		return nil, err
	}
	if a, err = c.writer().CreateApplication(ctx, a, ssoadmin.Tags(in.Tags), text(in.ClientToken)); err != nil {
		return nil, err
	}
	return ssoadmin.CreateApplicationOutput{ApplicationArn: a.ARN, InstanceArn: i.ARN, IdentityStoreArn: awsjson.StoreARN(i.Owner, i.Store)}, nil
}

func describeApplication(ctx context.Context, c *center, in *ssoadmin.ApplicationInput) (any, error) {
	a, err := c.Application(ctx, *in.ApplicationArn)
	if err != nil {
		return nil, err
	}
	i, err := c.Describe(ctx)
	if err != nil {
		return nil, err
	}
	return ssoadmin.ApplicationOf(&i, &a)
}

func listApplications(ctx context.Context, c *center, in *ssoadmin.ListApplicationsInput) (any, error) {
	found, err := left(ssoPage(&in.Page, ssoadmin.MaxApplications), func(page directory.PageRequest) (directory.Page[identity.Application], error) {
		return c.ListApplications(ctx, page)
	}, func(a identity.Application) bool {
		return (in.Account() == "" || in.Account() == a.Account) && (in.Provider() == "" || in.Provider() == a.Provider)
	})
	if err != nil {
		return nil, badToken(err)
	}
	i, err := c.Describe(ctx)
	if err != nil {
		return nil, err
	}
	out := ssoadmin.ListApplicationsOutput{Applications: make([]ssoadmin.Application, len(found.Items)), NextToken: found.Next}
	for n := range found.Items {
		if out.Applications[n], err = ssoadmin.ApplicationOf(&i, &found.Items[n]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// updateApplication reads the portal options first, of which only a part can
// be changed: the rest never changes, so nothing can come between.
func updateApplication(ctx context.Context, c *center, in *ssoadmin.UpdateApplicationInput) (any, error) {
	had, err := c.Application(ctx, *in.ApplicationArn)
	if err != nil {
		return nil, err
	}
	portal, err := in.Portal(had.Portal)
	if err != nil {
		return nil, err
	}
	return nil, c.writer().UpdateApplication(ctx, had.ARN, assignment.ApplicationChange{
		Name: in.Name, Description: in.Description, Enabled: in.Enabled(), Portal: portal,
	})
}

func deleteApplication(ctx context.Context, c *center, in *ssoadmin.ApplicationInput) (any, error) {
	return nil, c.writer().DeleteApplication(ctx, *in.ApplicationArn)
}

func getAssignmentConfiguration(ctx context.Context, c *center, in *ssoadmin.ApplicationInput) (any, error) {
	a, err := c.Application(ctx, *in.ApplicationArn)
	return ssoadmin.AssignmentConfiguration{AssignmentRequired: a.AssignmentRequired}, err
}

func putAssignmentConfiguration(ctx context.Context, c *center, in *ssoadmin.PutAssignmentConfigurationInput) (any, error) {
	return nil, c.writer().UpdateApplication(ctx, *in.ApplicationArn, assignment.ApplicationChange{AssignmentRequired: in.AssignmentRequired})
}
