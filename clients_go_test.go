package main

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	sso "github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

const nobody = "00000000-0000-4000-8000-000000000000"

// goSDK makes the errors that AWS's SDK for Go has types for, and of what only
// its model and boto3's have, revisions and stores; the tests of door/awsdoor
// call every operation with it.
func goSDK(t *testing.T, s *stand) {
	t.Run("revisions", func(t *testing.T) { revisions(t, s.calm) })
	t.Run("stores", func(t *testing.T) { stores(t, s.calm) })
	t.Run("errors of the Identity Store", func(t *testing.T) { storeErrors(t, s) })
	t.Run("errors of sso-admin", func(t *testing.T) { adminErrors(t, s) })
}

// as is a configuration for the rough server that tries so often with that key.
func (s *stand) as(attempts int, id, secret string) aws.Config {
	return aws.Config{
		BaseEndpoint: aws.String(s.rough.env["AWS_ENDPOINT_URL"]), Region: s.rough.env["AWS_REGION"],
		Credentials: credentials.NewStaticCredentialsProvider(id, secret, ""),
		Retryer:     func() aws.Retryer { return retry.AddWithMaxAttempts(retry.NewStandard(), attempts) },
	}
}

func revisions(t *testing.T, s *served) {
	ctx, client, store := t.Context(), s.client(), aws.String(s.env["ROLLCALL_IDENTITY_STORE_ID"])
	made, err := client.CreateUser(ctx, newUser(*store, "rex"))
	if err != nil {
		t.Fatal(err)
	}
	update := &identitystore.UpdateUserInput{
		IdentityStoreId: store, UserId: made.UserId, Revision: made.Revision, Operations: []types.AttributeOperation{set("title", "King")},
	}
	changed, err := client.UpdateUser(ctx, update)
	if err != nil || *changed.Revision == *made.Revision {
		t.Fatalf("updated to %v: %v", changed, err)
	}
	_, updated := client.UpdateUser(ctx, update)
	_, deleted := client.DeleteUser(ctx, &identitystore.DeleteUserInput{IdentityStoreId: store, UserId: made.UserId, Revision: made.Revision})
	for what, err := range map[string]error{"update": updated, "delete": deleted} {
		typed(t, what+" as first read", err, func(e *types.ConflictException) bool {
			return e.Reason == types.ConflictExceptionReasonConcurrentModification
		})
	}
}

func stores(t *testing.T, s *served) {
	ctx, client := t.Context(), s.client()
	listed, err := client.ListIdentityStores(ctx, &identitystore.ListIdentityStoresInput{})
	if err != nil || len(listed.IdentityStores) != 1 || *listed.IdentityStores[0].IdentityStoreId != s.env["ROLLCALL_IDENTITY_STORE_ID"] {
		t.Fatalf("listed %v: %v", listed, err)
	}
	arn := listed.IdentityStores[0].IdentityStoreArn
	closed := &types.NetworkConfiguration{VpceAccessRequired: aws.Bool(true), ApiAllowSourceIps: []string{"127.0.0.0/8"}}
	for _, network := range []*types.NetworkConfiguration{closed, {VpceAccessRequired: aws.Bool(false)}} {
		if _, err := client.UpdateIdentityStore(ctx, &identitystore.UpdateIdentityStoreInput{IdentityStoreId: arn, NetworkConfiguration: network}); err != nil {
			t.Fatal(err)
		}
		got, err := client.DescribeIdentityStore(ctx, &identitystore.DescribeIdentityStoreInput{IdentityStoreId: arn})
		if err != nil || len(got.NetworkConfiguration.ApiAllowSourceIps) != len(network.ApiAllowSourceIps) {
			t.Errorf("described %v: %v", got, err)
		}
	}
}

func storeErrors(t *testing.T, s *stand) {
	ctx, id, secret := t.Context(), s.rough.env["AWS_ACCESS_KEY_ID"], s.rough.env["AWS_SECRET_ACCESS_KEY"]
	store, calm := aws.String(s.rough.env["ROLLCALL_IDENTITY_STORE_ID"]), s.calm.client()
	once := identitystore.NewFromConfig(s.as(1, id, secret))

	if _, err := identitystore.NewFromConfig(s.as(3, id, secret)).ListGroups(ctx, &identitystore.ListGroupsInput{IdentityStoreId: store}); err != nil {
		t.Errorf("throttled once: %v", err)
	}
	_, err := identitystore.NewFromConfig(s.as(2, id, secret)).CreateGroup(ctx, &identitystore.CreateGroupInput{IdentityStoreId: store, DisplayName: aws.String("x")})
	typed(t, "throttled", err, func(e *types.ThrottlingException) bool { return e.RetryAfterSeconds == 2 })
	if e := (*retry.MaxAttemptsError)(nil); !errors.As(err, &e) || e.Attempt != 2 {
		t.Errorf("throttled to the end: %v", err)
	}
	_, err = once.DeleteUser(ctx, &identitystore.DeleteUserInput{IdentityStoreId: store, UserId: aws.String(nobody)})
	typed[*types.InternalServerException](t, "the service fails", err, nil)
	_, err = once.DescribeGroup(ctx, &identitystore.DescribeGroupInput{IdentityStoreId: store, GroupId: aws.String(nobody)})
	typed[*types.AccessDeniedException](t, "denied", err, nil)
	_, err = identitystore.NewFromConfig(s.as(1, s.env["READER_ACCESS_KEY_ID"], s.env["READER_SECRET_ACCESS_KEY"])).CreateUser(ctx, newUser(*store, "x"))
	typed[*types.AccessDeniedException](t, "a key that may only read", err, nil)
	_, err = once.UpdateGroup(ctx, &identitystore.UpdateGroupInput{
		IdentityStoreId: store, GroupId: aws.String(nobody), Operations: []types.AttributeOperation{set("description", "x")},
	})
	if lost := (*smithyhttp.RequestSendError)(nil); !errors.As(err, &lost) {
		t.Errorf("the answer is lost: %v", err)
	}

	calmStore := s.calm.env["ROLLCALL_IDENTITY_STORE_ID"]
	_, err = calm.CreateUser(ctx, newUser(calmStore, "two words"))
	typed[*types.ValidationException](t, "validation", err, nil)
	_, err = calm.DescribeUser(ctx, &identitystore.DescribeUserInput{IdentityStoreId: &calmStore, UserId: aws.String(nobody)})
	typed(t, "not found", err, func(e *types.ResourceNotFoundException) bool {
		return e.ResourceType == types.ResourceTypeUser && aws.ToString(e.ResourceId) == nobody && aws.ToString(e.RequestId) != ""
	})
	if _, err = calm.CreateUser(ctx, newUser(calmStore, "cain")); err != nil {
		t.Fatal(err)
	}
	_, err = calm.CreateUser(ctx, newUser(calmStore, "Cain"))
	typed(t, "conflict", err, func(e *types.ConflictException) bool {
		return e.Reason == types.ConflictExceptionReasonUniquenessConstraintViolation
	})

	describe := &identitystore.DescribeUserInput{IdentityStoreId: store, UserId: aws.String(nobody)}
	for code, config := range map[string]aws.Config{
		"ExpiredTokenException": s.as(1, id, secret), "InvalidSignatureException": s.as(1, id, "wrong"), "UnrecognizedClientException": s.as(1, "AKIAAAAAAAAAAAAAAAAA", secret),
	} {
		_, err := identitystore.NewFromConfig(config).DescribeUser(ctx, describe)
		if e := smithy.APIError(nil); !errors.As(err, &e) || e.ErrorCode() != code {
			t.Errorf("%v, want %s", err, code)
		}
	}
}

func adminErrors(t *testing.T, s *stand) {
	ctx, instance := t.Context(), aws.String(s.rough.env["ROLLCALL_INSTANCE_ARN"])
	client := ssoadmin.NewFromConfig(s.as(1, s.rough.env["AWS_ACCESS_KEY_ID"], s.rough.env["AWS_SECRET_ACCESS_KEY"]))
	reader := ssoadmin.NewFromConfig(s.as(1, s.env["READER_ACCESS_KEY_ID"], s.env["READER_SECRET_ACCESS_KEY"]))
	create := &ssoadmin.CreatePermissionSetInput{InstanceArn: instance, Name: aws.String("errors")}
	made, err := client.CreatePermissionSet(ctx, create)
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.CreatePermissionSet(ctx, create)
	typed[*sso.ConflictException](t, "conflict", err, nil)
	_, err = client.UpdatePermissionSet(ctx, &ssoadmin.UpdatePermissionSetInput{InstanceArn: instance, PermissionSetArn: made.PermissionSet.PermissionSetArn})
	typed[*sso.ConflictException](t, "a write that has not settled", err, nil)
	_, err = client.CreatePermissionSet(ctx, &ssoadmin.CreatePermissionSetInput{InstanceArn: instance, Name: aws.String("a set")})
	typed[*sso.ValidationException](t, "validation", err, nil)
	_, err = client.ListPermissionSetsProvisionedToAccount(ctx, &ssoadmin.ListPermissionSetsProvisionedToAccountInput{InstanceArn: instance, AccountId: aws.String("999999999999")})
	typed[*sso.ResourceNotFoundException](t, "not found", err, nil)
	_, err = client.ListApplications(ctx, &ssoadmin.ListApplicationsInput{InstanceArn: instance})
	typed[*sso.ThrottlingException](t, "throttled", err, nil)
	_, err = client.DescribePermissionSet(ctx, &ssoadmin.DescribePermissionSetInput{InstanceArn: instance, PermissionSetArn: made.PermissionSet.PermissionSetArn})
	typed[*sso.AccessDeniedException](t, "denied", err, nil)
	_, err = reader.DeletePermissionSet(ctx, &ssoadmin.DeletePermissionSetInput{InstanceArn: instance, PermissionSetArn: made.PermissionSet.PermissionSetArn})
	typed[*sso.AccessDeniedException](t, "a key that may only read", err, nil)
	_, err = client.DescribeInstance(ctx, &ssoadmin.DescribeInstanceInput{InstanceArn: instance})
	typed[*sso.InternalServerException](t, "the service fails", err, nil)
}

// typed says that the SDK made an error of type E of an answer that had a
// request id, and that holds is true of it, if there is one.
func typed[E smithy.APIError](t *testing.T, what string, err error, holds func(E) bool) {
	t.Helper()
	var e E
	answer := (*awshttp.ResponseError)(nil)
	if !errors.As(err, &e) || !errors.As(err, &answer) || answer.ServiceRequestID() == "" || (holds != nil && !holds(e)) {
		t.Errorf("%s: %v, want a good %T", what, err, e)
	}
}
