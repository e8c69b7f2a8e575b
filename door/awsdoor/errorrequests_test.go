package awsdoor_test

// request is a good request of an operation about a scene, and how it goes
// wrong where that cannot be told from it. Names with a dollar sign are those
// of the scene.
type request struct {
	operation, body string
	// clash is one that something there stands against; without it a conflict
	// is provoked at the gate.
	clash string
	// wrong is one that the model refuses, {} unless it is given.
	wrong string
	// absent is one about what is not there; without it the objects that body
	// names are exchanged for ones that nobody made.
	absent string
}

// requests are one of every operation that is served, in an order in which each
// leaves the next what it needs.
var requests = map[string][]request{
	"identitystore": {
		{operation: "CreateUser", body: `{$store,"UserName":"new","Name":{"GivenName":"New","FamilyName":"L"},"DisplayName":"New"}`, clash: `{$store,"UserName":"ADA","Name":{"GivenName":"New","FamilyName":"L"},"DisplayName":"New"}`},
		{operation: "DescribeUser", body: `{$store,"UserId":"$user"}`},
		{operation: "ListUsers", body: `{$store}`},
		{operation: "UpdateUser", body: `{$store,"UserId":"$user","Operations":[{"AttributePath":"title","AttributeValue":"x"}]}`, clash: `{$store,"UserId":"$user","Operations":[{"AttributePath":"title","AttributeValue":"x"}],"Revision":"an-old-one"}`},
		{operation: "GetUserId", body: `{$store,"AlternateIdentifier":{"UniqueAttribute":{"AttributePath":"userName","AttributeValue":"$name"}}}`},
		{operation: "CreateGroup", body: `{$store,"DisplayName":"New"}`, clash: `{$store,"DisplayName":"STAFF"}`},
		{operation: "DescribeGroup", body: `{$store,"GroupId":"$group"}`},
		{operation: "ListGroups", body: `{$store}`},
		{operation: "UpdateGroup", body: `{$store,"GroupId":"$group","Operations":[{"AttributePath":"description","AttributeValue":"x"}]}`, clash: `{$store,"GroupId":"$group","Operations":[{"AttributePath":"description","AttributeValue":"x"}],"Revision":"an-old-one"}`},
		{operation: "GetGroupId", body: `{$store,"AlternateIdentifier":{"UniqueAttribute":{"AttributePath":"displayName","AttributeValue":"$groupName"}}}`},
		{operation: "CreateGroupMembership", body: `{$store,"GroupId":"$group","MemberId":{"UserId":"$other"}}`, clash: `{$store,"GroupId":"$group","MemberId":{"UserId":"$user"}}`},
		{operation: "DescribeGroupMembership", body: `{$store,"MembershipId":"$membership"}`},
		{operation: "GetGroupMembershipId", body: `{$store,"GroupId":"$group","MemberId":{"UserId":"$user"}}`},
		{operation: "ListGroupMemberships", body: `{$store,"GroupId":"$group"}`},
		{operation: "ListGroupMembershipsForMember", body: `{$store,"MemberId":{"UserId":"$user"}}`},
		{operation: "IsMemberInGroups", body: `{$store,"MemberId":{"UserId":"$user"},"GroupIds":["$group"]}`},
		{operation: "ListIdentityStores", body: `{}`, wrong: `{"MaxResults":101}`},
		{operation: "DescribeIdentityStore", body: `{$store}`},
		{operation: "UpdateIdentityStore", body: `{$store}`},
		{operation: "DeleteGroupMembership", body: `{$store,"MembershipId":"$membership"}`},
		{operation: "DeleteGroup", body: `{$store,"GroupId":"$group"}`, clash: `{$store,"GroupId":"$group","Revision":"an-old-one"}`},
		{operation: "DeleteUser", body: `{$store,"UserId":"$user"}`, clash: `{$store,"UserId":"$user","Revision":"an-old-one"}`},
	},
	"sso": {
		{operation: "ListInstances", body: `{}`, wrong: `{"MaxResults":101}`},
		{operation: "DescribeInstance", body: `{$instance}`},
		{operation: "UpdateInstance", body: `{$instance,"Name":"main"}`},
		{operation: "AddRegion", body: `{$instance,"RegionName":"eu-west-3"}`, clash: `{$instance,"RegionName":"us-east-1"}`},
		{operation: "DescribeRegion", body: `{$instance,"RegionName":"$region"}`},
		{operation: "ListRegions", body: `{$instance}`},
		{operation: "RemoveRegion", body: `{$instance,"RegionName":"$region"}`, clash: `{$instance,"RegionName":"us-east-1"}`},
		{operation: "CreatePermissionSet", body: `{$instance,"Name":"New"}`, clash: `{$instance,"Name":"Audit"}`},
		{operation: "DescribePermissionSet", body: `{$set}`},
		{operation: "ListPermissionSets", body: `{$instance}`},
		{operation: "UpdatePermissionSet", body: `{$set,"Description":"x"}`},
		{operation: "PutInlinePolicyToPermissionSet", body: `{$set,"InlinePolicy":"{}"}`},
		{operation: "GetInlinePolicyForPermissionSet", body: `{$set}`},
		{operation: "DeleteInlinePolicyFromPermissionSet", body: `{$set}`},
		{operation: "AttachManagedPolicyToPermissionSet", body: `{$set,"ManagedPolicyArn":"arn:aws:iam::aws:policy/PowerUserAccess"}`, clash: `{$set,"ManagedPolicyArn":"arn:aws:iam::aws:policy/ReadOnlyAccess"}`},
		{operation: "ListManagedPoliciesInPermissionSet", body: `{$set}`},
		{operation: "DetachManagedPolicyFromPermissionSet", body: `{$set,"ManagedPolicyArn":"arn:aws:iam::aws:policy/ReadOnlyAccess"}`},
		{operation: "AttachCustomerManagedPolicyReferenceToPermissionSet", body: `{$set,"CustomerManagedPolicyReference":{"Name":"Other"}}`, clash: `{$set,"CustomerManagedPolicyReference":{"Name":"Ours"}}`},
		{operation: "ListCustomerManagedPolicyReferencesInPermissionSet", body: `{$set}`},
		{operation: "DetachCustomerManagedPolicyReferenceFromPermissionSet", body: `{$set,"CustomerManagedPolicyReference":{"Name":"Ours"}}`},
		{operation: "PutPermissionsBoundaryToPermissionSet", body: `{$set,"PermissionsBoundary":{"ManagedPolicyArn":"arn:aws:iam::aws:policy/ReadOnlyAccess"}}`},
		{operation: "GetPermissionsBoundaryForPermissionSet", body: `{$set}`},
		{operation: "DeletePermissionsBoundaryFromPermissionSet", body: `{$set}`},
		{operation: "TagResource", body: `{$instance,"ResourceArn":"$setARN","Tags":[{"Key":"team","Value":"x"}]}`},
		{operation: "ListTagsForResource", body: `{$instance,"ResourceArn":"$setARN"}`},
		{operation: "UntagResource", body: `{$instance,"ResourceArn":"$setARN","TagKeys":["team"]}`},

		{operation: "CreateAccountAssignment", body: `{$set,"TargetId":"$developer","TargetType":"AWS_ACCOUNT","PrincipalType":"USER","PrincipalId":"$other"}`, clash: `{$set,"TargetId":"$busy","TargetType":"AWS_ACCOUNT","PrincipalType":"USER","PrincipalId":"$user"}`},
		{operation: "DescribeAccountAssignmentCreationStatus", body: `{$instance,"AccountAssignmentCreationRequestId":"$creation"}`},
		{operation: "ListAccountAssignmentCreationStatus", body: `{$instance}`},
		{operation: "ListAccountAssignments", body: `{$set,"AccountId":"$developer"}`},
		{operation: "ListAccountAssignmentsForPrincipal", body: `{$instance,"PrincipalType":"USER","PrincipalId":"$user"}`, absent: `{$noInstance,"PrincipalType":"USER","PrincipalId":"$user"}`},
		{operation: "ListPermissionSetsProvisionedToAccount", body: `{$instance,"AccountId":"$developer"}`},
		{operation: "ListAccountsForProvisionedPermissionSet", body: `{$set}`},
		{operation: "ProvisionPermissionSet", body: `{$set,"TargetType":"ALL_PROVISIONED_ACCOUNTS"}`, clash: `{$spare,"TargetType":"ALL_PROVISIONED_ACCOUNTS"}`},
		{operation: "DescribePermissionSetProvisioningStatus", body: `{$instance,"ProvisionPermissionSetRequestId":"$provisioning"}`},
		{operation: "ListPermissionSetProvisioningStatus", body: `{$instance}`},
		{operation: "DeleteAccountAssignment", body: `{$set,"TargetId":"$developer","TargetType":"AWS_ACCOUNT","PrincipalType":"USER","PrincipalId":"$other"}`, clash: `{$set,"TargetId":"$busy","TargetType":"AWS_ACCOUNT","PrincipalType":"USER","PrincipalId":"$user"}`},
		{operation: "DescribeAccountAssignmentDeletionStatus", body: `{$instance,"AccountAssignmentDeletionRequestId":"$deletion"}`},
		{operation: "ListAccountAssignmentDeletionStatus", body: `{$instance}`},

		{operation: "ListApplicationProviders", body: `{}`, wrong: `{"MaxResults":101}`},
		{operation: "DescribeApplicationProvider", body: `{"ApplicationProviderArn":"$provider"}`},
		{operation: "CreateApplication", body: `{$instance,"Name":"New","ApplicationProviderArn":"arn:aws:sso::aws:applicationProvider/custom"}`},
		{operation: "DescribeApplication", body: `{$app}`},
		{operation: "ListApplications", body: `{$instance}`},
		{operation: "UpdateApplication", body: `{$app,"Name":"Renamed"}`},
		{operation: "CreateApplicationAssignment", body: `{$app,"PrincipalType":"USER","PrincipalId":"$other"}`, clash: `{$app,"PrincipalType":"USER","PrincipalId":"$user"}`},
		{operation: "DescribeApplicationAssignment", body: `{$app,"PrincipalType":"USER","PrincipalId":"$user"}`},
		{operation: "ListApplicationAssignments", body: `{$app}`},
		{operation: "ListApplicationAssignmentsForPrincipal", body: `{$instance,"PrincipalType":"USER","PrincipalId":"$user"}`, absent: `{$noInstance,"PrincipalType":"USER","PrincipalId":"$user"}`},
		{operation: "PutApplicationAssignmentConfiguration", body: `{$app,"AssignmentRequired":true}`},
		{operation: "GetApplicationAssignmentConfiguration", body: `{$app}`},
		{operation: "DeleteApplicationAssignment", body: `{$app,"PrincipalType":"USER","PrincipalId":"$user"}`},
		{operation: "DeleteApplication", body: `{$app}`},
		{operation: "DeletePermissionSet", body: `{$spare}`, clash: `{$set}`},
	},
	"organizations": {
		{operation: "DescribeOrganization", body: `{}`},
		{operation: "ListRoots", body: `{}`, wrong: `{"MaxResults":21}`},
		{operation: "ListAccounts", body: `{}`, wrong: `{"MaxResults":21}`},
		{operation: "ListAccountsForParent", body: `{"ParentId":"$unit"}`},
		{operation: "DescribeAccount", body: `{"AccountId":"$developer"}`},
		{operation: "ListOrganizationalUnitsForParent", body: `{"ParentId":"$unit"}`},
		{operation: "DescribeOrganizationalUnit", body: `{"OrganizationalUnitId":"$unit"}`},
		{operation: "ListChildren", body: `{"ParentId":"$unit","ChildType":"ACCOUNT"}`},
		{operation: "ListParents", body: `{"ChildId":"$unit"}`},
		{operation: "ListAWSServiceAccessForOrganization", body: `{}`, wrong: `{"MaxResults":21}`},
		{operation: "ListDelegatedAdministrators", body: `{}`, wrong: `{"MaxResults":21}`},
		{operation: "ListTagsForResource", body: `{"ResourceId":"$unit"}`},
	},
}
