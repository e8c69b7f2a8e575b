// Permission sets, assignments and applications from creation to deletion, by
// AWS's SDK for JavaScript.

import assert from "node:assert/strict";
import test from "node:test";

import { Identitystore } from "@aws-sdk/client-identitystore";
import {
  ResourceNotFoundException,
  SSOAdmin,
  paginateListAccountAssignmentsForPrincipal,
  paginateListPermissionSets,
} from "@aws-sdk/client-sso-admin";

import { instance, isTime, pagesOf, refused, settled, store, user } from "./server.js";

const client = new SSOAdmin({});
const directory = new Identitystore({});
const InstanceArn = instance;
const readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess";

const permissionSet = async (Name, more = {}) =>
  (await client.createPermissionSet({ InstanceArn, Name, ...more })).PermissionSet.PermissionSetArn;

test("there is an instance", async () => {
  const { Instances } = await client.listInstances({});
  assert.deepEqual(Instances.map((i) => [i.InstanceArn, i.IdentityStoreId]), [[instance, store]]);
  isTime((await client.describeInstance({ InstanceArn })).CreatedDate);
});

test("a permission set lives from creation to deletion", async () => {
  const Tags = [{ Key: "team", Value: "one" }];
  const PermissionSetArn = await permissionSet("life", { Description: "of a set", SessionDuration: "PT2H", Tags });
  const key = { InstanceArn, PermissionSetArn };
  await client.updatePermissionSet({ ...key, Description: "changed" });
  const { PermissionSet } = await client.describePermissionSet(key);
  assert.equal(PermissionSet.Description, "changed");
  isTime(PermissionSet.CreatedDate);
  await client.tagResource({ InstanceArn, ResourceArn: PermissionSetArn, Tags: [{ Key: "stage", Value: "" }] });
  await client.untagResource({ InstanceArn, ResourceArn: PermissionSetArn, TagKeys: ["team"] });
  const tagged = await client.listTagsForResource({ InstanceArn, ResourceArn: PermissionSetArn });
  assert.deepEqual(tagged.Tags, [{ Key: "stage", Value: "" }]);
  await client.deletePermissionSet(key);
  await refused(ResourceNotFoundException, client.describePermissionSet(key));
});

test("permission sets are listed over three pages", async () => {
  const made = [];
  for (let n = 0; n < 5; n++) made.push(await permissionSet(`page${n}`));
  const pages = await pagesOf(paginateListPermissionSets({ client, pageSize: 2 }, { InstanceArn }));
  assert.ok(pages.length >= 3);
  const listed = new Set(pages.flatMap((page) => page.PermissionSets));
  assert.ok(made.every((arn) => listed.has(arn)));
});

test("a permission set has policies", async () => {
  const key = { InstanceArn, PermissionSetArn: await permissionSet("policies") };
  const InlinePolicy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}';
  await client.putInlinePolicyToPermissionSet({ ...key, InlinePolicy });
  assert.equal((await client.getInlinePolicyForPermissionSet(key)).InlinePolicy, InlinePolicy);
  await client.deleteInlinePolicyFromPermissionSet(key);
  await client.attachManagedPolicyToPermissionSet({ ...key, ManagedPolicyArn: readOnly });
  const attached = await client.listManagedPoliciesInPermissionSet(key);
  assert.deepEqual(attached.AttachedManagedPolicies, [{ Name: "ReadOnlyAccess", Arn: readOnly }]);
  await client.detachManagedPolicyFromPermissionSet({ ...key, ManagedPolicyArn: readOnly });
  const CustomerManagedPolicyReference = { Name: "audit", Path: "/team/" };
  await client.attachCustomerManagedPolicyReferenceToPermissionSet({ ...key, CustomerManagedPolicyReference });
  const referred = await client.listCustomerManagedPolicyReferencesInPermissionSet(key);
  assert.deepEqual(referred.CustomerManagedPolicyReferences, [CustomerManagedPolicyReference]);
  await client.putPermissionsBoundaryToPermissionSet({ ...key, PermissionsBoundary: { ManagedPolicyArn: readOnly } });
  const { PermissionsBoundary } = await client.getPermissionsBoundaryForPermissionSet(key);
  assert.equal(PermissionsBoundary.ManagedPolicyArn, readOnly);
  await client.deletePermissionsBoundaryFromPermissionSet(key);
});

test("assignments live from creation to deletion", async () => {
  const group = await directory.createGroup({ IdentityStoreId: store, DisplayName: "Assigned" });
  const key = { InstanceArn, PermissionSetArn: await permissionSet("assigned") };
  const principal = { PrincipalType: "GROUP", PrincipalId: group.GroupId };
  const accounts = ["222222222222", "333333333333", "444444444444"];
  for (const TargetId of accounts) {
    const assignment = { ...key, ...principal, TargetId, TargetType: "AWS_ACCOUNT" };
    const began = (await client.createAccountAssignment(assignment)).AccountAssignmentCreationStatus;
    assert.equal(began.Status, "IN_PROGRESS");
    const request = { InstanceArn, AccountAssignmentCreationRequestId: began.RequestId };
    const status = async () =>
      (await client.describeAccountAssignmentCreationStatus(request)).AccountAssignmentCreationStatus;
    const done = await settled(status);
    assert.equal(done.Status, "SUCCEEDED");
    isTime(done.CreatedDate);
  }
  const pages = await pagesOf(
    paginateListAccountAssignmentsForPrincipal({ client, pageSize: 1 }, { InstanceArn, ...principal }),
  );
  assert.ok(pages.length >= 3);
  assert.deepEqual(pages.flatMap((page) => page.AccountAssignments.map((a) => a.AccountId)).sort(), accounts);

  const { PermissionSetProvisioningStatus } = await client.provisionPermissionSet({
    ...key,
    TargetType: "ALL_PROVISIONED_ACCOUNTS",
  });
  const provisioning = { InstanceArn, ProvisionPermissionSetRequestId: PermissionSetProvisioningStatus.RequestId };
  const provisioned = await settled(
    async () => (await client.describePermissionSetProvisioningStatus(provisioning)).PermissionSetProvisioningStatus,
  );
  assert.equal(provisioned.Status, "SUCCEEDED");

  const assignment = { ...key, ...principal, TargetId: accounts[0], TargetType: "AWS_ACCOUNT" };
  const began = (await client.deleteAccountAssignment(assignment)).AccountAssignmentDeletionStatus;
  const request = { InstanceArn, AccountAssignmentDeletionRequestId: began.RequestId };
  const done = await settled(
    async () => (await client.describeAccountAssignmentDeletionStatus(request)).AccountAssignmentDeletionStatus,
  );
  assert.equal(done.Status, "SUCCEEDED");
  const left = await client.listAccountAssignments({ ...key, AccountId: accounts[0] });
  assert.deepEqual(left.AccountAssignments, []);
});

test("an application lives from creation to deletion", async () => {
  const { ApplicationArn } = await client.createApplication({
    InstanceArn,
    ApplicationProviderArn: "arn:aws:sso::aws:applicationProvider/custom",
    Name: "wiki",
  });
  await client.updateApplication({ ApplicationArn, Status: "DISABLED" });
  const got = await client.describeApplication({ ApplicationArn });
  assert.equal(got.Status, "DISABLED");
  isTime(got.CreatedDate);
  const { UserId } = await directory.createUser(user("reader"));
  const assignment = { ApplicationArn, PrincipalType: "USER", PrincipalId: UserId };
  await client.createApplicationAssignment(assignment);
  const { ApplicationAssignments } = await client.listApplicationAssignments({ ApplicationArn });
  assert.deepEqual(ApplicationAssignments.map((a) => a.PrincipalId), [UserId]);
  await client.deleteApplicationAssignment(assignment);
  await client.deleteApplication({ ApplicationArn });
  await refused(ResourceNotFoundException, client.describeApplication({ ApplicationArn }));
});
