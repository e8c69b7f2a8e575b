package awsdoor

import (
	"context"
	"slices"

	"rollcall/assignment"
	"rollcall/awsjson"
	"rollcall/awsjson/ssoadmin"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

// ssoAdmin is every operation of the service that is served (aws-contract 4.1
// and 4.5).
var ssoAdmin = map[string]operation{
	"ListInstances":    onInstances(listInstances),
	"DescribeInstance": onInstance(describeInstance),
	"UpdateInstance":   onInstance(updateInstance),

	"AddRegion":      onInstance(addRegion),
	"DescribeRegion": onInstance(describeRegion),
	"ListRegions":    onInstance(listRegions),
	"RemoveRegion":   onInstance(removeRegion),

	"CreatePermissionSet":   onInstance(createPermissionSet),
	"DescribePermissionSet": onInstance(describePermissionSet),
	"ListPermissionSets":    onInstance(listPermissionSets),
	"UpdatePermissionSet":   onInstance(updatePermissionSet),
	"DeletePermissionSet":   onInstance(deletePermissionSet),

	"PutInlinePolicyToPermissionSet":                        onInstance(putInlinePolicy),
	"GetInlinePolicyForPermissionSet":                       onInstance(getInlinePolicy),
	"DeleteInlinePolicyFromPermissionSet":                   onInstance(deleteInlinePolicy),
	"AttachManagedPolicyToPermissionSet":                    onInstance(attachManagedPolicy),
	"DetachManagedPolicyFromPermissionSet":                  onInstance(detachManagedPolicy),
	"ListManagedPoliciesInPermissionSet":                    onInstance(listManagedPolicies),
	"AttachCustomerManagedPolicyReferenceToPermissionSet":   onInstance(attachCustomerPolicy),
	"DetachCustomerManagedPolicyReferenceFromPermissionSet": onInstance(detachCustomerPolicy),
	"ListCustomerManagedPolicyReferencesInPermissionSet":    onInstance(listCustomerPolicies),
	"PutPermissionsBoundaryToPermissionSet":                 onInstance(putBoundary),
	"GetPermissionsBoundaryForPermissionSet":                onInstance(getBoundary),
	"DeletePermissionsBoundaryFromPermissionSet":            onInstance(deleteBoundary),

	"ProvisionPermissionSet":                  onInstance(provisionPermissionSet),
	"DescribePermissionSetProvisioningStatus": onInstance(describeProvisioning),
	"ListPermissionSetProvisioningStatus":     onInstance(listProvisionings),
	"ListPermissionSetsProvisionedToAccount":  onInstance(listPermissionSetsIn),
	"ListAccountsForProvisionedPermissionSet": onInstance(listAccountsWith),

	"CreateAccountAssignment":                 onInstance(createAssignment),
	"DescribeAccountAssignmentCreationStatus": onInstance(describeCreation),
	"ListAccountAssignmentCreationStatus":     onInstance(listCreations),
	"DeleteAccountAssignment":                 onInstance(deleteAssignment),
	"DescribeAccountAssignmentDeletionStatus": onInstance(describeDeletion),
	"ListAccountAssignmentDeletionStatus":     onInstance(listDeletions),
	"ListAccountAssignments":                  onInstance(listAssignments),
	"ListAccountAssignmentsForPrincipal":      onInstance(listAssignmentsFor),

	"CreateApplication":           onInstance(createApplication),
	"DescribeApplication":         onInstance(describeApplication),
	"ListApplications":            onInstance(listApplications),
	"UpdateApplication":           onInstance(updateApplication),
	"DeleteApplication":           onInstance(deleteApplication),
	"ListApplicationProviders":    onInstances(listProviders),
	"DescribeApplicationProvider": onInstances(describeProvider),

	"CreateApplicationAssignment":            onInstance(createApplicationAssignment),
	"DescribeApplicationAssignment":          onInstance(describeApplicationAssignment),
	"DeleteApplicationAssignment":            onInstance(deleteApplicationAssignment),
	"ListApplicationAssignments":             onInstance(listApplicationAssignments),
	"ListApplicationAssignmentsForPrincipal": onInstance(listApplicationAssignmentsFor),
	"GetApplicationAssignmentConfiguration":  onInstance(getAssignmentConfiguration),
	"PutApplicationAssignmentConfiguration":  onInstance(putAssignmentConfiguration),

	"TagResource":         onInstance(tagResource),
	"UntagResource":       onInstance(untagResource),
	"ListTagsForResource": onInstance(listTags),
}

// secretive are the operations whose model has no ResourceNotFoundException:
// about an instance that is not there they say that access is denied.
var secretive = []string{"DescribeInstance", "ListApplications", "AddRegion", "ListRegions"}

// center is the instance that a request is about.
type center struct {
	*assignment.Instance
	arn    string
	server *Server
}

func (c *center) writer() *assignment.Writer { return assignment.WriterFor(c.Instance) }

// ssoInput is what an operation on an instance takes.
type ssoInput[In any] interface {
	*In
	awsjson.Input
	Instance() string
}

// onInstance makes an operation of a function that answers it in one instance.
func onInstance[In any, P ssoInput[In]](fn func(ctx context.Context, c *center, in P) (any, error)) operation {
	return func(ctx context.Context, s *Server, by call, body []byte) (any, error) {
		in, err := ssoDecode[In, P](s, body)
		if err != nil {
			return nil, err
		}
		arn := in.Instance()
		found, err := s.Instances.Open(ctx, arn)
		if fault.Is(err, fault.NotFound) && slices.Contains(secretive, by.operation) {
			return nil, denied(by, "on resource: "+arn)
		}
		if err != nil {
			return nil, notFound(err, "Instance", string(identity.LastPart(arn)))
		}
		return fn(ctx, &center{found, arn, s}, in)
	}
}

// onInstances makes an operation of a function that is about no one instance.
func onInstances[In any, P interface {
	*In
	awsjson.Input
}](fn func(ctx context.Context, s *Server, in P) (any, error)) operation {
	return func(ctx context.Context, s *Server, _ call, body []byte) (any, error) {
		in, err := ssoDecode[In, P](s, body)
		if err != nil {
			return nil, err
		}
		return fn(ctx, s, in)
	}
}

func ssoDecode[In any, P interface {
	*In
	awsjson.Input
}](s *Server, body []byte) (P, error) {
	if s.Instances == nil {
		return nil, &awsjson.Exception{Type: awsjson.TypeUnknownOperation}
	}
	in := P(new(In))
	return in, awsjson.DecodeInput(body, in)
}

// ssoPage is the page that a listing is asked for, of at most that many items.
func ssoPage(p *ssoadmin.Page, most int) directory.PageRequest {
	limit, token := p.Request()
	return directory.PageRequest{Limit: min(limit, most), Token: token}
}

// left lists what keep leaves of a listing: page by page until something is
// left, since an empty page is taken for the end by careless clients.
func left[T any](page directory.PageRequest, list func(directory.PageRequest) (directory.Page[T], error), keep func(T) bool) (directory.Page[T], error) {
	for {
		found, err := list(page)
		if err != nil {
			return found, err
		}
		found.Items = slices.DeleteFunc(found.Items, func(item T) bool { return !keep(item) })
		if len(found.Items) > 0 || found.Next == "" {
			return found, nil
		}
		page.Token = found.Next
	}
}

// written are items as the wire has them: a list even if there are none.
func written[T, W any](items []T, write func(T) W) []W {
	out := make([]W, len(items))
	for i, item := range items {
		out[i] = write(item)
	}
	return out
}
