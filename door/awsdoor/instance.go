package awsdoor

import (
	"context"
	"slices"

	"rollcall/awsjson"
	"rollcall/awsjson/ssoadmin"
	"rollcall/identity"
)

// mostInstances is the most that a page of them may have (aws-contract 4.2,
// InstanceList).
const mostInstances = 10

// listInstances lists those that are in the server's region; where it has none
// of its own, and for all regions, those that there are.
func listInstances(ctx context.Context, s *Server, in *ssoadmin.ListInstancesInput) (any, error) {
	arns, err := s.Instances.List(ctx)
	if err != nil {
		return nil, err
	}
	here := s.Region != "" && text(in.RegionScope) != ssoadmin.AllRegions
	var all []identity.Instance
	for _, arn := range arns {
		i, err := s.describe(ctx, arn)
		if err != nil {
			return nil, err
		}
		if !here || slices.ContainsFunc(i.Regions, func(r identity.Region) bool { return r.Name == s.Region }) {
			all = append(all, i)
		}
	}
	found, err := cut(ctx, s, "ListInstances", all, func(i identity.Instance) string { return i.ARN }, ssoPage(&in.Page, mostInstances))
	return ssoadmin.ListInstancesOutput{
		Instances: written(found.Items, func(i identity.Instance) ssoadmin.InstanceMetadata { return ssoadmin.InstanceMetadataOf(&i) }),
		NextToken: found.Next,
	}, err
}

func (s *Server) describe(ctx context.Context, arn string) (identity.Instance, error) {
	found, err := s.Instances.Open(ctx, arn)
	if err != nil {
		return identity.Instance{}, err
	}
	return found.Describe(ctx)
}

func describeInstance(ctx context.Context, c *center, _ *ssoadmin.InstanceInput) (any, error) {
	i, err := c.Describe(ctx)
	return ssoadmin.InstanceOutputOf(&i), err
}

// updateInstance renames an instance. Permission sets are on where they can be,
// and what it is encrypted with is AWS's word: here are no keys of KMS.
func updateInstance(ctx context.Context, c *center, in *ssoadmin.UpdateInstanceInput) (any, error) {
	if on := in.PermissionSetsEnabled; on != nil {
		switch {
		case !*on:
			return nil, awsjson.Invalid("permissionSetsEnabled", "Member must be true")
		case in.EncryptionConfiguration != nil:
			return nil, awsjson.Invalid("encryptionConfiguration", "Member must be null when permissionSetsEnabled is set")
		}
		if err := c.whole(ctx); err != nil {
			return nil, err
		}
	}
	if err := encryption(in.EncryptionConfiguration); err != nil {
		return nil, err
	}
	if in.Name == nil {
		return nil, nil
	}
	return nil, c.writer().RenameInstance(ctx, *in.Name)
}

// whole refuses an instance of one account.
func (c *center) whole(ctx context.Context) error {
	i, err := c.Describe(ctx)
	if err == nil && i.OfAccount {
		err = &awsjson.Exception{Type: awsjson.TypeValidation, Message: accountInstance}
	}
	return err
}

func encryption(e *ssoadmin.EncryptionConfiguration) error {
	const at = "encryptionConfiguration.kmsKeyArn"
	switch {
	case e == nil:
		return nil
	case *e.KeyType == ssoadmin.AWSOwnedKey && e.KmsKeyArn != nil:
		return awsjson.Invalid(at, "Member must be null when keyType is "+ssoadmin.AWSOwnedKey)
	case *e.KeyType == ssoadmin.AWSOwnedKey:
		return nil
	case e.KmsKeyArn == nil:
		return awsjson.Invalid(at, "Member must not be null when keyType is "+ssoadmin.CustomerKey)
	}
	return &awsjson.Exception{Type: awsjson.TypeNotFound, Reason: "KMS_NotFoundException", Message: couldNotFind("Key", string(identity.LastPart(*e.KmsKeyArn)))}
}
